"""Saying that a case complains of a unit, or that it does not: that unit has no part in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.lapsing import lapse_of_lead
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.order import start_ready
from gongbi.cases.actors import Actor
from gongbi.cases.complaints import units_that_hear
from gongbi.cases.errors import CannotMove, Incomplete, Refused
from gongbi.cases.events import CaseComplaint
from gongbi.cases.merging import family
from gongbi.cases.models import Appeal, Case, Child, Extension, Likely, Task
from gongbi.cases.reading.applying import WEIGHED
from gongbi.cases.routes import Choice, choose_unit, facts_known, is_below
from gongbi.core.public import UnitRecord, now, publish, unit


@dataclass(frozen=True, slots=True)
class _Parts:
    """Whose tasks end by it: the lead's, and those of helpers."""

    leads: bool
    tasks: list[int]


@transaction.atomic
def complain_of(
    case: Case, actor: Actor, *, unit_code: str, words: str, seen: int | None = None
) -> Case:
    """Say that a case complains of a unit, of another, or with an empty code of none.

    Tasks of that unit and of those below it end, the routes are asked anew, and none of their
    people see the case any more. Promises run on: the resident has not asked for less.
    """
    about, was, at = _accused(unit_code), case.about_unit_id or "", now()
    if (about.code if about else "") == was:
        raise CannotMove(_("It is so already; look at the case again."))
    path = about.path if about else ""
    if about:
        _check_apart(case)
        _check_heard(case, about)
    ended, choice = _parts_of(case, path), _routed(case, path)
    off: dict[str, Any] = {}
    if ended.leads:
        off = {"unit_id": None, "unit_path": "", "stage": ""}
    move(case, "complain_of", actor, at=at, seen=seen, words=need(words),
         to=states.OPEN if ended.leads else case.state,
         why={"about": [was, about.code if about else ""], "route": choice.why["route"]},
         about_unit_id=about.code if about else None, about_path=path,
         suggested_unit_id=choice.unit.code if choice.unit else None, route=choice.route,
         route_why=_kept(case) | choice.why, **off)  # fmt: skip
    _end(case, ended, at)
    if about:
        _lapse_of(case, path, at)
    _let_go(case, actor, at)
    # Neither to that unit's line nor with its name: whoever keeps the journal may stand in it.
    fact = CaseComplaint(case=case.uuid, number=case.number, stands=about is not None)
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)
    return case


def _accused(code: str) -> UnitRecord | None:
    found = unit(code) if code else None
    if code and found is None:
        raise Incomplete("unit", _("There is no unit %(code)r in this city.") % {"code": code})
    return found


def _check_apart(case: Case) -> None:
    """What was merged into it has no mark of its own, and would show it to those accused."""
    family.lock(case)  # a merge into it waits, and finds the mark
    if case.merged.exists():
        raise Refused(_("Other cases are merged into this one; undo these merges first."))


def _check_heard(case: Case, about: UnitRecord) -> None:
    """A complaint that nobody may hear would be lost."""
    if all(is_below(one.path, about.path) for one in units_that_hear(case.place_path)):
        raise Refused(
            _("Nobody outside %(unit)s hears complaints here; a supervisor of another unit must.")
            % {"unit": about.name}
        )


def _parts_of(case: Case, path: str) -> _Parts:
    rows = case.tasks.filter(state__in=states.LIVE_TASK)
    found = [one for one in rows if is_below(one.unit_path, path)]
    leads = any(one.role == "lead" and one.state in states.RUNNING_TASK for one in found)
    return _Parts(leads, [one.pk for one in found])


def _routed(case: Case, path: str) -> Choice:
    return choose_unit(
        case.type, case.place_path, at=case.opened_at, level=case.level, about_path=path,
        source=case.source, facts=facts_known(case, case.type),
    )  # fmt: skip


def _kept(case: Case) -> dict[str, object]:
    """What was read in the report, and who named its type and urgency, stays."""
    return {name: case.route_why[name] for name in ("read", WEIGHED, "type_by")
            if name in case.route_why}  # fmt: skip


def _end(case: Case, ended: _Parts, at: datetime) -> None:
    rows = Task.objects.filter(pk__in=ended.tasks)
    if ended.leads:
        rows |= case.tasks.filter(role="takeover", state__in=states.LIVE_TASK)
    rows.update(state="withdrawn", ended_at=at)
    if ended.leads:
        lapse_of_lead(case, at)
        promises.drop(case, at, kinds=(promises.DECISION,))
    start_ready(case, at)


def _lapse_of(case: Case, path: str, at: datetime) -> None:
    """What that unit had asked or appealed for is decided for it no more."""
    for model in (Extension, Appeal):
        mine = model._default_manager.filter(case=case, decided="", unit__path__startswith=path)
        gone = mine.update(decided="lapsed", decided_at=at)
        if gone and model is Appeal:
            promises.drop(case, at, kinds=(promises.DECISION,))


def _let_go(case: Case, actor: Actor, at: datetime) -> None:
    """Neither a likely same case nor a parent matter shows it to others from now on."""
    Likely.objects.filter(Q(case=case) | Q(other=case), denied_at=None).delete()
    Child.objects.filter(case=case, off_at=None).update(off_at=at, off_by=str(actor))
