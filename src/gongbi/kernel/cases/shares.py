"""A share of few is not a share: with its interval, or not said at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

Z95 = 1.959963984540054
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``of``, its share and 95 % interval; None where it is withheld or undefined."""

    part: int | None
    of: int | None
    share: float | None
    low: float | None
    high: float | None
    withheld: bool = False


def wilson(part: float, of: float, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share (E. B. Wilson, 1927); of nothing: from 0 to 1.

    Parameters
    ----------
    part, of
        Counts, 0 <= part <= of; fractions where a row stands for less or more than one.
    z
        Quantile of the normal law; 1.96 for 95 %.
    """
    if not 0 <= part <= of:
        raise ValueError("Expected 0 <= part <= of.")
    if of == 0:
        return 0.0, 1.0
    share, square = part / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))


def share(part: int, of: int, fewest: int = FEWEST) -> Share:
    """A share with its interval; withheld when it rests on fewer than ``fewest``."""
    if of == 0:
        return Share(0, 0, None, None, None)
    if of < fewest:
        return Share(None, None, None, None, None, withheld=True)
    return Share(part, of, part / of, *wilson(part, of))


def difference(
    part: int, of: int, other_part: int, other_of: int, z: float = Z95
) -> tuple[float, float, float]:
    """The first share less the second, with its interval (R. G. Newcombe, 1998, method 10).

    Both rest on at least one; the two sets have nothing in common.
    """
    if of < 1 or other_of < 1:
        raise ValueError("Expected two shares of at least one.")
    one, other = part / of, other_part / other_of
    low, high = wilson(part, of, z)
    other_low, other_high = wilson(other_part, other_of, z)
    gap = one - other
    below = sqrt((one - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - one) ** 2 + (other - other_low) ** 2)
    return gap, max(-1.0, gap - below), min(1.0, gap + above)


def stands_above(part: int, of: int, whole_part: int, whole_of: int, among: int = 1) -> bool:
    """Whether a group's share lies above that of all others by more than chance explains.

    The group is a part of the whole and compared with the rest of it; ``among`` groups are
    compared, so that 19 times in 20 none of them stands out by chance (C. E. Bonferroni).
    """
    rest_part, rest_of = whole_part - part, whole_of - of
    if min(of, rest_of) < FEWEST:
        return False
    z = NormalDist().inv_cdf(1 - 0.05 / (2 * max(1, among)))
    return difference(part, of, rest_part, rest_of, z)[1] > 0


def hide_alone(
    shares: Sequence[Share], sizes: Sequence[int], fewest: int = FEWEST
) -> tuple[Share, ...]:
    """The shares of groups that make up a whole, so that none can be found by taking away.

    What is left of the whole when all that is told is taken away rests on two groups and on
    ``fewest`` at least: while it does not, the smallest of the others is withheld too. ``sizes``:
    how many each share is of, told or not; where nothing is withheld, nothing more is.
    """
    hidden = {place for place, one in enumerate(shares) if one.withheld}
    told = [place for place, one in enumerate(shares) if not one.withheld and sizes[place]]
    told.sort(key=lambda place: (sizes[place], place), reverse=True)
    while hidden and told and not _covered(hidden, sizes, fewest):
        hidden.add(told.pop())
    nothing = Share(None, None, None, None, None, withheld=True)
    return tuple(nothing if place in hidden else one for place, one in enumerate(shares))


def _covered(hidden: set[int], sizes: Sequence[int], fewest: int) -> bool:
    return len(hidden) > 1 and sum(sizes[place] for place in hidden) >= fewest
