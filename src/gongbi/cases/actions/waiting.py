"""Standing still while others must act, and going on; every pause is counted."""

from datetime import datetime

from django.db import transaction

from gongbi.cases import promises, states
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actors import Actor
from gongbi.cases.errors import missing
from gongbi.cases.events import CaseResumed, CaseUrged, CaseWaiting
from gongbi.cases.models import Case, Step, Task
from gongbi.core.public import Fact, now, publish


@transaction.atomic
def wait(case: Case, actor: Actor, *, reason: str, words: str, seen: int | None = None) -> Case:
    """Stop the clock, because the resident, a third party, works or weather must come first."""
    if reason not in states.WAIT_REASONS:
        raise missing("reason")
    at = now()
    move(
        case,
        "wait",
        actor,
        at=at,
        seen=seen,
        unit=case.unit_id,
        why={"reason": reason},
        words=need(words),
        waiting_for=reason,
    )
    promises.pause(case, at)
    fact = CaseWaiting(case=case.uuid, number=case.number, waiting_for=reason)
    _tell(fact, case, actor)
    return case


@transaction.atomic
def resume(case: Case, actor: Actor, *, words: str = "", seen: int | None = None) -> Case:
    """Go on where the case stood, with the working time its promises had left."""
    return take_up(case, actor, at=now(), words=words.strip(), seen=seen)


def take_up(
    case: Case,
    actor: Actor,
    *,
    at: datetime,
    words: str = "",
    sealed_for: str = "",
    seen: int | None = None,
) -> Case:
    """Resume inside a transaction, also when the reporter answers what was asked."""
    paused = Step.objects.filter(case=case, verb="wait").order_by("-pk").first()
    running = Task.objects.filter(case=case, state__in=states.RUNNING_TASK).exists()
    move(
        case,
        "resume",
        actor,
        at=at,
        to=states.IN_HAND if running else states.OPEN,
        seen=seen,
        unit=case.unit_id,
        words=words,
        sealed_for=sealed_for,
        waiting_for="",
    )
    if paused:
        promises.go_on(case, paused.at, at)
    _tell(CaseResumed(case=case.uuid, number=case.number, due_at=case.due_at), case, actor)
    return case


@transaction.atomic
def urge(case: Case, actor: Actor, *, words: str, seen: int | None = None) -> Case:
    """Ask the unit to hurry; it stays on the case for all to see."""
    times = case.urged + 1
    move(
        case,
        "urge",
        actor,
        at=now(),
        seen=seen,
        unit=case.unit_id,
        words=need(words),
        why={"times": times},
        urged=times,
    )
    fact = CaseUrged(case=case.uuid, number=case.number, unit=case.unit_id or "", times=times)
    _tell(fact, case, actor)
    return case


def _tell(fact: Fact, case: Case, actor: Actor) -> None:
    publish(
        fact,
        subject=f"case:{case.uuid}",
        actor=str(actor),
        place_path=case.place_path,
        unit_path=case.unit_path,
    )
