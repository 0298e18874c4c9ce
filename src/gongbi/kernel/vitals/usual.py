"""What is usual at this hour of this kind of day, and how far values scatter around it.

A profile of 48 nodes (``days``) for each series: level and scatter at each full hour, straight
lines between, and one *drift* of whole days that follows weather and season. It learns at the end
of each hour from windows that are final, so the same windows give the same profile in whatever
order their rows came; what it learns is first used on the next such day, and the drift two days
later, so a window is judged by the same figures when it is provisional and when it is final.
Values that were called abnormal are not learnt; when an hour has been abnormal on ``ADOPT`` such
days in a row, it has become the usual and is learnt anew.
"""

import numpy as np
from numba import njit

from gongbi.kernel.vitals.days import HOUR, NODES, node_of

NODE = np.dtype([("level", "f4"), ("scatter", "f4"), ("visits", "u2"), ("refused", "u2")])
LEARNING = np.dtype(
    [
        ("hour", "i4"),  # the hour whose windows are being learnt; NO_HOUR before the first
        ("sum", "f4", 2),  # of what the two nodes of that hour are off, by weight
        ("absolute", "f4", 2),
        ("weight", "f4", 2),
        ("abnormal", "f4", 2),  # weight of windows that were not learnt
        ("day", "i4"),  # the day being learnt
        ("day_sum", "f4"),  # of what its windows are off the profile
        ("day_weight", "f4"),
        ("drift", "f4"),  # added to the profile on that day
        ("coming", "f4"),  # added to it on the day after
    ]
)
NO_HOUR = -(1 << 30)
MEMORY = 7
"""Days of one kind after which an old day weighs a third."""
WARM = 3
"""Visits after which a value counts no further than ``CLIP`` scatters."""
CLIP = 3.0
ADOPT = 7
FOLLOW = 0.5
"""How much of a day's own deviation the drift takes over."""
FORGET = 0.9
"""What is left of a drift from day to day: the profile itself takes over what stays."""
TO_SIGMA = 1.2533141373155001
"""Root of pi/2: the standard deviation of a normal law over its mean absolute deviation."""


@njit(cache=True)
def expect(profile, learning, series, where, floor, least):  # type: ignore[no-untyped-def]
    """(expected, scatter) of a window; NaNs while a node has fewer than ``least`` visits.

    ``profile`` is 48 rows of ``NODE`` by series; ``where`` is what ``days.between`` says of the
    window; ``floor`` is the smallest scatter believed.
    """
    hour, node, after, fraction = where
    expected, scatter = _line(profile, series, node, after, fraction, least)
    if np.isnan(expected):
        return np.nan, np.nan
    return expected + _drift_on(learning[series], hour // 24), max(scatter, floor)


@njit(cache=True)
def _drift_on(entry, day):  # type: ignore[no-untyped-def]
    return entry["drift"] if day == entry["day"] else entry["coming"]


@njit(cache=True)
def _line(profile, series, node, after, fraction, least):  # type: ignore[no-untyped-def]
    """Level and scatter on the line between two nodes."""
    here, there = profile[node][series], profile[after][series]
    if here["visits"] < least or (fraction > 0 and there["visits"] < least):
        return np.nan, np.nan
    expected = (1 - fraction) * here["level"] + fraction * there["level"]
    scatter = (1 - fraction) * here["scatter"] + fraction * there["scatter"]
    return expected, scatter


@njit(cache=True)
def _deviation(here, expected, value):  # type: ignore[no-untyped-def]
    """How far a value is off: from its own node at first, then from the line, and clipped."""
    if here["visits"] < WARM or np.isnan(expected):
        return value - here["level"]
    most = CLIP * here["scatter"]
    return min(max(value - expected, -most), most)


@njit(cache=True)
def _add(here, learning, side, weight, value, expected):  # type: ignore[no-untyped-def]
    if here["visits"] == 0 and learning["weight"][side] == 0:
        # The first value is where deviations are counted from: sums of large values lose digits.
        here["level"] = value
    off = _deviation(here, expected, value)
    learning["sum"][side] += weight * off
    learning["absolute"][side] += weight * abs(off)
    learning["weight"][side] += weight


@njit(cache=True)
def _settle(here, learning, side):  # type: ignore[no-untyped-def]
    """Learn what was gathered for one node; return 1 when the node has changed."""
    weight, abnormal = learning["weight"][side], learning["abnormal"][side]
    if weight + abnormal <= 0:
        return 0
    if abnormal > weight:
        here["refused"] += 1
        if here["refused"] >= ADOPT:
            here["visits"], here["refused"] = 0, 0
        return 1
    gain = max(1 / (here["visits"] + 1), 1 / MEMORY)
    here["level"] += gain * learning["sum"][side] / weight
    here["scatter"] += gain * (TO_SIGMA * learning["absolute"][side] / weight - here["scatter"])
    here["visits"] = min(here["visits"] + 1, 60_000)
    here["refused"] = 0
    return 1


@njit(cache=True)
def _clear(learning, side):  # type: ignore[no-untyped-def]
    learning["sum"][side] = 0
    learning["absolute"][side] = 0
    learning["weight"][side] = 0
    learning["abnormal"][side] = 0


@njit(cache=True)
def _shift(learning):  # type: ignore[no-untyped-def]
    """What was gathered for the next node is now gathered for this one."""
    learning["sum"][0] = learning["sum"][1]
    learning["absolute"][0] = learning["absolute"][1]
    learning["weight"][0] = learning["weight"][1]
    learning["abnormal"][0] = learning["abnormal"][1]
    _clear(learning, 1)


@njit(cache=True)
def _turn_day(entry, day):  # type: ignore[no-untyped-def]
    """The drift that was coming is in force; what the day was off as a whole is coming next."""
    entry["drift"] = entry["coming"]
    if entry["day_weight"] > 0:
        mean = entry["day_sum"] / entry["day_weight"]
        entry["coming"] = FORGET * (entry["coming"] + FOLLOW * (mean - entry["coming"]))
    entry["day_sum"], entry["day_weight"], entry["day"] = 0, 0, day


@njit(cache=True)
def _add_to_day(entry, value, line, scatter):  # type: ignore[no-untyped-def]
    most = 2 * CLIP * scatter
    entry["day_sum"] += min(max(value - line, -most), most)
    entry["day_weight"] += 1


@njit(cache=True)
def turn(profile, learning, days, series, hour, touched):  # type: ignore[no-untyped-def]
    """Go on to another hour: settle the nodes that are complete; ``touched`` marks their rows.

    It is only ever set to 1: several threads may teach series side by side.
    """
    entry = learning[series]
    before = entry["hour"]
    entry["hour"] = hour
    if hour // 24 != entry["day"]:
        _turn_day(entry, hour // 24)
    if before == NO_HOUR:
        return
    node = node_of(days, before)
    if _settle(profile[node][series], entry, 0):
        touched[node] = 1
    if hour == before + 1:
        _shift(entry)
        return
    node = node_of(days, before + 1)
    if _settle(profile[node][series], entry, 1):
        touched[node] = 1
    _clear(entry, 0)
    _clear(entry, 1)


@njit(cache=True, inline="always")
def learn(  # type: ignore[no-untyped-def]
    profile, learning, days, series, where, value, expected, abnormal, touched
):
    """Gather one final window; ``where`` is what ``days.between`` says of it."""
    hour, node, after, fraction = where
    if learning[series]["hour"] != hour:
        turn(profile, learning, days, series, hour, touched)
    entry = learning[series]
    line, scatter = _line(profile, series, node, after, fraction, WARM)
    if not np.isnan(line):
        _add_to_day(entry, value, line, scatter)
    if abnormal:
        entry["abnormal"][0] += 1 - fraction
        entry["abnormal"][1] += fraction
        return
    _add(profile[node][series], entry, 0, 1 - fraction, value, expected)
    if fraction > 0:
        _add(profile[after][series], entry, 1, fraction, value, expected)


def empty_profile(series: int) -> np.ndarray:
    """Profiles of series that have learnt nothing, [48, series]."""
    return np.zeros((NODES, series), NODE)


def empty_learning(series: int) -> np.ndarray:
    """Series that have gathered nothing."""
    found = np.zeros(series, LEARNING)
    found["hour"], found["day"] = NO_HOUR, NO_HOUR
    return found


LONGEST_WAIT = 22 * HOUR
"""A window must be final sooner: what it teaches is used on the next day."""
