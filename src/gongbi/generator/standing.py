"""Where the sensors of most kinds stand, as a table: at which sites, how many, how their day goes.

What needs the shape of a network (mains, feeders, lines) is placed by ``sensing``; these only need
a building, a quarter or a road.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.generator.sketch import Sketch
from gongbi.kernel.cities.blocks import MAIN
from gongbi.kernel.cities.buildings import CENTRE, FACTORY, HOME, OFFICE, SHOP
from gongbi.kernel.cities.measures import Floats, Ints

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sites:
    """Places where sensors may stand: row of the quarter and of the building (-1), and metres."""

    quarter: Ints
    building: Ints
    xy: Floats
    thousands: Floats
    """Thousand people each site speaks for; 0 where that has no meaning."""

    def take(self, rows: Ints) -> Sites:
        """Some of them."""
        return Sites(self.quarter[rows], self.building[rows], self.xy[rows], self.thousands[rows])


@dataclass(frozen=True, slots=True)
class Stand:
    """How the sensors of one property stand.

    Parameters
    ----------
    at
        A kind of site of ``SITES``.
    base, swing
        Ranges from which each sensor's value at rest and what its day adds are drawn, in the
        property's unit; of a flag: the chance that a row says 1.
    people
        One sensor for so many people, at sites drawn by chance; 0: one at each site.
    a_thousand
        base and swing are those of a thousand people.
    """

    at: str
    base: Range
    swing: Range
    people: int = 0
    a_thousand: bool = False


STANDS: dict[str, Stand] = {
    "police_calls": Stand("district", (0.02, 0.03), (0.05, 0.07), a_thousand=True),
    "fire_calls": Stand("district", (0.001, 0.002), (0.002, 0.003), a_thousand=True),
    "ambulance_runs": Stand("district", (0.015, 0.025), (0.03, 0.04), a_thousand=True),
    "hotline_calls": Stand("district", (0.005, 0.01), (0.08, 0.1), a_thousand=True),
    "fever_visits": Stand("district", (0.004, 0.006), (0.015, 0.02), a_thousand=True),
    "hall_wait": Stand("hall", (1.0, 3.0), (6.0, 9.0), people=15_000),
    "hydrant_pressure": Stand("quarter", (0.28, 0.32), (-0.05, -0.03)),
    "chlorine": Stand("grid", (0.35, 0.5), (-0.1, -0.06)),
    "turbidity": Stand("grid", (0.1, 0.18), (0.05, 0.1)),
    "sewer_level": Stand("quarter", (20, 30), (14, 20)),
    "pump_fault": Stand("grid", (1e-6, 1e-6), (0, 0)),
    "dissolved_oxygen": Stand("subdistrict", (6.4, 7.4), (-0.6, -0.4)),
    "manhole_moved": Stand("crossing", (2e-7, 2e-7), (0, 0), people=1_500),
    "wind_gust": Stand("subdistrict", (2.5, 4.0), (2.0, 3.5)),
    "air_temperature": Stand("grid", (15.5, 17.0), (8.5, 11.0)),
    "visibility": Stand("subdistrict", (6_000, 9_000), (-1_800, -1_200)),
    "ozone": Stand("subdistrict", (40, 55), (50, 70)),
    "site_dust": Stand("quarter", (0.05, 0.12), (0.1, 0.2), people=5_000),
    "building_tilt": Stand("old", (0.1, 0.4), (0.01, 0.03), people=2_500),
    "vibration": Stand("old", (0.2, 0.5), (0.4, 0.7), people=5_000),
    "settlement": Stand("tall", (0.0, 0.02), (0, 0), people=2_500),
    "window_open": Stand("tall", (1e-6, 1e-6), (0, 0), people=1_000),
    "falling_object": Stand("tall", (2e-7, 2e-7), (0, 0), people=1_500),
    "ebike_in_lift": Stand("tall", (2e-6, 2e-6), (0, 0), people=1_500),
    "fire_way_blocked": Stand("tall", (1e-6, 1e-6), (0, 0), people=2_500),
    "gas_flow": Stand("grid", (8.0, 12.0), (18.0, 26.0), a_thousand=True),
    "gas_pressure": Stand("quarter", (2.3, 2.6), (-0.2, -0.12)),
    "homes_dark": Stand("quarter", (0, 0), (0, 0)),
    "charging_load": Stand("shop", (40, 60), (120, 200), people=5_000),
    "cell_sites_out": Stand("subdistrict", (0.1, 0.2), (0, 0)),
    "street_lights_out": Stand("subdistrict", (0.4, 1.0), (0, 0)),
    "crowd_density": Stand("station", (0.05, 0.15), (0.6, 1.1)),
    "crowd_inflow": Stand("station", (0, 3), (20, 60)),
    "train_load": Stand("station", (8, 15), (45, 70)),
    "congestion": Stand("subdistrict", (1.2, 1.8), (2.0, 2.8)),
    "expressway_speed": Stand("crossing", (62, 70), (-22, -14), people=4_000),
    "bus_speed": Stand("subdistrict", (22, 26), (-7, -5)),
    "parking_full": Stand("shop", (20, 40), (30, 45), people=2_500),
    "signal_fault": Stand("crossing", (2e-7, 2e-7), (0, 0), people=2_000),
    "bikes_parked": Stand("station", (40, 90), (80, 160)),
    "truck_violation": Stand("grid", (2e-6, 2e-6), (0, 0)),
    "transfer_fill": Stand("subdistrict", (25, 35), (28, 38)),
    "loose_garbage": Stand("quarter", (2e-6, 2e-6), (0, 0)),
    "shop_overflow": Stand("shop", (1e-6, 1e-6), (0, 0), people=2_500),
    "days_of_cover": Stand("subdistrict", (2.8, 3.4), (-0.3, -0.2)),
    "vegetable_price": Stand("subdistrict", (5.0, 6.0), (0, 0)),
    "lift_call": Stand("tall", (1e-7, 1e-7), (0, 0)),
    "water_calls": Stand("subdistrict", (0.002, 0.004), (0.008, 0.014), a_thousand=True),
}


@dataclass(frozen=True, slots=True)
class Stood:
    """The sensors of one property: where, and how their day goes."""

    sites: Sites
    base: Floats
    swing: Floats


def stand(sketch: Sketch, name: str, rng: np.random.Generator) -> Stood:
    """Place the sensors of one property of ``STANDS``; every city has one of each at least."""
    said = STANDS[name]
    sites = SITES[said.at](sketch)
    if said.people:
        wanted = max(1, round(sketch.ground.size.people / said.people))
        count = min(len(sites.quarter), wanted)
        sites = sites.take(np.sort(rng.choice(len(sites.quarter), count, replace=False)))
    size = len(sites.quarter)
    scale = sites.thousands if said.a_thousand else np.ones(size)
    return Stood(
        sites, rng.uniform(*said.base, size) * scale, rng.uniform(*said.swing, size) * scale
    )


def _by_level(level: int) -> Callable[[Sketch], Sites]:
    """One site for each area of a level (0 district to 3 quarter), in its first quarter."""

    def sites(sketch: Sketch) -> Sites:
        areas = sketch.areas
        labels = (areas.district, areas.subdistrict, areas.grid, areas.quarter)[level]
        of_quarter = np.zeros(areas.quarter.max() + 1, dtype=np.int64)
        of_quarter[areas.quarter] = labels
        first = np.unique(of_quarter, return_index=True)[1]
        middles = shapely.get_coordinates(shapely.point_on_surface(sketch.outlines[3][first]))
        people = np.bincount(
            of_quarter[sketch.quarter_of_building], sketch.homes.people, len(first)
        )
        return Sites(first, np.full(len(first), -1), middles, people / 1_000)

    return sites


def _at_buildings(chosen: Callable[[Sketch], Ints]) -> Callable[[Sketch], Sites]:
    def sites(sketch: Sketch) -> Sites:
        rows = chosen(sketch)
        if not len(rows):
            rows = np.argsort(-sketch.buildings.floor_m2, kind="stable")[:1]
        middles = sketch.buildings.middle[rows]
        return Sites(sketch.quarter_of_building[rows], rows, middles, np.zeros(len(rows)))

    return sites


def tall(sketch: Sketch) -> Ints:
    buildings = sketch.buildings
    return np.flatnonzero((buildings.floors >= 7) & (buildings.use != FACTORY))


def _old(sketch: Sketch) -> Ints:
    """Low houses people live in: where walls lean first."""
    buildings = sketch.buildings
    return np.flatnonzero((buildings.floors <= 6) & (buildings.use == HOME))


def _shops(sketch: Sketch) -> Ints:
    return np.flatnonzero(np.isin(sketch.buildings.use, (SHOP, OFFICE)))


def _halls(sketch: Sketch) -> Ints:
    return np.flatnonzero(sketch.buildings.use == CENTRE)


def _crossings(sketch: Sketch) -> Sites:
    """Middles of main roads."""
    ground = sketch.ground
    main = np.flatnonzero((ground.edge_kind == MAIN) & (shapely.length(ground.edges) > 60))
    middles = shapely.line_interpolate_point(ground.edges[main], 0.5, normalized=True)
    xy = shapely.get_coordinates(middles)
    nearest = shapely.STRtree(ground.dry).query_nearest(shapely.points(xy), all_matches=False)
    quarter = sketch.areas.quarter[nearest[1]]
    return Sites(quarter, np.full(len(xy), -1), xy, np.zeros(len(xy)))


SITES: dict[str, Callable[[Sketch], Sites]] = {
    "district": _by_level(0),
    "subdistrict": _by_level(1),
    "grid": _by_level(2),
    "quarter": _by_level(3),
    "station": _at_buildings(lambda sketch: sketch.station_building),
    "tall": _at_buildings(tall),
    "old": _at_buildings(_old),
    "shop": _at_buildings(_shops),
    "hall": _at_buildings(_halls),
    "crossing": _crossings,
}
