"""When a series will cross a limit: in about how many windows, how surely, or nothing at all.

A path is foretold from the newest windows: a line through the last few, whose slope dies away,
on top of a *course* where one is known (what is usual at the hour, or the day before). The same is
done at every earlier window, and what the paths foretold there were then off is added to the
path foretold now, one by one: each gives one possible future. The share of futures that cross is
the probability; where in time they cross first gives the minutes and their interval. Futures
that began alike, in height and in slope, count for more. Nothing is assumed of any law.

Sources: damped trend, E. S. Gardner and E. McKenzie, *Forecasting trends in time series*,
Management Science 31 (1985); futures from past errors, R. J. Hyndman and G. Athanasopoulos,
*Forecasting: principles and practice* (bootstrapped residuals); likeness, E. N. Lorenz,
*Atmospheric predictability as revealed by naturally occurring analogues*, JAS 26 (1969).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LINES = ((1, 0.0), (3, 0.8), (6, 0.8), (6, 0.95), (12, 0.95))
"""(windows a line is drawn through, what is left of its slope from window to window)."""
REACH = 12
"""Windows a line needs at most."""


@dataclass(frozen=True, slots=True)
class CrossingRule:
    """When something is said.

    Parameters
    ----------
    ahead
        Windows looked ahead.
    least_origins
        Earlier windows, each with its whole path known, below which nothing is said.
    least_probability
        Below this share of futures nothing is said.
    likeness
        How unlike, in standard deviations of height and of slope, a beginning may be before it
        counts for little.
    doubt
        How many beginnings of any kind weigh as much as what those alike say.
    most_missing
        Share of windows without a value above which nothing is said.
    """

    ahead: int = 12
    least_origins: int = 36
    least_probability: float = 0.5
    likeness: float = 0.5
    doubt: float = 10.0
    most_missing: float = 0.1

    def __post_init__(self) -> None:
        if self.ahead < 1 or self.least_origins < 2:
            raise ValueError("Expected ahead >= 1 and least_origins >= 2.")
        if not 0 < self.least_probability <= 1 or self.likeness <= 0:
            raise ValueError("Expected 0 < least_probability <= 1 and likeness > 0.")


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit that will be reached.

    ``probability`` that it is reached within the windows looked ahead; where it is, half of the
    futures reach it by ``windows`` (1: the very next window), and 80 % of them between ``soonest``
    and ``latest``. ``path`` is the middle path foretold; ``futures`` how many were weighed;
    ``course`` which course it was drawn on, -1 for none, ``line`` through how many windows.
    """

    probability: float
    windows: int
    soonest: int
    latest: int
    path: Floats
    futures: int
    course: int
    line: int


def foretell_crossing(
    values: Floats,
    limit: float | Floats,
    *,
    above: bool = True,
    courses: Sequence[Floats] = (),
    rule: CrossingRule | None = None,
) -> Crossing | None:
    """Say when a limit is reached; None where it is unlikely, reached already or not to be said.

    Parameters
    ----------
    values
        Values of closed windows in a row, the newest last, NaN where empty; [windows].
    limit
        The limit, one number or one for each window ahead, [ahead].
    above
        Whether it is reached from below (``value >= limit``) or, else, from above.
    courses
        What was expected of these windows and is of those ahead, each [windows + ahead]; the one
        that foretold best so far is used, or none. One not known everywhere is left out.
    """
    rule = rule or CrossingRule()
    sign = 1.0 if above else -1.0
    limits = sign * np.broadcast_to(np.asarray(limit, float), rule.ahead)
    filled = _filled(sign * values, rule)
    if filled is None or np.isnan(limits).all() or filled[-1] >= limits[0]:
        return None
    origins = len(filled) - REACH - rule.ahead + 1
    if origins < rule.least_origins:
        return None
    paths, errors, course, line = _best(filled, [sign * one for one in courses], rule)
    futures = paths[-1] + errors
    weights = _alike(filled, origins, rule.likeness)
    crossed = futures >= np.where(np.isnan(limits), np.inf, limits)
    first = np.where(crossed.any(axis=1), crossed.argmax(axis=1) + 1, 0)
    probability = _believed(weights, first > 0, rule.doubt)
    if probability < rule.least_probability:
        return None
    soonest, middle, latest = _quantiles(first[first > 0], weights[first > 0])
    return Crossing(probability, middle, soonest, latest, sign * paths[-1], origins, course, line)


def _filled(values: Floats, rule: CrossingRule) -> Floats | None:
    """Values with gaps bridged by straight lines; None where too much is missing."""
    known = np.isfinite(values)
    if not len(values) or not known[-1] or 1 - known.mean() > rule.most_missing:
        return None
    places = np.arange(len(values))
    found: Floats = np.interp(places, places[known], values[known])
    return found


def _best(
    values: Floats, courses: Sequence[Floats], rule: CrossingRule
) -> tuple[Floats, Floats, int, int]:
    """The paths, their errors so far, the course and the line that foretold best."""
    count, ahead = len(values), rule.ahead
    flat = np.zeros(count + ahead)
    known = [(-1, flat)] + [
        (place, one) for place, one in enumerate(courses) if _usable(one, count + ahead)
    ]
    after = np.lib.stride_tricks.sliding_window_view(values, ahead)[REACH:]
    best: tuple[float, Floats, Floats, int, int] | None = None
    for place, course in known:
        for line, kept in LINES:
            paths = _paths(values - course[:count], course, line, kept, ahead)
            errors = after - paths[: len(after)]
            off = float(np.abs(errors).mean())
            if best is None or off < best[0]:
                best = off, paths, errors, place, line
    assert best is not None
    return best[1:]


def _usable(course: Floats, length: int) -> bool:
    return len(course) == length and bool(np.isfinite(course).all())


def _paths(off: Floats, course: Floats, line: int, kept: float, ahead: int) -> Floats:
    """Paths foretold at each window from the ``REACH``-th on, [origins, ahead]."""
    pieces = np.lib.stride_tricks.sliding_window_view(off, line)[REACH - line :]
    steps = np.arange(line) - (line - 1) / 2
    slope = pieces @ steps / max(float(steps @ steps), 1.0)
    height = pieces.mean(axis=1) + slope * (line - 1) / 2
    damped = np.cumsum(kept ** np.arange(1, ahead + 1))
    onward = np.lib.stride_tricks.sliding_window_view(course, ahead)[REACH : REACH + len(pieces)]
    found: Floats = onward + height[:, None] + slope[:, None] * damped
    return found


def _alike(values: Floats, origins: int, likeness: float) -> Floats:
    """How much each earlier beginning counts, by height and slope; the sum is 1."""
    height = values[REACH - 1 :]
    slope = height - values[REACH - 4 : -3]
    apart = np.zeros(origins)
    for one in (height, slope):
        spread = float(one.std()) or 1.0
        apart += ((one[:origins] - one[-1]) / (likeness * spread)) ** 2
    weights = np.exp(-0.5 * (apart - apart.min())) + 1e-3
    found: Floats = weights / weights.sum()
    return found


def _believed(weights: Floats, crossed: NDArray[np.bool_], doubt: float) -> float:
    """The share of futures that cross, drawn to that of all beginnings where few are alike."""
    alike = 1 / float(weights @ weights)
    share = float(weights[crossed].sum())
    return (alike * share + doubt * float(crossed.mean())) / (alike + doubt)


def _quantiles(first: NDArray[np.int64], weights: Floats) -> tuple[int, int, int]:
    """The windows by which a tenth, half and nine tenths of the crossings have come."""
    order = np.argsort(first, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    found = [first[order[np.searchsorted(share, p - 1e-12)]] for p in (0.1, 0.5, 0.9)]
    return int(found[0]), int(found[1]), int(found[2])
