"""What pages need of troubles of sensors."""

from typing import Any

import numpy as np
from django.db.models import Count, QuerySet, Sum

from gongbi.core.public import Scope, places
from gongbi.vitals import sensor_wording
from gongbi.vitals.access import troubles_of
from gongbi.vitals.models import SensorTrouble, Series

MOST_MEMBERS = 5000


def trouble_counts(scope: Scope, place_path: str = "") -> dict[str, int]:
    """Troubles that are on below a path, by kind; a gateway counts as one."""
    rows = troubles_of(scope).filter(ended_at=None, place_path__startswith=place_path)
    found = rows.values("kind").annotate(count=Count("pk")).order_by("-count", "kind")
    return {row["kind"]: row["count"] for row in found}


def sensors_in_trouble(scope: Scope, place_path: str) -> int:
    """How many sensors stand behind the troubles that are on; one with two counts twice."""
    rows = troubles_of(scope).filter(ended_at=None, place_path__startswith=place_path)
    return rows.aggregate(all=Sum("sensors"))["all"] or 0


def troubles(
    scope: Scope, place_path: str, *, kind: str = "", ended: bool = False, most: int = 200
) -> list[dict[str, Any]]:
    """Lines of a page: gateways first, then the longest; or the ended, newest first."""
    rows = troubles_of(scope).filter(place_path__startswith=place_path)
    if kind:
        rows = rows.filter(kind=kind)
    if ended:
        return _lines(rows.exclude(ended_at=None).order_by("-ended_at", "pk")[:most])
    return _lines(rows.filter(ended_at=None).order_by("-sensors", "since", "pk")[:most])


def troubles_behind(scope: Scope, one: Series, most: int = 20) -> list[dict[str, Any]]:
    """Troubles that are on of the datastreams that count in a series, or of their gateways."""
    members = np.frombuffer(bytes(one.members), "<i8")[:MOST_MEMBERS].tolist()
    on = troubles_of(scope).filter(ended_at=None)
    own = on.filter(datastream__in=members)
    above = on.filter(datastream=0, place_path__startswith=one.place_path)
    return [*_lines(above.order_by("pk")[:most]), *_lines(own.order_by("since", "pk")[:most])]


def _lines(rows: "QuerySet[SensorTrouble]") -> list[dict[str, Any]]:
    found = list(rows)
    names = {code: record.name for code, record in places({r.place_code for r in found}).items()}
    return [
        {
            "name": row.name or row.group,
            "group": row.group,
            "kind": sensor_wording.kind_words(row.kind),
            "evidence": sensor_wording.evidence(row),
            "place": names.get(row.place_code, row.place_code),
            "property": row.observed_property,
            "since": row.since,
            "ended_at": row.ended_at,
            "sensors": row.sensors,
            "case_number": row.case_number,
        }
        for row in found
    ]
