"""What a unit does with its task: accept, arrive, return with a reason, declare the outcome."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongbi.cases import promises, states, wording
from gongbi.cases.actions.fields import read_fields
from gongbi.cases.actions.handing_over import take_over
from gongbi.cases.actions.lapsing import lapse, lapse_of_lead
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.order import call_off_all, helpers_ended, start_ready
from gongbi.cases.actions.overtaking import write_overtaken
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, missing
from gongbi.cases.events import (
    CaseClosed,
    CaseReturned,
    OutcomeDeclared,
    StageReached,
    TaskAccepted,
    TaskArrived,
    TaskDone,
    TaskReturned,
)
from gongbi.cases.models import Case, Outcome, Photo, Signal, Task, Verdict
from gongbi.core.public import Fact, now, publish


@transaction.atomic
def accept(task: Task, actor: Actor, *, seen: int | None = None) -> Task:
    """The unit takes the task; the first promise, that somebody answers, is kept.

    A lead that was handed over is the unit's from here on.
    """
    _running(task, "offered")
    case, at, was = task.case, now(), task.case.unit_id or ""
    taken = task.role == "takeover"
    lead = {"unit_id": task.unit_id, "unit_path": task.unit_path} if taken else {}
    move(case, "accept", actor, at=at, seen=seen, unit=task.unit_id,
         why={"was": was} if taken else {}, **lead)  # fmt: skip
    if taken:
        take_over(task, actor, at, was)
    handler = actor.id if actor.kind == "person" else None
    role = "lead" if taken else task.role
    _update(task, state="accepted", accepted_at=at, role=role,
            handler_id=task.handler_id or handler)  # fmt: skip
    promises.meet(case, at, promises.FIRST_CONTACT)
    write_overtaken(case, task.unit_id, actor, at)
    _tell(TaskAccepted(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk),
          task, actor)  # fmt: skip
    return task


@transaction.atomic
def arrive(task: Task, actor: Actor, *, seen: int | None = None) -> Task:
    """Somebody is on site; a task not yet accepted is accepted by being there."""
    if task.role == "takeover":
        raise CannotMove(_("The case is offered to your unit; please accept it first."))
    _running(task, "offered", "accepted")
    case, at = task.case, now()
    move(case, "arrive", actor, at=at, seen=seen, unit=task.unit_id)
    if task.accepted_at is None:
        write_overtaken(case, task.unit_id, actor, at)
    _update(task, state="on_site", accepted_at=task.accepted_at or at, arrived_at=at)
    promises.meet(case, at, promises.FIRST_CONTACT, promises.ON_SITE)
    _tell(TaskArrived(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk),
          task, actor)  # fmt: skip
    return task


@transaction.atomic
def reach_stage(task: Task, actor: Actor, *, stage: str, seen: int | None = None) -> Task:
    """Say how far the work is, by the stages of the case's type."""
    _running(task, *states.RUNNING_TASK)
    case = task.case
    known = [one["code"] for one in case.type.stages] if case.type else []
    if stage not in known or task.role == "takeover":
        raise missing("stage")
    move(case, "stage", actor, at=now(), seen=seen, unit=task.unit_id,
         why={"stage": stage, "was": case.stage}, stage=stage)  # fmt: skip
    _tell(StageReached(case=case.uuid, number=case.number, unit=task.unit_id, stage=stage),
          task, actor)  # fmt: skip
    return task


@transaction.atomic
def return_with_reason(
    task: Task, actor: Actor, *, reason: str, words: str, seen: int | None = None
) -> Case:
    """Give it back: the lead to the dispatcher, a share to whoever leads; with a reason."""
    _running(task, *states.RUNNING_TASK)
    if reason not in states.RETURN_REASONS:
        raise missing("reason")
    if task.bound:
        raise CannotMove(_("A referee has decided that this unit does it; that binds."))
    if task.role == "lead":
        return _give_back(task, actor, reason, need(words), seen)
    case, at = task.case, now()
    why = {"reason": reason, "task": task.pk, "role": task.role}
    move(case, "return", actor, at=at, to=states.IN_HAND, seen=seen, unit=task.unit_id, why=why,
         words=need(words))  # fmt: skip
    _update(task, state="returned", ended_at=at)
    fact = TaskReturned(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk,
                        reason=reason)  # fmt: skip
    _tell(fact, task, actor)
    start_ready(case, at)  # a unit planned twice may have waited for its own first share
    return case


def _give_back(task: Task, actor: Actor, reason: str, words: str, seen: int | None) -> Case:
    case, at, times = task.case, now(), task.case.returned + 1
    if times > states.MOST_RETURNS:
        raise CannotMove(
            _("Two units gave this case back already. A referee decides now: please appeal.")
        )
    move(case, "return", actor, at=at, to=states.OPEN, seen=seen, unit=task.unit_id,
         why={"reason": reason, "times": times}, words=words, returned=times, unit_id=None,
         unit_path="", stage="",
         # The unit has just said no: suggesting it again would be ping-pong.
         suggested_unit_id=None if case.suggested_unit_id == task.unit_id
         else case.suggested_unit_id)  # fmt: skip
    _update(task, state="returned", ended_at=at)
    offered = case.tasks.filter(role="takeover", state__in=states.RUNNING_TASK)
    call_off_all(offered, case, actor, at)
    lapse_of_lead(case, at)
    promises.drop(case, at, kinds=(promises.DECISION,))
    fact = CaseReturned(
        case=case.uuid, number=case.number, unit=task.unit_id, reason=reason, times=times
    )
    _tell(fact, task, actor)
    return case


@transaction.atomic
def declare(
    task: Task,
    actor: Actor,
    *,
    declared: str,
    words: str,
    fields: dict[str, Any] | None = None,
    seen: int | None = None,
) -> Outcome | None:
    """The handler's word: done or not possible.

    A helping unit ends its share by it; the lead, when its helpers have ended, the case. Where a
    resident reported, they are asked next.
    """
    if task.role == "takeover":
        raise CannotMove(_("The case is offered to your unit; please accept it first."))
    _running(task, *states.RUNNING_TASK)
    if declared not in states.DECLARED:
        raise missing("declared")
    if task.role == "help":
        _end_share(task, actor, declared, need(words), seen)
        return None
    helpers_ended(task.case)
    _need_photo(task.case, task, declared)
    values = read_fields(task.case, "declare", fields or {}) if declared == "done" else None
    return _answer_case(task, actor, declared, need(words), values, seen)


def _end_share(task: Task, actor: Actor, declared: str, words: str, seen: int | None) -> None:
    case, at = task.case, now()
    move(case, "declare", actor, at=at, to=states.IN_HAND, seen=seen, unit=task.unit_id,
         why={"declared": declared, "task": task.pk}, words=words)  # fmt: skip
    _update(task, state="done", ended_at=at, declared=declared)
    fact = TaskDone(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk,
                    declared=declared)  # fmt: skip
    _tell(fact, task, actor)
    start_ready(case, at)


def _answer_case(
    task: Task,
    actor: Actor,
    declared: str,
    said: str,
    values: dict[str, Any] | None,
    seen: int | None,
) -> Outcome:
    case, at = task.case, now()
    asked = somebody_to_ask(case)
    ending: dict[str, Any] = {} if asked else {"closed_at": at, "ended_as": declared}
    if values is not None:
        ending["values"] = values
    to = states.ANSWERED if asked else states.CLOSED
    move(case, "declare", actor, at=at, to=to, seen=seen, unit=task.unit_id,
         why={"declared": declared}, words=said, **ending)  # fmt: skip
    outcome = _keep_outcome(case, task, actor, declared, at)
    if asked:
        Verdict.objects.create(outcome=outcome, case=case)
    _update(task, state="done", ended_at=at, declared=declared)
    _end_the_rest(case, actor, at)
    _tell_outcome(case, task, actor, outcome, asked)
    return outcome


def _end_the_rest(case: Case, actor: Actor, at: datetime) -> None:
    """Promises are kept, what was not needed is called off, what was asked above has lapsed."""
    promises.meet(case, at, promises.FIRST_CONTACT, promises.SOLVE, promises.ANSWER)
    promises.drop(case, at, kinds=(promises.ON_SITE, promises.DECISION))
    call_off_all(case.tasks.filter(state__in=states.LIVE_TASK), case, actor, at)
    lapse(case, at, answered="declared")


def somebody_to_ask(case: Case) -> bool:
    """Whether a resident reported it, is not forgotten, and its type asks them."""
    if case.type is not None and not case.type.ask_verdict:
        return False
    return reporters_of(case).exists()


def reporters_of(case: Case) -> QuerySet[Signal]:
    """Signals of people on a case and on those merged into it."""
    rows = Signal.objects.filter(from_person=True, forgotten_at=None)
    return rows.filter(case__in=case.with_merged())


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
    shown = shown.exclude(checked=Photo.BAD)  # one that waits to be looked at was brought
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
