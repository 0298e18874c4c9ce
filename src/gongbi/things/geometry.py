"""GeoJSON and WKT to shapes, bounding boxes, and the relations a filter may ask for."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]
_SRID = re.compile(r"^\s*SRID=\d+;", re.IGNORECASE)
RELATIONS: dict[str, Callable[..., Any]] = {
    "geo.intersects": shapely.intersects,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_intersects": shapely.intersects,
    "st_contains": shapely.contains,
}


class BadGeometry(ValueError):
    """What was written is no geometry."""


def shape_of(said: Any) -> BaseGeometry | None:
    """The shape of a GeoJSON geometry or feature; None where it is something else."""
    if isinstance(said, dict) and said.get("type") == "Feature":
        said = said.get("geometry")
    if not isinstance(said, dict) or "type" not in said:
        return None
    try:
        found = shape(said)
        return None if found.is_empty or not all(map(math.isfinite, found.bounds)) else found
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        return None


def is_broken(said: Any) -> bool:
    """Whether something says it is a GeoJSON geometry and is none."""
    kinds = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
    return isinstance(said, dict) and said.get("type") in kinds and shape_of(said) is None


def box_of(said: Any) -> Box | None:
    """West, south, east, north of a GeoJSON geometry."""
    found = shape_of(said)
    return None if found is None else tuple(map(float, found.bounds))  # type: ignore[return-value]


def area_of(box: Box) -> dict[str, Any]:
    """A bounding box as GeoJSON: a point where it has no extent."""
    west, south, east, north = box
    if west == east and south == north:
        return {"type": "Point", "coordinates": [west, south]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def read_wkt(said: str) -> BaseGeometry:
    """A shape from well-known text."""
    try:
        found = shapely.from_wkt(_SRID.sub("", said))
    except (shapely.GEOSException, ValueError, TypeError):
        raise BadGeometry(
            f"geography'{said}' is not well-known text such as POINT (121.5 31.2)."
        ) from None
    if found is None or found.is_empty or not all(map(math.isfinite, found.bounds)):
        raise BadGeometry(f"geography'{said}' is empty.")
    return found


def judge(
    name: str, shapes: list[BaseGeometry], other: BaseGeometry, pattern: str, swapped: bool
) -> NDArray[np.bool_]:
    """Whether each shape stands in the relation to the other; ``swapped``: the other to it."""
    column = np.array(shapes, dtype=object)
    first, second = (other, column) if swapped else (column, other)
    try:
        if name == "st_relate":
            return np.asarray(shapely.relate_pattern(first, second, pattern), bool)
        return np.asarray(RELATIONS[name](first, second), bool)
    except (shapely.GEOSException, ValueError) as error:
        raise BadGeometry(f"{name} cannot be computed here: {error}.") from None


def distances(shapes: list[BaseGeometry], other: BaseGeometry) -> NDArray[np.float64]:
    """From each shape to the other, in degrees of the plane."""
    return np.asarray(shapely.distance(np.array(shapes, dtype=object), other), float)


def lengths(shapes: list[BaseGeometry]) -> NDArray[np.float64]:
    """Of each shape, in degrees of the plane."""
    return np.asarray(shapely.length(np.array(shapes, dtype=object)), float)
