"""Whom a unit may send: its people for one task, those who could be there first on top.

What is known of a person is what their tasks say (how many are in hand, where they last arrived
today) and what the pack says of their post (shift and skills). Nothing is kept of the order, and
no list of persons is made of it.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongbi.cases.actions.dispatch import people_of
from gongbi.cases.models import Case, Task
from gongbi.core.public import city, holding, now, place, unit
from gongbi.kernel.cases.crews import Crew, Fit, Point, minutes_until, order_crews

STALE = timedelta(hours=12)  # where somebody was yesterday says nothing of today


@holding()  # the city is asked for once
def people_by_fit(task: Task) -> list[tuple[str, str]]:
    """Ids and words for the form: the name, the tasks in hand, the way, about how soon."""
    people = {one.id: one for one in people_of(task)}
    loads, spots, base = _loads(list(people)), _spots(list(people)), _base(task)
    local = now().astimezone(city().zone)
    minute = local.hour * 60 + local.minute
    crews = [
        Crew(
            id_,
            spots.get(id_) or base,
            loads.get(id_, 0),
            minutes_until(one.shift, minute) if one.shift else None,
            one.skills,
        )
        for id_, one in people.items()
    ]
    needs = frozenset(task.case.type.needs if task.case.type else ())
    fits = order_crews(crews, _point(task.case), needs)
    return [(fit.code, _words(people[fit.code].name, fit, loads.get(fit.code, 0))) for fit in fits]


def _loads(people: list[str]) -> dict[str, int]:
    rows = Task.objects.filter(handler__in=_ids(people), ended_at=None).values_list("handler")
    return {str(id_): count for id_, count in rows.annotate(Count("pk")).order_by()}


def _spots(people: list[str]) -> dict[str, Point]:
    """Where each last arrived at a task today, as the case says; never where a phone is."""
    rows = Task.objects.filter(handler__in=_ids(people), arrived_at__gte=now() - STALE)
    fields = ("handler", "case__lon", "case__lat")
    return {
        str(id_): (lon, lat)
        for id_, lon, lat in rows.order_by("arrived_at", "pk").values_list(*fields)
        if lon is not None and lat is not None
    }


def _ids(people: list[str]) -> list[UUID]:
    return [UUID(one) for one in people]


def _base(task: Task) -> Point | None:
    """The middle of the place its unit works in."""
    seat = unit(task.unit_id)
    where = place(seat.place) if seat else None
    if where is None or where.lon is None or where.lat is None:
        return None
    return where.lon, where.lat


def _point(case: Case) -> Point | None:
    return None if case.lon is None or case.lat is None else (case.lon, case.lat)


def _words(name: str, fit: Fit, tasks: int) -> str:
    said = [name, ngettext("%(n)s task in hand", "%(n)s tasks in hand", tasks) % {"n": tasks}]
    if fit.metres is not None:
        said.append(_("%(km).1f km") % {"km": fit.metres / 1000})
    if fit.shift:
        said.append(_("shift in %(n)s min") % {"n": round(fit.shift)})
    if fit.lacks:
        said.append(_("lacks: %(skills)s") % {"skills": ", ".join(sorted(fit.lacks))})
    elif fit.fits is None:
        said.append(_("skills not known"))
    said.append(_("there in about %(n)s min") % {"n": max(5, 5 * round(fit.minutes / 5))})
    return " · ".join(said)
