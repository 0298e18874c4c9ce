"""Is a score unlike those of its peers, or unlike what it was? Ranks and robust distances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.vitals.checkup import Score

Reals = NDArray[np.float64]
LEAST_PEERS = 3
LEAST_POINTS = 0.5
"""Differences below half a point are no news, however regular."""
SCATTER_OF_MAD = 1.4826
"""Makes the median absolute deviation the standard deviation of a normal distribution."""
LEAST_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a place stands among its peers.

    ``median`` is theirs; ``distance`` how many robust scatters it lies above (+) or below (-) it;
    ``rank`` 1 is the best of ``among``; ``rank_best`` and ``rank_worst`` bound it by what the
    gaps in the data leave open.
    """

    median: float
    distance: float
    rank: int
    rank_best: int
    rank_worst: int
    among: int


@dataclass(frozen=True, slots=True)
class Change:
    """How a score moved: by how many points, and how easily chance alone would do it."""

    points: float
    chance: float

    @property
    def sure(self) -> bool:
        """Large enough to be news and too regular to be chance."""
        return abs(self.points) >= LEAST_POINTS and self.chance < LEAST_CHANCE


def stand(own: Score, peers: list[Score]) -> Standing | None:
    """A place among its peers that have a score; None where it or enough of them have none."""
    known = [one for one in peers if one.points is not None]
    if own.points is None or len(known) < LEAST_PEERS:
        return None
    points, low, high = _column(known, "points"), _column(known, "low"), _column(known, "high")
    middle = float(np.median(points))
    scatter = max(SCATTER_OF_MAD * float(np.median(np.abs(points - middle))), LEAST_POINTS)
    return Standing(
        median=middle,
        distance=(own.points - middle) / scatter,
        rank=1 + int((points > own.points).sum()),
        rank_best=1 + int((low > (own.high or 0.0)).sum()),
        rank_worst=1 + int((high > (own.low or 0.0)).sum()),
        among=len(known) + 1,
    )


def _column(scores: list[Score], name: str) -> Reals:
    return np.array([getattr(one, name) for one in scores], np.float64)


def changed(now: float, before: float, parts_now: Reals, parts_before: Reals) -> Change:
    """Whether a score moved; ``parts`` are scores of equal parts (days) of the two periods.

    NaN parts are left out. The chance is that of the two-sided Mann-Whitney test, which asks
    only whether days of one period tend to lie above those of the other.
    """
    ours, theirs = parts_now[~np.isnan(parts_now)], parts_before[~np.isnan(parts_before)]
    together = np.concatenate([ours, theirs])
    if min(len(ours), len(theirs)) < 2 or np.ptp(together) == 0:
        return Change(now - before, 1.0)
    from scipy.stats import mannwhitneyu  # a second to import, and every process would wait

    return Change(now - before, float(mannwhitneyu(ours, theirs).pvalue))
