"""The whole drawing in memory: ground, uses, buildings, homes, areas, pipes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.kernel.cities.areas import Areas, divide, outline
from gongbi.kernel.cities.buildings import STATION, Buildings, raise_buildings
from gongbi.kernel.cities.ground import Ground, draw_ground
from gongbi.kernel.cities.homes import Homes, settle
from gongbi.kernel.cities.measures import Ints, Shapes
from gongbi.kernel.cities.pipes import Pipes, lay_pipes
from gongbi.kernel.cities.uses import choose_uses

Told = Callable[[str, float], None]


@dataclass(frozen=True)
class Sketch:
    """A city in metres, its buildings ordered by quarter."""

    ground: Ground
    uses: Ints
    buildings: Buildings
    homes: Homes
    areas: Areas
    outlines: tuple[Shapes, Shapes, Shapes, Shapes]  # district, subdistrict, grid, quarter
    pipes: Pipes
    station_building: Ints  # the building each metro station stands in

    @property
    def quarter_of_building(self) -> Ints:
        quarters: Ints = self.areas.quarter[self.buildings.block]
        return quarters


def sketch_city(people: int, seed: int, told: Told) -> Sketch:
    """Draw everything that has a shape; the same seed gives the same city."""
    rngs = np.random.default_rng([seed, people]).spawn(4)
    told("land, water and streets", 0.05)
    ground = draw_ground(people, rngs[0])
    told("buildings and homes", 0.2)
    uses = choose_uses(ground, rngs[1])
    buildings = raise_buildings(ground, uses, rngs[2])
    homes = settle(buildings, people, rngs[3])
    told("districts down to quarters", 0.4)
    block_people = np.bincount(buildings.block, homes.people, len(ground.cells)).astype(np.int64)
    areas = divide(ground, block_people)
    outlines = _outlines(ground, areas)
    told("water mains", 0.5)
    west = ground.bend.points(np.array([[-ground.size.radius, ground.size.river_y + 200]]))[0]
    pipes = lay_pipes(ground.edges, ground.edge_kind, west)
    order = np.argsort(areas.quarter[buildings.block], kind="stable")
    buildings, homes = buildings.take(order), homes.take(order)
    stations = _open_stations(buildings, ground)
    return Sketch(ground, uses, buildings, homes, areas, outlines, pipes, stations)


def _outlines(ground: Ground, areas: Areas) -> tuple[Shapes, Shapes, Shapes, Shapes]:
    return (
        outline(ground.cells, areas.district),
        outline(ground.cells, areas.subdistrict),
        outline(ground.cells, areas.grid),
        outline(ground.cells, areas.quarter),
    )


def _open_stations(buildings: Buildings, ground: Ground) -> Ints:
    """The nearest building without homes becomes the station's entrance hall."""
    empty = np.flatnonzero(buildings.use != 0)
    tree = shapely.STRtree(shapely.points(buildings.middle[empty]))
    spots = shapely.points(ground.stations)
    chosen: Ints = empty[tree.query_nearest(spots, all_matches=False)[1]]
    buildings.use[chosen] = STATION
    return chosen
