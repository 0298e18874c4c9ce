"""Sharing out cells among neighbours: connected parts of about equal weight.

Each part grows from a seed along the cheapest paths, so it is always in one piece; parts that
came out too heavy start later in the next round.  Borders settle where paths are dear: along
rivers and main roads.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gongbi.kernel.cities.measures import Floats, Ints, Marks
from gongbi.kernel.cities.trading import trade

ROUNDS = 30


def share_out(
    points: Floats, weight: Floats, links: Ints, cost: Floats, parent: Ints, target: float
) -> Ints:
    """Split every parent's cells into connected parts of about `target` weight.

    points (n, 2) metres; links (m, 2) neighbouring cells; cost (m,) metres-like; parent (n,)
    numbers from 0.  Returns (n,) part numbers from 0, ordered by parent.
    """
    stay = parent[links[:, 0]] == parent[links[:, 1]]
    links, cost = links[stay], cost[stay]
    seeds, seed_parent = _seeds(points, weight, parent, target)
    late = np.zeros(len(seeds))
    best, best_spread = np.zeros(len(points), dtype=np.int64), np.inf
    scale = float(np.median(cost)) * 2 if len(cost) else 1.0
    fair = _fair_shares(weight, parent, seed_parent)
    for turn in range(ROUNDS):
        label = grow(len(points), links, cost, seeds, late)
        load = np.bincount(label, weight, len(seeds))
        spread = float((np.log((load + 1) / (fair + 1)) ** 2).sum())
        if spread < best_spread and len(np.unique(label)) == len(seeds):
            best, best_spread = label, spread
        if turn < ROUNDS // 2:
            seeds = _recentre(points, weight, label, seeds)
        late = late + scale * 0.5 * np.clip(np.log((load + 1) / (fair + 1)), -1, 1)
        late = _keep_seeds(late, label, seeds)
    return _settle(trade(best, weight, links, cost, fair), points, parent)


def _settle(label: Ints, points: Floats, parent: Ints) -> Ints:
    """Number the parts afresh, by parent and then west to east."""
    used, flat = np.unique(label, return_inverse=True)
    mass = np.bincount(flat)
    west = np.bincount(flat, points[:, 0]) / mass
    owner = np.zeros(len(used), dtype=np.int64)
    owner[flat] = parent
    rank = np.empty(len(used), dtype=np.int64)
    rank[np.lexsort((west, owner))] = np.arange(len(used))
    return rank[flat]


def grow(count: int, links: Ints, cost: Floats, seeds: Ints, late: Floats) -> Ints:
    """Which seed reaches each cell first, when seed k starts `late[k]` behind the others."""
    start = late - late.min() + 1e-6
    rows = np.r_[links[:, 0], links[:, 1], np.full(len(seeds), count)]
    columns = np.r_[links[:, 1], links[:, 0], seeds]
    values = np.r_[cost, cost, start]
    graph = coo_array((values, (rows, columns)), shape=(count + 1, count + 1)).tocsr()
    _, before = dijkstra(graph, indices=count, return_predecessors=True)
    before = before[:count].astype(np.int64)
    at = np.arange(count)
    rooted = (before == count) | (before < 0)
    jump = np.where(rooted, at, before)
    while True:
        further = jump[jump]
        if np.array_equal(further, jump):
            break
        jump = further
    number = np.zeros(count, dtype=np.int64)
    number[seeds] = np.arange(len(seeds))
    return number[jump]


def _seeds(points: Floats, weight: Floats, parent: Ints, target: float) -> tuple[Ints, Ints]:
    seeds: list[int] = []
    owners: list[int] = []
    order = np.argsort(parent, kind="stable")
    bounds = np.searchsorted(parent[order], np.arange(parent.max() + 2))
    for number in range(int(parent.max()) + 1):
        cells = order[bounds[number] : bounds[number + 1]]
        parts = min(max(1, round(float(weight[cells].sum()) / target)), len(cells))
        chosen = _spread(points[cells], weight[cells], parts)
        seeds.extend(cells[chosen].tolist())
        owners.extend([number] * parts)
    return np.array(seeds, dtype=np.int64), np.array(owners, dtype=np.int64)


def _spread(points: Floats, weight: Floats, parts: int) -> Ints:
    """Seeds far from each other, then drawn to the middle of what is nearest to them."""
    middle = np.average(points, axis=0, weights=weight + 1e-9)
    near = np.hypot(*(points - middle).T)
    chosen = [int(near.argmin())] if parts == 1 else [int((near * (weight + 1)).argmax())]
    gap = np.hypot(*(points - points[chosen[0]]).T)
    while len(chosen) < parts:
        chosen.append(int((gap * np.sqrt(weight + 1)).argmax()))
        gap = np.minimum(gap, np.hypot(*(points - points[chosen[-1]]).T))
        gap[chosen] = -1
    seeds = np.array(chosen, dtype=np.int64)
    for _ in range(6):
        apart = np.hypot(
            points[:, None, 0] - points[seeds, 0], points[:, None, 1] - points[seeds, 1]
        )
        moved = _recentre(points, weight, apart.argmin(axis=1), seeds)
        if len(np.unique(moved)) < parts:
            break
        seeds = moved
    return seeds


def _recentre(points: Floats, weight: Floats, label: Ints, seeds: Ints) -> Ints:
    """Move each seed to its part's cell nearest to the part's middle."""
    mass = np.bincount(label, weight + 1, len(seeds))
    x = np.bincount(label, points[:, 0] * (weight + 1), len(seeds)) / np.maximum(mass, 1)
    y = np.bincount(label, points[:, 1] * (weight + 1), len(seeds)) / np.maximum(mass, 1)
    away = np.hypot(points[:, 0] - x[label], points[:, 1] - y[label])
    order = np.lexsort((away, label))
    first = np.r_[True, label[order][1:] != label[order][:-1]]
    moved = seeds.copy()
    moved[label[order][first]] = order[first]
    return moved


def _fair_shares(weight: Floats, parent: Ints, seed_parent: Ints) -> Floats:
    total = np.bincount(parent, weight, seed_parent.max() + 1)
    shares: Floats = (total / np.bincount(seed_parent))[seed_parent]
    return shares


def _keep_seeds(late: Floats, label: Ints, seeds: Ints) -> Floats:
    """A seed that another part swallowed starts as early as the one that did."""
    lost: Marks = label[seeds] != np.arange(len(seeds))
    kept = late.copy()
    kept[lost] = np.minimum(late[lost], late[label[seeds][lost]] - 1.0)
    return kept
