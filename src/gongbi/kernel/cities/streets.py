"""Minor streets: each piece of land between main roads gets a grid along its own edges."""

from __future__ import annotations

import numpy as np
import shapely

from gongbi.kernel.cities.measures import Floats

SHORTEST_M = 45.0


def lay_streets(
    piece: shapely.Polygon, spacing_m: tuple[float, float], rng: np.random.Generator
) -> list[shapely.LineString]:
    """Two families of streets inside `piece`, as straight as its edges are.

    `spacing_m` is the depth and the length of a block.
    """
    angle = main_angle(piece)
    flat = _turn(piece, -angle)
    left, low, right, top = flat.bounds
    wide = right - left > top - low
    across, up = (spacing_m[1], spacing_m[0]) if wide else spacing_m
    uprights = _rows(left, right, across, rng)
    levels = _rows(low, top, up, rng)
    lines = [shapely.LineString([(x, low - 9), (x, top + 9)]) for x in uprights]
    lines += [shapely.LineString([(left - 9, y), (right + 9, y)]) for y in levels]
    if not lines:
        return []
    kept = shapely.intersection(np.array(lines, dtype=object), flat)
    parts = [part for part in shapely.get_parts(kept) if part.length > SHORTEST_M]
    inner = flat.buffer(-26)
    held = shapely.length(shapely.intersection(parts, inner)) > 0.35 * shapely.length(parts)
    return [_turn(part, angle) for part, keep in zip(parts, held, strict=True) if keep]


def _turn(shape: shapely.Geometry, angle: float) -> shapely.Geometry:
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, sin], [-sin, cos]])
    return shapely.transform(shape, lambda xy: xy @ matrix)


def _rows(start: float, end: float, spacing: float, rng: np.random.Generator) -> Floats:
    count = round((end - start) / spacing)
    if count < 2:
        return np.empty(0)
    places = np.linspace(start, end, count + 1)[1:-1]
    return places + rng.uniform(-0.1, 0.1, len(places)) * spacing


def main_angle(piece: shapely.Polygon) -> float:
    """Direction of the edges of `piece` modulo a right angle, in radians (-pi/4, pi/4].

    The length-weighted mean of four times the angle: an edge, its opposite and its
    perpendiculars all vote for the same answer.
    """
    edges = np.diff(shapely.get_coordinates(piece.exterior), axis=0)
    angles = np.arctan2(edges[:, 1], edges[:, 0])
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    return float(np.angle((lengths * np.exp(4j * angles)).sum()) / 4)
