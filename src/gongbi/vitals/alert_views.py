"""Pages of alerts: the list, one alert, and what an officer does with it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongbi.core.public import Scope, now, place, scope_of
from gongbi.vitals import (
    actions,
    grouping,
    known_events,
    made_queries,
    queries,
    sensor_queries,
    waiting,
    wording,
)
from gongbi.vitals.access import access_alert, alerts_of
from gongbi.vitals.forms import MuteForm
from gongbi.vitals.models import Alert
from gongbi.vitals.views import above_of, is_fragment, where_of

MOST_ALERTS = 200


@require_GET
@login_required
def alert_list(request: HttpRequest) -> HttpResponse:
    """Alerts that are on, or that have ended, of one place."""
    where = where_of(request, "alerts.see")
    scope = scope_of(request.user)
    asked = request.GET.get("state", "open")
    state = asked if asked in queries.STATES else "open"
    rows = queries.alerts(scope, state, place_path=where.path, most=MOST_ALERTS + 1)
    counts = queries.alert_counts(scope, where.path)
    context = {
        "rows": queries.alert_records(rows[:MOST_ALERTS]),
        "more": len(rows) > MOST_ALERTS,
        "state": state,
        "states": _states(counts),
        "where": where,
        "above": above_of(request, where, "alerts.see"),
        "may_acknowledge": scope.can("alerts.acknowledge", place_path=where.path),
    }
    page = "vitals/_alerts.html" if is_fragment(request) else "vitals/alerts.html"
    return render(request, page, context)


def _states(counts: dict[str, int]) -> list[tuple[str, str, int | None]]:
    return [
        ("open", _("On now"), counts["open"]),
        ("unseen", _("Not yet acknowledged"), counts["unseen"]),
        ("escalated", _("Unseen too long"), counts["escalated"]),
        ("ended", _("Ended"), None),
    ]


@require_GET
@login_required
def alert(request: HttpRequest, alert_id: str) -> HttpResponse:
    """One alert: what, where, since when, why, and its case."""
    return _alert_page(request, alert_id, MuteForm())


def _alert_page(request: HttpRequest, alert_id: str, form: MuteForm) -> HttpResponse:
    row = access_alert(request.user, alert_id)
    scope, series = scope_of(request.user), row.series
    above = place(row.series.place.parent_id) if row.series.place.parent_id else None
    record, worst = queries.alert_records([row])[0], queries.worst_value(row)
    context = _rests(scope, row) | {
        "alert": row,
        "record": record,
        "worst": worst,
        "above": above,
        "why": grouping.why(row),
        "rule": row.series.indicator,
        "reason": wording.reason_of_alert(row, newest=record.value, worst=worst),
        "waits": waiting.in_words(row),
        "joined": wording.JOINED.get(row.joined_why, ""),
        "members": queries.alerts_led_by(scope, row),
        "children": queries.alerts_following(scope, row),
        "parent": queries.alert_followed(scope, row),
        "escalations": queries.escalations_of(row),
        "mine": row.owner_id == request.user.pk,
        "known": known_events.words_at_alert(row),
        "changes": queries.changes_of(row.series, row.began_at, 30),
        "troubles": [] if row.ended_at else sensor_queries.troubles_behind(scope, series),
        "may_acknowledge": scope.can("alerts.acknowledge", place_path=row.place_path),
        "may_mute": scope.can("alerts.mute", place_path=row.place_path),
        "form": form,
    }
    page = "vitals/_alert.html" if is_fragment(request) else "vitals/alert.html"
    return render(request, page, context, status=400 if form.errors else 200)


def _rests(scope: Scope, row: Alert) -> dict[str, Any]:
    """What a made alert rests on, what it explains, and what explains it."""
    explained = made_queries.explained(scope, row) if row.inputs else []
    by = row.explained_by_id and alerts_of(scope).filter(pk=row.explained_by_id)
    return {
        "rests_on": made_queries.rests_on(scope, row.series.indicator, row.inputs),
        "explained": queries.alert_records(explained),
        "explained_by": next(iter(queries.alert_records(by)), None) if by else None,
    }


@require_POST
@login_required
def acknowledge(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Say that it has been seen."""
    row = access_alert(request.user, alert_id, "alerts.acknowledge")
    actions.acknowledge(row, request.user)
    messages.success(request, _("Acknowledged."))
    return redirect("vitals-alert", alert_id)


@require_POST
@login_required
def take(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Make it one's own; of two people at once the first has it, the other is told who."""
    row = access_alert(request.user, alert_id, "alerts.acknowledge")
    if actions.take(row, request.user):
        messages.success(request, _("It is yours."))
    else:
        row.refresh_from_db()
        name = row.owner.name if row.owner else "–"
        messages.warning(request, _("%(name)s has taken it already.") % {"name": name})
    return redirect("vitals-alert", alert_id)


@require_POST
@login_required
def let_go(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Give it up for another to take."""
    row = access_alert(request.user, alert_id, "alerts.acknowledge")
    actions.let_go(row, request.user)
    messages.success(request, _("Another may take it now."))
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
    actions.mute(
        row,
        request.user,
        until=until,
        reason=form.cleaned_data["reason"],
        whole_sign=form.cleaned_data["whole_sign"],
    )
    messages.success(request, _("Muted until %(at)s.") % {"at": wording.moment(until)})
    return redirect("vitals-alert", alert_id)


@require_POST
@login_required
def unmute(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Let it call again before its time."""
    row = access_alert(request.user, alert_id, "alerts.mute")
    actions.unmute(row, request.user)
    messages.success(request, _("It calls again."))
    return redirect("vitals-alert", alert_id)
