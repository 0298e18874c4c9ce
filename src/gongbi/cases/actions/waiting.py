"""Standing still while others must act, and going on; every pause is counted."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.overtaking import write_overtaken_at_work
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Incomplete, missing
from gongbi.cases.events import CaseResumed, CaseUrged, CaseWaiting
from gongbi.cases.models import Case, Step, Task
from gongbi.core.public import Fact, city, now, publish

PAUSE_LIMIT = "10 working_days"
MOST_PARKED_DAYS = 180


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
        why={"reason": reason, **({"said": True} if reason == states.RESIDENT else {})},
        words=need(words),
        waiting_for=reason,
    )
    promises.pause(case, at)
    limit = case.type.pause_limit if case.type else PAUSE_LIMIT
    promises.promise_beside(case, promises.WAITING, at, limit, calendar=_calendar(case),
                            rule=f"pause_limit:{case.type or 'usual'}")  # fmt: skip
    fact = CaseWaiting(case=case.uuid, number=case.number, waiting_for=reason)
    _tell(fact, case, actor)
    return case


@transaction.atomic
def park(
    case: Case, actor: Actor, *, reason: str, until: date, words: str, seen: int | None = None
) -> Case:
    """Put it in the pending pool 挂账 until a day on which the clock brings it back by itself."""
    if reason not in states.PARK_REASONS:
        raise missing("reason")
    at = now()
    days = (until - at.astimezone(city().zone).date()).days
    if not 1 <= days <= MOST_PARKED_DAYS:
        raise Incomplete(
            "until",
            _("Please choose a day from tomorrow on, at most %(days)d days ahead.")
            % {"days": MOST_PARKED_DAYS},
        )
    move(case, "park", actor, at=at, seen=seen, unit=case.unit_id,
         why={"reason": reason, "until": until.isoformat()}, words=need(words),
         waiting_for="parked")  # fmt: skip
    promises.pause(case, at)
    promises.promise_beside(
        case, promises.REVIEW, at, f"{days} days", calendar="always", rule="parked",
        due_at=datetime.combine(until, time(), city().zone),
    )  # fmt: skip
    _tell(CaseWaiting(case=case.uuid, number=case.number, waiting_for="parked"), case, actor)
    return case


def _calendar(case: Case) -> str:
    return case.type.calendar if case.type else "office"


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
    paused = Step.objects.filter(case=case, verb__in=("wait", "park")).order_by("-pk").first()
    leading = Task.objects.filter(case=case, role="lead", state__in=states.RUNNING_TASK)
    running = leading.exists()
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
    promises.meet(case, at, promises.WAITING, promises.REVIEW)
    if paused:
        promises.go_on(case, paused.at, at)
    write_overtaken_at_work(case, actor, at)
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
