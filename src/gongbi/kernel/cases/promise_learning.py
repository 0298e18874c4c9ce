"""Which promise a city keeps to, read from its records: when cases came and were to be done by.

Every promise that can be written in a city pack is a candidate: some unit, some amount, some
calendar. The amounts worth trying are those the rows themselves would need; each candidate is
then put beside all rows, and the one that says most of them wins. Newer rows count more, because
promises change. Ties go to what stands first: the simpler unit, the earlier calendar.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.calendars import WorkingCalendar
from gongbi.kernel.worktimes import DAY, MINUTE, Instants, LaidOut, deadlines, lay_out, moment_of

EXACT, CLOSE = MINUTE, 60 * MINUTE
HALF_LIFE_DAYS = 30.0
LEAST_AT_OPENING = 0.02  # of all deadlines, or the hours cannot be told from them
MOST_AMOUNTS = 6  # tried for each unit and calendar, the commonest first
UNITS = ("days", "full_working_days", "working_days", "hours")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learned:
    """A promise, and how well it says the rows it was learnt from.

    ``exact`` and ``close`` are shares of the rows within a minute and within an hour, each row
    counted alike; ``weight`` is the share within an hour with newer rows counting more, by which
    it was chosen. ``runner_up`` is the next promise that says something else.
    """

    promise: str
    calendar: str
    rows: int
    exact: float
    close: float
    weight: float
    runner_up: str = ""
    runner_up_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class _Tried:
    promise: str
    calendar: str
    said: Instants
    weight: float


def learn(
    starts: Instants, targets: Instants, calendars: Mapping[str, WorkingCalendar]
) -> Learned | None:
    """The promise that says most of the rows; None without a row that ends after it began.

    ``starts`` and ``targets`` are microseconds since 1970; ``calendars`` are named, in the order
    in which ties are settled.
    """
    sound = targets > starts
    starts, targets = np.asarray(starts)[sound], np.asarray(targets)[sound]
    if not starts.size:
        return None
    weights = np.exp2((starts - starts.max()) / (HALF_LIFE_DAYS * DAY))
    weights /= weights.sum()
    tried = [
        _Tried(promise, name, said, _share(said, targets, weights))
        for name, calendar in calendars.items()
        for promise, said in _candidates(calendar, starts, targets, weights)
    ]
    if not tried:
        return None
    best = max(tried, key=lambda one: one.weight)
    others = [one for one in tried if not np.array_equal(one.said, best.said)]
    second = max(others, key=lambda one: one.weight, default=None)
    off = np.abs(best.said - targets)
    return Learned(
        promise=best.promise,
        calendar=best.calendar,
        rows=len(starts),
        exact=float(np.mean(off <= EXACT)),
        close=float(np.mean(off <= CLOSE)),
        weight=best.weight,
        runner_up=second.promise if second else "",
        runner_up_weight=second.weight if second else 0.0,
    )


def _share(said: Instants, targets: Instants, weights: Floats) -> float:
    """Weighted share of rows said within an hour; a hair more where it is to the minute."""
    off = np.abs(said - targets)
    return float(weights[off <= CLOSE].sum() + 1e-3 * weights[off <= EXACT].sum()) / (1 + 1e-3)


def _candidates(
    calendar: WorkingCalendar, starts: Instants, targets: Instants, weights: Floats
) -> list[tuple[str, Instants]]:
    laid = _laid(calendar, starts, targets)
    found = []
    for unit in UNITS:
        for amount in _amounts(unit, laid, starts, targets, weights):
            promise = f"{amount} {unit}"
            found.append((promise, deadlines(calendar, starts, promise, laid)))
    return found


def _laid(calendar: WorkingCalendar, starts: Instants, targets: Instants) -> LaidOut:
    first = calendar.local_day(moment_of(starts.min() - 2 * DAY))
    last = calendar.local_day(moment_of(min(targets.max(), starts.max() + 1500 * DAY) + 30 * DAY))
    return lay_out(calendar, first, last)


def _amounts(
    unit: str, laid: LaidOut, starts: Instants, targets: Instants, weights: Floats
) -> list[int]:
    """Whole amounts the rows would need, the weightiest first; rows beyond 1,500 days are none."""
    within = targets - starts <= 1500 * DAY
    some, to, weight = starts[within], targets[within], weights[within]
    if not some.size:
        return []
    if unit == "days":
        needed = np.rint((to - some) / DAY)
    elif unit == "hours":
        needed = np.rint((laid.time_at(to) - laid.time_at(some)) / (60 * MINUTE))
    else:
        day_from, wall = laid.wall(some)
        day_to, _wall = laid.wall(to)
        begun = laid.ordinal(day_from)
        if unit == "full_working_days":
            begun = begun + (wall >= laid.calendar.hours[-1][1] * MINUTE)
        else:
            begun = begun + np.isin(day_from, laid.days) - 1
        needed = laid.ordinal(day_to) - begun
    return _weightiest(needed.astype(np.int64), weight)


def _weightiest(needed: Instants, weights: Floats) -> list[int]:
    amounts, place = np.unique(needed, return_inverse=True)
    total = np.bincount(place, weights)
    order = np.argsort(-total, kind="stable")
    return [int(amounts[one]) for one in order if amounts[one] >= 1][:MOST_AMOUNTS]


def learn_hours(starts: Instants, targets: Instants, zone: tzinfo) -> tuple[int, int] | None:
    """Opening and closing in minutes since midnight, as deadlines betray them, or None.

    What comes after closing counts from the next opening, so that many deadlines fall on that
    minute: it is the opening. Closing is the half hour that best parts those from the others.
    """
    every = WorkingCalendar(zone, ((0, 1440),), frozenset(range(1, 8)))
    laid = _laid(every, starts, targets)
    within = (targets > starts) & (targets - starts <= 1500 * DAY)
    _day, begun = laid.wall(starts[within])
    _day, due = laid.wall(targets[within])
    moved = np.abs(due - begun) > 5 * MINUTE
    if not moved.any():
        return None
    minutes, counts = np.unique(due[moved] // MINUTE, return_counts=True)
    opening = int(minutes[np.argmax(counts)])
    at_opening = due // MINUTE == opening
    if at_opening.sum() < LEAST_AT_OPENING * len(due):
        return None
    closings = np.arange(opening + 30, 1441, 30)
    right = [int((at_opening == (begun >= one * MINUTE)).sum()) for one in closings]
    return opening, int(closings[int(np.argmax(right))])
