"""What each block is for: core, old town, rows, towers, works, fields, schools, parks."""

from __future__ import annotations

import numpy as np
import shapely

from gongbi.kernel.cities.ground import Ground
from gongbi.kernel.cities.measures import Floats, Ints, Marks

PARK, CORE, OLD, ROWS, TOWERS, WORKS, VILLAGE, SCHOOL, HOSPITAL, CIVIC = range(10)
USE_NAMES = (
    "park",
    "core",
    "old",
    "rows",
    "towers",
    "works",
    "village",
    "school",
    "hospital",
    "civic",
)


def choose_uses(ground: Ground, rng: np.random.Generator) -> Ints:
    """A use for each block, neighbours in one piece of land being mostly alike."""
    count = len(ground.cells)
    share = ground.away / ground.size.radius
    mood = rng.random(ground.piece.max() + 1)[ground.piece]
    own = rng.random(count)
    uses = np.full(count, ROWS, dtype=np.int64)
    uses[(mood < 0.4) & (own < 0.85)] = TOWERS
    uses[(share < 0.5) & (mood > 0.72)] = OLD
    uses[(share < 0.17 + 0.05 * mood)] = CORE
    uses[_near_station(ground, 330.0) & (own < 0.5)] = TOWERS
    uses[_near_station(ground, 170.0) & (own < 0.7)] = CORE
    uses[(share > 0.62) & (mood > 0.68)] = WORKS
    uses[(ground.coast_away < 260) & (share > 0.45) & (own < 0.8)] = WORKS
    uses[(share > 0.95) & (own < 0.75)] = VILLAGE
    large = shapely.area(ground.dry) > 80_000
    uses[large & np.isin(uses, (ROWS, TOWERS, OLD, CORE))] = WORKS
    uses[_parks(ground, mood, own) | (large & (own < 0.4))] = PARK
    return _place_public(ground, uses, rng)


def _near_station(ground: Ground, reach_m: float) -> Marks:
    spots = shapely.point_on_surface(ground.dry)
    tree = shapely.STRtree(shapely.points(ground.stations))
    near: Marks = np.zeros(len(spots), dtype=bool)
    near[tree.query(spots, predicate="dwithin", distance=reach_m)[0]] = True
    return near


def _parks(ground: Ground, mood: Floats, own: Floats) -> Marks:
    """Banks, lake shores, slivers, one block in thirty, and whole pieces here and there."""
    area = shapely.area(ground.dry)
    thin = area / shapely.length(ground.dry) ** 2 < 0.022
    shore = (ground.water_away < 4) & (thin | (area < 25_000))
    whole = (mood > 0.965) & (ground.away > 0.2 * ground.size.radius)
    marks: Marks = shore | (ground.coast_away < 60) | (area < 2_600) | thin | (own > 0.967) | whole
    return marks


def _place_public(ground: Ground, uses: Ints, rng: np.random.Generator) -> Ints:
    """Schools one for 7,000 people, hospitals for 45,000, a civic centre for 120,000."""
    area = shapely.area(ground.dry)
    share = ground.away / ground.size.radius
    placed = uses.copy()
    wanted = (
        (CIVIC, 120_000, 0.4, 9_000),
        (HOSPITAL, 45_000, 0.75, 12_000),
        (SCHOOL, 7_000, 0.95, 10_000),
    )
    for use, people_each, reach, least in wanted:
        room = (area > least) & (area < 6 * least) & (share < reach)
        room &= np.isin(placed, (ROWS, TOWERS, OLD, CORE))
        may = np.flatnonzero(room)
        number = min(len(may), max(1, round(ground.size.people / people_each)))
        placed[rng.choice(may, number, replace=False)] = use
    return placed
