"""Many points as few: squares of a grid, each with how many lie in it and their middle."""

from dataclasses import dataclass
from math import cos, radians

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Squares:
    """One entry a square that holds points, fullest first."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    many: NDArray[np.int64]
    marked: NDArray[np.int64]


def squares(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    marked: NDArray[np.bool_],
    *,
    across: int = 12,
) -> Squares:
    """Points in degrees, put into squares of equal size on the ground.

    Parameters
    ----------
    lon, lat
        Degrees; shape (n,).
    marked
        Which points are counted a second time, by themselves.
    across
        How many squares the longer side of the area has.
    """
    if len(lon) == 0:
        none = np.zeros(0)
        return Squares(none, none, none.astype(np.int64), none.astype(np.int64))
    narrow = cos(radians(float(np.median(lat))))
    side = max(np.ptp(lon) * narrow, np.ptp(lat), 1e-6) / across
    column = np.minimum((lon - lon.min()) * narrow // side, across).astype(np.int64)
    row = np.minimum((lat - lat.min()) // side, across).astype(np.int64)
    _, which, many = np.unique(
        row * (across + 1) + column, return_inverse=True, return_counts=True
    )
    middle_lon = np.bincount(which, lon) / many
    middle_lat = np.bincount(which, lat) / many
    also = np.bincount(which, marked.astype(np.float64)).astype(np.int64)
    order = np.argsort(-many, kind="stable")
    return Squares(middle_lon[order], middle_lat[order], many[order], also[order])
