"""The page of the past: any moment's screen as it was then known."""

from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongbi.core.public import children, now, scope_of
from gongbi.vitals import rewind
from gongbi.vitals.views import above_of, where_of

FIELD = "%Y-%m-%dT%H:%M"
STEPS = (-1440, -60, -10, -1, 1, 10, 60, 1440)


@require_GET
@login_required
def past(request: HttpRequest) -> HttpResponse:
    """Signs and alerts of a place at a moment, as they were then known."""
    where = where_of(request, "vitals.see")
    scope = scope_of(request.user)
    asked, refused = _asked(request)
    moment = min(asked, now())
    local = timezone.localtime(moment)
    reach = rewind.reach()
    context = {
        "where": where,
        "above": above_of(request, where, "vitals.see"),
        "below": [one for one in children(where.code) if one.kind != "building"],
        "moment": moment,
        "field": local.strftime(FIELD),
        "most": timezone.localtime(now()).strftime(FIELD),
        "day": local.strftime("%Y-%m-%d"),
        "minute": local.hour * 60 + local.minute,
        "refused": refused,
        "reach": reach,
        "beyond": reach.levels is None or moment < reach.levels,
        "jumps": _jumps(moment),
        "groups": rewind.signs_at(scope, where.path, moment),
        "rows": rewind.alerts_at(scope, where.path, moment),
        "past": True,
    }
    return render(request, "vitals/past.html", context)


def _asked(request: HttpRequest) -> tuple[datetime, str]:
    """(the moment asked for in the city's zone, why it could not be understood)."""
    said = request.GET.get("time", "")
    day, minute = request.GET.get("day", ""), request.GET.get("minute", "")
    if day and minute:
        said = _of_day(day, minute)
    if not said:
        return now() - timedelta(hours=1), ""
    try:
        found = datetime.fromisoformat(said)
        if not MINYEAR < found.year < MAXYEAR:  # a day before or after could not be said
            raise ValueError(said)
    except ValueError:
        why = _("“%(said)s” is no time; write it as 2026-11-24T10:30.") % {"said": said[:40]}
        return now() - timedelta(hours=1), why
    if found.tzinfo is None:
        found = found.replace(tzinfo=timezone.get_current_timezone())
    return found, ""


def _of_day(day: str, minute: str) -> str:
    """The day and the minute the slider stands at, as a time."""
    known = minute.isascii() and minute.isdecimal() and len(minute) < 5
    at = int(minute) if known else 0
    return f"{day}T{min(at, 1439) // 60:02d}:{min(at, 1439) % 60:02d}"


def _jumps(moment: datetime) -> list[tuple[str, str]]:
    """(words, time) of moments a little before and after."""
    words = {
        -1440: _("1 day back"), -60: _("1 hour back"), -10: _("10 minutes back"),
        -1: _("1 minute back"), 1: _("1 minute on"), 10: _("10 minutes on"),
        60: _("1 hour on"), 1440: _("1 day on"),
    }  # fmt: skip
    found = [(words[step], moment + timedelta(minutes=step)) for step in STEPS]
    local = [(said, timezone.localtime(at)) for said, at in found if at <= now()]
    return [(said, at.strftime("%Y-%m-%dT%H:%M:%S")) for said, at in local]
