"""Rates from counters that only grow and sometimes begin again at nothing."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

COUNTER = np.dtype([("time", "i8"), ("value", "f8")])
UNREAD = -(1 << 60)


def new_counters(count: int) -> NDArray[np.void]:
    """Counters that were never read."""
    counters = np.zeros(count, COUNTER)
    counters["time"] = UNREAD
    return counters


@njit(cache=True)
def grown(counter, time, value):  # type: ignore[no-untyped-def]  # Numba infers the types
    """What a counter has grown by since its last row; NaN where that cannot be told.

    A value below the last one is a counter that began again at nothing: all of it is growth. A row
    that is not later than the last one tells nothing more: its growth is in a later row already.
    """
    if time <= counter["time"]:
        return np.nan
    first = counter["time"] == UNREAD
    before = counter["value"]
    counter["time"], counter["value"] = time, value
    if first:
        return np.nan
    return value - before if value >= before else value
