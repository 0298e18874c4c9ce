"""Land and water on the straight plan: city limits, coast, river, tributary, lakes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.kernel.cities.measures import Floats, Measures

STEP_M = 40.0  # spacing of vertices, so that what is bent stays smooth


@dataclass(frozen=True)
class Land:
    """Shapes in metres on the straight plan; `city` is land and river up to the coast."""

    frame: shapely.Polygon
    city: shapely.Polygon
    sea: shapely.Geometry
    river: shapely.Geometry
    tributary: shapely.Geometry
    middle_lines: tuple[shapely.LineString, ...]
    coast: shapely.LineString

    @property
    def water(self) -> shapely.Geometry:
        return shapely.union(self.river, self.tributary)


def draw_land(size: Measures, rng: np.random.Generator) -> Land:
    """Draw coast, limits, river and tributary."""
    frame = shapely.box(*(np.array([-1, -1, 1, 1]) * size.radius * 2.2))
    coast = _coast(size, rng)
    ends = np.array([[3.0, -3.0], [3.0, 3.0]]) * size.radius
    sea = shapely.Polygon(np.vstack([shapely.get_coordinates(coast), ends]))
    if not sea.is_valid:
        sea = sea.buffer(0)
    limits = shapely.Polygon(_limits(size, rng))
    river = shapely.difference(_river(size), sea)
    tributary_line = _tributary_line(size, rng)
    tributary = shapely.difference(tributary_line.buffer(size.river_width * 0.2), river)
    middle = shapely.LineString(_along(-size.radius * 2.2, size.radius * 2.2, size.river_y))
    city = shapely.difference(limits, sea)
    return Land(frame, city, sea, river, tributary, (middle, tributary_line), coast)


def _along(start: float, end: float, y: float) -> Floats:
    x = np.arange(start, end + STEP_M, STEP_M)
    return np.column_stack([x, np.full_like(x, y)])


def _coast(size: Measures, rng: np.random.Generator) -> shapely.LineString:
    y = np.arange(3, -3, -STEP_M / size.radius / 2) * size.radius
    x = np.full_like(y, size.coast_x)
    for height, length in ((0.06, 1.5), (0.025, 0.55), (0.008, 0.17), (0.003, 0.07)):
        x += (
            height
            * size.radius
            * np.sin(2 * np.pi * y / (length * size.radius) + rng.uniform(0, 2 * np.pi))
        )
    return shapely.LineString(np.column_stack([x, y]))


def _limits(size: Measures, rng: np.random.Generator) -> Floats:
    angle = np.linspace(0, 2 * np.pi, int(2 * np.pi * size.radius / STEP_M) + 40, endpoint=False)
    reach = np.full_like(angle, size.radius * 1.12)
    for height, lobes in ((0.07, 2), (0.05, 3), (0.03, 5), (0.012, 9)):
        reach += height * size.radius * np.sin(lobes * angle + rng.uniform(0, 2 * np.pi))
    return np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])


def half_width(size: Measures, x: Floats) -> Floats:
    """Half the river's width in metres at `x`: it opens towards the sea."""
    mouth = 1 / (1 + np.exp(-(x - size.coast_x + 0.12 * size.radius) / (0.05 * size.radius)))
    half: Floats = size.river_width / 2 * (1 + 1.3 * mouth)
    return half


def _river(size: Measures) -> shapely.Polygon:
    north = _along(-size.radius * 2.2, size.radius * 2.2, size.river_y)
    half = half_width(size, north[:, 0])
    south = north.copy()
    north[:, 1] += half
    south[:, 1] -= half
    return shapely.Polygon(np.vstack([north, south[::-1]]))


def _tributary_line(size: Measures, rng: np.random.Generator) -> shapely.LineString:
    y = np.arange(size.river_y, size.radius * 2.2, STEP_M)
    sway = size.radius * 0.05 * np.sin((y - size.river_y) / size.radius * rng.uniform(3, 5))
    return shapely.LineString(np.column_stack([size.tributary_x + sway, y]))


def place_lakes(
    land: Land, size: Measures, roads: shapely.Geometry, rng: np.random.Generator
) -> list[shapely.Polygon]:
    """Lakes where the main roads leave the most room; at least one."""
    spots = rng.uniform(-0.95, 0.95, (400, 2)) * size.radius
    points = shapely.points(spots)
    dry = shapely.difference(land.city, shapely.buffer(land.water, 60)).buffer(-90)
    shapely.prepare(dry)
    inside = shapely.contains(dry, points)
    free = np.minimum(shapely.distance(points, roads), shapely.distance(points, dry.boundary))
    room = np.where(inside, free, 0) - 70
    lakes: list[shapely.Polygon] = []
    for row in np.argsort(-room, kind="stable"):
        apart = all(lake.distance(points[row]) > size.radius * 0.35 for lake in lakes)
        if room[row] < 50 or len(lakes) == 3:
            break
        if apart:
            lakes.append(_blob(spots[row], min(room[row] * 0.8, size.radius * 0.11), rng))
    return lakes


def _blob(centre: Floats, reach: float, rng: np.random.Generator) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    shape = (
        0.68
        + 0.2 * np.sin(2 * angle + rng.uniform(0, 6))
        + 0.1 * np.sin(3 * angle + rng.uniform(0, 6))
    )
    ring = centre + reach * shape[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(ring)
