"""The drawn map: named water, parks, roads, metro and pipes, ready to be written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.generator.globe import shapes_to_degrees
from gongbi.generator.names import Name, NameBook, ready
from gongbi.generator.sketch import Sketch
from gongbi.kernel.cities.blocks import MAIN, MINOR, SECOND
from gongbi.kernel.cities.land import STEP_M
from gongbi.kernel.cities.measures import Ints, Shapes
from gongbi.kernel.cities.uses import PARK, USE_NAMES, VILLAGE

ROAD_TITLES = {MAIN: ("大道", "Avenue"), SECOND: ("路", "Road"), MINOR: ("街", "Street")}


@dataclass(frozen=True)
class Feature:
    """One feature of base.geojson; the shape is in degrees."""

    layer: str
    shape: shapely.Geometry
    name: Name | None = None
    more: tuple[tuple[str, str | int], ...] = ()


def draw_base(sketch: Sketch, stations: list[Name], rng: np.random.Generator) -> Iterator[Feature]:
    """Every feature, from the sea up to the stations."""
    yield from _water(sketch, rng)
    yield from _blocks(sketch)
    yield from _roads(sketch, rng)
    yield from _pipes(sketch)
    yield from _metro(sketch, stations)


def _bent(sketch: Sketch, shape: shapely.Geometry) -> shapely.Geometry:
    dense = shapely.segmentize(shape, STEP_M)
    bent: shapely.Geometry = shapes_to_degrees(sketch.ground.bend.shapes(dense))
    return bent


def _pick(kind: str, rng: np.random.Generator) -> Iterator[Name]:
    names = ready(kind)
    for row in rng.permutation(len(names)):
        yield names[row]


def _water(sketch: Sketch, rng: np.random.Generator) -> Iterator[Feature]:
    plan = sketch.ground.plan
    sea = shapely.intersection(plan.land.sea, plan.land.frame)
    yield Feature("sea", _bent(sketch, sea), next(_pick("seas", rng)))
    river = shapely.intersection(plan.land.river, plan.land.frame)
    yield Feature("river", _bent(sketch, river), next(_pick("rivers", rng)))
    creek = shapely.intersection(plan.land.tributary, plan.land.frame)
    yield Feature("river", _bent(sketch, creek), next(_pick("creeks", rng)))
    for lake, name in zip(plan.lakes, _pick("lakes", rng), strict=False):
        yield Feature("lake", _bent(sketch, lake), name)


def _blocks(sketch: Sketch) -> Iterator[Feature]:
    shapes = np.asarray(shapes_to_degrees(sketch.ground.dry), dtype=object)
    for shape, use in zip(shapes, sketch.uses, strict=True):
        if use == PARK:
            yield Feature("park", shape)
        elif use != VILLAGE:
            yield Feature("building_block", shape, None, (("use", USE_NAMES[use]),))


def _roads(sketch: Sketch, rng: np.random.Generator) -> Iterator[Feature]:
    """Each road once, under one name; main roads go on beyond the city's limits."""
    ground = sketch.ground
    book = NameBook(rng, roads=True)
    edges = np.asarray(shapes_to_degrees(ground.edges), dtype=object)
    for kind, layer in ((MINOR, "road_minor"), (SECOND, "road_major"), (MAIN, "road_major")):
        rows = np.flatnonzero(ground.edge_kind == kind)
        more = (("rank", {MAIN: 1, SECOND: 2, MINOR: 3}[kind]),)
        numbers = ground.edge_road[rows]
        for number, road in zip(np.unique(numbers), _by_number(edges[rows], numbers), strict=True):
            name = book.take().called(*ROAD_TITLES[kind])
            yield Feature(layer, road, name, more)
            if kind == MAIN:
                yield from _beyond(sketch, int(number), name)


def _beyond(sketch: Sketch, number: int, name: Name) -> Iterator[Feature]:
    plan = sketch.ground.plan
    road = plan.roads[number]
    outside = shapely.difference(road.line, plan.land.city)
    outside = shapely.intersection(outside, plan.land.frame)
    if road.course in ("radial", "bank", "coast") and not outside.is_empty:
        yield Feature("road_major", _bent(sketch, outside), name, (("rank", 1), ("beyond", 1)))


def _by_number(edges: Shapes, numbers: Ints) -> Iterator[shapely.Geometry]:
    order = np.argsort(numbers, kind="stable")
    used = np.unique(numbers)
    road = np.searchsorted(used, numbers[order])
    together = shapely.multilinestrings(edges[order], indices=road)
    yield from shapely.line_merge(together)


def _pipes(sketch: Sketch) -> Iterator[Feature]:
    fed = sketch.pipes.pipe[sketch.pipes.pipe >= 0]
    edges = np.asarray(shapes_to_degrees(sketch.ground.edges[fed]), dtype=object)
    middles = shapely.line_interpolate_point(sketch.ground.edges[fed], 0.5, normalized=True)
    nearest = shapely.STRtree(sketch.ground.dry).query_nearest(middles, all_matches=False)[1]
    zone = sketch.areas.grid[nearest]
    for number, pipe in zip(np.unique(zone), _by_number(edges, zone), strict=True):
        yield Feature("pipe", pipe, None, (("zone", f"zone-{number + 1:03d}"),))


def _metro(sketch: Sketch, stations: list[Name]) -> Iterator[Feature]:
    plan = sketch.ground.plan
    for number, line in enumerate(plan.metro.lines, start=1):
        name = Name(f"{number}号线", f"Line {number}")
        yield Feature("metro_line", _bent(sketch, line), name, (("line", number),))
    points = shapes_to_degrees(shapely.points(sketch.ground.stations))
    for point, name in zip(points, stations, strict=True):  # type: ignore[call-overload]
        yield Feature("metro_station", point, name)
