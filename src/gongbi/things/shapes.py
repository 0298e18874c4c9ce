"""Geospatial conditions: a box prefilter in the database, then the shapes themselves.

The answer is a list of ids of whatever carries the geometry; no table is read without bound.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import F, Model, Q, QuerySet
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gongbi.things.errors import Refused
from gongbi.things.geometry import Box, shape_of
from gongbi.things.sql import OneOf

MOST_SHAPES = 200_000
AT_ONCE = 2_000
Judge = Callable[[list[BaseGeometry]], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Geo:
    """A geometry of the entity: its table, its column, and the way to its id."""

    model: type[Model]
    column: str
    key: str


def near(box: Box, margin: float = 0.0) -> Q:
    """Rows whose bounding box meets a box, widened by degrees."""
    west, south, east, north = box
    return Q(
        west__lte=east + margin,
        east__gte=west - margin,
        south__lte=north + margin,
        north__gte=south - margin,
    )


def those(geo: Geo, prefilter: Q, judge: Judge) -> Q:
    """The condition that a geometry passes a judge."""
    rows = geo.model._default_manager.filter(prefilter).exclude(west=None)
    found = list[int]()
    for keys, shapes in _chunks(rows.order_by("pk"), geo.column):
        found += [key for key, passed in zip(keys, judge(shapes), strict=True) if passed]
    return Q(OneOf(F(geo.key), found))


def _chunks(rows: "QuerySet[Any]", column: str) -> Iterator[tuple[list[int], list[BaseGeometry]]]:
    rest, seen = rows.values_list("pk", column).iterator(chunk_size=AT_ONCE), 0
    while part := list(islice(rest, AT_ONCE)):
        seen += len(part)
        if seen > MOST_SHAPES:
            raise Refused(
                f"More than {MOST_SHAPES} geometries would have to be looked at; name a smaller "
                "area, or one condition more."
            )
        pairs = [(key, found) for key, said in part if (found := shape_of(said)) is not None]
        if pairs:
            yield [key for key, _ in pairs], [found for _, found in pairs]
