"""What is known ahead: events that shift what is expected of some series while they last.

An event bears on runs of slots. While it is in force at a window's beginning it adds
``(factor - 1) * expected + shift`` to what is expected there; several add up. Windows that an
event touches teach nothing of what is usual: the usual is what would be without it.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

EVENT = np.dtype([("begin", "i8"), ("end", "i8"), ("factor", "f8"), ("shift", "f8")])
"""Microseconds since 1970 UTC from which and up to which it holds, and what it does."""


class Ahead(NamedTuple):
    """Runs of slots, in order and apart, each with the events that bear on it."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    """The slot after the last of each run."""
    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    """``members[starts[k]:starts[k + 1]]`` are the events of run k."""
    events: NDArray[Any]


def nothing_ahead() -> Ahead:
    """Nothing is known."""
    none = np.zeros(0, np.int64)
    return Ahead(none, none, np.zeros(1, np.int64), none, np.zeros(0, EVENT))


def lay_ahead(events: NDArray[Any], bears: list[NDArray[np.bool_]]) -> Ahead:
    """Runs of events (``EVENT``); ``bears`` says by slot on which series each does."""
    if not len(events):
        return nothing_ahead()
    count = len(bears[0])
    turns = np.zeros(count, np.bool_)
    turns[:1] = True
    for one in bears:
        turns[1:] |= one[1:] != one[:-1]
    first = np.flatnonzero(turns)
    last = np.append(first[1:], count)
    table = np.array([one[first] for one in bears])
    some = table.any(axis=0)
    first, last, table = first[some], last[some], table[:, some]
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(table.sum(axis=0))])
    members = np.nonzero(table.T)[1].astype(np.int64)
    return Ahead(first.astype(np.int64), last.astype(np.int64), starts, members, events)


@njit(cache=True)
def run_from(last, series):  # type: ignore[no-untyped-def]  # Numba infers the types
    """The first run that does not end before a slot."""
    return np.searchsorted(last, series, "right")


@njit(cache=True)
def added_to(events, members, begin, end, expected):  # type: ignore[no-untyped-def]
    """(what events add to what is expected of a window, whether any of them touches it)."""
    added, touched = 0.0, False
    for at in range(members.size):
        event = events[members[at]]
        touched = touched or (event["begin"] < end and begin < event["end"])
        if event["begin"] <= begin < event["end"]:
            added += (event["factor"] - 1.0) * expected + event["shift"]
    return added, touched
