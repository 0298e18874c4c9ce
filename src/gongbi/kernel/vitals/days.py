"""Where an instant stands in the city's week: kind of day, hour, and how far into the hour.

Hours are *nodes*: ``kind * 24 + hour`` with kind 0 a working day and 1 a day off, both by the
city's own calendar, so that a make-up working day looks like a Monday and a festival like a
Sunday. A day is from one beginning to the next: when clocks change it has 23 or 25 hours and its
last hour is short or long.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

WORKING, OFF = 0, 1
NODES = 48
HOUR = 3_600_000_000
DAY = 24 * HOUR
DAYS = np.dtype([("begin", "i8"), ("kind", "i8")])
"""Days in a row: microseconds since 1970 UTC at which each begins, and its kind."""


@njit(cache=True)
def hour_at(days, time):  # type: ignore[no-untyped-def]  # Numba infers the types
    """The number of the hour in which ``time`` lies, counted from the first of ``days``.

    Before the first and after the last day hours go on by the clock alone.
    """
    place = np.searchsorted(days["begin"], time, "right") - 1
    if place < 0 or place == days.size - 1:
        place = max(place, 0)
        return place * 24 + (time - days[place]["begin"]) // HOUR
    return place * 24 + min((time - days[place]["begin"]) // HOUR, 23)


@njit(cache=True)
def node_of(days, hour):  # type: ignore[no-untyped-def]
    """The node of a numbered hour; a day outside ``days`` counts as a working day."""
    place = hour // 24
    kind = days[place]["kind"] if 0 <= place < days.size else 0
    return kind * 24 + hour % 24


@njit(cache=True)
def begin_of(days, hour):  # type: ignore[no-untyped-def]
    """Microseconds since 1970 UTC at which a numbered hour begins."""
    place = min(max(hour // 24, 0), days.size - 1)
    return days[place]["begin"] + (hour - place * 24) * HOUR


@njit(cache=True)
def between(days, begin, width):  # type: ignore[no-untyped-def]
    """(hour, node, next node, fraction) of the window that begins at ``begin``.

    ``fraction`` says how far the window's middle lies from its node to the next. A window of an
    hour or more is taken as a whole: it bears on its own node only.
    """
    if width >= HOUR:
        hour = hour_at(days, begin)
        return hour, node_of(days, hour), node_of(days, hour + 1), 0.0
    middle = begin + width // 2
    hour = hour_at(days, middle)
    fraction = min((middle - begin_of(days, hour)) / HOUR, 1.0)
    return hour, node_of(days, hour), node_of(days, hour + 1), fraction


def days_from(begins: NDArray[np.int64], works: NDArray[np.bool_]) -> NDArray[Any]:
    """Days as the functions here want them; at least one, in order."""
    if not len(begins) or np.any(np.diff(begins) <= 0):
        raise ValueError("Expected at least one day, each beginning after the one before.")
    found = np.zeros(len(begins), DAYS)
    found["begin"], found["kind"] = begins, np.where(works, WORKING, OFF)
    return found
