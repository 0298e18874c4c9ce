"""How far another system reaches: what its entry in the register says of place, unit and types.

The place bounds what it reads and does, and so does its owner's unit where the entry says so. A
complaint is for people's ears only: to no system does it exist.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongbi.cases import states
from gongbi.cases.access import OFF_THEIR_HANDS, a_number
from gongbi.cases.models import Case, Task
from gongbi.core.public import ApplicationRecord, the_one

TRUSTED = frozenset({"dispatch", "work"})
"""Scopes whose holders read cases of every type, and what was said in them."""
READING = TRUSTED | {"hear"}


def case_for_application(
    who: ApplicationRecord | None, scope_name: str, number: str
) -> Case | None:
    """A case for another system that acts on it with that scope."""
    if who is None or scope_name not in who.scopes:
        return None
    rows = Case.objects.select_related("type", "unit", "suggested_unit", "merged_into")
    return the_one(rows.filter(_reached(who), number=a_number(number)))


def read_for_application(who: ApplicationRecord, number: str) -> Case | None:
    """A case another system may read: one it works or sorts, or else one it may hear of."""
    if not who.scopes & READING:
        return None
    rows = Case.objects.select_related("type", "asset", "merged_into")
    known = Q() if who.scopes & TRUSTED else _heard(who)
    return the_one(rows.filter(_reached(who), known, number=a_number(number)))


def task_for_application(who: ApplicationRecord | None, task_id: int) -> Task | None:
    """A task for another system that works."""
    if who is None or "work" not in who.scopes:
        return None
    rows = Task.objects.select_related(
        "case__type", "case__merged_into", "case__unit", "case__suggested_unit", "unit"
    )
    return the_one(reached_tasks(who, rows).filter(pk=task_id))


def reached_tasks(who: ApplicationRecord, rows: "QuerySet[Task]") -> "QuerySet[Task]":
    """Those of some tasks that a system reaches."""
    rows = rows.filter(case__about_path="")
    if who.place_path:
        rows = rows.filter(case__place_path__under=who.place_path)
    return rows.filter(unit_path__under=who.unit_path) if who.unit_path else rows


def reached_queue(who: ApplicationRecord, rows: "QuerySet[Case]") -> "QuerySet[Case]":
    """Those of some open cases that a system reaches: a unit's, what is suggested for it."""
    rows = rows.filter(_there(who))
    return rows.filter(suggested_unit__path__under=who.unit_path) if who.unit_path else rows


def _reached(who: ApplicationRecord) -> Q:
    """Cases of its place; of its unit, those it has or ended a task of, or may sort."""
    if not who.unit_path:
        return _there(who)
    tasks = Task.objects.filter(case=OuterRef("pk"), unit_path__under=who.unit_path)
    own = Q(Exists(tasks.exclude(state__in=OFF_THEIR_HANDS)))
    if "dispatch" in who.scopes:
        own |= Q(state=states.OPEN, suggested_unit__path__under=who.unit_path)
    return _there(who) & own


def _there(who: ApplicationRecord) -> Q:
    spoken = Q(about_path="")
    return spoken & Q(place_path__under=who.place_path) if who.place_path else spoken


def _heard(who: ApplicationRecord) -> Q:
    """Cases of which it is told facts (``core.webhooks.hearing.may_hear``); without a place, of
    none."""
    if not who.place_path:
        return Q(pk__in=())
    return Q(type__code__in=who.types) if who.types else Q(type__public=True)
