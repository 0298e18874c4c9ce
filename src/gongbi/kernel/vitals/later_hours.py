"""The hours after the next one, for counts: what is usual then, and how far such hours fall off.

The hour to come rests on the hours before it (``forecast``). What happens three hours from now is
hardly told by the hour now (a departure from the usual halves in a few hours), so a later hour is
foretold by the same hour of earlier weeks alone, and its bounds are the shares of what such hours,
an hour earlier and later too, have departed from their usual in the last weeks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.vitals.forecast import WEEK, usual_of

Floats = NDArray[np.float64]
DEPARTURES_WEEKS = 6
LEAST_DEPARTURES = 20
"""Fewer of them give no bounds."""
SIDES = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class LaterHours:
    """Each hour's usual (median of the same hour of up to eight weeks) and 80 % bounds; NaN where
    nothing can be said. ``weeks``: how many of the last eight weeks had that hour; shape (n,)."""

    usual: Floats
    low: Floats
    high: Floats
    weeks: NDArray[np.int64]


def foretell_later(values: Floats, count: int) -> LaterHours:
    """Foretell the ``count`` hours behind the last row.

    Parameters
    ----------
    values
        Counts of one series by hour, [hours], NaN where missing.
    count
        Hours ahead; at most 168.
    """
    if values.ndim != 1 or not 0 < count <= WEEK:
        raise ValueError(f"Expected values [hours] and a count from 1 to {WEEK}.")
    whole = np.concatenate([values, np.full(count, np.nan)])[:, None]
    usual = usual_of(whole)[:, 0]
    off = np.log1p(whole[:, 0]) - np.log1p(usual)
    ahead = np.arange(len(values), len(whole))
    low, high = (np.full(count, np.nan) for _ in SIDES)
    for place, row in enumerate(ahead.tolist()):
        found = _departures(off, row)
        if len(found) >= LEAST_DEPARTURES:
            bounds = np.log1p(usual[row]) + np.quantile(found, SIDES)
            low[place], high[place] = np.maximum(np.expm1(bounds), 0)
    return LaterHours(usual[ahead], low, high, _weeks(whole[:, 0], ahead))


def _departures(off: Floats, row: int) -> Floats:
    """Departures of the same hour of the day, and of those beside it, in the last weeks."""
    back = np.arange(max(row - WEEK * DEPARTURES_WEEKS, 0), row)
    apart = (back - row) % 24
    found: Floats = off[back[(apart <= 1) | (apart == 23)]]
    return found[np.isfinite(found)]


def _weeks(values: Floats, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.zeros(len(rows), np.int64)
    for week in range(1, 9):
        at = rows - WEEK * week
        found += (at >= 0) & np.isfinite(values[np.maximum(at, 0)])
    return found
