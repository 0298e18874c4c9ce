"""No one's case: a unit appeals, a named referee decides within the hour, and that binds.

A case that two units gave back cannot be given back again; the third may appeal. The referee is a
person with that right for the place, not of the unit that appeals, with the fewest decisions to
make; why they were named is kept. Until the promise is missed nobody else decides; after that
anybody with the right may, so that no case waits for one person.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.dispatch import end_tasks, send, unit_that_may
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.order import tell
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Incomplete, Refused, missing
from gongbi.cases.events import AppealDecided, AppealMade, CaseClosed
from gongbi.cases.models import Appeal, Case, Verdict
from gongbi.cases.routes import is_below
from gongbi.core.public import PersonRecord, now, people_with, unit

WITHIN = {"assignment": "1 hours", "verdict": "1 working_days"}
CALENDAR = {"assignment": "always", "verdict": "office"}
DECISIONS = {"assignment": ("kept", "given"), "verdict": ("refused", "settled")}
MOVING = ("given", "settled")


@transaction.atomic
def appeal(case: Case, actor: Actor, *, words: str, seen: int | None = None) -> Appeal:
    """Say that the assignment, or the verdict, is not right; the clock runs on meanwhile."""
    if case.appeals.filter(decided="").exists():
        raise CannotMove(_("An appeal runs already; the referee has still to decide."))
    about, parties = _subject(case)
    at = now()
    chosen, why = name_referee(case, parties["unit_id"])
    move(case, "appeal", actor, at=at, seen=seen, unit=parties["unit_id"], words=need(words),
         why={"about": about, **why})  # fmt: skip
    row = promises.promise_beside(
        case,
        promises.DECISION,
        at,
        WITHIN[about],
        calendar=CALENDAR[about],
        rule=f"appeal:{about}",
    )
    made = Appeal.objects.create(
        case=case, about=about, actor=str(actor), at=at, referee_id=chosen.id, why=why,
        due_at=row.due_at, **parties,
    )  # fmt: skip
    fact = AppealMade(case=case.uuid, number=case.number, unit=made.unit_id, about=about,
                      referee=str(chosen.id), due_at=row.due_at)  # fmt: skip
    tell(fact, case, actor, case.unit_path)
    return made


def _subject(case: Case) -> tuple[str, dict[str, Any]]:
    if case.state == states.IN_HAND:
        lead = case.tasks.filter(role="lead", state__in=states.RUNNING_TASK).first()
        if lead is None:
            raise CannotMove(_("No unit has this case in hand; load the page anew."))
        if lead.bound:
            raise CannotMove(_("A referee has decided that this unit does it; that binds."))
        return "assignment", {"unit_id": lead.unit_id, "task": lead}
    verdict = appealable_verdict(case)
    if verdict is None:
        raise CannotMove(_("There is no verdict here that could be appealed."))
    return "verdict", {"unit_id": verdict.outcome.unit_id, "verdict": verdict}


def appealable_verdict(case: Case) -> Verdict | None:
    """The verdict that opened the case again, where nobody appealed it yet."""
    if case.state != states.OPEN or not case.reopened:
        return None
    last = Verdict.objects.filter(case=case).select_related("outcome").order_by("-pk").first()
    if last is None or last.said != "not_solved" or last.outcome.unit_id is None:
        return None
    # By the order of steps: a played clock gives several of them one moment.
    since = case.steps.filter(verb__in=("not_solved", "dispatch", "cancel")).order_by("-pk")
    past = since.values_list("verb", flat=True).first() != "not_solved"
    return None if past or Appeal.objects.filter(verdict=last).exists() else last


def name_referee(case: Case, unit_code: str) -> tuple[PersonRecord, dict[str, int]]:
    """Who decides: of another unit, with the fewest decisions to make; and why, in counts."""
    able = _able(case)
    apart = [one for one in able if one.unit != unit_code]
    if not apart:
        raise Refused(
            _("Nobody of another unit may decide appeals here; the city must name a referee.")
        )
    waiting = Appeal.objects.filter(decided="", referee__in=[one.id for one in apart])
    load = dict(waiting.values_list("referee").annotate(many=Count("pk")))
    burden = {one.id: load.get(UUID(one.id), 0) for one in apart}
    chosen = min(apart, key=lambda one: (burden[one.id], one.id))
    return chosen, {"able": len(apart), "waiting": burden[chosen.id]}


def _able(case: Case) -> list[PersonRecord]:
    """Who may decide for the place; of a complaint, who hears complaints and is not accused."""
    able = people_with("cases.referee", case.place_path)
    if not case.about_path:
        return able
    hears = {one.id for one in people_with("cases.hear_complaint", case.place_path)}
    return [one for one in able if one.id in hears and not _accused(case, one.unit)]


def _accused(case: Case, unit_code: str) -> bool:
    found = unit(unit_code)
    return found is None or is_below(found.path, case.about_path)


@transaction.atomic
def decide(
    case: Case,
    actor: Actor,
    *,
    decided: str,
    words: str,
    unit_code: str = "",
    seen: int | None = None,
) -> Appeal:
    """The referee's word: who does it, and may not give it back; or whether the verdict stands."""
    at = now()
    made = running_appeal(case)
    if decided not in DECISIONS[made.about]:
        raise missing("decided")
    if decided in MOVING and case.state == states.WAITING:
        raise CannotMove(
            _("The case waits; it is taken up again before it goes elsewhere or ends.")
        )
    if not may_decide(made, actor.id, at):
        raise Refused(
            _("%(name)s was named to decide this; others may when the hour has passed.")
            % {"name": made.referee.name if made.referee else "–"}
        )
    to = _given_to(case, made, unit_code) if decided == "given" else None
    target = states.CLOSED if decided == "settled" else case.state
    ending: dict[str, Any] = (
        {"closed_at": at, "ended_as": "settled"} if decided == "settled" else {}
    )
    move(case, "decide", actor, at=at, to=target, seen=seen, unit=to or made.unit_id,
         words=need(words), why={"decided": decided}, **ending)  # fmt: skip
    made.decided, made.decided_at, made.decided_by = decided, at, str(actor)
    made.to_unit_id = to
    made.save(update_fields=["decided", "decided_at", "decided_by", "to_unit"])
    promises.meet(case, at, promises.DECISION)
    fact = AppealDecided(case=case.uuid, number=case.number, about=made.about, decided=decided,
                         unit=to or made.unit_id)  # fmt: skip
    tell(fact, case, actor, case.unit_path)
    _carry_out(case, made, actor, at)
    return made


def decisions_of(case: Case, about: str) -> tuple[str, ...]:
    """What can be decided now: while a case waits nothing that moves it."""
    waits = case.state == states.WAITING
    return tuple(one for one in DECISIONS[about] if not (waits and one in MOVING))


def running_appeal(case: Case) -> Appeal:
    """The appeal that waits for a decision; CannotMove when none does."""
    rows = case.appeals.filter(decided="").select_related("referee", "task", "unit")
    found = rows.first()
    if found is None:
        raise CannotMove(_("No appeal runs; look at the case again."))
    return found


def may_decide(made: Appeal, person_id: str, at: datetime) -> bool:
    """The person named; when the promise is missed, or they are gone, anybody with the right."""
    if made.referee_id is None or at > made.due_at:
        return True
    return str(made.referee_id) == person_id


def _given_to(case: Case, made: Appeal, unit_code: str) -> str:
    if not unit_code:
        raise Incomplete("unit", _("Please choose the unit that shall do it."))
    found = unit_that_may(case, unit_code)
    if found.code == made.unit_id:
        raise Incomplete("unit", _("That is the unit that appealed; choose “it stays” instead."))
    return found.code


def _carry_out(case: Case, made: Appeal, actor: Actor, at: datetime) -> None:
    if made.decided == "kept" and made.task:
        made.task.bound = True
        made.task.save(update_fields=["bound"])
    elif made.decided == "given" and made.to_unit_id:
        task = send(case, actor, at=at, unit_code=made.to_unit_id)
        task.bound = True
        task.save(update_fields=["bound"])
    elif made.decided == "settled":
        end_tasks(case, at, "withdrawn")
        promises.drop(case, at)
        tell(CaseClosed(case=case.uuid, number=case.number, ended_as="settled"), case, actor, "")
