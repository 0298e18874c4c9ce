"""The daily brief and the rows behind each of its figures."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongbi.core.public import NotThere, now, scope_of
from gongbi.desk import days, queries
from gongbi.desk.access import Post, stand_at
from gongbi.desk.wording import ALERTS, ALERTS_WORDS, FIGURES


def _asked(request: HttpRequest) -> tuple[Post, date]:
    post = stand_at(scope_of(request.user), "brief.see", request.GET.get("place", ""))
    said = request.GET.get("day", "")
    try:
        return post, date.fromisoformat(said) if said else days.city_day()
    except ValueError as error:
        raise NotThere(
            _("%(said)s is no date; write it as 2026-11-24.") % {"said": repr(said)}
        ) from error


@require_safe
@login_required
def brief(request: HttpRequest) -> HttpResponse:
    """A day and the one before, in figures that open their rows; made for paper too."""
    post, day = _asked(request)
    view = queries.View(post, 0)
    told = days.brief(post, day)
    told = replace(told, figures=(*told.figures, days.alert_figure(post, day)))
    said = {"post": post, "brief": told, "now": now(), "view": view}
    said |= queries.case_figures(view) | queries.alerts(view) | queries.vital_signs(view)
    return render(request, "desk/brief.html", said)


@require_safe
@login_required
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The rows one figure was counted from."""
    if code not in FIGURES and code != ALERTS:
        raise Http404
    post, day = _asked(request)
    said: dict[str, Any] = {"post": post, "day": day, "code": code, "now": now()}
    if code == ALERTS:
        said |= {"title": ALERTS_WORDS, "alerts": days.day_alerts(post, day)}
    else:
        said |= {"title": FIGURES[code][1], "rows": days.day_rows(post, day, code)}
    said["total"] = len(said.get("rows") or said.get("alerts") or ())
    return render(request, "desk/day_rows.html", said)
