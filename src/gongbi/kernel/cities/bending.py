"""Bending a straight plan: the river is drawn straight, and everything bends along with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.kernel.cities.measures import Floats


@dataclass(frozen=True)
class Bend:
    """Three shears one after another, then a turn.

    A shear moves each point along one axis by a smooth function of the other, so it never
    folds the plane and keeps every area: streets cannot cross by being bent.
    """

    waves: Floats  # (3, 3 waves, [amplitude m, wavelength m, phase rad])
    turn: float  # radians
    mirror: float  # 1 or -1

    def points(self, xy: Floats) -> Floats:
        """Bend points (n, 2) in metres; the result lies on a grid of one centimetre."""
        x, y = xy[:, 0], xy[:, 1]
        y = y + _wave(self.waves[0], x)
        x = x + _wave(self.waves[1], y)
        y = (y + _wave(self.waves[2], x)) * self.mirror
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return np.round(np.column_stack([x * cos - y * sin, x * sin + y * cos]), 2)

    def shapes(self, shapes: object) -> object:
        """Bend one geometry or an array of them; give long lines vertices before."""
        return shapely.transform(shapes, self.points)


def _wave(waves: Floats, along: Floats) -> Floats:
    angle = 2 * np.pi * along[:, None] / waves[:, 1] + waves[:, 2]
    shift: Floats = (waves[:, 0] * np.sin(angle)).sum(axis=1)
    return shift


def draw_bend(radius: float, rng: np.random.Generator) -> Bend:
    """A bend for a city of `radius` metres: meanders about 1.5 radii long."""
    sizes = np.array([[0.11, 1.8], [0.028, 0.85], [0.005, 0.35]]) * radius
    waves = np.empty((3, 3, 3))
    for shear, strength in enumerate((1.0, 0.8, 0.35)):
        stretch = rng.uniform(0.85, 1.2, 3)
        waves[shear, :, 0] = sizes[:, 0] * strength * stretch
        waves[shear, :, 1] = sizes[:, 1] * stretch * (1.0 if shear == 0 else 1.3)
        waves[shear, :, 2] = rng.uniform(0, 2 * np.pi, 3)
    turn = float(rng.uniform(-0.6, 0.6))
    return Bend(waves, turn, float(rng.choice([-1.0, 1.0])))
