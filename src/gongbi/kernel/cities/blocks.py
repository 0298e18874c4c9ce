"""From lines to blocks: node all lines, find the faces between them, and who lies beside whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gongbi.kernel.cities.measures import Floats, Ints, Marks, Shapes

GRID_M = 0.5  # lines nearer than this become one: no slivers, and rounding later is harmless
LIMIT, BANK, MAIN, SECOND, MINOR, CUT, MIDDLE = range(7)  # what a line is; the least wins


@dataclass(frozen=True)
class Net:
    """A noded plane: faces, the edges between them, and the faces left and right of each.

    `beside[e]` are the faces of edge e, -1 where there is none; `source[e]` is the row of the
    line the edge came from, `kind[e]` what that line is.
    """

    faces: Shapes
    edges: Shapes
    beside: Ints
    source: Ints
    kind: Ints


def weave(lines: Shapes, kinds: Ints) -> Net:
    """Node `lines` on a half-metre grid and find the faces between them."""
    noded = shapely.get_parts(shapely.unary_union(lines, grid_size=GRID_M))
    noded = noded[shapely.get_type_id(noded) == 1]
    faces = shapely.get_parts(shapely.polygonize(noded))
    beside = _faces_beside(noded, faces)
    used = (beside >= 0).any(axis=1)
    edges, beside = noded[used], beside[used]
    source = _sources(edges, lines, kinds)
    return Net(faces, edges, beside, source, kinds[source])


def _faces_beside(edges: Shapes, faces: Shapes) -> Ints:
    """For each edge the faces on its two sides, matched by its first segment."""
    rings, ring_face = shapely.get_rings(faces, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    points, row = shapely.get_coordinates(edges, return_index=True)
    nodes = _number_points(np.vstack([corners, points]))
    of_faces, of_edges = nodes[: len(corners)], nodes[len(corners) :]
    same = ring[1:] == ring[:-1]
    keys = _pair_keys(of_faces[:-1][same], of_faces[1:][same], len(nodes))
    owner = ring_face[ring[:-1][same]]
    order = np.argsort(keys, kind="stable")
    keys, owner = keys[order], owner[order]
    first = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
    wanted = _pair_keys(of_edges[first], of_edges[first + 1], len(nodes))
    start = np.searchsorted(keys, wanted, side="left")
    count = np.searchsorted(keys, wanted, side="right") - start
    beside = np.full((len(edges), 2), -1, dtype=np.int64)
    for side in (0, 1):
        has = count > side
        beside[has, side] = owner[start[has] + side]
    return beside


def _number_points(xy: Floats) -> Ints:
    """The same number for the same point of the half-metre grid."""
    steps = np.round(xy / GRID_M).astype(np.int64)
    key = (steps[:, 0] << 32) + steps[:, 1]
    numbers: Ints = np.unique(key, return_inverse=True)[1].astype(np.int64)
    return numbers


def _pair_keys(start: Ints, end: Ints, count: int) -> Ints:
    """One number for a segment, the same in both directions."""
    keys: Ints = np.minimum(start, end) * count + np.maximum(start, end)
    return keys


def _sources(edges: Shapes, lines: Shapes, kinds: Ints) -> Ints:
    """The line each edge lies on; where several run together, the one of least kind."""
    middle = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    tree = shapely.STRtree(lines)
    edge, line = tree.query(middle, predicate="dwithin", distance=2 * GRID_M)
    order = np.lexsort((line, kinds[line], edge))
    edge, line = edge[order], line[order]
    first = np.r_[True, edge[1:] != edge[:-1]]
    source = np.zeros(len(edges), dtype=np.int64)
    source[edge[first]] = line[first]
    return source


def find_groups(count: int, pairs: Ints) -> Ints:
    """Number the groups that `pairs` (n, 2) join among `count` things, in order of first use."""
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    labels: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return labels


def merge_small(net: Net, wet: Marks, least_m2: float, some: Floats) -> Ints:
    """Join faces that are too small to build on with the land beside them.

    `wet` faces stay apart.  `some[e]` below the share wanted also opens that edge between two
    blocks, so that not every block is the same.  Returns the group number of each face.
    """
    area = shapely.area(net.faces)
    thin = area / shapely.length(net.faces) ** 2 < 0.018
    small = ((area < least_m2) | (thin & (area < 6 * least_m2))) & ~wet
    inner = (net.beside >= 0).all(axis=1) & (net.kind == MINOR)
    left, right = net.beside[:, 0], net.beside[:, 1]
    may = inner & ~wet[left] & ~wet[right] & (left != right)
    opened = may & (some < 0.05) & (area[left] + area[right] < 90_000)
    pairs = [net.beside[opened]]
    length = shapely.length(net.edges)
    edge = np.flatnonzero(may)
    face = np.r_[left[edge], right[edge]]
    edge = np.r_[edge, edge]
    wanted = small[face]
    face, edge = face[wanted], edge[wanted]
    order = np.lexsort((edge, -length[edge], face))
    face, edge = face[order], edge[order]
    first = np.r_[True, face[1:] != face[:-1]] if len(face) else np.zeros(0, dtype=bool)
    pairs.append(net.beside[edge[first]])
    return find_groups(len(net.faces), np.concatenate(pairs))
