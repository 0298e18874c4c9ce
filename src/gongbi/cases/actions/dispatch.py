"""Sorting a case and sending it to a unit; giving a unit's task to a person."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.lapsing import lapse_of_lead
from gongbi.cases.actions.moving import move
from gongbi.cases.actions.order import start_ready
from gongbi.cases.actions.overtaking import write_overtaken
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Incomplete, Refused, missing
from gongbi.cases.events import CaseDispatched, CaseFiled, CaseSorted
from gongbi.cases.intake import type_in_force
from gongbi.cases.models import Case, Task
from gongbi.cases.openings import last_opening
from gongbi.cases.reading.applying import WEIGHED, sub_type_read, urgency_under
from gongbi.cases.routes import choose_unit, facts_known, is_below
from gongbi.core.public import (
    PersonRecord,
    UnitRecord,
    now,
    people_of_unit,
    people_with,
    publish,
    unit,
)


@transaction.atomic
def sort(
    case: Case, actor: Actor, *, type_code: str, sub_type: str = "", seen: int | None = None
) -> Case:
    """Say what kind of matter it is; that kind's route holds, and its promises from the last
    opening on.

    Without a sub-type said, the one that was surely read for this type is taken.
    """
    kind = type_in_force(type_code)
    if kind is None:
        raise missing("type")
    if sub_type and sub_type not in {one["code"] for one in kind.sub_types}:
        raise Incomplete("sub_type", _("This type has no such sub-type; choose another of them."))
    sub, urgency = sub_type or sub_type_read(case, type_code), urgency_under(case, kind)
    at, was, same = now(), case.type.code if case.type else "", case.type_id == kind.pk
    choice = choose_unit(
        kind,
        case.place_path,
        at=case.opened_at,
        level=case.level,
        about_path=case.about_path,
        source=case.source,
        facts=facts_known(case, kind),
    )
    found = choice.unit.code if choice.unit else None
    move(
        case,
        "sort",
        actor,
        at=at,
        seen=seen,
        unit=found,
        why={"type": kind.code, "was": was, "route": choice.why["route"]}
        | _said(sub, sub_type)
        | _urgency(case.priority, urgency),
        type=kind,
        sub_type=sub,
        priority=urgency,
        suggested_unit_id=found,
        route=choice.route,
        route_why=_read_of(case) | {**choice.why, "type_by": actor.kind},
        stage="",
    )
    if not same:  # another sub-type alone changes no promise
        promises.drop(case, at, "moved", promises.OF_TYPE)
        promises.promise_sorted(case, last_opening(case))
    fact = CaseSorted(case=case.uuid, number=case.number, type=kind.code, was=was)
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)
    return case


def _said(sub: str, said: str) -> dict[str, str]:
    """The sub-type, and whether whoever sorted said it themselves."""
    return {"sub": sub, "sub_by": "person" if said else "words"} if sub else {}


def _urgency(was: int, now_: int) -> dict[str, list[int]]:
    return {"urgency": [was, now_]} if was != now_ else {}


def _read_of(case: Case) -> dict[str, Any]:
    """What was read in the report, and said of its urgency, stays under another type, too."""
    return {key: case.route_why[key] for key in ("read", WEIGHED) if key in case.route_why}


@transaction.atomic
def file(case: Case, actor: Actor, *, seen: int | None = None, send_on: bool = True) -> Case:
    """Say that it is a matter of the city's; where the route says at once, it goes to its unit.

    ``send_on``: False for who says in the same breath where it goes, and with what words.
    """
    if case.filed_at is not None:
        raise CannotMove(_("This case is filed already; look at it again."))
    at = now()
    move(case, "file", actor, at=at, seen=seen, filed_at=at)
    fact = CaseFiled(case=case.uuid, number=case.number)
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)
    if send_on and case.route and case.route.at_once and case.suggested_unit_id:
        send(case, actor, at=at, unit_code=case.suggested_unit_id)
    return case


@transaction.atomic
def dispatch(
    case: Case, actor: Actor, *, unit_code: str = "", words: str = "", seen: int | None = None
) -> Task:
    """Send a case to a unit; without one named, to the unit the routes suggest."""
    chosen = unit_code or case.suggested_unit_id
    if not chosen:
        raise missing("unit")
    return send(case, actor, at=now(), unit_code=chosen, words=words.strip(), seen=seen)


def send(
    case: Case,
    actor: Actor,
    *,
    at: datetime,
    unit_code: str,
    words: str = "",
    seen: int | None = None,
) -> Task:
    """Offer the lead to one unit and withdraw it from another; inside a transaction."""
    found = unit_that_may(case, unit_code)
    if case.type and case.type.file_first and case.filed_at is None:
        raise CannotMove(_("This kind of matter is filed before it is sent; please file it."))
    suggested = found.code == case.suggested_unit_id
    move(
        case,
        "dispatch",
        actor,
        at=at,
        seen=seen,
        unit=found.code,
        words=words,
        why={"suggested": suggested, "route": case.route_why.get("route") if suggested else None},
        unit_id=found.code,
        unit_path=found.path,
        filed_at=case.filed_at or at,
        stage="",
    )
    end_tasks(case, at, "withdrawn", led_to=found.code)
    lapse_of_lead(case, at)
    promises.drop(case, at, kinds=(promises.DECISION,))
    task = Task.objects.create(case=case, unit_id=found.code, unit_path=found.path, offered_at=at)
    fact = CaseDispatched(
        case=case.uuid, number=case.number, unit=found.code, task=task.pk, suggested=suggested
    )
    publish(
        fact,
        subject=f"case:{case.uuid}",
        actor=str(actor),
        place_path=case.place_path,
        unit_path=found.path,
    )
    start_ready(case, at)
    write_overtaken(case, found.code, actor, at)
    return task


def unit_that_may(case: Case, code: str) -> UnitRecord:
    """The unit of that code, where it may have a share in the case; Refused says why not."""
    found = unit(code)
    if found is None:
        raise Refused(_("There is no unit %(code)r in this city.") % {"code": code})
    if is_below(found.path, case.about_path):
        raise Refused(
            _("The case complains of %(unit)s or a unit above it; it cannot be sent there.")
            % {"unit": found.name}
        )
    return found


def end_tasks(case: Case, at: datetime, as_: str, *, led_to: str = "") -> int:
    """Take unfinished tasks off their units' hands: all, or where another unit takes the lead
    those that led before and what the new lead had been asked to help with."""
    found = Task.objects.filter(case=case, state__in=states.LIVE_TASK)
    if led_to:
        found = found.filter(Q(role__in=("lead", "takeover")) | Q(unit_id=led_to))
    return found.update(state=as_, ended_at=at)


@transaction.atomic
def assign(
    case: Case, actor: Actor, *, task: Task, handler_id: str, seen: int | None = None
) -> Task:
    """Give a unit's task to one of the unit's people."""
    own = {person.id for person in people_of(task)}
    if handler_id not in own:
        raise missing("handler")
    move(case, "assign", actor, at=now(), seen=seen, unit=task.unit_id, why={"task": task.pk})
    Task.objects.filter(pk=task.pk).update(handler_id=handler_id)
    return task


def people_of(task: Task) -> list[PersonRecord]:
    """People who may be given the task: those with a working post in its unit for the place, or
    else, of a unit that helps out or took over from elsewhere, all who work for it."""
    here = people_with("cases.work", task.case.place_path)
    own = [one for one in here if one.unit == task.unit_id]
    return own or people_of_unit("cases.work", task.unit_id)
