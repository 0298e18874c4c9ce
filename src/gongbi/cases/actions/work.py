"""What a unit does with its task: accept, arrive, return with a reason, declare the outcome."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongbi.cases import promises, states, wording
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Refused, missing
from gongbi.cases.events import (
    CaseClosed,
    CaseReturned,
    OutcomeDeclared,
    TaskAccepted,
    TaskArrived,
)
from gongbi.cases.models import Case, Outcome, Photo, Signal, Task, Verdict
from gongbi.core.public import Fact, now, publish


@transaction.atomic
def accept(task: Task, actor: Actor, *, seen: int | None = None) -> Task:
    """The unit takes the task; the first promise, that somebody answers, is kept."""
    _running(task, "offered")
    case, at = task.case, now()
    move(case, "accept", actor, at=at, seen=seen, unit=task.unit_id)
    handler = actor.id if actor.kind == "person" else None
    _update(task, state="accepted", accepted_at=at, handler_id=task.handler_id or handler)
    promises.meet(case, at, promises.FIRST_CONTACT)
    _tell(TaskAccepted(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk),
          task, actor)  # fmt: skip
    return task


@transaction.atomic
def arrive(task: Task, actor: Actor, *, seen: int | None = None) -> Task:
    """Somebody is on site; a task not yet accepted is accepted by being there."""
    _running(task, "offered", "accepted")
    case, at = task.case, now()
    move(case, "arrive", actor, at=at, seen=seen, unit=task.unit_id)
    _update(task, state="on_site", accepted_at=task.accepted_at or at, arrived_at=at)
    promises.meet(case, at, promises.FIRST_CONTACT)
    _tell(TaskArrived(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk),
          task, actor)  # fmt: skip
    return task


@transaction.atomic
def return_with_reason(
    task: Task, actor: Actor, *, reason: str, words: str, seen: int | None = None
) -> Case:
    """Give the case back to the dispatcher: a reason from the list, and a sentence."""
    _running(task, *states.RUNNING_TASK)
    if reason not in states.RETURN_REASONS:
        raise missing("reason")
    case, at, times = task.case, now(), task.case.returned + 1
    move(
        case,
        "return",
        actor,
        at=at,
        seen=seen,
        unit=task.unit_id,
        why={"reason": reason, "times": times},
        words=need(words),
        returned=times,
        unit_id=None,
        unit_path="",
        # The unit has just said no: suggesting it again would be ping-pong.
        suggested_unit_id=None
        if case.suggested_unit_id == task.unit_id
        else case.suggested_unit_id,
    )
    _update(task, state="returned", ended_at=at)
    fact = CaseReturned(
        case=case.uuid, number=case.number, unit=task.unit_id, reason=reason, times=times
    )
    _tell(fact, task, actor)
    return case


@transaction.atomic
def declare(
    task: Task, actor: Actor, *, declared: str, words: str, seen: int | None = None
) -> Outcome:
    """The handler's word: done or not possible. Where a resident reported, they are asked next."""
    _running(task, *states.RUNNING_TASK)
    if declared not in states.DECLARED:
        raise missing("declared")
    case, at = task.case, now()
    _need_photo(case, task, declared)
    if case.governed_by:
        raise Refused(_("This case is ended by %(part)s, not here.") % {"part": case.governed_by})
    asked = somebody_to_ask(case)
    said = need(words)
    ending: dict[str, Any] = {} if asked else {"closed_at": at, "ended_as": declared}
    to = states.ANSWERED if asked else states.CLOSED
    move(case, "declare", actor, at=at, to=to, seen=seen, unit=task.unit_id,
         why={"declared": declared}, words=said, **ending)  # fmt: skip
    outcome = _keep_outcome(case, task, actor, declared, at)
    if asked:
        Verdict.objects.create(outcome=outcome, case=case)
    _update(task, state="done", ended_at=at)
    promises.meet(case, at, promises.FIRST_CONTACT, promises.SOLVE)
    _tell_outcome(case, task, actor, outcome, asked)
    return outcome


def somebody_to_ask(case: Case) -> bool:
    """Whether a resident reported it, is not forgotten, and its type asks them."""
    if case.type is not None and not case.type.ask_verdict:
        return False
    return reporters_of(case).exists()


def reporters_of(case: Case) -> QuerySet[Signal]:
    """Signals of people on a case and on those merged into it."""
    rows = Signal.objects.filter(from_person=True, forgotten_at=None)
    return rows.filter(case=case) | rows.filter(case__merged_into=case)


def _keep_outcome(case: Case, task: Task, actor: Actor, declared: str, at: datetime) -> Outcome:
    step = case.steps.order_by("-pk").first()
    return Outcome.objects.create(
        case=case,
        task=task,
        declared=declared,
        words_id=step.words_id if step else None,
        actor=str(actor),
        unit_id=task.unit_id,
        at=at,
    )


def _need_photo(case: Case, task: Task, declared: str) -> None:
    if declared != "done" or case.type is None or not case.type.photo_after:
        return
    shown = Photo.objects.filter(case=case, kind="after", at__gte=task.offered_at, removed_at=None)
    if not shown.exists():
        raise missing("photo")


def _running(task: Task, *states_allowed: str) -> None:
    if task.state not in states_allowed:
        raise CannotMove(
            _("The task of %(unit)s is already “%(state)s”; look at the case again.")
            % {"unit": task.unit.name, "state": wording.TASKS.get(task.state, task.state)}
        )


def _update(task: Task, **changes: object) -> None:
    for name, value in changes.items():
        setattr(task, name, value)
    task.save(update_fields=[name.removesuffix("_id") for name in changes])


def _tell(fact: Fact, task: Task, actor: Actor) -> None:
    publish(
        fact,
        subject=f"case:{task.case.uuid}",
        actor=str(actor),
        place_path=task.case.place_path,
        unit_path=task.unit_path,
    )


def _tell_outcome(case: Case, task: Task, actor: Actor, outcome: Outcome, asked: bool) -> None:
    declared = outcome.declared
    _tell(
        OutcomeDeclared(
            case=case.uuid,
            number=case.number,
            unit=task.unit_id,
            declared=declared,
            outcome=outcome.pk,
        ),
        task,
        actor,
    )
    if not asked:
        _tell(CaseClosed(case=case.uuid, number=case.number, ended_as=declared), task, actor)
