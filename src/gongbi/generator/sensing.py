"""Where every sensor stands and how its day goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.generator.senses import SENSES
from gongbi.generator.sketch import Sketch
from gongbi.generator.standing import STANDS, stand
from gongbi.kernel.cities.blocks import MAIN
from gongbi.kernel.cities.buildings import CENTRE, FACTORY, HOME, OFFICE, SHOP
from gongbi.kernel.cities.measures import Floats, Ints, Marks
from gongbi.kernel.cities.pipes import next_upstream
from gongbi.kernel.cities.uses import CIVIC, CORE, PARK

STREAMS_A_PERSON = 0.06
FILL = {"smoke_alarm": 0.6, "building_water": 0.2, "building_power": 0.2}
"""Shares of the streams that are left when everything else stands."""
METERS = {"building_water": (1.0, 6.0), "building_power": (20.0, 120.0)}
"""Value at rest and what a day adds at most, of a whole building: never of one home."""


@dataclass(frozen=True)
class Batch:
    """Streams of one property.

    quarter (n,) row of the quarter; building (n,) row of the building or -1; xy metres;
    base and swing in the property's unit; network (n,) numbers of `network_name`;
    upstream (n,) row within this batch or -1.
    """

    property: str
    quarter: Ints
    building: Ints
    xy: Floats
    base: Floats
    swing: Floats
    network_name: str
    network: Ints
    upstream: Ints


def place_sensors(
    sketch: Sketch, rng: np.random.Generator, wanted: int | None = None
) -> list[Batch]:
    """All streams of a city in the order of SENSES.

    ``wanted`` streams in all, by default six for a hundred people; what the rest leaves over are
    smoke alarms and the meters of whole buildings.
    """
    batches = {batch.property: batch for batch in _all_but_fill(sketch, rng)}
    if wanted is None:
        wanted = round(STREAMS_A_PERSON * sketch.ground.size.people)
    left = wanted - sum(len(batch.quarter) for batch in batches.values())
    for name, share in FILL.items():
        batches[name] = _fill(name, sketch, max(round(left * share), 10), rng)
    return [batches[name] for name in SENSES]


def _all_but_fill(sketch: Sketch, rng: np.random.Generator) -> Iterator[Batch]:
    yield from _water(sketch, rng)
    yield from _weather(sketch, rng)
    yield from _streets(sketch, rng)
    yield from _metro(sketch, rng)
    yield from _in_buildings(sketch, rng)
    yield _crowds(sketch, rng)
    for name in STANDS:
        yield _stood(name, sketch, rng)


def _stood(name: str, sketch: Sketch, rng: np.random.Generator) -> Batch:
    found = stand(sketch, name, rng)
    sites = found.sites
    return _batch(name, sites.quarter, sites.xy, found.base, found.swing, building=sites.building)


def _batch(
    name: str,
    quarter: Ints,
    xy: Floats,
    base: Floats,
    swing: Floats,
    *,
    building: Ints | None = None,
    network: tuple[str, Ints] | None = None,
    upstream: Ints | None = None,
) -> Batch:
    none = np.full(len(quarter), -1, dtype=np.int64)
    label, numbers = network or ("", none)
    return Batch(
        name,
        quarter,
        none if building is None else building,
        xy,
        base,
        swing,
        label,
        numbers,
        none if upstream is None else upstream,
    )


def _grid_of_quarter(sketch: Sketch) -> Ints:
    grids = np.zeros(sketch.areas.quarter.max() + 1, dtype=np.int64)
    grids[sketch.areas.quarter] = sketch.areas.grid
    return grids


def _people_by(sketch: Sketch, label: Ints) -> Floats:
    people = np.bincount(label[sketch.buildings.block], sketch.homes.people, label.max() + 1)
    return people.astype(np.float64)


def _quarter_at(sketch: Sketch, xy: Floats) -> Ints:
    """The quarter whose land is nearest to each point."""
    found = shapely.STRtree(sketch.ground.dry).query_nearest(shapely.points(xy), all_matches=False)
    quarters: Ints = sketch.areas.quarter[found[1]]
    return quarters


def _water(sketch: Sketch, rng: np.random.Generator) -> Iterator[Batch]:
    """Pressure at crossings, about one for 700 people; flow where the main enters a zone."""
    pipes = sketch.pipes
    served = np.flatnonzero(np.isfinite(pipes.way))
    quarter = _quarter_at(sketch, pipes.nodes[served])
    zone = _grid_of_quarter(sketch)[quarter]
    wanted = np.maximum(1, np.round(_people_by(sketch, sketch.areas.quarter) / 700))
    order = np.lexsort((rng.random(len(served)), quarter))
    rank = np.empty(len(served), dtype=np.int64)
    counts = np.bincount(quarter, minlength=len(wanted))
    rank[order] = np.arange(len(served)) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen = np.flatnonzero(rank < wanted[quarter])
    swing = -0.045 * rng.uniform(0.7, 1.3, len(chosen))
    base = rng.uniform(0.345, 0.375, len(chosen)) - 0.02 * (
        pipes.way[served[chosen]] / pipes.way[served].max()
    )
    yield _batch(
        "water_pressure",
        quarter[chosen],
        pipes.nodes[served[chosen]],
        base,
        swing,
        network=("zone", zone[chosen]),
        upstream=_upstream(sketch, served[chosen]),
    )
    first = np.lexsort((pipes.way[served], zone))
    inlet = first[np.r_[True, zone[first][1:] != zone[first][:-1]]]
    drawn = np.maximum(_people_by(sketch, sketch.areas.grid)[zone[inlet]], 200)
    yield _batch(
        "water_flow",
        quarter[inlet],
        pipes.nodes[served[inlet]],
        drawn * 0.0045,
        drawn * 0.0065,
        network=("zone", zone[inlet]),
        upstream=_upstream(sketch, served[inlet]),
    )


def _upstream(sketch: Sketch, nodes: Ints) -> Ints:
    """For each chosen node the row of the next chosen node towards the works."""
    row = np.full(len(sketch.pipes.nodes) + 1, -1, dtype=np.int64)
    row[nodes] = np.arange(len(nodes))
    marked: Marks = row[:-1] >= 0
    rows: Ints = row[next_upstream(sketch.pipes, marked)[nodes]]
    return rows


def _weather(sketch: Sketch, rng: np.random.Generator) -> Iterator[Batch]:
    """Rain and dust once a grid, noise once a quarter, the river every 700 m."""
    grid = _grid_of_quarter(sketch)
    first = np.unique(grid, return_index=True)[1]
    middles = shapely.get_coordinates(shapely.point_on_surface(sketch.outlines[3]))
    zero = np.zeros(len(first))
    yield _batch("rainfall", first, middles[first], zero, zero)
    yield _batch(
        "pm25",
        first,
        middles[first],
        rng.uniform(22, 34, len(first)),
        rng.uniform(8, 14, len(first)),
    )
    count = len(grid)
    yield _batch(
        "noise", np.arange(count), middles, rng.uniform(44, 49, count), rng.uniform(10, 14, count)
    )
    plan = sketch.ground.plan
    span = np.arange(-0.9 * plan.size.radius, plan.size.coast_x, 700)
    banks = np.column_stack([span, np.full(len(span), plan.size.river_y)])
    xy = sketch.ground.bend.points(banks[shapely.contains_xy(plan.land.city, banks)])
    number = np.arange(len(xy), dtype=np.int64)
    yield _batch(
        "river_level",
        _quarter_at(sketch, xy),
        xy,
        rng.uniform(2.1, 2.2, len(xy)),
        np.full(len(xy), 0.9),
        network=("river", np.zeros(len(xy), dtype=np.int64)),
        upstream=number - 1,
    )


def _streets(sketch: Sketch, rng: np.random.Generator) -> Iterator[Batch]:
    """Water depth at low crossings; speed on main roads, one for 1,200 people."""
    ground = sketch.ground
    main = np.flatnonzero((ground.edge_kind == MAIN) & (shapely.length(ground.edges) > 60))
    spots = shapely.get_coordinates(
        shapely.line_interpolate_point(ground.edges[main], 0.5, normalized=True)
    )
    number = min(len(main), max(4, round(ground.size.people / 1_200)))
    speed = np.sort(rng.choice(len(main), number, replace=False))
    yield _batch(
        "traffic_speed",
        _quarter_at(sketch, spots[speed]),
        spots[speed],
        rng.uniform(46, 53, number),
        rng.uniform(-20, -15, number),
        network=("road", ground.edge_road[main[speed]]),
    )
    quarter = _quarter_at(sketch, spots)
    low = np.unique(quarter, return_index=True)[1]
    zero = np.zeros(len(low))
    yield _batch("road_water_depth", quarter[low], spots[low], zero, zero)


def _metro(sketch: Sketch, rng: np.random.Generator) -> Iterator[Batch]:
    building = sketch.station_building
    stops = sketch.ground.plan.metro.stops
    line = np.zeros(len(building), dtype=np.int64)
    line[stops[::-1, 1]] = stops[::-1, 0]
    quarter = sketch.quarter_of_building[building]
    xy = sketch.buildings.middle[building]
    busy = sketch.ground.size.people / len(building) * rng.uniform(0.6, 1.4, len(building)) / 90
    for name in ("metro_entries", "metro_exits"):
        yield _batch(
            name,
            quarter,
            xy,
            np.zeros(len(building)),
            busy.clip(20, 700),
            building=building,
            network=("line", line),
        )


def _crowds(sketch: Sketch, rng: np.random.Generator) -> Batch:
    """Stations, and the largest public buildings and parks: one for 4,000 people."""
    uses = sketch.uses[sketch.buildings.block]
    public = np.isin(uses, (CORE, CIVIC)) & np.isin(sketch.buildings.use, (SHOP, OFFICE, CENTRE))
    order = np.argsort(-sketch.buildings.floor_m2 * public, kind="stable")
    number = min(int(public.sum()), max(3, round(sketch.ground.size.people / 6_000)))
    building = np.r_[sketch.station_building, order[:number]]
    parks = _parks(sketch)
    xy = np.vstack([sketch.buildings.middle[building], parks])
    quarter = np.r_[sketch.quarter_of_building[building], _quarter_at(sketch, parks)]
    rows = np.r_[building, np.full(len(parks), -1)]
    return _batch(
        "crowd_count",
        quarter,
        xy,
        rng.uniform(10, 40, len(xy)),
        rng.uniform(120, 420, len(xy)),
        building=rows,
    )


def _parks(sketch: Sketch) -> Floats:
    """Points in the largest parks."""
    area = np.where(sketch.uses == PARK, shapely.area(sketch.ground.dry), 0)
    largest = np.argsort(-area, kind="stable")[: max(2, sketch.ground.size.people // 12_000)]
    spots = shapely.point_on_surface(sketch.ground.dry[largest])
    return np.asarray(shapely.get_coordinates(spots))


def _in_buildings(sketch: Sketch, rng: np.random.Generator) -> Iterator[Batch]:
    """Transformers, lifts, gas detectors and bins stand at buildings."""
    homes, buildings = sketch.homes.people, sketch.buildings
    load = np.where(buildings.use == HOME, homes, buildings.floor_m2 / 60).astype(float)
    yield _power(sketch, load, rng)
    tall = np.flatnonzero((buildings.floors >= 7) & (buildings.use != FACTORY))
    lifts = np.repeat(tall, 1 + (buildings.floors[tall] >= 18))
    yield _standing("lift_fault", sketch, lifts, 2e-6, 0.0)
    shops = np.where(buildings.use == SHOP, 3.0, (buildings.use == HOME).astype(np.float64))
    gas = _draw(shops, round(sketch.ground.size.people * 0.006), rng)
    yield _standing("gas_leak", sketch, gas, 0.4, 1.2)
    bins = _draw(homes.astype(float), round(sketch.ground.size.people * 0.006), rng)
    where = _standing("bin_fill", sketch, bins, 30.0, 32.0)
    beside = where.xy + rng.uniform(-9, 9, where.xy.shape)
    yield _batch(
        "bin_fill", where.quarter, beside, where.base + rng.uniform(-6, 6, len(bins)), where.swing
    )


def _power(sketch: Sketch, load: Floats, rng: np.random.Generator) -> Batch:
    """One transformer for about 250 people, at the biggest user of its few buildings."""
    quarter = sketch.quarter_of_building
    before = np.cumsum(load) - load
    start = np.r_[0, np.cumsum(np.bincount(quarter, load))[:-1]][quarter]
    group = quarter * 10_000 + np.floor((before - start + 1e-6) / 250).astype(np.int64)
    keys, flat = np.unique(group, return_inverse=True)
    served = np.bincount(flat, load).clip(80, 400)
    order = np.lexsort((-load, flat))
    chosen = order[np.r_[True, flat[order][1:] != flat[order][:-1]]]
    count = len(keys)
    feeder = np.zeros(sketch.areas.quarter.max() + 1, dtype=np.int64)
    feeder[sketch.areas.quarter] = sketch.areas.grid
    return _batch(
        "power_load",
        quarter[chosen],
        sketch.buildings.middle[chosen],
        served * rng.uniform(0.35, 0.45, count) + 20,
        served * rng.uniform(0.45, 0.6, count),
        building=chosen,
        network=("feeder", feeder[quarter[chosen]]),
    )


def _fill(name: str, sketch: Sketch, count: int, rng: np.random.Generator) -> Batch:
    """Most where many work or stay: weight by floor area, double outside homes."""
    weight = sketch.buildings.floor_m2 * np.where(sketch.buildings.use == HOME, 1.0, 2.0)
    rows = _draw(weight, count, rng)
    if name == "smoke_alarm":
        return _standing(name, sketch, rows, 4e-7, 0.0)
    low, high = METERS[name]
    base = rng.uniform(low, 2 * low, count)
    return _batch(
        name,
        sketch.quarter_of_building[rows],
        sketch.buildings.middle[rows],
        base,
        rng.uniform(0.5, 1.0, count) * high,
        building=rows,
    )


def _draw(weight: Floats, count: int, rng: np.random.Generator) -> Ints:
    """`count` rows by weight, rows with more weight more often, in order."""
    rows: Ints = np.sort(rng.choice(len(weight), count, p=weight / weight.sum()))
    return rows


def _standing(name: str, sketch: Sketch, rows: Ints, base: float, swing: float) -> Batch:
    size = len(rows)
    return _batch(
        name,
        sketch.quarter_of_building[rows],
        sketch.buildings.middle[rows],
        np.full(size, base),
        np.full(size, swing),
        building=rows,
    )
