"""What each fragment of the operation centre shows; the cost in SQL is asserted in a test."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any

from django.utils.translation import ngettext

from gongbi.cases import public as cases
from gongbi.core.public import PlaceRecord, children, frame, now, places
from gongbi.desk import days
from gongbi.desk.access import Post
from gongbi.reports import public as reports
from gongbi.vitals import public as vitals

FEED_LINES = 14
ALERT_LINES = 40
MOST_POINTS = 1000
MOST_PLACES = 400
DAYS_BEHIND = 30
MARGIN_DEGREES = 0.004  # some four hundred metres: quarters are given by their middles


@dataclass(frozen=True, slots=True)
class View:
    """What a reader of the centre looks at: from which post, from which level up."""

    post: Post
    level: int

    @property
    def may_check_up(self) -> bool:
        """Whether the reader may see this place's check-up."""
        return self.post.scope.can("checkup.see")

    @property
    def query(self) -> str:
        """The same choice as a query string."""
        return f"place={self.post.place.code}&level={self.level}"


def case_figures(view: View) -> dict[str, Any]:
    """Counts of cases; today's words of the handlers and of the residents stand side by side."""
    said = {
        row.code: row.today for row in days.brief(view.post, days.city_day(), before=0).figures
    }
    return {
        "counts": cases.live_counts(view.post.scope),
        "said": said,
        "not_sent_on": reports.open311_set_aside(view.post.scope),
    } | _by_day(view)


def _by_day(view: View) -> dict[str, Any]:
    """Cases opened today, the median of the whole days before it, and the line of them all."""
    opened = [many for _day, many in cases.opened_by_day(view.post.scope, DAYS_BEHIND + 1)]
    # Days before the first case are no quiet days: the city was not here yet.
    opened = opened[next((at for at, many in enumerate(opened) if many), DAYS_BEHIND) :]
    lived = opened[:-1]
    usual = f"{median(lived):g}" if lived else ""
    return {"opened": opened[-1], "usual": usual, "lived": len(lived), "by_day": opened}


def alerts(view: View) -> dict[str, Any]:
    """Alerts that have not cleared, gravest first."""
    found = _alerts(view, ALERT_LINES + 1)
    return {"alerts": found[:ALERT_LINES], "more": len(found) > ALERT_LINES}


def _alerts(view: View, most: int) -> list[vitals.AlertRecord]:
    found = vitals.alerts_open(view.post.scope, view.post.place.path, limit=most)
    return [one for one in found if one.level >= view.level]


def vital_signs(view: View) -> dict[str, Any]:
    """Figures of the place, gravest first, each with its line and limits."""
    found = [_honest(one) for one in vitals.summary(view.post.place.path)]
    # Silence is no level above normal, but it must not vanish from the whole page.
    kept = [one for one in found if one.level >= view.level or not view.level]
    troubled = vitals.trouble_counts(view.post.scope, view.post.place.path)
    return {"signs": sorted(kept, key=lambda one: -one.level), "troubled": sum(troubled.values())}


def _honest(sign: vitals.SignRecord) -> vitals.SignRecord:
    """A sign without any reading yet is not normal: nothing is known of it."""
    return replace(sign, level=-1) if sign.value is None and sign.level == 0 else sign


@dataclass(frozen=True, slots=True)
class FeedLine:
    """Something that happened, whichever part told it."""

    at: datetime
    title: str
    note: str
    url: str
    mark: str
    level: int | None


def feed(view: View) -> dict[str, Any]:
    """What happened last: steps of cases and changes of level, newest first."""
    lines = [_step_line(one) for one in cases.recent(view.post.scope, limit=FEED_LINES)]
    lines += [_change_line(one) for one in vitals.recent_changes(view.post.scope, FEED_LINES)]
    lines.sort(key=lambda line: line.at, reverse=True)
    return {"lines": lines[:FEED_LINES], "now": now()}


def _step_line(one: cases.RecentStep) -> FeedLine:
    note = " · ".join(filter(None, (one.what, one.place_name)))
    title = one.type_name or one.number
    return FeedLine(one.at, title, note, f"/cases/{one.number}/", one.number, None)


def _change_line(one: vitals.ChangeRecord) -> FeedLine:
    note = " · ".join(filter(None, (one.value, one.place_name)))
    return FeedLine(one.at, one.name, note, one.href, "", one.level)


# name: (what it shows, parts whose news make it fetch itself anew)
FRAGMENTS: dict[str, tuple[Callable[[View], dict[str, Any]], tuple[str, ...]]] = {
    "figures": (case_figures, ("cases",)),
    "alerts": (alerts, ("vitals",)),
    "signs": (vital_signs, ("vitals",)),
    "feed": (feed, ("cases", "vitals")),
}


def map_points(view: View) -> dict[str, Any]:
    """GeoJSON for the map: live cases, alerts, and places with the worst level of their signs."""
    warned = [one for one in _alerts(view, MOST_POINTS) if one.lon is not None]
    cases_there = cases.on_map(view.post.scope)
    points = [_case_point(one) for one in cases_there.points]
    points += [_cell_point(one, view) for one in cases_there.cells]
    points += [_alert_point(one) for one in warned]
    names = [view.post.place, *children(view.post.place.code)]
    return {
        "type": "FeatureCollection",
        "bounds": _bounds(view.post.place.path),
        "features": [*_place_points(view, {one.place for one in warned}), *points],
        "more": cases_there.more,
        "places": {"type": "FeatureCollection", "features": [_name(one) for one in names]},
    }


def _place_points(view: View, warned: set[str]) -> list[dict[str, Any]]:
    """The worst places first, up to a number a map can carry; an alert's own sign is enough."""
    most = MOST_PLACES + len(warned)
    levels = vitals.worst_places(view.post.place.path, view.level or -1, most)
    found = places(code for code in levels if code not in warned)
    shown = [found[code] for code in levels if code in found]
    return [
        _point(
            one.lon,
            one.lat,
            {
                "kind": "place",
                "level": levels[one.code],
                "title": one.name,
                "url": f"/centre/?place={one.code}",
            },
        )
        for one in shown[:MOST_PLACES]
        if one.lon is not None
    ]


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


def _cell_point(one: cases.MapCell, view: View) -> dict[str, Any]:
    """A square with many cases: how many, and the worklist of the place looked at."""
    said = ngettext("%(n)s case", "%(n)s cases", one.many) % {"n": one.many}
    late = ngettext("%(n)s overdue", "%(n)s overdue", one.overdue) % {"n": one.overdue}
    return _point(
        one.lon,
        one.lat,
        {
            "kind": "case",
            "level": -1,
            "many": one.many,
            "title": said,
            "note": late if one.overdue else "",
            "url": f"/cases/?state=live&place={view.post.place.code}",
        },
    )


def _alert_point(one: vitals.AlertRecord) -> dict[str, Any]:
    said = {"kind": "alert", "level": one.level, "title": one.name}
    return _point(one.lon, one.lat, {**said, "note": one.place_name, "url": one.href})


def _bounds(path: str) -> list[list[float]] | None:
    """West-south and east-north corners around the quarters below a path, or nothing known."""
    found = frame("quarter", path)
    if found is None:
        return None
    west, south, east, north = found
    return [
        [west - MARGIN_DEGREES, south - MARGIN_DEGREES],
        [east + MARGIN_DEGREES, north + MARGIN_DEGREES],
    ]


def _name(one: PlaceRecord) -> dict[str, Any]:
    said = {"place_kind": one.kind, "name_zh": one.name_zh, "name_en": one.name_en}
    return _point(one.lon, one.lat, said)
