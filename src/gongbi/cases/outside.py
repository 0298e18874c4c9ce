"""Work that a unit's own system does: what it needs to know of a task, and what it says back.

Complaints never leave the house.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from gongbi.cases import actions, actors, masks, states
from gongbi.cases.access import visible_cases
from gongbi.cases.errors import Refused
from gongbi.cases.looks import note_looks
from gongbi.cases.models import Task
from gongbi.cases.queries import words_for_work
from gongbi.core.public import Scope, the_one


@dataclass(frozen=True, slots=True)
class TaskOutside:
    """A running task as the system of its unit needs it: words masked, no reporter."""

    task: int
    case: UUID
    number: str
    unit: str
    type: str
    type_name: str
    words: str
    place_name: str
    lon: float | None
    lat: float | None


def task_outside(task_id: int) -> TaskOutside | None:
    """A running task that may be told outside; None when it is over, or a complaint."""
    task = _running(task_id)
    if task is None:
        return None
    case = task.case
    note_looks(actors.Actor("unit", task.unit_id, task.unit_id), "sent", [case])
    return TaskOutside(
        task=task.pk,
        case=case.uuid,
        number=case.number,
        unit=task.unit_id,
        type=case.type.code if case.type else "",
        type_name=case.type.name if case.type else "",
        words=words_for_work([case], whom=masks.OUTSIDE).get(case.pk, ""),
        place_name=case.place.name if case.place else "",
        lon=case.lon,
        lat=case.lat,
    )


def work_outside(task_id: int, verb: str, *, by: str, words: str = "") -> bool:
    """What a unit's system says of a task: ``accept``, ``done`` or ``not_possible``.

    False when the task is over here already or cannot move so; nothing is changed then.
    """
    task = _running(task_id)
    if task is None:
        return False
    actor = actors.application(by)
    try:
        if verb != "accept":
            actions.declare(task, actor, declared=verb, words=words)
        elif task.state == "offered":
            actions.accept(task, actor)
    except Refused:
        return False
    return True


def _running(task_id: int) -> Task | None:
    rows = Task.objects.filter(pk=task_id, state__in=states.RUNNING_TASK, case__about_path="")
    rows = rows.select_related("case__type", "case__place", "case__merged_into", "unit")
    return the_one(rows.defer("case__place__geometry"))


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task as somebody who decides about its way out sees it."""

    task: int
    number: str
    type_name: str
    place_name: str
    place_path: str
    unit_name: str
    unit_path: str
    running: bool


def tasks_seen(scope: Scope | None, tasks: Collection[int], verb: str) -> dict[int, TaskSeen]:
    """Those whose case a person may see for that verb; None is the city. One query."""
    if not tasks:
        return {}
    rows = Task.objects.filter(pk__in=tasks, case__in=visible_cases(scope, verb).values("pk"))
    rows = rows.select_related("case__type", "case__place", "unit").defer("case__place__geometry")
    return {
        row.pk: TaskSeen(
            task=row.pk,
            number=row.case.number,
            type_name=row.case.type.name if row.case.type else "",
            place_name=row.case.place.name if row.case.place else "",
            place_path=row.case.place_path,
            unit_name=row.unit.name,
            unit_path=row.unit_path,
            running=row.state in states.RUNNING_TASK,
        )
        for row in rows
    }
