"""Pages of the city's signs."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongbi.core.public import PlaceRecord, children, now, place, scope_of, unit_words
from gongbi.vitals import (
    foreseeing,
    known_events,
    made_queries,
    queries,
    sensor_queries,
    wording,
)
from gongbi.vitals.access import access_series
from gongbi.vitals.hours_ahead import is_counted
from gongbi.vitals.models import Indicator, KnownEvent, Series

SPANS = {"3h": 3, "24h": 24, "7d": 168}
MOST_ROWS = 200
MOST_WINDOWS = 24
MOST_CHANGES = 200
MOST_PLACES = 200


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for the part of the page that changes by itself."""
    return bool(request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"))


def where_of(request: HttpRequest, verb: str) -> PlaceRecord:
    """The place asked for, or the widest one the reader answers for."""
    scope = scope_of(request.user)
    paths = scope.place_paths(verb)
    if not paths:
        raise PermissionDenied
    asked = request.GET.get("place", "")
    code = asked or min(paths, key=len).rstrip("/").rsplit("/", 1)[-1]
    found = place(code)
    if found is None or not scope.can(verb, place_path=found.path):
        raise Http404
    return found


def above_of(request: HttpRequest, where: PlaceRecord, verb: str) -> PlaceRecord | None:
    """The place one level up, for a reader who may look there."""
    found = place(where.parent) if where.parent else None
    may = found is not None and scope_of(request.user).can(verb, place_path=found.path)
    return found if may else None


@require_GET
@login_required
def signs(request: HttpRequest) -> HttpResponse:
    """Indicators by class, for one place."""
    where = where_of(request, "vitals.see")
    context = {
        "where": where,
        "above": above_of(request, where, "vitals.see"),
        "below": [one for one in children(where.code) if one.kind != "building"],
        "groups": foreseeing.add_to_signs(
            queries.indicators_of(scope_of(request.user), where.path)
        ),
        "troubled": sum(
            sensor_queries.trouble_counts(scope_of(request.user), where.path).values()
        ),
    }
    page = "vitals/_signs.html" if is_fragment(request) else "vitals/signs.html"
    return render(request, page, context)


@require_GET
@login_required
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its places, the worst first."""
    where = where_of(request, "vitals.see")
    rule = get_object_or_404(Indicator, pk=code)
    rows, count = queries.places_of_indicator(
        scope_of(request.user), code, where.path, MOST_PLACES
    )
    context = {
        "rule": rule,
        "where": where,
        "above": above_of(request, where, "vitals.see"),
        "rows": rows,
        "more": count - len(rows),
        "how": wording.rule_in_words(rule),
        "usually": wording.usual_in_words(rule),
    }
    page = "vitals/_indicator.html" if is_fragment(request) else "vitals/indicator.html"
    return render(request, page, context)


@require_GET
@login_required
def series(request: HttpRequest, code: str, place_code: str) -> HttpResponse:
    """One figure opened: its readings, its level and why, the rows behind."""
    one = access_series(request.user, code, place_code)
    span = request.GET.get("span", "3h")
    span = span if span in SPANS else "3h"
    until = now() + timedelta(minutes=1)
    since = until - timedelta(hours=SPANS[span])
    rows = queries.readings([one.pk], since, until)
    changes = queries.changes_of(one, since, MOST_CHANGES)
    corrected = {change["window_start"] for change in changes if change["corrects"]}
    newest = [row | {"corrected": row["window_start"] in corrected} for row in reversed(rows)]
    last = newest[0] if newest else queries.newest_reading(one)
    events = known_events.bearing_on([one], since, until + timedelta(days=1))[one.pk]
    context = {
        "one": one,
        "rule": one.indicator,
        "counted": is_counted(one.indicator),
        "where": wording.place_name(one),
        "how": wording.rule_in_words(one.indicator),
        "usually": wording.usual_in_words(one.indicator),
        "why": wording.reason(one, seen=last is not None, newest=last["value"] if last else None),
        "level": -1 if last is None and one.level == 0 else one.level,
        "may_change": queries.may_change(one),
        "rows": newest[:MOST_WINDOWS],
        "newest": last,
        "more": max(0, len(rows) - MOST_WINDOWS),
        "chart": _chart(one, rows, corrected, events),
        **_ahead(one, last, events),
        "changes": changes,
        "alerts": queries.alerts_of_series(scope_of(request.user), one),
        "rests_on": made_queries.rests_on(scope_of(request.user), one.indicator, one.inputs),
        "troubles": sensor_queries.troubles_behind(scope_of(request.user), one),
        "span": span,
        "spans": _spans(),
        "streams": queries.datastreams_of(one, MOST_ROWS),
        "more_streams": max(0, one.datastreams - MOST_ROWS),
    }
    page = "vitals/_series.html" if is_fragment(request) else "vitals/series.html"
    return render(request, page, context)


def _ahead(
    one: Series, last: dict[str, Any] | None, events: list[KnownEvent]
) -> dict[str, Any]:
    """What is known ahead, what is expected with it, and the limit that will be crossed."""
    said = foreseeing.foresee([one], {one.pk: events}).get(one.pk)
    usual = last.get("expected") if last else None
    added = known_events.added_at(events, last["window_start"], usual or 0.0) if last else 0.0
    return {
        "known": [(one, known_events.in_words(one)) for one in events if one.ends_at > now()],
        "expected_then": usual + added if usual is not None and added else None,
        "foreseen": foreseeing.in_words(said, one.indicator) if said else "",
        "foreseen_why": foreseeing.why_in_words(said) if said else "",
        "foreseen_with": [known_events.in_words(event) for event in said.events] if said else [],
    }


def _spans() -> list[tuple[str, str]]:
    return [("3h", _("3 hours")), ("24h", _("24 hours")), ("7d", _("7 days"))]


def _chart(
    one: Series,
    rows: list[dict[str, Any]],
    corrected: set[datetime],
    events: list[KnownEvent],
) -> dict[str, Any]:
    """Data of the chart: the readings, the limits across, and marks where one was corrected."""
    lines: list[dict[str, Any]] = [
        {"name": one.indicator.name, "values": [row["value"] for row in rows]}
    ]
    usual = [row["expected"] for row in rows]
    if any(value is not None for value in usual):
        lines.append({"name": _("usual at this hour"), "values": usual})
        lines += _shifted(rows, events)
    late = [row["value"] if row["window_start"] in corrected else None for row in rows]
    if any(value is not None for value in late):
        name = _("level corrected by late readings")
        lines.append({"name": name, "values": late, "type": "scatter"})
    return {
        "x": [wording.moment(row["window_start"]) for row in rows],
        "series": lines,
        "unit": unit_words(one.indicator.unit),
        "scale": True,
        "limits": [
            {"level": level, "value": value, "name": wording.level_words(level)}
            for level, value in one.indicator.limits
        ],
    }


def _shifted(rows: list[dict[str, Any]], events: list[KnownEvent]) -> list[dict[str, Any]]:
    """The line of what is expected with what is known ahead, where that is another."""
    added = [
        known_events.added_at(events, row["window_start"], row["expected"] or 0.0) for row in rows
    ]
    if not any(added):
        return []
    values = [
        row["expected"] + more if row["expected"] is not None else None
        for row, more in zip(rows, added, strict=True)
    ]
    return [{"name": _("expected with what is known ahead"), "values": values}]


@require_GET
@login_required
def observations(
    request: HttpRequest, code: str, place_code: str, datastream: int
) -> HttpResponse:
    """The rows behind a reading: what one datastream said."""
    one = access_series(request.user, code, place_code)
    known = {found["id"]: found for found in queries.datastreams_of(one, one.datastreams)}
    if datastream not in known:
        raise Http404
    rows = queries.observations(datastream, MOST_ROWS)
    place_of = place(known[datastream]["place"])
    context = {
        "one": one,
        "where": wording.place_name(one),
        "stream": known[datastream],
        "stands": place_of.name if place_of else "",
        "rows": rows,
        "full": len(rows) == MOST_ROWS,
    }
    return render(request, "vitals/observations.html", context)
