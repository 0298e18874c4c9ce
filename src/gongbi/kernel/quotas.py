"""How many calls a sender has left: sliding minutes and days, counted, never guessed.

In no sixty seconds, wherever they begin, are more calls taken than a minute's quota, and in no
twenty-four hours more than a day's. Calls are counted in slots of five seconds and of an hour, not
one by one; a slot counts until all of it is past, so the wait is at most one slot too long. The
sender is told how long to wait, so that it need not try.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime

Slots = tuple[tuple[int, int], ...]  # (number of the slot since 1970, calls in it), oldest first


@dataclass(frozen=True, slots=True)
class Window:
    """A length of time, cut into slots; both in seconds."""

    seconds: int
    slot: int


MINUTE, DAY = Window(60, 5), Window(86_400, 3600)


@dataclass(frozen=True, slots=True)
class Quota:
    """Calls a minute and a day; 0 is no limit."""

    per_minute: int = 0
    per_day: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls counted so far, by slot; what no window holds any more is left out."""

    minute: Slots = ()
    day: Slots = ()


@dataclass(frozen=True, slots=True)
class Spending:
    """The count after a call, and how long to wait; 0 seconds: the call was taken."""

    spent: Spent
    wait_seconds: int = 0


def spend(spent: Spent, quota: Quota, now: datetime) -> Spending:
    """Count one call at ``now`` (aware) or say how many seconds to wait.

    A call that is refused is not counted: knocking too early must not lengthen the wait.
    """
    at = now.timestamp()
    held = Spent(_recent(spent.minute, MINUTE, at), _recent(spent.day, DAY, at))
    wait = max(
        _wait(held.minute, quota.per_minute, MINUTE, at), _wait(held.day, quota.per_day, DAY, at)
    )
    if wait:
        return Spending(held, wait)
    counted = replace(
        held, minute=_one_more(held.minute, MINUTE, at), day=_one_more(held.day, DAY, at)
    )
    return Spending(counted)


def _recent(slots: Slots, window: Window, at: float) -> Slots:
    return tuple(one for one in slots if _leaves(one[0], window) > at)


def _leaves(slot: int, window: Window) -> int:
    """When all of a slot is out of the window."""
    return (slot + 1) * window.slot + window.seconds


def _wait(slots: Slots, most: int, window: Window, at: float) -> int:
    """Seconds until enough slots have left; 0 where there is room, or no limit."""
    left = sum(count for _, count in slots)
    if not most or left < most:
        return 0
    for slot, count in slots:
        left -= count
        if left < most:
            return max(1, math.ceil(_leaves(slot, window) - at))
    return window.seconds


def _one_more(slots: Slots, window: Window, at: float) -> Slots:
    """A clock set back goes on in the newest slot."""
    here = int(at // window.slot)
    if slots and slots[-1][0] >= here:
        return (*slots[:-1], (slots[-1][0], slots[-1][1] + 1))
    return (*slots, (here, 1))
