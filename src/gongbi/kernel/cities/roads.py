"""Main roads on the straight plan: embankments, rings, radials, coast road, crossroads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.kernel.cities.land import STEP_M, Land, half_width
from gongbi.kernel.cities.measures import Floats, Measures

EMBANKMENT_M = 34.0  # from the water to the middle of the road beside it
LEAST_AREA_M2 = 4_000.0
INNER_RING = 0.2  # of the radius; inside it only the four avenues go on to the middle


@dataclass(frozen=True)
class Road:
    """One main road: rank 1 ring, radial or avenue; 2 a road that parts the land between."""

    line: shapely.Geometry
    rank: int
    course: str  # ring, radial, bank, creek, coast, cross


def draw_main_roads(size: Measures, land: Land, rng: np.random.Generator) -> list[Road]:
    """Rings, radials, embankments and coast road, kept on land and river."""
    inner, *outer = _rings(size, rng)
    roads = [_northern(inner, size), *outer, *_radials(size, inner, rng)]
    roads += [*_banks(size), *_creek_banks(size, land), _coast_road(size, land)]
    shore = shapely.difference(land.frame, shapely.buffer(land.sea, 60))
    kept = []
    for road in roads:
        line = shapely.intersection(road.line, shore)
        for part in shapely.get_parts(line):
            if part.length > 200:
                kept.append(Road(part, road.rank, road.course))
    return kept


def _rings(size: Measures, rng: np.random.Generator) -> list[Road]:
    count = int(np.clip(1 + size.radius / 2_600, 1, 6))
    shares = np.linspace(0, 1, count + 2)[1:-1] ** 1.1 * 0.9 + 0.1
    shares = np.r_[INNER_RING, shares + rng.uniform(-0.02, 0.02, count)]
    rings = []
    for share in shares:
        reach = share * size.radius
        angle = np.linspace(0, 2 * np.pi, max(48, int(reach * 2 * np.pi / STEP_M)))
        turned = angle + rng.uniform(-0.2, 0.2)
        square = (np.abs(np.cos(turned)) ** 3 + np.abs(np.sin(turned)) ** 3) ** (-1 / 3)
        square *= 1 + 0.03 * np.sin(2 * angle + rng.uniform(0, 6))
        ring = reach * square[:, None] * np.column_stack([np.cos(angle) * 1.08, np.sin(angle)])
        ring[-1] = ring[0]
        rings.append(Road(shapely.LineString(ring), 1, "ring"))
    return rings


def _northern(ring: Road, size: Measures) -> Road:
    """The inner ring keeps to the northern bank and ends on its embankment."""
    far = size.radius * 3
    low = size.river_y + size.river_width / 2 + EMBANKMENT_M - 1
    north = shapely.box(-far, low, far, far)
    return Road(shapely.line_merge(shapely.intersection(ring.line, north)), 1, "ring")


def _radials(size: Measures, inner: Road, rng: np.random.Generator) -> list[Road]:
    """Four avenues from the middle, and a northern fan that starts at the inner ring.

    The northern and southern fans meet the river steeply; flat rays keep to their own bank.
    """
    north = np.zeros(2)
    south = np.array([0.0, size.river_y - size.river_width / 2 - 0.08 * size.radius])
    extra = int(np.clip(size.radius / 4_500, 0, 4))
    within = shapely.convex_hull(inner.line)
    rays = [(north, degree, 0.0) for degree in (90.0, -90.0, 7.0, 173.0)]
    fan = np.r_[np.linspace(32, 68, 1 + extra // 2), np.linspace(112, 148, 1 + (extra + 1) // 2)]
    rays += [(north, degree, INNER_RING / 2) for degree in fan]
    rays += [(south, degree, 0.0) for degree in (-16.0, -164.0)]
    rays += [(south, degree, 0.0) for degree in np.linspace(-52, -128, 2 + extra // 2)]
    roads = []
    for start, degree, share in rays:
        angle = np.radians(degree + rng.uniform(-5, 5))
        line = _ray(start, angle, size.radius * share, size.radius * 2.2, rng)
        if share:
            line = shapely.difference(line, within)
        roads.append(Road(line, 1, "radial"))
    return roads


def _ray(
    start: Floats, angle: float, near: float, far: float, rng: np.random.Generator
) -> shapely.LineString:
    along = np.arange(near, far, STEP_M)
    sway = far * 0.02 * np.sin(along / far * rng.uniform(4, 9)) * rng.choice([-1, 1])
    aim = np.array([np.cos(angle), np.sin(angle)])
    side = np.array([-aim[1], aim[0]])
    return shapely.LineString(start + along[:, None] * aim + sway[:, None] * side)


def _banks(size: Measures) -> list[Road]:
    x = np.arange(-2.2 * size.radius, 2.2 * size.radius, STEP_M)
    reach = half_width(size, x) + EMBANKMENT_M
    lines = [np.column_stack([x, size.river_y + side * reach]) for side in (1, -1)]
    return [Road(shapely.LineString(line), 1, "bank") for line in lines]


def _creek_banks(size: Measures, land: Land) -> list[Road]:
    reach = size.river_width * 0.2 + 24
    sides = [shapely.offset_curve(land.middle_lines[1], side * reach) for side in (1, -1)]
    low = size.river_y + size.river_width / 2 + EMBANKMENT_M - 1
    north = shapely.box(-size.radius * 3, low, size.radius * 3, size.radius * 3)
    return [Road(shapely.intersection(side, north), 2, "creek") for side in sides]


def _coast_road(size: Measures, land: Land) -> Road:
    inland = shapely.offset_curve(shapely.simplify(land.coast, 15), -95)
    if inland.centroid.x > land.coast.centroid.x:
        inland = shapely.offset_curve(shapely.simplify(land.coast, 15), 95)
    parts = shapely.get_parts(inland)
    longest = parts[int(np.argmax(shapely.length(parts)))]
    points = shapely.get_coordinates(longest)
    smooth = np.column_stack([_smooth(points[:, 0]), _smooth(points[:, 1])])
    return Road(shapely.segmentize(shapely.LineString(smooth), STEP_M), 1, "coast")


def _smooth(values: Floats) -> Floats:
    padded = np.pad(values, 3, mode="edge")
    return np.convolve(padded, np.full(7, 1 / 7), mode="valid")


def split_land(
    piece: shapely.Polygon, most_m2: float, rng: np.random.Generator
) -> tuple[list[shapely.Polygon], list[shapely.LineString]]:
    """Halve a piece across its long side until no part exceeds `most_m2`.

    `most_m2` is for the middle of the city; it grows with the distance from it, since far
    out the roads are fewer.  Returns the parts and the lines that part them.
    """
    waiting, done, seams = [piece], [], []
    while waiting:
        part = waiting.pop()
        away = float(np.hypot(part.centroid.x, part.centroid.y))
        if part.area <= most_m2 * (1 + (away / 2_500) ** 1.2 * 0.6):
            done.append(part)
            continue
        seam = _seam(part, rng)
        halves = [half for half in _cut(part, seam) if half.area > LEAST_AREA_M2]
        if len(halves) < 2:
            done.append(part)
            continue
        seams.extend(shapely.get_parts(shapely.intersection(seam, part)))
        waiting.extend(halves)
    return done, [seam for seam in seams if seam.geom_type == "LineString"]


def long_side(piece: shapely.Polygon) -> tuple[Floats, float]:
    """Unit vector along the long side of the smallest box about `piece`, and its length."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(piece))
    sides = np.diff(corners[:3], axis=0)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    longest = int(lengths.argmax())
    return sides[longest] / lengths[longest], float(lengths[longest])


def _seam(piece: shapely.Polygon, rng: np.random.Generator) -> shapely.LineString:
    along, length = long_side(piece)
    middle = shapely.get_coordinates(piece.centroid)[0] + along * length * rng.uniform(-0.08, 0.08)
    angle = rng.normal(0, 0.05)
    cos, sin = np.cos(angle), np.sin(angle)
    across = np.array([-along[1] * cos - along[0] * sin, -along[1] * sin + along[0] * cos])
    reach = length * 1.2
    ends = np.array([middle - across * reach, middle + across * reach])
    return shapely.LineString(ends)


def _cut(piece: shapely.Polygon, line: shapely.LineString) -> list[shapely.Polygon]:
    edges = shapely.union(piece.boundary, line)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    inside = shapely.contains(piece, shapely.point_on_surface(faces))
    return list(faces[inside])
