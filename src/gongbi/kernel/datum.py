"""Coordinates of Chinese web maps (GCJ-02, BD-09) to WGS84 and back, in degrees.

Mainland maps must publish shifted coordinates: 300 to 700 m off, so a report drawn on such a
map lands in the next street, or the next quarter, unless it is turned back first.

Source: the offset series as recovered and published in public (eviltransform and its ports);
the official formula is not public. See `docs/kernel/datum.md` for formula, limits and checks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Degrees = NDArray[np.float64]

DATUMS = ("WGS84", "GCJ-02", "BD-09")

# Krasovsky 1940, on which the series is built: semi-major axis in metres, eccentricity squared.
_AXIS = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
# west, south, east, north: outside this box the series is not applied and points stay as they are.
_BOX = (72.004, 0.8293, 137.8347, 55.8271)


@dataclass(frozen=True, slots=True)
class Converted:
    """WGS84 degrees, and in metres how far the inverse misses when shifted again.

    `residual_metres` is the error of the arithmetic alone; how well the published series fits
    the ground is another matter (33 m median against OpenStreetMap stations in Shanghai, which
    includes what a station's point means to whom).
    """

    lon: Degrees
    lat: Degrees
    residual_metres: Degrees


def _degrees(values: ArrayLike) -> Degrees:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def in_shifted_box(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Whether the shift is applied at these points: a crude box, not the border."""
    x, y = _degrees(lon), _degrees(lat)
    west, south, east, north = _BOX
    inside: NDArray[np.bool_] = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return inside


def _waves(x: Degrees, y: Degrees) -> tuple[Degrees, Degrees]:
    """Offset series north and east, in metres, at degrees from 105 E, 35 N."""
    root = np.sqrt(np.abs(x))
    common = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y / 30 * np.pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    return north, east


def gcj02_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift WGS84 degrees as mainland maps do; points outside the box stay as they are."""
    x, y = _degrees(lon), _degrees(lat)
    north, east = _waves(x - 105.0, y - 35.0)
    slope = y / 180.0 * np.pi
    magic = 1 - _ECCENTRICITY2 * np.sin(slope) ** 2
    root = np.sqrt(magic)
    dlat = north * 180.0 / (_AXIS * (1 - _ECCENTRICITY2) / (magic * root) * np.pi)
    # At a pole the cosine is 0; the box excludes it, but every point is computed.
    dlon = east * 180.0 / (_AXIS / root * np.maximum(np.cos(slope), 1e-9) * np.pi)
    inside = in_shifted_box(x, y)
    return np.where(inside, x + dlon, x), np.where(inside, y + dlat, y)


def wgs84_from_gcj02(lon: ArrayLike, lat: ArrayLike, *, rounds: int = 8) -> Converted:
    """Turn GCJ-02 degrees back into WGS84 by fixed-point rounds; each gains about two digits."""
    x, y = _degrees(lon), _degrees(lat)
    wgs_lon, wgs_lat = x.copy(), y.copy()
    inside = in_shifted_box(x, y)
    for _ in range(rounds):
        back_lon, back_lat = gcj02_from_wgs84(wgs_lon, wgs_lat)
        wgs_lon = np.where(inside, wgs_lon + x - back_lon, x)
        wgs_lat = np.where(inside, wgs_lat + y - back_lat, y)
    back_lon, back_lat = gcj02_from_wgs84(wgs_lon, wgs_lat)
    residual = np.where(inside, metres_between(x, y, back_lon, back_lat), 0.0)
    return Converted(wgs_lon, wgs_lat, residual)


def bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Baidu's second shift, on top of GCJ-02."""
    x, y = _degrees(lon), _degrees(lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def gcj02_from_bd09(lon: ArrayLike, lat: ArrayLike, *, rounds: int = 8) -> tuple[Degrees, Degrees]:
    """Undo Baidu's second shift by fixed-point rounds (the usual closed form is 0.5 m off)."""
    x, y = _degrees(lon), _degrees(lat)
    gcj_lon, gcj_lat = x - 0.0065, y - 0.006
    for _ in range(rounds):
        back_lon, back_lat = bd09_from_gcj02(gcj_lon, gcj_lat)
        gcj_lon, gcj_lat = gcj_lon + x - back_lon, gcj_lat + y - back_lat
    return gcj_lon, gcj_lat


def wgs84_from_bd09(lon: ArrayLike, lat: ArrayLike) -> Converted:
    """Turn BD-09 degrees back into WGS84 by way of GCJ-02."""
    return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))


def bd09_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift WGS84 degrees as Baidu's maps do."""
    return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> Converted:
    """Degrees in a datum of `DATUMS` to WGS84.

    Raises ValueError for another datum: a guess would move every point by half a kilometre.
    """
    if datum == "WGS84":
        x, y = _degrees(lon), _degrees(lat)
        return Converted(x, y, np.zeros_like(x))
    if datum == "GCJ-02":
        return wgs84_from_gcj02(lon, lat)
    if datum == "BD-09":
        return wgs84_from_bd09(lon, lat)
    raise ValueError(f"Expected a datum of {', '.join(DATUMS)}, not {datum!r}.")


def metres_between(
    lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike
) -> Degrees:
    """Great-circle distance in metres on a sphere of 6,371,008.8 m."""
    ax, ay = np.radians(_degrees(lon_a)), np.radians(_degrees(lat_a))
    bx, by = np.radians(_degrees(lon_b)), np.radians(_degrees(lat_b))
    chord = np.sin((by - ay) / 2) ** 2 + np.cos(ay) * np.cos(by) * np.sin((bx - ax) / 2) ** 2
    distance: Degrees = 2 * 6371008.8 * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return distance
