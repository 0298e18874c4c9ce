"""Verdicts shown last for windows that may still change: what is told anew, and against what."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

SHOWN = np.dtype([("value", "f8"), ("count", "i4"), ("level", "i2"), ("before", "i2")])
"""The verdict shown last for a window that may still change; ``before`` is the level before it."""
NOT_SHOWN = -9
"""``level`` where there was no verdict."""


@njit(cache=True)
def same(shown, count, value, level):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Whether this verdict is the one shown last for the window."""
    if shown["level"] != level or shown["count"] != count:
        return False
    return count == 0 or shown["value"] == value


@njit(cache=True)
def told_of(shown, level, before):  # type: ignore[no-untyped-def]
    """The level a reader of changes takes this window to have.

    Of a window that changed nothing he was told nothing, so he takes it for the one before it.
    When a correction moves that one, the window has to speak for itself.
    """
    if shown["level"] == NOT_SHOWN:
        return before
    if shown["level"] != level or shown["level"] != shown["before"]:
        return shown["level"]
    return before


@njit(cache=True)
def worth(seen, fresh, level, before, was):  # type: ignore[no-untyped-def]
    """Whether a verdict is told: an empty window only when it changes a level."""
    return fresh and (seen or level != before or level != was)


def empty_verdicts(count: int) -> NDArray[np.void]:
    """Places where no verdict was shown."""
    shown = np.zeros(count, SHOWN)
    shown["level"] = NOT_SHOWN
    return shown
