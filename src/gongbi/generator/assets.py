"""What stands in the streets with a code on it: lamps, manholes, trees, and lifts in houses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import shapely

from gongbi.generator.globe import to_degrees
from gongbi.generator.places import Addresses, Tree
from gongbi.generator.sketch import Sketch
from gongbi.generator.standing import Sites, tall
from gongbi.kernel.cities.measures import Floats, Ints, Shapes

HEADER = ("kind", "code", "lon", "lat", "owner", "maintainer", "place")
PEOPLE_TO_ONE = {"lamp": 25, "manhole": 40, "tree": 50}
MOST = 50_000
"""Of each kind: the largest drawn cities have fewer than real ones; drawing stays short."""
SECOND_LIFT_FLOORS = 18
ASIDE_METRES = {"lamp": 5.0, "manhole": 1.0, "tree": 6.5}
OWNED = {"lamp": "roads", "manhole": "roads", "tree": "greening", "lift": "housing"}
LETTER = {"lamp": "", "tree": "T"}
Row = tuple[object, ...]


def draw_assets(
    sketch: Sketch,
    tree: Tree,
    addresses: Addresses,
    owners: Mapping[tuple[str, int], str],
    district_of_quarter: Ints,
    rng: np.random.Generator,
) -> Iterator[Row]:
    """Rows of assets.csv by kind, numbered from west to east of a district; manholes of all."""
    for kind in PEOPLE_TO_ONE:
        sites = _along_roads(sketch, kind, rng)
        district = district_of_quarter[sites.quarter]
        order = np.lexsort((sites.xy[:, 0], district))
        spots, rank = to_degrees(sites.xy), _ranks(district[order])
        for nth, (row, number) in enumerate(zip(order.tolist(), rank, strict=True), 1):
            code = _code(kind, int(district[row]) + 1, nth if kind == "manhole" else number)
            owner = owners[OWNED[kind], int(district[row])]
            place = tree.quarters.codes[sites.quarter[row]]
            yield (kind, code, *_degrees(spots[row]), owner, "", place)
    yield from _lifts(sketch, addresses, owners, district_of_quarter)


def _along_roads(sketch: Sketch, kind: str, rng: np.random.Generator) -> Sites:
    """Points beside roads, as many to a street as it is long."""
    ground = sketch.ground
    wanted = min(MOST, max(10, ground.size.people // PEOPLE_TO_ONE[kind]))
    length = shapely.length(ground.edges)
    edge = np.sort(rng.choice(len(length), wanted, p=length / length.sum()))
    along = rng.random(wanted)
    lines, ahead = ground.edges[edge], np.minimum(along + 0.01, 1.0)
    here = _at(lines, along)
    way = _at(lines, ahead) - _at(lines, ahead - 0.01)
    across = np.column_stack([-way[:, 1], way[:, 0]]) / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    side = ASIDE_METRES[kind] * rng.choice([-1.0, 1.0], wanted)
    xy = here + across * side[:, None]
    nearest = shapely.STRtree(ground.dry).query_nearest(shapely.points(xy), all_matches=False)
    quarter = sketch.areas.quarter[nearest[1]]
    return Sites(quarter, np.full(wanted, -1), xy, np.zeros(wanted))


def _at(lines: Shapes, share: Floats) -> Floats:
    found: Floats = shapely.get_coordinates(
        shapely.line_interpolate_point(lines, share, normalized=True)
    )
    return found


def _ranks(labels: Ints) -> list[int]:
    """How manieth of its label each is, labels being in order."""
    starts = np.searchsorted(labels, labels)
    ranks: list[int] = (np.arange(len(labels)) - starts + 1).tolist()
    return ranks


def _code(kind: str, district: int, number: int) -> str:
    if kind == "manhole":
        return f"W{number:06d}"
    return f"{LETTER[kind]}{district}-{number:05d}"


def _lifts(
    sketch: Sketch,
    addresses: Addresses,
    owners: Mapping[tuple[str, int], str],
    district_of_quarter: Ints,
) -> Iterator[Row]:
    """One in a house of seven floors and more, two from eighteen; looked after by lift rescue."""
    number, buildings = 0, sketch.buildings
    for row in tall(sketch)[:MOST].tolist():
        district = int(district_of_quarter[sketch.quarter_of_building[row]])
        spot = _degrees(to_degrees(buildings.middle[row : row + 1])[0])
        for _ in range(2 if buildings.floors[row] >= SECOND_LIFT_FLOORS else 1):
            number += 1
            whose = owners[OWNED["lift"], district], owners["lifts", district]
            yield ("lift", f"LT{number:06d}", *spot, *whose, addresses.codes[row])


def _degrees(spot: Floats) -> tuple[str, str]:
    return f"{spot[0]:.6f}", f"{spot[1]:.6f}"
