"""Metro lines through the middle along the radials, with stations about a kilometre apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.ops import substring

from gongbi.kernel.cities.measures import Floats, Ints, Measures
from gongbi.kernel.cities.roads import Road


@dataclass(frozen=True)
class Metro:
    """Lines, and stations (n, 2) metres; `stops` are pairs (line, station) in running order."""

    lines: tuple[shapely.LineString, ...]
    stations: Floats
    stops: Ints


def draw_metro(size: Measures, roads: list[Road], land: shapely.Geometry) -> Metro:
    """One line for a town, more for a city, a ring line from 800,000 people on."""
    count = int(np.clip(round(size.people / 220_000) + 1, 1, 12))
    radials = [road.line for road in roads if road.course == "radial"]
    arms = sorted(radials, key=_bearing)
    half = len(arms) // 2
    dry = land.buffer(-150)
    lines = []
    spread = [*range(1, half, 2), *range(0, half, 2)]  # no two lines share an arm
    for number in spread[:count]:
        first, second = arms[number], arms[number + half]
        lines.append(_through(first, second, size.radius * 0.86, dry))
    if size.people >= 800_000:
        rings = [road.line for road in roads if road.course == "ring"]
        lines.append(rings[len(rings) // 3])
    stations, stops = _place_stations(lines, min(700 + 0.045 * size.radius, 0.38 * size.radius))
    ended = [
        _between_termini(line, stations[stops[stops[:, 0] == number, 1]])
        for number, line in enumerate(lines)
    ]
    return Metro(tuple(ended), stations, stops)


def _between_termini(line: shapely.LineString, stations: Floats) -> shapely.LineString:
    """The line from its first station to its last; a ring line stays whole."""
    if line.is_closed:
        return line
    along = np.sort(shapely.line_locate_point(line, shapely.points(stations)))
    return substring(line, along[0], along[-1])


def _round_corners(line: shapely.LineString) -> shapely.LineString:
    """Trains take no sharp bends."""
    points = shapely.get_coordinates(shapely.segmentize(line, 60))
    reach = min(5, (len(points) - 1) // 2)
    padded = np.pad(points, ((reach, reach), (0, 0)), mode="edge")
    weights = np.full(2 * reach + 1, 1 / (2 * reach + 1))
    smooth = [np.convolve(padded[:, axis], weights, mode="valid") for axis in (0, 1)]
    return shapely.LineString(np.column_stack(smooth))


def _bearing(line: shapely.LineString) -> float:
    end = shapely.get_coordinates(line)[-1]
    return float(np.arctan2(end[1], end[0]))


def _through(
    first: shapely.LineString, second: shapely.LineString, reach: float, dry: shapely.Geometry
) -> shapely.LineString:
    arms = []
    for arm in (first, second):
        points = shapely.get_coordinates(arm)
        near = (np.hypot(*points.T) < reach) & (np.hypot(*points.T) > 0.12 * reach)
        near &= shapely.contains_xy(dry, points)
        arms.append(points[near])
    line = shapely.LineString(np.vstack([arms[0][::-1], [[0.0, 0.0]], arms[1]]))
    return _round_corners(_round_corners(line))


def _place_stations(lines: list[shapely.LineString], gap: float) -> tuple[Floats, Ints]:
    stations: list[Floats] = []
    stops: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        middle = line.project(shapely.Point(0, 0))
        before = np.arange(middle, 60, -gap)[1:][::-1]
        along = np.concatenate([before, np.arange(middle, line.length - 60, gap)])
        for distance in along:
            spot = shapely.get_coordinates(line.interpolate(distance))[0]
            stops.append((number, _station_at(stations, spot, gap * 0.45)))
    return np.array(stations), np.array(stops, dtype=np.int64)


def _station_at(stations: list[Floats], spot: Floats, merge: float) -> int:
    """The station already there, if one is near enough to change at, else a new one."""
    for number, station in enumerate(stations):
        if np.hypot(*(station - spot)) < merge:
            return number
    stations.append(spot)
    return len(stations) - 1
