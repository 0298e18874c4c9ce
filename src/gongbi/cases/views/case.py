"""One case: what, where, who, by when, why, history; and what this person may do with it now."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongbi.cases import actions, actors, assets, queries, questions, types, wording
from gongbi.cases.access import (
    access_case,
    access_reporter,
    may,
    reporters_of,
    sees_reporters,
)
from gongbi.cases.actions.overtaking import is_instructed
from gongbi.cases.looks import note_looks
from gongbi.cases.models import Case
from gongbi.cases.reading.showing import shown as showing_read
from gongbi.cases.reading.showing import type_names
from gongbi.cases.views import acting, asking, asset, showing
from gongbi.cases.views.assets import feature as asset_feature
from gongbi.core.public import Scope, now, scope_of

AROUND_DEGREES = 0.01
MOST_DIGITS, MOST_CODE = 10, 40
FRAGMENTS = {"case-now": "cases/_now.html", "case-story": "cases/_story.html"}


@require_GET
@login_required
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The case page; htmx gets one of the two parts that change by themselves."""
    scope = scope_of(request.user)
    case = access_case(scope, number)
    note_looks(actors.person(request.user, scope), "case", [case])
    fragment = FRAGMENTS.get(request.headers.get("HX-Target", ""))
    if fragment:
        return render(request, fragment, now_shown(request, case))
    return render(request, "cases/case.html", shown(request, case, scope))


def shown(
    request: HttpRequest, case: Case, scope: Scope, *, trouble: dict[str, Any] | None = None
) -> dict[str, Any]:
    """All of the page: what changes by itself, and the forms, which do not."""
    said, read = now_shown(request, case), showing_read(case, type_names())
    begun = request.GET.get("do", "")
    found = acting.acts(case, scope, trouble, request.GET.get("to", "")[:MOST_CODE], begun)
    few, more = acting.few_and_more(found)
    said |= {
        "said": queries.all_words(case),
        "about": asset.shown(case, scope, {act.verb for act in found}),
        "guesses": _guesses(case) if not read.types else [],
        "read": read,
        "acts": few,
        "more": more,
        "more_open": any(act.open for act in more),
        "awaited": acting.awaited_by_lead(case, scope),
        "note_form": acting.note_form(case, scope, trouble),
        "photos": case.photos.filter(removed_at=None).order_by("pk"),
        "may_see_reporter": sees_reporters(scope, case),
        "may_see_readers": may(scope, case, "cases.see_readers"),
        "may_see_evidence": may(scope, case, "cases.see_evidence"),
        "reporters": queries.count_reporters(case),
    }
    return said


def now_shown(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What the fragment shows; ``seen`` is the version the open page has."""
    seen = request.GET.get("seen", "")
    return {
        "case": case,
        "type_name": case.type.name if case.type else _("Not yet sorted"),
        "seen": int(seen) if seen.isdecimal() and len(seen) < MOST_DIGITS else case.version,
        "why": _why(case),
        "deadlines": showing.deadlines(case),
        "tasks": showing.tasks(case),
        "asked": asking.asked(case),
        "stages": showing.stages(case),
        "fields": [*showing.answered(case), *showing.fields(case)],
        "standard_codes": showing.standard_codes(case),
        "history": showing.history(case),
        "outcomes": showing.outcomes(case),
        "ended_as": wording.ENDED_AS.get(case.ended_as) or wording.REASONS.get(case.ended_as, ""),
        "waiting_for": wording.reason(case.waiting_for) if case.waiting_for else "",
        "source": wording.SOURCES.get(case.source, case.source),
        "instructed": is_instructed(case),
        "priority": wording.PRIORITIES.get(case.priority, case.priority),
        "now": now(),
    }


def _why(case: Case) -> list[str]:
    """Why it is where it is: the rules, and that a person chose otherwise where one did."""
    asked = questions.names(case.type)
    said = wording.why_this_unit(case.route_why, case.route.reason if case.route else "", asked)
    if case.unit and case.unit_id != case.suggested_unit_id:
        return [wording.by_hand(case.unit.name), *said]
    return said


def _guesses(case: Case) -> list[tuple[str, int]]:
    if case.type is not None or not case.guesses:
        return []
    names = {row.code: row.name for row in types.in_force()}
    return [(names.get(code, code), round(100 * score)) for code, score in case.guesses]


@require_GET
@login_required
def points(request: HttpRequest, number: str) -> JsonResponse:
    """The case as a point, and a frame around it, for its small map."""
    case = access_case(scope_of(request.user), number)
    features, said = [], {"type": "FeatureCollection"}
    if case.lon is not None and case.lat is not None:
        features.append(_feature(case))
        found = assets.of_id(case.asset_id)
        if found and (found.lon, found.lat) != (case.lon, case.lat):
            features.append(asset_feature(found))
        west, east = case.lon - AROUND_DEGREES, case.lon + AROUND_DEGREES
        south, north = case.lat - AROUND_DEGREES, case.lat + AROUND_DEGREES
        return JsonResponse(
            said | {"features": features, "bounds": [[west, south], [east, north]]}
        )
    return JsonResponse(said | {"features": features})


def _feature(case: Case) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [case.lon, case.lat]},
        "properties": {
            "kind": "case",
            "level": case.level,
            "title": case.type.name if case.type else case.number,
            "note": case.place.name if case.place else "",
        },
    }


@require_POST
@login_required
def reporter(request: HttpRequest, number: str) -> HttpResponse:
    """What the reporters wrote and how to reach them; the journal keeps that it was read."""
    scope = scope_of(request.user)
    case = access_reporter(scope, number)
    cases, others = reporters_of(scope, case)
    rows = actions.see_reporters(cases, actors.person(request.user, scope))
    return render(request, "cases/reporter.html", {"case": case, "rows": rows, "others": others})
