"""The order of tasks: which are settled, which may begin, and for which the lead must wait."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongbi.cases import states
from gongbi.cases.actions.moving import write_down
from gongbi.cases.actors import SYSTEM, Actor
from gongbi.cases.errors import CannotMove
from gongbi.cases.events import TaskStarted, TaskWithdrawn
from gongbi.cases.models import Case, Task
from gongbi.core.public import Fact, publish


def start_ready(case: Case, at: datetime) -> list[Task]:
    """Offer every planned task whose earlier ones are settled; inside a transaction."""
    begun = []
    planned = case.tasks.filter(state="planned").select_related("unit").order_by("position")
    for task in planned.prefetch_related("after"):
        if all(is_settled(one) for one in task.after.all()) and not works(case, task.unit_id):
            task.state, task.offered_at = "offered", at
            task.save(update_fields=["state", "offered_at"])
            write_down(case, "start", SYSTEM, at, unit=task.unit_id, why={"task": task.pk})
            fact = TaskStarted(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk)
            tell(fact, case, SYSTEM, task.unit_path)
            begun.append(task)
    return begun


def is_settled(task: Task) -> bool:
    """Whether what comes after a task may begin: done, called off, or settled by another.

    A task given back, or found impossible, holds the next one until somebody takes its place:
    nobody paves a road over a pipe that was not mended.
    """
    if task.state == "withdrawn" or (task.state == "done" and task.declared == "done"):
        return True
    if task.state not in ("done", "returned"):
        return False
    return any(is_settled(one) for one in task.replaced_by.all())


def call_off_all(tasks: "QuerySet[Task]", case: Case, actor: Actor, at: datetime) -> None:
    """Withdraw tasks because another step made them needless; each unit's line is told."""
    rows = list(tasks.order_by("pk"))
    tasks.filter(pk__in=[task.pk for task in rows]).update(state="withdrawn", ended_at=at)
    for task in rows:
        fact = TaskWithdrawn(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk)
        tell(fact, case, actor, task.unit_path)


def unfinished_helpers(case: Case) -> list[Task]:
    """Helping tasks that the lead's answer must wait for."""
    rows = case.tasks.filter(role="help", needed=True, state__in=states.LIVE_TASK)
    return list(rows.select_related("unit").order_by("position"))


def helpers_ended(case: Case) -> None:
    """CannotMove with the units that are still at work."""
    open_ones = unfinished_helpers(case)
    if open_ones:
        names = _(", ").join(dict.fromkeys(one.unit.name for one in open_ones))
        raise CannotMove(
            _("The case is answered when all needed tasks have ended; still at work: %(units)s.")
            % {"units": names}
        )


def works(case: Case, unit_code: str) -> bool:
    """Whether a unit has a started task on a case."""
    return case.tasks.filter(unit_id=unit_code, state__in=states.RUNNING_TASK).exists()


def tell(fact: Fact, case: Case, actor: Actor, unit_path: str) -> None:
    """Publish on the case's subject, to its place and one unit's line."""
    publish(
        fact,
        subject=f"case:{case.uuid}",
        actor=str(actor),
        place_path=case.place_path,
        unit_path=unit_path,
    )
