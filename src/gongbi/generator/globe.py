"""Metres on the plan to degrees on the globe, for a city lying in open sea."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

CENTRE = (122.9, 30.2)  # East China Sea: no town is there to be mistaken for
METRES_A_DEGREE_LAT = 110_852.0  # WGS84 at 30.2° north
METRES_A_DEGREE_LON = 96_290.0

Floats = NDArray[np.float64]


def to_degrees(xy: Floats) -> Floats:
    """Metres (n, 2) to longitude and latitude (n, 2), to a hundredth of a metre."""
    lon = CENTRE[0] + xy[:, 0] / METRES_A_DEGREE_LON
    lat = CENTRE[1] + xy[:, 1] / METRES_A_DEGREE_LAT
    degrees = np.column_stack([lon, lat]).round(7)
    return np.asarray(degrees, dtype=np.float64)


def shapes_to_degrees(shapes: object) -> object:
    """The same for one geometry or an array of them."""
    return shapely.transform(shapes, to_degrees)
