"""Live cases for a map: each by itself where they are few, in squares where they are many."""

import numpy as np
from django.db.models import Exists, QuerySet

from gongbi.cases.access import visible_cases
from gongbi.cases.models import Case
from gongbi.cases.paging import PRESSING
from gongbi.cases.records_listed import MapCell, MapPoint, OnMap
from gongbi.cases.states import LIVE
from gongbi.core.public import Scope, in_language, now
from gongbi.kernel.cases.squares import squares

MOST_POINTS = 500
MOST_LOOKED_AT = 5_000
_POINT = ("number", "lon", "lat", "state", "priority", "due_at")
_TYPE = ("type__name_en", "type__name_zh", "type__group")


def on_map(scope: Scope | None, most: int = MOST_POINTS) -> OnMap:
    """Live cases with a point; beyond ``most`` in squares of the five thousand most pressing.

    At most two queries.
    """
    live = _live(scope)
    # Where there is one too many, the database need not fetch the others to say so.
    one_too_many = Exists(live.order_by().values("pk")[most : most + 1])
    if points := _points(live.filter(~one_too_many), most):
        return OnMap(tuple(points), (), more=False)
    rows = live.order_by(*PRESSING).values_list("lon", "lat", "due_at")[:MOST_LOOKED_AT]
    at, found = now(), list(rows)
    late = [due is not None and due <= at for _, _, due in found]
    grid = squares(
        np.array([lon for lon, _, _ in found]),
        np.array([lat for _, lat, _ in found]),
        np.array(late, bool),
    )
    columns = (grid.lon.tolist(), grid.lat.tolist(), grid.many.tolist(), grid.marked.tolist())
    cells = tuple(MapCell(*said) for said in zip(*columns, strict=True))
    return OnMap((), cells, more=len(found) == MOST_LOOKED_AT)


def _live(scope: Scope | None) -> "QuerySet[Case]":
    live = visible_cases(scope).filter(state__live_in=LIVE)
    return live.filter(lon__isnull=False, lat__isnull=False)


def map_points(scope: Scope | None, most: int = MOST_POINTS) -> list[MapPoint]:
    """Live cases with a point, most pressing first. One query."""
    return _points(_live(scope), most)


def _points(live: "QuerySet[Case]", most: int) -> list[MapPoint]:
    rows = live.order_by(*PRESSING).values_list(*_POINT, *_TYPE)[:most]
    at = now()
    return [
        MapPoint(
            number,
            lon or 0.0,
            lat or 0.0,
            in_language(en or "", zh or ""),
            group or "",
            state,
            priority,
            due is not None and due <= at,
        )
        for number, lon, lat, state, priority, due, en, zh, group in rows
    ]
