"""Every call is counted before it is answered and before any transaction of the answer begins,
so that a crash or a refusal further on cannot hide it.

PostgreSQL does not wait for the disk with a count: whatever the call itself writes takes the count
with it, for the log is one. Of calls that wrote nothing, a machine that falls may forget the last
second; a process that is killed forgets none.
"""

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.utils import timezone

from gongbi.core.addresses import without_secrets
from gongbi.core.models import ApplicationHour, ApplicationKey, ApplicationUse
from gongbi.kernel.quotas import Quota, Slots, Spending, Spent, spend

KEPT = timedelta(days=35)
SEEN_EVERY = timedelta(minutes=5)
_COUNTED = """
UPDATE core_applicationuse SET version = %s, minute_slots = %s, day_slots = %s, hour = %s,
    calls = %s, refused = %s, errors = %s, last_call_at = %s, last_error_at = %s, last_error = %s
WHERE application_id = %s AND version = %s"""
_NO_WAIT = " AND set_config('synchronous_commit', 'off', true) = 'off'"
T = TypeVar("T")


class TooMany(Exception):
    """The application's quota is spent; ``wait_seconds`` says for how long."""

    def __init__(self, name: str, wait_seconds: int) -> None:
        super().__init__(
            f"The quota of {name} is spent; send again in {wait_seconds} s (Retry-After)."
        )
        self.wait_seconds = wait_seconds


def count_call(key: ApplicationKey) -> None:
    """Count a call against the quotas; TooMany when they are spent. Wall time, not the city's."""
    row, at = key.application, timezone.now()
    quota = Quota(row.per_minute, row.per_day)

    def count(use: ApplicationUse) -> Spending:
        done = spend(Spent(_slots(use.minute_slots), _slots(use.day_slots)), quota, at)
        use.minute_slots, use.day_slots = done.spent.minute, done.spent.day
        use.calls, use.refused = (
            use.calls + (not done.wait_seconds),
            use.refused + bool(done.wait_seconds),
        )
        use.last_call_at = at
        return done

    done = _swap(row.applicationuse, at, count)
    if key.last_used_at is None or at - key.last_used_at > SEEN_EVERY:
        ApplicationKey.objects.filter(pk=key.pk).update(last_used_at=at)
    if done.wait_seconds:
        raise TooMany(row.name, done.wait_seconds)


def _slots(kept: list[list[int]]) -> Slots:
    return tuple((slot, count) for slot, count in kept)


def note_error(name: str, status: int, verb: str, path: str) -> None:
    """Write down that a call of an application ended in an error: what it asked, not with what."""
    use, at = ApplicationUse.objects.filter(application__name=name).first(), timezone.now()

    def count(use: ApplicationUse) -> None:
        use.errors, use.last_error_at = use.errors + 1, at
        use.last_error = f"{status} {verb} {without_secrets(path)}"[:200]

    if use is not None:
        _swap(use, at, count)


def _swap(use: ApplicationUse, at: datetime, count: Callable[[ApplicationUse], T]) -> T:
    """Change the row by ``count``; when another call came between, again on what it left."""
    while True:
        seen, over = use.version, _turn_hour(use, at)
        said = count(use)
        use.version = seen + 1
        with transaction.atomic() if over else nullcontext():
            if _written(use, seen):
                if over:
                    over.save()
                return said
        use = ApplicationUse.objects.get(pk=use.pk)


def _written(use: ApplicationUse, seen: int) -> bool:
    """Whether the row was changed, because it still was as it had been seen."""
    slots = [json.dumps(use.minute_slots), json.dumps(use.day_slots)]
    at = connection.ops.adapt_datetimefield_value
    values = [
        use.version, *slots, at(use.hour), use.calls, use.refused, use.errors,
        at(use.last_call_at), at(use.last_error_at), use.last_error,
    ]  # fmt: skip
    # Inside a transaction of somebody else it would hold for what they write.
    alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED + (_NO_WAIT if alone else ""), [*values, use.pk, seen])
        return bool(cursor.rowcount)


def _turn_hour(use: ApplicationUse, at: datetime) -> ApplicationHour | None:
    """Begin a new hour where one has begun; the one that is over, if anything happened in it."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    if use.hour is not None and hour <= use.hour:  # a clock set back goes on in the same hour
        return None
    counts = {"calls": use.calls, "refused": use.refused, "errors": use.errors}
    began, use.hour = use.hour, hour
    use.calls = use.refused = use.errors = 0
    if began is None or not any(counts.values()):
        return None
    return ApplicationHour(application_id=use.pk, began_at=began, **counts)


def forget_old_hours() -> int:
    """Counts by the hour are kept for five weeks; returns how many rows went."""
    gone, _ = ApplicationHour.objects.filter(began_at__lt=timezone.now() - KEPT).delete()
    return gone
