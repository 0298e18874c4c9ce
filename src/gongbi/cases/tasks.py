"""What the clock does: ask for verdicts, close the unanswered, wake the parked, mark and tell.

Each case in a transaction of its own; one that somebody moved meanwhile is left for the next
turn. ``now`` is the city's, so a played city is asked and closed in its own days.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from gongbi.cases import bursts, bursts_doing, promises, states
from gongbi.cases.actions import ask_verdict, close_unanswered
from gongbi.cases.actions.waiting import take_up
from gongbi.cases.actors import SYSTEM
from gongbi.cases.climbing import climb
from gongbi.cases.errors import CannotMove, Overtaken
from gongbi.cases.events import DeadlineMissed
from gongbi.cases.looks import forget_old_looks
from gongbi.cases.merging.hints import look_due
from gongbi.cases.models import Deadline, DoneOnce, Verdict
from gongbi.core.public import publish

log = logging.getLogger(__name__)
AT_MOST = 300
REMEMBERED = timedelta(days=30)


def run_due(now: datetime, most: int = AT_MOST) -> int:
    """Do whatever is due, up to ``most`` of each kind; returns how much was done."""
    duties = (ask_due, close_due, wake_due, mark_missed, tell_steps, forget_old_acts)
    done = sum(duty(now, most) for duty in duties)
    look_due(now, most)
    forget_old_looks(now)
    bursts.watch(now)
    bursts_doing.tell_latecomers(now)
    return done


def ask_due(now: datetime, most: int = AT_MOST) -> int:
    """Ask the residents whose unit has declared an outcome."""
    return sum(_tried(ask_verdict, row, now) for row in _awaiting().filter(asked_at=None)[:most])


def close_due(now: datetime, most: int = AT_MOST) -> int:
    """Close as unanswered what nobody answered in time."""
    rows = _awaiting().filter(due_at__lte=now)[:most]
    return sum(_tried(close_unanswered, row, now) for row in rows)


def mark_missed(now: datetime, most: int = AT_MOST) -> int:
    """Mark promises that passed unkept, and tell."""
    rows = Deadline.objects.filter(ended_at=None, missed_at=None, due_at__lte=now)
    found = list(rows.select_related("case").order_by("due_at", "pk")[:most])
    return sum(_tried(_mark, row, now) for row in found)


def wake_due(now: datetime, most: int = AT_MOST) -> int:
    """Take up again what was parked until now."""
    rows = Deadline.objects.filter(
        kind=promises.REVIEW, ended_at=None, due_at__lte=now, case__state=states.WAITING
    )
    return sum(_tried(_wake, row, now) for row in rows.select_related("case")[:most])


@transaction.atomic
def _wake(row: Deadline, now: datetime) -> None:
    take_up(row.case, SYSTEM, at=now)


def tell_steps(now: datetime, most: int = AT_MOST) -> int:
    """Tell whoever must be told of promises that come near or are past; each step once."""
    rows = Deadline.objects.filter(ended_at=None, rung_at__lte=now).order_by("rung_at", "pk")
    return sum(_tried(climb, row, now) for row in rows.select_related("case__type")[:most])


def forget_old_acts(now: datetime, most: int = AT_MOST) -> int:
    """Drop the memory of acts that nobody will repeat any more; it is not counted as work."""
    old = DoneOnce.objects.filter(at__lt=now - REMEMBERED).values("pk")[:most]
    DoneOnce.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return 0


@transaction.atomic
def _mark(row: Deadline, now: datetime) -> None:
    mine = Deadline.objects.filter(pk=row.pk, ended_at=None, missed_at=None)
    if not mine.update(missed_at=row.due_at):
        return  # kept, or marked, a moment ago
    case = row.case
    fact = DeadlineMissed(
        case=case.uuid,
        number=case.number,
        kind=row.kind,
        due_at=row.due_at,
        unit=case.unit_id or "",
    )
    publish(
        fact,
        subject=f"case:{case.uuid}",
        actor="system:clock",
        place_path=case.place_path,
        unit_path=case.unit_path,
    )


def _awaiting() -> QuerySet[Verdict]:
    rows = Verdict.objects.filter(said="", case__state=states.ANSWERED)
    return rows.select_related("case__type").order_by("pk")


def _tried(do: Callable[[Any, datetime], object], row: Any, now: datetime) -> int:
    """Do it with one row, each apart: one that fails is told, and tried again at the next turn;
    it must not keep away all that come after it. A database that is away ends the turn."""
    try:
        done = do(row, now)
    except (Overtaken, CannotMove):
        return 0
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("not done: %s %s", getattr(do, "__name__", do), row.pk)
        return 0
    return done if isinstance(done, int) else 1
