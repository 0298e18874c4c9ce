"""The sizes a city of so many people has; everything else is drawn from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Measures:
    """Metres, on the straight plan: the river runs west to east, the sea lies east."""

    people: int
    radius: float
    river_width: float
    river_y: float  # of the river's middle
    coast_x: float
    tributary_x: float

    def __post_init__(self) -> None:
        if not 2_000 <= self.people <= 40_000_000:
            raise ValueError(
                f"A city of {self.people} people cannot be drawn: ask for 2,000 to 40,000,000."
            )


def measure(people: int, rng: np.random.Generator) -> Measures:
    """Sizes for `people`: 7,000 people per km² of a town, 12,000 of a very large city."""
    density = 7_000 * (people / 50_000) ** 0.09
    radius = float(np.sqrt(max(people, 2_000) / density / np.pi)) * 1_000
    width = 40 + 0.02 * radius
    return Measures(
        people=people,
        radius=radius,
        river_width=width,
        river_y=-(width / 2 + radius * rng.uniform(0.07, 0.13)),
        coast_x=radius * rng.uniform(0.62, 0.74),
        tributary_x=-radius * rng.uniform(0.36, 0.5),
    )
