"""When a case goes to a unit whose own system speaks Open311, it is owed to that system."""

from django.utils import timezone

from gongbi.cases.events import CaseDispatched
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
