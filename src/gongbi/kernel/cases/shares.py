"""A share of few is not a share: with its interval, or not said at all."""

from dataclasses import dataclass
from math import sqrt

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


def wilson(part: int, of: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of a share (E. B. Wilson, 1927); of nothing: from 0 to 1.

    Parameters
    ----------
    part, of
        Counts, 0 <= part <= of.
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
