"""Districts, subdistricts, grids and quarters: blocks shared out, level by level."""

from __future__ import annotations

from dataclasses import dataclass

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

DEARNESS = {LIMIT: 1.0, BANK: 1.0, MAIN: 3.0, SECOND: 2.0, MINOR: 1.0, CUT: 1.5, MIDDLE: 9.0}
EMPTY_PEOPLE_A_KM2 = 900.0  # so that fields are shared out too


@dataclass(frozen=True)
class Areas:
    """For each block its district, subdistrict, grid and quarter, numbered from 0."""

    district: Ints
    subdistrict: Ints
    grid: Ints
    quarter: Ints


def divide(ground: Ground, people: Ints) -> Areas:
    """Divide a city by the people (n,) of its blocks; every part is in one piece."""
    points = shapely.get_coordinates(shapely.point_on_surface(ground.dry))
    weight = people + shapely.area(ground.dry) / 1e6 * EMPTY_PEOPLE_A_KM2
    links, barrier = join_up(points, ground.links, ground.barrier)
    gap = np.hypot(*(points[links[:, 0]] - points[links[:, 1]]).T)
    dear = np.array([DEARNESS[kind] for kind in range(len(DEARNESS))])
    cost = gap * dear[barrier]
    total = float(weight.sum())
    label = np.zeros(len(points), dtype=np.int64)
    levels = []
    for count in counts_for(int(people.sum())):
        label = share_out(points, weight, links, cost, label, total / count)
        levels.append(label)
    return Areas(*levels)


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
    groups = [order[a:b] for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
    return np.array([shapely.coverage_union_all(cells[rows]) for rows in groups], dtype=object)
