"""The check-up's score: how much of a period a place's signs spent above the normal.

Seconds of readings at levels 0 to 3 become a burden from 0 to 1 for each series; series fold into
signs and signs into the place by *half the mean, half the worst tenth*, so that one sign in
trouble is not averaged away by many that are well (a plain mean lets any good make up for any
bad: OECD and JRC, Handbook on Constructing Composite Indicators, 2008, step 6).
docs/kernel/checkup.md has the formula and an example worked by hand.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
WEIGHTS = (0.0, 0.2, 0.5, 1.0)
"""What a second at level 0, 1, 2, 3 weighs."""
WORST = 0.1
"""The share of the worst that makes up half of a burden."""
LEAST_MEASURED = 0.5
"""Below this share of measured time a place has no score."""


@dataclass(frozen=True, slots=True)
class Score:
    """A place's score and all that it is made of; points run from 0 to 100.

    ``points`` is None where too little was measured. ``low`` and ``high`` are the score had all
    missing time been alarm, or normal. ``signs`` (m,) are the codes given, ``burdens`` (m,) theirs
    from 0 to 1 (NaN: nothing measured), ``lost`` (m,) the points each took; ``lost_by_series``
    (n,) likewise. Points and losses add up to 100.
    """

    points: float | None
    low: float | None
    high: float | None
    measured: float
    signs: NDArray[np.int64]
    burdens: Reals
    lost: Reals
    lost_by_series: Reals


def fold(burdens: Reals) -> tuple[float, Reals]:
    """Half the mean and half the mean of the worst tenth (at least one): (burden, weights (n,)).

    The weights are what each burden counts for: ``burden == weights @ burdens``. Equal burdens
    share what is left of the worst tenth, so that no order decides.
    """
    count = len(burdens)
    if not count:
        return 0.0, np.empty(0)
    mass = max(1.0, WORST * count)
    edge = np.sort(burdens)[::-1][min(int(np.ceil(mass)), count) - 1]
    above, at = burdens > edge, burdens == edge
    share = above + at * (mass - above.sum()) / at.sum()
    weights = 0.5 / count + 0.5 * share / mass
    return float(weights @ burdens), weights


def burdens_of(seconds: Reals) -> Reals:
    """Weighted share of the measured time of each series (n, 4 levels); NaN where none was."""
    measured = seconds.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(measured > 0, seconds @ np.array(WEIGHTS) / measured, np.nan)


def score(signs: NDArray[np.int64], seconds: Reals, due: Reals) -> Score:
    """The score of a place from its series.

    Parameters
    ----------
    signs
        (n,) which sign each series belongs to.
    seconds
        (n, 4) seconds of windows with readings at levels 0 to 3.
    due
        (n,) seconds for which readings were owed; what is measured beyond counts as owed.
    """
    measured = seconds.sum(axis=1)
    due = np.maximum(due, measured)
    share = float(measured.sum() / due.sum()) if due.sum() > 0 else 0.0
    codes, burdens, lost, by_series = _folded(signs, burdens_of(seconds))
    known = share >= LEAST_MEASURED and not np.isnan(burdens).all()
    if not known:
        return Score(None, None, None, share, codes, burdens, lost, by_series)
    missing = due - measured
    worst = _points(signs, due, seconds + np.outer(missing, (0, 0, 0, 1)))
    best = _points(signs, due, seconds + np.outer(missing, (1, 0, 0, 0)))
    points = 100.0 - float(np.nansum(lost))
    return Score(points, worst, best, share, codes, burdens, lost, by_series)


def _folded(
    signs: NDArray[np.int64], burdens: Reals
) -> tuple[NDArray[np.int64], Reals, Reals, Reals]:
    """(codes, burden of each sign, points it took, points each series took)."""
    codes = np.unique(signs)
    of_sign = np.full(len(codes), np.nan)
    inner = np.zeros(len(signs))
    for at, code in enumerate(codes):
        rows = np.flatnonzero((signs == code) & ~np.isnan(burdens))
        if len(rows):
            of_sign[at], inner[rows] = fold(burdens[rows])
    judged = ~np.isnan(of_sign)
    outer = np.zeros(len(codes))
    outer[judged] = fold(of_sign[judged])[1]
    lost = 100.0 * outer * np.nan_to_num(of_sign)
    by_series = 100.0 * outer[np.searchsorted(codes, signs)] * inner * np.nan_to_num(burdens)
    return codes, of_sign, lost, by_series


def _points(signs: NDArray[np.int64], due: Reals, seconds: Reals) -> float:
    """The score where every owed second has a level."""
    owed = due > 0
    return 100.0 - float(np.nansum(_folded(signs[owed], burdens_of(seconds[owed]))[2]))
