"""What each fragment of the operation centre shows; the cost in SQL is asserted in a test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gongbi.cases import public as cases
from gongbi.core.public import PlaceRecord, children, now
from gongbi.desk import signs
from gongbi.desk.access import Post

FEED_LINES = 14
ALERT_LINES = 40


@dataclass(frozen=True, slots=True)
class View:
    """What a reader of the centre looks at: from which post, from which level up."""

    post: Post
    level: int

    @property
    def query(self) -> str:
        """The same choice as a query string."""
        return f"place={self.post.place.code}&level={self.level}"


def case_figures(view: View) -> dict[str, Any]:
    """Counts of cases; the handler's word and the residents' stand side by side."""
    return {"counts": cases.counts(view.post.scope)}


def alerts(view: View) -> dict[str, Any]:
    """Alerts that have not cleared, gravest first."""
    least = max(view.level, 1)
    found = signs.live_alerts(view.post.scope, most=ALERT_LINES + 1, least_level=least)
    return {"alerts": found[:ALERT_LINES], "more": len(found) > ALERT_LINES}


def vital_signs(view: View) -> dict[str, Any]:
    """Figures of the place, each with its line and limits."""
    return {"signs": signs.figures(view.post.scope, view.post.place.code, view.level)}


def feed(view: View) -> dict[str, Any]:
    """What happened last."""
    return {"steps": cases.recent(view.post.scope, limit=FEED_LINES), "now": now()}


# name: (what it shows, parts whose news make it fetch itself anew)
FRAGMENTS: dict[str, tuple[Callable[[View], dict[str, Any]], tuple[str, ...]]] = {
    "figures": (case_figures, ("cases",)),
    "alerts": (alerts, ("vitals",)),
    "signs": (vital_signs, ("vitals",)),
    "feed": (feed, ("cases",)),
}


def map_points(view: View) -> dict[str, Any]:
    """GeoJSON for the map: live cases, alerts, and the places below with their worst level."""
    least = max(view.level, 1)
    alert_rows = signs.live_alerts(view.post.scope, most=1000, least_level=least)
    below = children(view.post.place.code)
    points = [_case_point(one) for one in cases.map_points(view.post.scope)]
    points += [_alert_point(one) for one in alert_rows if one.lon is not None]
    names = [view.post.place, *below]
    return {
        "type": "FeatureCollection",
        "features": [*points, *_place_points(below, view.query)],
        "places": {"type": "FeatureCollection", "features": [_name(one) for one in names]},
    }


def _point(lon: float | None, lat: float | None, properties: dict[str, Any]) -> dict[str, Any]:
    shape = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _case_point(one: cases.MapPoint) -> dict[str, Any]:
    return _point(
        one.lon,
        one.lat,
        {
            "kind": "case",
            "level": -1,
            "title": one.type_name or one.number,
            "note": one.number,
            "overdue": one.overdue,
            "url": f"/cases/{one.number}/",
        },
    )


def _alert_point(one: signs.AlertLine) -> dict[str, Any]:
    said = {"kind": "alert", "level": one.level, "title": one.title}
    return _point(one.lon, one.lat, {**said, "note": one.place_name, "url": one.url})


def _place_points(below: list[PlaceRecord], query: str) -> list[dict[str, Any]]:
    return []


def _name(one: PlaceRecord) -> dict[str, Any]:
    said = {"place_kind": one.kind, "name_zh": one.name_zh, "name_en": one.name_en}
    return _point(one.lon, one.lat, said)
