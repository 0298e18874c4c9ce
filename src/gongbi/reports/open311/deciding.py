"""What could not be sent on to a unit's own system, and what a person decides about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from gongbi.cases import public as cases
from gongbi.core.public import Scope, publish
from gongbi.reports.events import ForwardDecided
from gongbi.reports.open311.models import OpenForward

DECIDE = "forwards.decide"
AGAIN, THERE, BACK = "again", "there", "back"
MOST_ROWS, MOST_ASKED = 200, 5_000
TROUBLES = {
    "over here before it was sent": gettext_lazy("over here before it was sent"),
    "over here and open there: tell them": gettext_lazy(
        "it is over here and open there: please tell them, then put it away"
    ),
    "it was not there": gettext_lazy("it was not there"),
    "it may be there; please look and decide": gettext_lazy(
        "it may be there; please look and decide"
    ),
    "closed there; it could not be declared here": gettext_lazy(
        "closed there; it could not be declared here"
    ),
    "ConnectError": gettext_lazy("nobody answers there"),
    "ConnectTimeout": gettext_lazy("nobody answers there"),
    "InvalidURL": gettext_lazy("its address is none"),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, and what was in the way."""

    at: datetime
    trouble: str


@dataclass(frozen=True, slots=True)
class Forward:
    """A task on its way out, as a page shows it."""

    row: OpenForward
    task: cases.TaskSeen
    trouble: str
    attempts: tuple[Attempt, ...]

    @property
    def may_be_there(self) -> bool:
        """Whether a request went out whose answer nobody heard."""
        return self.row.sending_at is not None and not self.row.remote_id


def set_aside(scope: Scope) -> list[Forward]:
    """Those a person must decide about, the oldest first. Two queries."""
    waiting = OpenForward.objects.filter(over_at=None, set_aside_at__isnull=False)
    return _seen(scope, waiting.order_by("set_aside_at", "pk"))


def on_the_way(scope: Scope) -> list[Forward]:
    """Those not yet taken there, that are tried again by themselves. Two queries."""
    going = OpenForward.objects.filter(over_at=None, set_aside_at=None, remote_id="")
    return _seen(scope, going.order_by("due_at", "pk"))


def count_set_aside(scope: Scope) -> int:
    """How many wait for this person; one query where there are none."""
    rows = OpenForward.objects.filter(over_at=None, set_aside_at__isnull=False)
    return len(cases.tasks_seen(scope, list(rows.values_list("task", flat=True)), DECIDE))


def forward(scope: Scope, pk: int) -> Forward | None:
    """One that is set aside, if this person may decide about it."""
    rows = OpenForward.objects.filter(pk=pk, over_at=None).exclude(set_aside_at=None)
    return next(iter(_seen(scope, rows)), None)


def _seen(scope: Scope, rows: Any) -> list[Forward]:
    """Cut only after the gate: older ones of other places must not stand in the way."""
    tasks = cases.tasks_seen(scope, list(rows.values_list("task", flat=True)), DECIDE)
    found = rows.filter(task__in=list(tasks)[:MOST_ASKED]).select_related("receiver")
    return [_forward(row, tasks[row.task]) for row in found[:MOST_ROWS]]


def _forward(row: OpenForward, task: cases.TaskSeen) -> Forward:
    attempts = tuple(
        Attempt(datetime.fromisoformat(at), in_words(said)) for at, said in row.attempts
    )
    return Forward(row, task, in_words(row.trouble), attempts)


def in_words(trouble: str) -> str:
    """What was in the way, in the reader's language where the words are ours."""
    return str(TROUBLES.get(trouble, trouble))


@transaction.atomic
def decide(found: Forward, verb: str, *, actor: str, remote_id: str = "") -> bool:
    """Send it again, follow it where it was found, or take it back; False when overtaken."""
    now = timezone.now()
    values: dict[str, dict[str, Any]] = {
        AGAIN: {"set_aside_at": None, "tries": 0, "sending_at": None, "due_at": now},
        THERE: {"set_aside_at": None, "remote_id": remote_id, "sent_at": now, "due_at": now},
        BACK: {"over_at": now, "trouble": "taken back"},
    }
    mine = OpenForward.objects.filter(
        pk=found.row.pk, over_at=None, set_aside_at=found.row.set_aside_at
    )
    if not mine.update(**values[verb]):
        return False
    row = found.row
    fact = ForwardDecided(number=row.number, task=row.task, unit=row.receiver.unit, decided=verb)
    publish(fact, subject=f"forward:{row.task}", actor=actor, place_path=found.task.place_path)
    if verb == THERE:
        cases.work_outside(row.task, "accept", by=f"open311-{row.receiver.unit}")
    return True
