"""Districts, subdistricts, grids and quarters: blocks shared out, level by level."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from gongbi.kernel.cities.blocks import (
    BANK,
    CUT,
    LIMIT,
    MAIN,
    MIDDLE,
    MINOR,
    SECOND,
    find_groups,
)
from gongbi.kernel.cities.ground import Ground
from gongbi.kernel.cities.measures import Floats, Ints, Shapes
from gongbi.kernel.cities.sharing import share_out
from gongbi.kernel.cities.trading import trade

DEARNESS = {LIMIT: 1.0, BANK: 1.0, MAIN: 3.0, SECOND: 1.6, MINOR: 1.0, CUT: 1.5, MIDDLE: 12.0}
EMPTY_PEOPLE_A_KM2 = 300.0  # so that fields are shared out too


@dataclass(frozen=True)
class Areas:
    """For each block its district, subdistrict, grid and quarter, numbered from 0."""

    district: Ints
    subdistrict: Ints
    grid: Ints
    quarter: Ints


def divide(ground: Ground, people: Ints) -> Areas:
    """Divide a city by the people (n,) of its blocks; every part is in one piece.

    Down to grids whole pieces of land between larger roads are shared out, so that borders
    run along roads and water; only quarters divide a piece.
    """
    points = shapely.get_coordinates(shapely.point_on_surface(ground.dry))
    weight = people + shapely.area(ground.dry) / 1e6 * EMPTY_PEOPLE_A_KM2
    links, barrier = join_up(points, ground.links, ground.barrier)
    counts = counts_for(int(people.sum()))
    piece = _pieces(ground, links, barrier)
    coarse = _share_pieces(points, weight, links, barrier, piece, counts[:3])
    cost, total = _cost(points, links, barrier), float(weight.sum())
    grid = _even_out(coarse[2], coarse[1], weight, links, cost)
    quarter = share_out(points, weight, links, cost, grid, total / counts[3])
    return Areas(coarse[0], coarse[1], grid, quarter)


def _even_out(grid: Ints, subdistrict: Ints, weight: Floats, links: Ints, cost: Floats) -> Ints:
    """Grids of one subdistrict trade blocks where a piece was too large to share fairly."""
    stay = subdistrict[links[:, 0]] == subdistrict[links[:, 1]]
    above = np.zeros(grid.max() + 1, dtype=np.int64)
    above[grid] = subdistrict
    fair = (np.bincount(subdistrict, weight) / np.bincount(above))[above]
    return trade(grid, weight, links[stay], cost[stay], fair)


def _cost(points: Floats, links: Ints, barrier: Ints) -> Floats:
    gap = np.hypot(*(points[links[:, 0]] - points[links[:, 1]]).T)
    dear = np.array([DEARNESS[kind] for kind in range(len(DEARNESS))])
    cost: Floats = gap * dear[barrier]
    return cost


def _pieces(ground: Ground, links: Ints, barrier: Ints) -> Ints:
    """Blocks that hang together without crossing a larger road or the river."""
    soft = np.isin(barrier, (MINOR, BANK, CUT))
    inside = soft & (ground.piece[links[:, 0]] == ground.piece[links[:, 1]])
    return find_groups(len(ground.cells), links[inside])


def _share_pieces(
    points: Floats,
    weight: Floats,
    links: Ints,
    barrier: Ints,
    piece: Ints,
    counts: tuple[int, ...],
) -> list[Ints]:
    """Districts, subdistricts and grids as whole pieces of land."""
    mass = np.bincount(piece, weight).astype(np.float64)
    middles = np.column_stack(
        [np.bincount(piece, points[:, axis] * weight) / mass for axis in (0, 1)]
    )
    pairs = np.sort(piece[links], axis=1)
    apart = pairs[:, 0] != pairs[:, 1]
    pairs, kinds = pairs[apart], barrier[apart]
    order = np.lexsort((kinds, pairs[:, 1], pairs[:, 0]))
    pairs, kinds = pairs[order], kinds[order]
    first = np.r_[True, (pairs[1:] != pairs[:-1]).any(axis=1)]
    pairs, kinds = pairs[first], kinds[first]
    cost = _cost(middles, pairs, kinds)
    label = np.zeros(len(mass), dtype=np.int64)
    levels = []
    for count in counts:
        label = share_out(middles, mass, pairs, cost, label, float(mass.sum()) / count)
        levels.append(label[piece])
    return levels


def counts_for(people: int) -> tuple[int, int, int, int]:
    """About how many districts, subdistricts, grids and quarters `people` need."""
    subdistricts = max(1, round(people / 30_000))
    return (
        max(1, round(subdistricts / 6.5)),
        subdistricts,
        max(2, round(people / 7_000)),
        max(4, round(people / 2_100)),
    )


def join_up(points: Floats, links: Ints, barrier: Ints) -> tuple[Ints, Ints]:
    """Add a dear link from each cut-off group of blocks to the nearest block elsewhere."""
    group = find_groups(len(points), links)
    main = int(np.bincount(group).argmax())
    for number in np.unique(group[group != main]):
        here, there = np.flatnonzero(group == number), np.flatnonzero(group == main)
        apart = shapely.STRtree(shapely.points(points[there]))
        nearest, away = apart.query_nearest(
            shapely.points(points[here]), return_distance=True, all_matches=False
        )
        best = int(away.argmin())
        pair = [here[nearest[0][best]], there[nearest[1][best]]]
        links = np.vstack([links, np.sort(pair)])
        barrier = np.append(barrier, MIDDLE)
    return links, barrier


def outline(cells: Shapes, label: Ints) -> Shapes:
    """The outline of each numbered group of cells."""
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(label.max() + 2))
    groups = [order[a:b] for a, b in pairwise(bounds)]
    return np.array([shapely.coverage_union_all(cells[rows]) for rows in groups], dtype=object)
