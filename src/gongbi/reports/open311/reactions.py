"""When a case goes to a unit whose own system speaks Open311, it is owed to that system."""

from django.utils import timezone

from gongbi.cases import public as cases
from gongbi.cases.events import CaseDispatched, CaseUnmerged
from gongbi.core.public import react_to
from gongbi.reports.open311.models import OpenForward, OpenReceiver


@react_to(CaseDispatched)
def owe(fact: CaseDispatched) -> None:
    """Owe the task once, however often this is told."""
    receiver = OpenReceiver.objects.filter(unit=fact.unit, ended_at=None).first()
    if receiver is not None:
        OpenForward.objects.get_or_create(
            task=fact.task,
            defaults={"receiver": receiver, "number": fact.number, "due_at": timezone.now()},
        )


@react_to(CaseUnmerged)
def follow_again(fact: CaseUnmerged) -> None:
    """A task that ended with a merge and runs again is sent on, or followed, again."""
    over = OpenForward.objects.filter(number=fact.number).exclude(over_at=None)
    tasks = cases.tasks_seen(None, set(over.values_list("task", flat=True)), "forwards.decide")
    running = [task for task, seen in tasks.items() if seen.running]
    over.filter(task__in=running).update(over_at=None, due_at=timezone.now())
