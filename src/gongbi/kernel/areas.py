"""Which area a point lies in, for many points at once."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray


class AreaIndex:
    """An R-tree over areas of several depths; a point belongs to the deepest one that holds it.

    Parameters
    ----------
    areas
        Polygons or multipolygons in degrees (WGS84).
    depths
        Depth of each area in the tree of places; on a tie the earlier area wins, so that a
        point on a common border has one owner and always the same.
    """

    def __init__(self, areas: Sequence[shapely.Geometry], depths: Sequence[int]) -> None:
        if len(areas) != len(depths):
            raise ValueError("Expected as many depths as areas.")
        self._areas = np.array(areas, dtype=object)
        shapely.prepare(self._areas)
        self._tree = shapely.STRtree(self._areas)
        # Larger is better: depth first, then the earlier area.
        self._rank = np.asarray(depths, dtype=np.int64) * (len(areas) + 1) - np.arange(len(areas))

    def find(self, lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[np.int64]:
        """Index of the area of each point, shape (n,); -1 where no area holds it."""
        found = np.full(len(lons), -1, dtype=np.int64)
        if not len(self._areas) or not len(lons):
            return found
        points = shapely.points(lons, lats)
        point, area = self._tree.query(points, predicate="intersects")
        order = np.lexsort((self._rank[area], point))
        found[point[order]] = area[order]  # the last write of each point is its best area
        return found
