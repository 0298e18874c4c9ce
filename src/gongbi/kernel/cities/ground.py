"""The ground of a city: blocks and streets, drawn straight, woven together and then bent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.kernel.cities.bending import Bend, draw_bend
from gongbi.kernel.cities.blocks import (
    BANK,
    CUT,
    LIMIT,
    MAIN,
    MIDDLE,
    MINOR,
    SECOND,
    Net,
    merge_small,
    weave,
)
from gongbi.kernel.cities.land import STEP_M, Land, draw_land, half_width, place_lakes
from gongbi.kernel.cities.measures import Floats, Ints, Marks, Measures, Shapes, measure
from gongbi.kernel.cities.metro import Metro, draw_metro
from gongbi.kernel.cities.roads import Road, draw_main_roads, split_land
from gongbi.kernel.cities.streets import lay_streets

LAKE_BELT_M = 40.0  # park between a lake and the street round it


@dataclass(frozen=True)
class Plan:
    """The straight plan: what the net is woven from, and its pieces of land."""

    size: Measures
    land: Land
    roads: tuple[Road, ...]
    lakes: tuple[shapely.Polygon, ...]
    metro: Metro
    pieces: Shapes
    lines: Shapes
    kinds: Ints
    road_of_line: Ints


@dataclass(frozen=True)
class Ground:
    """Blocks as they lie after bending.

    cells tile the city (land and its share of the water); dry are the same without water.
    links (m, 2) are neighbouring cells, barrier (m,) the kind of line between them.  away and
    wet_away are metres from the middle and from water, measured on the straight plan.
    """

    size: Measures
    bend: Bend
    plan: Plan
    cells: Shapes
    dry: Shapes
    piece: Ints
    links: Ints
    barrier: Ints
    shared_m: Floats
    away: Floats
    water_away: Floats
    coast_away: Floats
    edges: Shapes
    edge_kind: Ints
    edge_road: Ints
    stations: Floats


def draw_plan(people: int, rng: np.random.Generator) -> Plan:
    """Draw water, roads and streets on the straight plan."""
    size = measure(people, rng)
    land = draw_land(size, rng)
    roads = draw_main_roads(size, land, rng)
    lakes = place_lakes(land, size, shapely.union_all([road.line for road in roads]), rng)
    pieces, seams = _part_land(land, roads, lakes, size, rng)
    roads = [*roads, *(Road(seam, 2, "cross") for seam in seams)]
    streets = _lay_all_streets(pieces, size, land.coast, rng)
    streets += [lake.buffer(LAKE_BELT_M).exterior for lake in lakes]
    metro = draw_metro(size, roads, land.city)
    lines, kinds, road_of_line = _gather_lines(land, roads, lakes, streets, size)
    return Plan(size, land, tuple(roads), tuple(lakes), metro, pieces, lines, kinds, road_of_line)


def _part_land(
    land: Land,
    roads: list[Road],
    lakes: list[shapely.Polygon],
    size: Measures,
    rng: np.random.Generator,
) -> tuple[Shapes, list[shapely.LineString]]:
    """Pieces of dry land between main roads, the large ones parted by cross roads."""
    dry = shapely.difference(land.city, land.water)
    dry = shapely.difference(dry, shapely.union_all([lake.buffer(LAKE_BELT_M) for lake in lakes]))
    lines = np.array([road.line for road in roads] + [dry.boundary], dtype=object)
    net = weave(lines, np.zeros(len(lines), dtype=np.int64))
    inner = dry.buffer(-2)
    shapely.prepare(inner)
    faces = net.faces[shapely.intersects(inner, shapely.point_on_surface(net.faces))]
    pieces: list[shapely.Polygon] = []
    seams: list[shapely.LineString] = []
    for face in faces:
        parts, lines_between = split_land(face, 190_000, rng)
        pieces.extend(parts)
        seams.extend(lines_between)
    return np.array(pieces, dtype=object), seams


def _lay_all_streets(
    pieces: Shapes, size: Measures, coast: shapely.LineString, rng: np.random.Generator
) -> list[shapely.LineString]:
    """Minor streets everywhere but on the strips along river and coast."""
    streets: list[shapely.LineString] = []
    for piece in pieces:
        strip = piece.area / piece.length**2 < 0.018
        if strip or (piece.area < 90_000 and piece.distance(coast) < 60):
            continue
        away = float(np.hypot(piece.centroid.x, piece.centroid.y)) / size.radius
        depth = 105 + 95 * min(away, 1.2) ** 1.5 + rng.uniform(-12, 12)
        streets.extend(lay_streets(piece, (depth, depth * rng.uniform(1.25, 1.6)), rng))
    return streets


def _gather_lines(
    land: Land,
    roads: list[Road],
    lakes: list[shapely.Polygon],
    streets: list[shapely.LineString],
    size: Measures,
) -> tuple[Shapes, Ints, Ints]:
    """All lines inside the city with what each is; `road_of_line` is -1 for what is no road."""
    lines: list[shapely.Geometry] = [land.city.boundary]
    kinds = [LIMIT]
    owner = [-1]
    for shape in (land.river, land.tributary, *lakes):
        lines.append(shapely.intersection(shape.boundary, land.city))
        kinds.append(BANK)
        owner.append(-1)
    for line in land.middle_lines:
        lines.append(shapely.intersection(line, shapely.intersection(land.water, land.city)))
        kinds.append(MIDDLE)
        owner.append(-1)
    for cut in _water_cuts(land, size):
        lines.append(shapely.intersection(cut, land.city))
        kinds.append(CUT)
        owner.append(-1)
    for number, road in enumerate(roads):
        lines.append(shapely.intersection(road.line, land.city))
        kinds.append(MAIN if road.rank == 1 else SECOND)
        owner.append(number)
    for number, street in enumerate(streets):
        lines.append(street)
        kinds.append(MINOR)
        owner.append(len(roads) + number)
    shapes = shapely.segmentize(np.array(lines, dtype=object), STEP_M)
    return shapes, np.array(kinds), np.array(owner)


def _water_cuts(land: Land, size: Measures) -> list[shapely.Geometry]:
    """Cuts across the water, so that each stretch of bank has its own."""
    cuts = []
    for x in np.arange(-size.radius * 1.5, size.radius * 1.5, 260):
        half = float(half_width(size, np.array([x]))[0]) + 1
        across = shapely.LineString([(x, size.river_y - half), (x, size.river_y + half)])
        cuts.append(shapely.intersection(across, land.river))
    reach = size.radius * 0.2
    for y in np.arange(size.river_y + size.river_width, size.radius * 1.5, 260):
        across = shapely.LineString([(size.tributary_x - reach, y), (size.tributary_x + reach, y)])
        cuts.append(shapely.intersection(across, land.tributary))
    return [cut for cut in cuts if not cut.is_empty]


def draw_ground(people: int, rng: np.random.Generator) -> Ground:
    """Draw the plan, weave it, merge what is too small, give water to its banks, and bend."""
    plan = draw_plan(people, rng)
    bend = draw_bend(plan.size.radius, rng)
    net = weave(plan.lines, plan.kinds)
    net, wet = _keep_inside(net, plan)
    group = merge_small(net, wet, 2_600.0, rng.random(len(net.edges)))
    group = _give_water(net, wet, group)
    return _bend_ground(plan, bend, net, wet, group)


def _keep_inside(net: Net, plan: Plan) -> tuple[Net, Marks]:
    """Drop faces outside the city; tell which of the others are water."""
    spots = shapely.point_on_surface(net.faces)
    city = plan.land.city
    shapely.prepare(city)
    keep = np.flatnonzero(shapely.contains(city, spots))
    new = np.full(len(net.faces) + 1, -1, dtype=np.int64)
    new[keep] = np.arange(len(keep))
    beside = new[net.beside]
    used = (beside >= 0).any(axis=1)
    water = shapely.union_all([plan.land.water, *plan.lakes])
    shapely.prepare(water)
    wet = shapely.contains(water, spots[keep])
    kept = Net(net.faces[keep], net.edges[used], beside[used], net.source[used], net.kind[used])
    return kept, wet


def _give_water(net: Net, wet: Marks, group: Ints) -> Ints:
    """Put each piece of water into the group of the land it shares the longest bank with."""
    given = group.copy()
    length = shapely.length(net.edges)
    waiting = wet.copy()
    for _ in range(40):
        both = (net.beside >= 0).all(axis=1)
        left, right = net.beside[both].T
        face, land = np.r_[left, right], np.r_[right, left]
        edge = np.r_[length[both], length[both]]
        may = waiting[face] & ~waiting[land]
        if not may.any():
            break
        face, land, edge = face[may], land[may], edge[may]
        order = np.lexsort((land, -edge, face))
        face, land = face[order], land[order]
        first = np.r_[True, face[1:] != face[:-1]]
        given[face[first]] = given[land[first]]
        waiting[face[first]] = False
    return np.unique(given, return_inverse=True)[1].astype(np.int64)


def _bend_ground(plan: Plan, bend: Bend, net: Net, wet: Marks, group: Ints) -> Ground:
    count = int(group.max()) + 1
    straight_dry = _unite(net.faces[~wet], group[~wet], count)
    spots = shapely.point_on_surface(straight_dry)
    faces = np.asarray(bend.shapes(net.faces), dtype=object)
    nearest = shapely.STRtree(plan.pieces).query_nearest(spots, all_matches=False)
    links, barrier, shared = _links(net, group)
    between = _between(net, group, wet)
    xy = shapely.get_coordinates(spots)
    water = shapely.union_all([plan.land.water, *plan.lakes])
    return Ground(
        size=plan.size,
        bend=bend,
        plan=plan,
        cells=_unite(faces, group, count),
        dry=_unite(faces[~wet], group[~wet], count),
        piece=nearest[1],
        links=links,
        barrier=barrier,
        shared_m=shared,
        away=np.hypot(xy[:, 0], xy[:, 1]),
        water_away=shapely.distance(straight_dry, water),
        coast_away=shapely.distance(straight_dry, plan.land.coast),
        edges=np.asarray(bend.shapes(net.edges[between]), dtype=object),
        edge_kind=net.kind[between],
        edge_road=plan.road_of_line[net.source[between]],
        stations=bend.points(plan.metro.stations),
    )


def _unite(faces: Shapes, group: Ints, count: int) -> Shapes:
    """The outline of each group of faces; faces share their corners, so nothing is lost."""
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(count + 1))
    united = np.empty(count, dtype=object)
    for number in range(count):
        members = faces[order[bounds[number] : bounds[number + 1]]]
        if len(members) == 1:
            united[number] = members[0]
        else:
            united[number] = shapely.coverage_union_all(members)
    return united


def _links(net: Net, group: Ints) -> tuple[Ints, Ints, Floats]:
    """Pairs of neighbouring groups, each once, the weightiest line between and its length."""
    both = (net.beside >= 0).all(axis=1)
    pairs = np.sort(group[net.beside[both]], axis=1)
    kinds, length = net.kind[both], shapely.length(net.edges[both])
    apart = pairs[:, 0] != pairs[:, 1]
    pairs, kinds, length = pairs[apart], kinds[apart], length[apart]
    order = np.lexsort((kinds, pairs[:, 1], pairs[:, 0]))
    pairs, kinds, length = pairs[order], kinds[order], length[order]
    first = np.flatnonzero(np.r_[True, (pairs[1:] != pairs[:-1]).any(axis=1)])
    return pairs[first], kinds[first], np.add.reduceat(length, first)


def _between(net: Net, group: Ints, wet: Marks) -> Marks:
    """Edges that are still streets: between two groups or at the city's edge, and on land."""
    left, right = net.beside[:, 0], net.beside[:, 1]
    outer = (left < 0) | (right < 0)
    apart = outer | (group[left] != group[right])
    roads = (net.kind == MAIN) | (net.kind == SECOND) | (net.kind == MINOR)
    dry = ~(wet[left] & wet[right]) | (net.kind != MINOR)
    marks: Marks = roads & (apart | (net.kind != MINOR)) & dry
    return marks
