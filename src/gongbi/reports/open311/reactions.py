"""When a case goes to a unit whose own system speaks Open311, it is owed to that system."""

from django.db.models import Q
from django.utils import timezone

from gongbi.cases import public as cases
from gongbi.cases.events import CaseDispatched, CaseUnmerged
from gongbi.core.public import react_to
from gongbi.reports.open311.forwarding import OVER_HERE
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
    """A task that ended with a merge and runs again is sent on, or followed, again; nobody needs
    to tell the other system any more that it was over here."""
    ended = Q(over_at__isnull=False) | Q(set_aside_at__isnull=False, trouble=OVER_HERE)
    over = OpenForward.objects.filter(ended, number=fact.number)
    tasks = cases.tasks_seen(None, set(over.values_list("task", flat=True)), "forwards.decide")
    running = [task for task, seen in tasks.items() if seen.running]
    again = {"over_at": None, "set_aside_at": None, "trouble": "", "due_at": timezone.now()}
    over.filter(task__in=running).update(**again)
