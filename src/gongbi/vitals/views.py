"""Pages of the city's signs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongbi.core.public import PlaceRecord, children, now, place, scope_of
from gongbi.stream import public as stream
from gongbi.vitals import alerts, queries, wording
from gongbi.vitals.access import access_alert, access_series
from gongbi.vitals.forms import MuteForm
from gongbi.vitals.models import Indicator, Series

SPANS = {"3h": 3, "24h": 24, "7d": 168}
MOST_ROWS = 200


@require_GET
@login_required
def signs(request: HttpRequest) -> HttpResponse:
    """Indicators by class, for one place."""
    where = _place(request)
    context = {
        "where": where,
        "below": [one for one in children(where.code) if one.kind != "building"],
        "groups": queries.indicators_of(scope_of(request.user), where.path),
        "counts": queries.level_counts(where.path),
    }
    fragment = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    page = "vitals/_signs.html" if fragment else "vitals/signs.html"
    return render(request, page, context)


def _place(request: HttpRequest) -> PlaceRecord:
    """The place asked for, or the first one the reader answers for."""
    scope = scope_of(request.user)
    paths = scope.place_paths("vitals.see")
    if not paths:
        raise PermissionDenied
    asked = request.GET.get("place", "")
    code = asked or min(paths, key=len).rstrip("/").rsplit("/", 1)[-1]
    found = place(code)
    if found is None or not scope.can("vitals.see", place_path=found.path):
        raise Http404
    return found


@require_GET
@login_required
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: its places, the worst first."""
    scope = scope_of(request.user)
    if not scope.can("vitals.see"):
        raise PermissionDenied
    rule = get_object_or_404(Indicator, pk=code)
    rows = queries.signs(queries.places_of_indicator(scope, code))
    return render(
        request,
        "vitals/indicator.html",
        {"rule": rule, "rows": rows, "how": wording.rule_in_words(rule)},
    )


@require_GET
@login_required
def series(request: HttpRequest, code: str, place_code: str) -> HttpResponse:
    """One figure opened: its readings, its level and why, the rows behind."""
    one = access_series(request.user, code, place_code)
    span = request.GET.get("span", "3h")
    until = now() + timedelta(minutes=1)
    since = until - timedelta(hours=SPANS.get(span, 3))
    rows = sorted(
        queries.readings([one.pk], since, until), key=lambda row: row["window_start"], reverse=True
    )
    context = {
        "one": one,
        "rule": one.indicator,
        "where": wording.place_name(one),
        "how": wording.rule_in_words(one.indicator),
        "why": wording.reason(one),
        "rows": rows[:MOST_ROWS],
        "more": max(0, len(rows) - MOST_ROWS),
        "chart": _chart(one, rows),
        "changes": queries.changes_of(one, 30),
        "span": span if span in SPANS else "3h",
        "spans": list(SPANS),
        "streams": queries.datastreams_of(one)[:MOST_ROWS],
    }
    return render(request, "vitals/series.html", context)


def _chart(one: Series, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Data of the chart: what the readings say, with the limits drawn across."""
    ordered = list(reversed(rows))
    return {
        "x": [_clock(row["window_start"]) for row in ordered],
        "series": [{"name": one.indicator.name, "values": [row["value"] for row in ordered]}],
        "unit": one.indicator.unit,
        "scale": True,
        "limits": [
            {"level": level, "value": value, "name": wording.level_words(level)}
            for level, value in one.indicator.limits
        ],
    }


def _clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "m-d H:i")


@require_GET
@login_required
def observations(
    request: HttpRequest, code: str, place_code: str, datastream: int
) -> HttpResponse:
    """The rows behind a reading: what one datastream said."""
    one = access_series(request.user, code, place_code)
    known = {found["id"]: found for found in queries.datastreams_of(one)}
    if datastream not in known:
        raise Http404
    until = now() + timedelta(minutes=1)
    table = stream.observations(
        settings.GONGBI_DATA,
        datastream=datastream,
        since=until - timedelta(hours=24),
        until=until,
        limit=MOST_ROWS,
    )
    rows = sorted(table.to_pylist(), key=lambda row: row["time"], reverse=True)
    context = {"one": one, "where": wording.place_name(one), "stream": known[datastream]}
    return render(request, "vitals/observations.html", context | {"rows": rows})


@require_GET
@login_required
def alert_list(request: HttpRequest) -> HttpResponse:
    """Alerts that are on, or that have ended."""
    scope = scope_of(request.user)
    if not scope.can("alerts.see"):
        raise PermissionDenied
    state = request.GET.get("state", "open")
    rows = [queries.alert_record(row) for row in queries.alerts(scope, state)]
    fragment = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    page = "vitals/_alerts.html" if fragment else "vitals/alerts.html"
    return render(request, page, {"rows": rows, "state": state, "states": list(_states())})


def _states() -> Iterator[tuple[str, str]]:
    yield "open", _("On now")
    yield "unseen", _("Not yet acknowledged")
    yield "ended", _("Ended")


@require_GET
@login_required
def alert(request: HttpRequest, alert_id: str) -> HttpResponse:
    """One alert: what, where, since when, why, and its case."""
    return _alert_page(request, alert_id, MuteForm())


def _alert_page(request: HttpRequest, alert_id: str, form: MuteForm) -> HttpResponse:
    row = access_alert(request.user, alert_id)
    scope = scope_of(request.user)
    changes = queries.changes_of(row.series, 30)
    context = {
        "alert": row,
        "record": queries.alert_record(row),
        "why": alerts.why(row, row.series),
        "rule": row.series.indicator,
        "reason": wording.reason(row.series),
        "changes": [change for change in changes if change.window_end >= row.began_at],
        "may_acknowledge": scope.can("alerts.acknowledge", place_path=row.place_path),
        "may_mute": scope.can("alerts.mute", place_path=row.place_path),
        "form": form,
    }
    return render(request, "vitals/alert.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def acknowledge(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Say that it has been seen."""
    row = access_alert(request.user, alert_id, "alerts.acknowledge")
    alerts.acknowledge(row, request.user)
    messages.success(request, _("Acknowledged."))
    return redirect("vitals-alert", alert_id)


@require_POST
@login_required
def mute(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Let it call no more for some hours, for a reason."""
    row = access_alert(request.user, alert_id, "alerts.mute")
    form = MuteForm(request.POST)
    if not form.is_valid():
        return _alert_page(request, alert_id, form)
    until = now() + timedelta(hours=form.cleaned_data["hours"])
    alerts.mute(row, request.user, until=until, reason=form.cleaned_data["reason"])
    messages.success(request, _("Muted until %(at)s.") % {"at": _clock(until)})
    return redirect("vitals-alert", alert_id)
