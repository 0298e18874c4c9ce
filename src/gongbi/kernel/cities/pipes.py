"""Water mains under the streets: the cheapest tree from the works to every crossing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gongbi.kernel.cities.blocks import MAIN, SECOND
from gongbi.kernel.cities.measures import Floats, Ints, Marks, Shapes


@dataclass(frozen=True)
class Pipes:
    """nodes (n, 2) metres; before (n,) the node upstream, -1 at the works and where no pipe
    comes; pipe (n,) the edge that feeds the node, -1 likewise; way (n,) length from the works.
    """

    nodes: Floats
    before: Ints
    pipe: Ints
    way: Floats


def lay_pipes(edges: Shapes, kinds: Ints, works: Floats) -> Pipes:
    """A tree over the streets from the crossing nearest to `works`; wide streets first."""
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(edges, at)) for at in (0, -1)])
    nodes, flat = np.unique(np.round(ends, 2), axis=0, return_inverse=True)
    flat = flat.reshape(-1)
    one, other = flat[: len(edges)], flat[len(edges) :]
    dear = np.where(kinds == MAIN, 0.6, np.where(kinds == SECOND, 0.8, 1.3))
    price = shapely.length(edges) * dear
    order = np.lexsort((price, np.maximum(one, other), np.minimum(one, other)))
    low, high = np.minimum(one, other)[order], np.maximum(one, other)[order]
    first = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])] & (low != high)
    low, high, row = low[first], high[first], order[first]
    size = (len(nodes), len(nodes))
    graph = coo_array((price[row], (low, high)), shape=size).tocsr()
    root = int(np.hypot(*(nodes - works).T).argmin())
    way, before = dijkstra(graph, directed=False, indices=root, return_predecessors=True)
    before = np.where(before < 0, -1, before).astype(np.int64)
    number = coo_array((row + 1, (low, high)), shape=size).tocsr()
    fed = before >= 0
    child = np.flatnonzero(fed)
    a, b = np.minimum(child, before[child]), np.maximum(child, before[child])
    pipe = np.full(len(nodes), -1, dtype=np.int64)
    pipe[child] = np.asarray(number[a, b]).reshape(-1) - 1
    return Pipes(nodes, before, pipe, way)


def next_upstream(pipes: Pipes, marked: Marks) -> Ints:
    """For each node the nearest marked node on its way to the works, -1 where there is none."""
    found = np.full(len(pipes.nodes), -1, dtype=np.int64)
    for node in np.argsort(pipes.way, kind="stable"):
        before = pipes.before[node]
        if before >= 0:
            found[node] = before if marked[before] else found[before]
    return found
