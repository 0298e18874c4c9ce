"""The same matter twice, at the desk: what is likely one, what was merged, and saying that not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongbi.cases import actors, states
from gongbi.cases.access import access_case, doable, may, visible_bursts
from gongbi.cases.merging import hints, likely, words
from gongbi.cases.models import Case, Merge
from gongbi.cases.views.bursts import said_of
from gongbi.core.public import Scope, now, scope_of, unseal_many

LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Row:
    """A case that may be the same; ``gone`` is merged into ``kept`` if a person says so."""

    case: Case
    percent: int
    careful: bool
    why: list[words.Line]
    sum: str
    gone: Case
    kept: Case
    may_merge: bool
    scorecard: int


@require_GET
@login_required
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """What may be the same; a part of the case page, or a page of its own without scripts."""
    scope = scope_of(request.user)
    case = access_case(scope, number)
    template = "cases/_same.html" if request.headers.get("HX-Request") else "cases/same.html"
    return render(request, template, shown(case, scope))


def shown(case: Case, scope: Scope) -> dict[str, Any]:
    """Likely same cases, and those already merged into it."""
    open_now = case.state in states.AT_WORK and not case.about_path
    found = likely.likely_to_case(case, scope) if open_now else []
    standing = Merge.objects.filter(case__merged_into=case, undone_at=None)
    return {
        "case": case,
        "parents": _parents(case, scope),
        "may_declare": any(edge.verb == "declare" for edge in doable(scope, case)),
        "rows": [_row(case, one, scope) for one in found if one.likeness.chance >= LEAST],
        "merged": [row.case for row in standing.select_related("case").order_by("at", "pk")],
        "may_merge": may(scope, case, "cases.merge"),
        "now": now(),
    }


def _parents(case: Case, scope: Scope) -> list[dict[str, Any]]:
    """Parent matters it belongs to, each with the answer proposed when it ended."""
    rows = visible_bursts(scope).filter(children__case=case, children__off_at=None)
    found = [said_of(burst) for burst in rows]
    opened = unseal_many(one["burst"].answer_id for one in found)
    return [one | {"answer": opened.get(one["burst"].answer_id or 0, "")} for one in found]


def _stays(case: Case) -> tuple[bool, datetime, int]:
    """Of two the urgent one stays, or else the older."""
    return case.priority > states.URGENT, case.opened_at, case.pk


def _row(case: Case, found: likely.Found, scope: Scope) -> Row:
    gone, kept = (case, found.case) if _stays(found.case) < _stays(case) else (found.case, case)
    why, total = words.summed(found.likeness)
    return Row(
        case=found.case,
        percent=min(99, round(100 * found.likeness.chance)),  # never certain
        careful=found.likeness.careful,
        why=why,
        sum=total,
        gone=gone,
        kept=kept,
        may_merge=may(scope, gone, "cases.merge") and may(scope, kept, "cases.merge"),
        scorecard=found.scorecard,
    )


@require_POST
@login_required
def deny(request: HttpRequest, number: str) -> HttpResponse:
    """A person says that two cases are two matters."""
    scope = scope_of(request.user)
    case = access_case(scope, number, "cases.merge")
    other = access_case(scope, request.POST.get("other", ""), "cases.merge")
    if other == case:
        raise Http404
    hints.deny(case, other, actors.person(request.user, scope))
    messages.success(
        request,
        _("Cases %(one)s and %(other)s are kept apart.")
        % {"one": case.number, "other": other.number},
    )
    return redirect(f"/cases/{case.number}/")
