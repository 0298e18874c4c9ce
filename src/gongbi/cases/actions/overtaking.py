"""A leader's instruction may be done before what is more urgent, but not silently.

It keeps the urgency of its type, so it stands in the list behind what is more urgent. Cases of
the first urgency that wait at the unit meanwhile are written down, on the instruction and on each
of them, and the evaluation counts them.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongbi.cases import states
from gongbi.cases.actions.moving import write_down
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case, Signal, Step, Task

SEVERAL = 2
MOST_NOTED = 20
MOST_NAMED = 5


def is_instructed(case: Case) -> bool:
    """Whether a leader's instruction hangs on a case, or on one merged into it.

    Two queries where it may: one that came by an instruction may have been split from it.
    """
    if case.source != states.INSTRUCTION and case.signals_count < SEVERAL:
        return False
    signals = Signal.objects.filter(case__in=case.with_merged())
    return signals.filter(source=states.INSTRUCTION).exists()


def write_overtaken(case: Case, unit: str, actor: Actor, at: datetime) -> list[str]:
    """Write down what waits at a unit while it is sent, or takes up, an instruction.

    Returns the numbers of the cases that were overtaken; none when it is as urgent itself. Two
    queries for an instruction, and a row or two for each case.
    """
    if case.priority <= states.URGENT or not is_instructed(case):
        return []
    waiting = list(_waiting(unit)[:MOST_NOTED])
    known = set(
        Step.objects.filter(
            case__in=waiting, verb=states.OVERTAKEN, why__by=case.number
        ).values_list("case", flat=True)
    )
    fresh = [other for other in waiting if other.pk not in known]
    for other in fresh:
        write_down(other, states.OVERTAKEN, actor, at, unit=unit, why={"by": case.number})
    numbers = [other.number for other in waiting]
    if fresh:
        why = {"of": numbers[:MOST_NAMED], "many": len(numbers)}
        write_down(case, states.WENT_BEFORE, actor, at, unit=unit, why=why)
    return numbers


def write_overtaken_at_work(case: Case, actor: Actor, at: datetime) -> None:
    """Likewise for every unit that works on a case already when an instruction comes to it, or
    when it is taken up again with one."""
    if case.state != states.IN_HAND or case.priority <= states.URGENT or not is_instructed(case):
        return
    running = case.tasks.filter(state__in=states.RUNNING_TASK).order_by("pk")
    for unit in running.values_list("unit", flat=True):
        write_overtaken(case, unit, actor, at)


def _waiting(unit: str) -> "QuerySet[Case]":
    """Cases of the first urgency that a unit has not taken up: asked for it, or suggested.

    Never a complaint: its number is not for everybody who sees the instruction.
    """
    offered = Task.objects.filter(case=OuterRef("pk"), unit=unit, state="offered")
    rows = Case.objects.filter(priority=states.URGENT, state__in=(states.OPEN, states.IN_HAND))
    return rows.filter(
        Q(Exists(offered)) | Q(state=states.OPEN, suggested_unit=unit), about_path=""
    ).order_by("opened_at", "pk")
