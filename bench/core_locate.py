"""Points per second to their place, vectorised, over 6,500 areas of a tree.

Run: .venv/bin/python bench/core_locate.py
"""

import platform
import time
from datetime import UTC, datetime

import numpy as np
import shapely

from gongbi.kernel.areas import AreaIndex

AREAS, POINTS, ROUNDS = 6500, 200_000, 5


def areas(count: int, rng: np.random.Generator) -> list[shapely.Geometry]:
    """Voronoi cells of random seeds, their borders bent to about 40 corners each."""
    seeds = shapely.multipoints(rng.random((count, 2)))
    cells = shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, 1, 1))
    return [
        shapely.segmentize(cell.intersection(shapely.box(0, 0, 1, 1)), 0.001)
        for cell in cells.geoms
    ]


def main() -> None:
    rng = np.random.default_rng(1)
    shapes = areas(AREAS, rng)
    corners = np.mean([shapely.get_num_coordinates(shape) for shape in shapes])
    index = AreaIndex(shapes, [1] * len(shapes))
    lons, lats = rng.random((2, POINTS))
    index.find(lons[:1000], lats[:1000])
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = index.find(lons, lats)
        took.append(time.perf_counter() - began)
    assert (found >= 0).all()
    middle = sorted(took)[ROUNDS // 2]
    print(f"{datetime.now(UTC):%Y-%m-%d} {platform.machine()} Python {platform.python_version()}")
    print(
        f"{len(shapes)} areas of {corners:.0f} corners, {POINTS} points: {middle:.3f} s median of "
        f"{ROUNDS}, {POINTS / middle:,.0f} points/s"
    )


if __name__ == "__main__":
    main()
