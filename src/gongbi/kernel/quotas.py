"""How many calls a sender has left: fixed minutes and days, counted, never guessed.

A fixed window lets at most twice the quota through around its edge; a sliding one would need a
row a call. The sender is told how long to wait, so that it need not try.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Quota:
    """Calls a minute and a day; 0 is no limit."""

    per_minute: int = 0
    per_day: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls counted so far: of which minute since 1970, and of which day (ordinal)."""

    minute: int = 0
    in_minute: int = 0
    day: int = 0
    in_day: int = 0


@dataclass(frozen=True, slots=True)
class Spending:
    """The count after a call, and how long to wait; 0 seconds: the call was taken."""

    spent: Spent
    wait_seconds: int = 0


def spend(spent: Spent, quota: Quota, now: datetime) -> Spending:
    """Count one call at ``now`` (aware, in the city's zone) or say how many seconds to wait.

    A call that is refused is not counted: knocking too early must not lengthen the wait.
    """
    held = _turned(spent, now)
    if quota.per_day and held.in_day >= quota.per_day:
        return Spending(held, _until_midnight(now))
    if quota.per_minute and held.in_minute >= quota.per_minute:
        return Spending(held, 60 - int(now.timestamp()) % 60)
    return Spending(replace(held, in_minute=held.in_minute + 1, in_day=held.in_day + 1))


def _turned(spent: Spent, now: datetime) -> Spent:
    """The counts with those of a past minute or day at nought."""
    minute, day = int(now.timestamp() // 60), now.date().toordinal()
    return Spent(
        minute,
        spent.in_minute if spent.minute == minute else 0,
        day,
        spent.in_day if spent.day == day else 0,
    )


def _until_midnight(now: datetime) -> int:
    # By instants: a day on which the clocks change has not 24 hours.
    next_day = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return max(1, int(next_day.timestamp() - now.timestamp()) + 1)
