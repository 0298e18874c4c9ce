"""What a detector of the unusual is worth, once incidents are known: early, once, not too often.

The score of the Numenta Anomaly Benchmark. Each labelled window of rows pays for the earliest
alert in it, nearly in full at its left edge and little at its right; a window without one costs;
each alert outside costs, less when just behind a window. One threshold serves all series and is
the one that scores best. 0 is who never alerts, 100 who alerts at the first row of each window.

Source: A. Lavin, S. Ahmad, *Evaluating real-time anomaly detection algorithms: the Numenta
anomaly benchmark*, 2015, as its program counts today (`nab/sweeper.py`, `nab/optimizer.py`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

BEHIND = 3.0
"""Widths of a window after which an alert no longer counts as a late one."""
PROBATION, LONGEST_PROBATION = 0.15, 750
"""Share of rows at the beginning that are not judged, and at most so many rows."""


class Profile(NamedTuple):
    """What a found window, a false alert and a missed window weigh."""

    found: float
    false: float
    missed: float


STANDARD = Profile(1.0, 0.11, 1.0)
LOW_FALSE = Profile(1.0, 0.22, 1.0)
LOW_MISSED = Profile(1.0, 0.11, 2.0)


class Worth(NamedTuple):
    """What an alert at each row is worth, before weights."""

    worth: NDArray[np.float64]
    """Within a window 1 at its first row to about 0 at its last; outside 0 down to -1."""
    window: NDArray[np.int64]
    """Number of the window a row lies in; -1 outside."""
    judged: NDArray[np.bool_]


class Score(NamedTuple):
    """The best threshold, its score out of 100, and what it alerted at."""

    score: float
    threshold: float
    found: int
    """Windows with an alert."""
    false: int
    """Rows outside a window with an alert."""


def sigmoid(position: NDArray[Any] | float) -> Any:
    """Worth at a position: -1 at the left edge of a window, 0 at its right, above 0 behind it."""
    far = np.asarray(position, float) >= BEHIND
    with np.errstate(over="ignore"):
        found = 2 / (1 + np.exp(5 * np.asarray(position, float))) - 1
    return np.where(far, -1.0, found)


def weigh(rows: int, windows: Sequence[tuple[int, int]]) -> Worth:
    """What an alert at each of ``rows`` is worth; windows are first and last row, in order."""
    worth, window = np.full(rows, -1.0), np.full(rows, -1)
    for number, (first, last) in enumerate(windows):
        width = last - first + 1
        inside, behind = np.arange(first, last + 1), np.arange(last + 1, rows)
        worth[inside] = sigmoid(-(last - inside + 1) / width) / sigmoid(-1.0)
        window[inside] = number
        worth[behind] = sigmoid((behind - last) / max(width - 1, 1))
    probation = min(int(PROBATION * rows), LONGEST_PROBATION)
    return Worth(worth, window, np.arange(rows) >= probation)


def join(parts: Sequence[Worth]) -> Worth:
    """Several series as one; windows are numbered through."""
    before = np.cumsum([0, *(part.window.max(initial=-1) + 1 for part in parts)])
    shifted = [
        np.where(part.window < 0, -1, part.window + first)
        for part, first in zip(parts, before, strict=False)
    ]
    return Worth(
        np.concatenate([part.worth for part in parts]),
        np.concatenate(shifted),
        np.concatenate([part.judged for part in parts]),
    )


@njit(cache=True)
def _sweep(scores, worth, window, windows, found, false, missed):  # type: ignore[no-untyped-def]
    """Lower the threshold row by row: (best points, threshold, windows found, false alerts)."""
    earned = np.full(windows, -missed)
    points, hits, wrong = -missed * windows, 0, 0
    best = (points, np.inf, 0, 0)
    for row in range(scores.size):
        number = window[row]
        if number < 0:
            points += worth[row] * false
            wrong += 1
        elif worth[row] * found > earned[number]:
            hits += 1 if earned[number] == -missed else 0
            points += worth[row] * found - earned[number]
            earned[number] = worth[row] * found
        last_of_its_score = row + 1 == scores.size or scores[row + 1] != scores[row]
        if last_of_its_score and points > best[0]:
            best = (points, scores[row], hits, wrong)
    return best


def judge(scores: NDArray[Any], known: Worth, profile: Profile = STANDARD) -> Score:
    """The score of the best threshold; ``scores`` are as many as rows of ``known``."""
    scores, worth = np.asarray(scores, float)[known.judged], known.worth[known.judged]
    window = known.window[known.judged]
    order = np.argsort(-scores, kind="stable")
    windows = len(np.unique(window[window >= 0]))
    points, threshold, hits, wrong = _sweep(
        scores[order], worth[order], _numbered(window)[order], windows, *profile
    )
    nothing, perfect = -profile.missed * windows, profile.found * windows
    if windows == 0:
        return Score(float("nan"), threshold, hits, wrong)
    return Score(100 * (points - nothing) / (perfect - nothing), threshold, hits, wrong)


def _numbered(window: NDArray[np.int64]) -> NDArray[np.int64]:
    """Windows that have a judged row, numbered from 0; -1 stays."""
    kept, found = np.unique(window, return_inverse=True)
    return found - 1 if kept[0] < 0 else found


def judge_at(scores: NDArray[Any], known: Worth, threshold: float, profile: Profile) -> Score:
    """The score of a threshold chosen elsewhere."""
    return judge(np.where(np.asarray(scores) >= threshold, 1.0, 0.0), known, profile)
