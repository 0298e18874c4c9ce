"""Where the sensors stand, as an incident sees it: neighbours, networks, what lies downstream."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.simulation.chance import Floats, Ints
from gongbi.kernel.simulation.rhythms import Streams

METRES_A_DEGREE = 111_320.0
Words = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class World:
    """Sensors with their places, all columns of shape (n,), lonlat (n, 2) in degrees.

    ``path`` is the chain of places above a sensor, "/city/district/…/quarter/building/".
    ``upstream`` holds the row of the next sensor of the property towards the source, −1 at the
    first; ``network`` the pipe zone, feeder, line or river, "" where there is none.
    """

    streams: Streams
    property: Words
    path: Words
    lonlat: Floats
    network: Words
    upstream: Ints

    def of(self, name: str) -> Ints:
        """Rows of one property."""
        return np.flatnonzero(self.property == name)

    def place(self, row: int) -> str:
        """Code of the place where a sensor stands."""
        return str(self.path[row]).rstrip("/").rsplit("/", 1)[-1]

    def metres_from(self, row: int) -> Floats:
        """Distance of every sensor from one of them."""
        return metres(self.lonlat, self.lonlat[row])

    def downstream(self, row: int) -> Ints:
        """Rows whose way to the source passes through this one, itself among them."""
        reached = {int(row)}
        below = {int(one): int(up) for one, up in enumerate(self.upstream) if up >= 0}
        kin = [one for one in below if self.property[one] == self.property[row]]
        grown = True
        while grown:
            more = {one for one in kin if below[one] in reached} - reached
            reached |= more
            grown = bool(more)
        return np.array(sorted(reached), dtype=np.int64)


def metres(lonlat: Floats, point: Floats) -> Floats:
    """Distances on a plane, right to a part in a thousand within a city."""
    east = (lonlat[..., 0] - point[0]) * np.cos(np.radians(point[1]))
    apart: Floats = np.hypot(east, lonlat[..., 1] - point[1]) * METRES_A_DEGREE
    return apart


def moved(lon: float, lat: float, east: float, north: float) -> tuple[float, float]:
    """The point so many metres to the east and north."""
    there = lon + east / (METRES_A_DEGREE * float(np.cos(np.radians(lat))))
    return round(there, 6), round(lat + north / METRES_A_DEGREE, 6)
