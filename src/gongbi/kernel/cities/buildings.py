"""Buildings in blocks: shops along the streets, rows and towers behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.kernel.cities.blocks import MAIN, MINOR, SECOND
from gongbi.kernel.cities.ground import Ground
from gongbi.kernel.cities.measures import Floats, Ints, Marks, Shapes
from gongbi.kernel.cities.uses import (
    CIVIC,
    CORE,
    HOSPITAL,
    OLD,
    ROWS,
    SCHOOL,
    TOWERS,
    VILLAGE,
    WORKS,
)

HOME, OFFICE, SHOP, SCHOOL_USE, HOSPITAL_USE, FACTORY, STATION, CENTRE, OTHER = range(9)
BUILDING_USES = (
    "home",
    "office",
    "shop",
    "school",
    "hospital",
    "factory",
    "station",
    "centre",
    "other",
)
SETBACK_M = {MAIN: 25.0, SECOND: 18.0, MINOR: 12.0}


@dataclass(frozen=True)
class Fabric:
    """How a use is built: houses along the street and houses in rows behind, in metres."""

    front: tuple[float, float, float]  # width, depth, gap along the street; width 0 = none
    front_floors: tuple[int, int]
    front_use: int
    row: tuple[float, float, float, float]  # length, depth, step along, step between rows
    row_floors: tuple[int, int]
    row_use: int
    kept: float = 0.93  # share of the rows' places that are built on
    margin: float = 9.0  # between the two
    fronted: float = 1.0  # share of the street sides that are built along


FABRICS = {
    CORE: Fabric((26, 18, 4), (3, 9), SHOP, (34, 30, 56, 54), (12, 36), OFFICE, 0.85),
    OLD: Fabric((13, 11, 0.8), (2, 4), SHOP, (24, 9, 27, 16), (2, 5), HOME, 0.9, 6),
    ROWS: Fabric((24, 11, 9), (1, 3), SHOP, (44, 12.5, 54, 31), (5, 7), HOME),
    TOWERS: Fabric((34, 14, 14), (1, 3), SHOP, (32, 17, 52, 54), (14, 33), HOME),
    WORKS: Fabric((0, 0, 0), (1, 1), FACTORY, (62, 34, 76, 48), (1, 4), FACTORY, 0.8),
    VILLAGE: Fabric((11, 10, 9), (2, 3), HOME, (0, 0, 1, 1), (1, 1), HOME, fronted=0.3),
    SCHOOL: Fabric((0, 0, 0), (1, 1), SCHOOL_USE, (52, 14, 66, 42), (3, 5), SCHOOL_USE, 0.7),
    HOSPITAL: Fabric((0, 0, 0), (1, 1), HOSPITAL_USE, (56, 20, 70, 50), (5, 15), HOSPITAL_USE),
    CIVIC: Fabric((0, 0, 0), (1, 1), CENTRE, (60, 26, 84, 70), (5, 12), CENTRE, 0.9),
}


@dataclass(frozen=True)
class Buildings:
    """corners (n, 4, 2) metres, counter-clockwise; block, floors and use (n,)."""

    corners: Floats
    block: Ints
    floors: Ints
    use: Ints

    @property
    def shapes(self) -> Shapes:
        return np.asarray(shapely.polygons(self.corners))

    @property
    def middle(self) -> Floats:
        middle: Floats = self.corners.mean(axis=1)
        return middle

    @property
    def floor_m2(self) -> Floats:
        """Area of all floors."""
        return np.asarray(shapely.area(self.shapes) * self.floors)

    def take(self, rows: Ints | Marks) -> Buildings:
        return Buildings(self.corners[rows], self.block[rows], self.floors[rows], self.use[rows])


def raise_buildings(ground: Ground, uses: Ints, rng: np.random.Generator) -> Buildings:
    """Build on every block by its use; no two footprints overlap and none leaves its block."""
    plots = clear_plots(ground)
    made = []
    for use, fabric in FABRICS.items():
        blocks = np.flatnonzero((uses == use) & ~shapely.is_empty(plots))
        if len(blocks):
            made.append(_build_fronts(plots, blocks, fabric, rng))
            made.append(_build_rows(plots, blocks, fabric, ground, rng))
    everything = Buildings(
        np.concatenate([part.corners for part in made]),
        np.concatenate([part.block for part in made]),
        np.concatenate([part.floors for part in made]),
        np.concatenate([part.use for part in made]),
    )
    apart = everything.take(_without_overlap(everything.shapes))
    return apart.take(np.lexsort((*apart.middle.T, apart.block)))


def clear_plots(ground: Ground) -> Shapes:
    """Each block less the width of its streets and a strip before the houses."""
    plots = shapely.buffer(ground.dry, -SETBACK_M[MINOR], join_style="mitre")
    for kind in (SECOND, MAIN):
        edges = ground.edges[ground.edge_kind == kind]
        if not len(edges):
            continue
        block, edge = shapely.STRtree(edges).query(ground.dry, predicate="intersects")
        order = np.argsort(block, kind="stable")
        block, edge = block[order], edge[order]
        rows = np.unique(block)
        lines = shapely.multilinestrings(edges[edge], indices=np.searchsorted(rows, block))
        strips = shapely.buffer(lines, SETBACK_M[kind], quad_segs=2)
        plots[rows] = shapely.difference(plots[rows], strips)
    return np.array([_largest(plot) for plot in plots], dtype=object)


def _largest(shape: shapely.Geometry) -> shapely.Geometry:
    if shape.geom_type == "Polygon":
        return shape
    parts = shapely.get_parts(shape)
    return parts[int(shapely.area(parts).argmax())] if len(parts) else shape


def _none() -> Buildings:
    empty = np.zeros(0, dtype=np.int64)
    return Buildings(np.zeros((0, 4, 2)), empty, empty, empty)


def _build_fronts(
    plots: Shapes, blocks: Ints, fabric: Fabric, rng: np.random.Generator
) -> Buildings:
    """Houses side by side along the plots' edges, their fronts on the edge."""
    width, depth, gap = fabric.front
    if not width:
        return _none()
    outline = shapely.orient_polygons(shapely.simplify(plots[blocks], 1.5))
    points, ring = shapely.get_coordinates(shapely.get_exterior_ring(outline), return_index=True)
    same = ring[1:] == ring[:-1]
    start, end, owner = points[:-1][same], points[1:][same], blocks[ring[:-1][same]]
    length = np.hypot(*(end - start).T)
    slots = np.floor((length - 2) / (width + gap)).astype(np.int64).clip(0)
    edge = np.repeat(np.arange(len(length)), slots)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(slots) - slots, slots)
    along = ((end - start) / np.maximum(length, 1e-9)[:, None])[edge]
    room = length[edge] / slots[edge]
    middle = start[edge] + along * ((number + 0.5) * room)[:, None]
    wide = np.minimum(room - gap * 0.6, width * 1.5) * rng.uniform(0.86, 1.0, len(edge))
    deep = depth * rng.uniform(0.85, 1.2, len(edge))
    inward = np.column_stack([-along[:, 1], along[:, 0]])
    corners = _boxes(middle + inward * (deep / 2 + 0.3)[:, None], along, wide, deep)
    built = rng.random(len(length)) < fabric.fronted
    fit = _inside(plots, owner[edge], corners) & (rng.random(len(edge)) < 0.94) & built[edge]
    floors = rng.integers(fabric.front_floors[0], fabric.front_floors[1] + 1, len(edge))
    use = np.full(len(edge), fabric.front_use, dtype=np.int64)
    return Buildings(corners, owner[edge], floors, use).take(fit)


def _boxes(middle: Floats, along: Floats, wide: Floats, deep: Floats) -> Floats:
    """Rectangles about `middle`, their width along `along`, counter-clockwise (n, 4, 2)."""
    across = np.column_stack([-along[:, 1], along[:, 0]])
    a, b = along * (wide / 2)[:, None], across * (deep / 2)[:, None]
    return np.stack([middle - a - b, middle + a - b, middle + a + b, middle - a + b], axis=1)


def _inside(plots: Shapes, owner: Ints, corners: Floats) -> Marks:
    if not len(owner):
        return np.zeros(0, dtype=bool)
    shapely.prepare(plots)
    inside: Marks = shapely.contains(plots[owner], shapely.polygons(corners))
    return inside


def _build_rows(
    plots: Shapes, blocks: Ints, fabric: Fabric, ground: Ground, rng: np.random.Generator
) -> Buildings:
    """Houses in rows across each plot, as nearly facing south as its streets allow."""
    long, deep, step, between = fabric.row
    if not long:
        return _none()
    front = fabric.front[1] + fabric.margin if fabric.front[0] else 1.0
    yards = shapely.buffer(plots, -front, join_style="mitre")
    blocks = blocks[shapely.area(yards[blocks]) > long * deep * 1.2]
    if not len(blocks):
        return _none()
    angle = block_angles(yards[blocks])
    middle, size = _extents(yards[blocks], angle)
    columns = np.maximum(np.round(size[:, 0] / step), 1).astype(np.int64)
    rows = np.maximum(np.floor((size[:, 1] - deep) / between) + 1, 1).astype(np.int64)
    which = np.repeat(np.arange(len(blocks)), columns * rows)
    number = np.arange(len(which)) - np.repeat(
        np.cumsum(columns * rows) - columns * rows, columns * rows
    )
    column, row = number % columns[which], number // columns[which]
    room = size[which, 0] / columns[which]
    x = (column + 0.5) * room - size[which, 0] / 2
    y = (row - (rows[which] - 1) / 2) * between
    along = np.column_stack([np.cos(angle), np.sin(angle)])[which]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    spot = middle[which] + along * x[:, None] + across * y[:, None]
    wide = np.minimum(long * rng.uniform(0.85, 1.2, len(which)), room - (step - long) * 0.7)
    corners = _boxes(spot, along, wide, deep * rng.uniform(0.95, 1.1, len(which)))
    fit = _inside(yards, blocks[which], corners) & (rng.random(len(which)) < fabric.kept)
    fit &= wide > 0.6 * long
    floors = _row_floors(ground, blocks, fabric, rng)[which] + rng.integers(0, 2, len(which))
    use = np.full(len(which), fabric.row_use, dtype=np.int64)
    return Buildings(corners, blocks[which], floors, use).take(fit)


def _row_floors(ground: Ground, blocks: Ints, fabric: Fabric, rng: np.random.Generator) -> Ints:
    """Floors of a block: the tallest in the middle of the city."""
    low, high = fabric.row_floors
    central = np.exp(-1.3 * ground.away[blocks] / ground.size.radius)
    share = np.clip(central * rng.uniform(0.7, 1.25, len(blocks)), 0, 1)
    floors: Ints = np.round(low + (high - low) * share).astype(np.int64)
    return floors


def block_angles(shapes: Shapes) -> Floats:
    """Direction of each shape's edges nearest to west-east, radians; see `main_angle`."""
    rings = shapely.get_exterior_ring([_largest(shape) for shape in shapes])
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    edges = (points[1:] - points[:-1])[same]
    owner = ring[:-1][same]
    angle = np.arctan2(edges[:, 1], edges[:, 0])
    length = np.hypot(edges[:, 0], edges[:, 1])
    east = np.bincount(owner, length * np.cos(4 * angle), len(shapes))
    north = np.bincount(owner, length * np.sin(4 * angle), len(shapes))
    angles: Floats = np.arctan2(north, east) / 4
    return angles


def _extents(shapes: Shapes, angle: Floats) -> tuple[Floats, Floats]:
    """Middle (n, 2) and size (n, 2) of each shape's box turned by `angle`."""
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    cos, sin = np.cos(angle)[owner], np.sin(angle)[owner]
    x = points[:, 0] * cos + points[:, 1] * sin
    y = -points[:, 0] * sin + points[:, 1] * cos
    start = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    low = np.column_stack([np.minimum.reduceat(x, start), np.minimum.reduceat(y, start)])
    high = np.column_stack([np.maximum.reduceat(x, start), np.maximum.reduceat(y, start)])
    centre = (low + high) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    middle = np.column_stack(
        [centre[:, 0] * cos - centre[:, 1] * sin, centre[:, 0] * sin + centre[:, 1] * cos]
    )
    return middle, high - low


def _without_overlap(shapes: Shapes) -> Marks:
    """Of footprints that touch, keep the first; the others give way."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.4)
    later = one < other
    one, other = one[later], other[later]
    kept = np.ones(len(shapes), dtype=bool)
    while True:
        clash = kept[one] & kept[other]
        if not clash.any():
            return kept
        blocked = np.zeros(len(shapes), dtype=bool)
        blocked[other[clash]] = True
        firm = clash & ~blocked[one]
        kept[other[firm]] = False
