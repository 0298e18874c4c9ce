"""Neighbouring parts trade cells along their border until their weights are nearly even."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array

from gongbi.kernel.cities.measures import Floats, Ints

PASSES = 8
Neighbours = list[list[tuple[int, float]]]


def trade(label: Ints, weight: Floats, links: Ints, cost: Floats, fair: Floats) -> Ints:
    """Give border cells to lighter neighbours while every part stays in one piece.

    A cell moves where that brings the two parts nearer to their fair weight and it does not
    cling more closely to the part it leaves (the cheaper a link, the closer it is).
    """
    near = _neighbours(len(label), links, cost)
    owner = label.tolist()
    load = np.bincount(label, weight, len(fair)).tolist()
    size = np.bincount(label, minlength=len(fair)).tolist()
    mass, share = weight.tolist(), fair.tolist()
    for _ in range(PASSES):
        moved = 0
        for cell in range(len(owner)):
            taker = _best_taker(cell, near, owner, load, share, mass[cell])
            if taker < 0 or size[owner[cell]] < 2 or not _holds_without(cell, near, owner):
                continue
            giver, owner[cell] = owner[cell], taker
            load[giver] -= mass[cell]
            load[taker] += mass[cell]
            size[giver] -= 1
            size[taker] += 1
            moved += 1
        if not moved:
            break
    return np.array(owner, dtype=np.int64)


def _neighbours(count: int, links: Ints, cost: Floats) -> Neighbours:
    rows = np.r_[links[:, 0], links[:, 1]]
    columns = np.r_[links[:, 1], links[:, 0]]
    table = coo_array((1 / np.r_[cost, cost], (rows, columns)), shape=(count, count)).tocsr()
    ends, others, values = table.indptr.tolist(), table.indices.tolist(), table.data.tolist()
    return [list(zip(others[a:b], values[a:b], strict=True)) for a, b in pairwise(ends)]


def _best_taker(
    cell: int,
    near: Neighbours,
    owner: list[int],
    load: list[float],
    share: list[float],
    mass: float,
) -> int:
    """The neighbouring part that gains most by `cell`, or -1 where the move would not pay."""
    giver = owner[cell]
    ties: dict[int, float] = {}
    for other, tie in near[cell]:
        ties[owner[other]] = ties.get(owner[other], 0.0) + tie
    held = ties.pop(giver, 0.0)
    best, most = -1, 0.02
    for taker, tie in ties.items():
        gain = _gain(
            load[giver] / share[giver],
            load[taker] / share[taker],
            mass / share[giver],
            mass / share[taker],
        )
        gain -= 0.1 * max(0.0, held - tie) / (held + tie)
        if gain > most:
            best, most = taker, gain
    return best


def _gain(giver: float, taker: float, leaves: float, comes: float) -> float:
    """By how much the squared distance of two loads from 1 falls."""
    before = (giver - 1) ** 2 + (taker - 1) ** 2
    return before - (giver - leaves - 1) ** 2 - (taker + comes - 1) ** 2


def _holds_without(cell: int, near: Neighbours, owner: list[int]) -> bool:
    """Whether the part of `cell` stays in one piece when it leaves."""
    part = owner[cell]
    friends = [other for other, _ in near[cell] if owner[other] == part]
    if len(friends) < 2:
        return True
    wanted, seen, waiting = set(friends[1:]), {cell, friends[0]}, [friends[0]]
    while waiting and wanted:
        for other, _ in near[waiting.pop()]:
            if owner[other] == part and other not in seen:
                seen.add(other)
                wanted.discard(other)
                waiting.append(other)
    return not wanted
