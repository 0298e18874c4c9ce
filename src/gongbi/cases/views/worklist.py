"""The dispatcher's worklist: one queue, a suggestion with its reasons, one key to accept it."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongbi.cases import counting, queries, questions, states, types, wording
from gongbi.cases import saved as kept
from gongbi.cases.access import may
from gongbi.cases.actors import person
from gongbi.cases.looks import note_looks
from gongbi.cases.merging.hints import hints
from gongbi.cases.models import Case, CaseType, Likely, SavedView
from gongbi.cases.paging import page_of
from gongbi.cases.views.asking_for import TABS, asked_for, in_words, narrowing, places
from gongbi.core.public import MAIL, Scope, now, scope_of, ways_out

PAGE_ROWS = 30
MOST_COUNTED = 1_000
EXCERPT = 160


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case in the queue: what, where, by when, whom the routes suggest and why."""

    case: Case
    type_name: str
    words: str
    overdue: bool
    suggestion: str
    guess: str
    guess_code: str
    guess_percent: int
    why: list[str]
    may_accept: bool
    same: Likely | None = None
    may_merge: bool = False


@require_GET
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """The worklist; htmx gets the queue alone, which is a part of the page."""
    scope = scope_of(request.user)
    if not scope.can("cases.see"):
        raise PermissionDenied
    template = "cases/_queue.html" if request.headers.get("HX-Target") == "queue" else (
        "cases/worklist.html"
    )  # fmt: skip
    return render(request, template, worklist(request, scope))


def worklist(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """All that the page and its fragment show."""
    said, at = request.GET, now()
    asked = asked_for(said)
    found = queries.filtered(scope, asked.filter, at).select_related("route")
    views = kept.seen_by(request.user, scope)
    behind = {f"view{one.pk}": _behind(one, scope, at) for one in views}
    counts = counting.bounded(
        {"here": found} | counting.live_queries(scope) | behind, MOST_COUNTED
    )
    stands = {key: said[key] for key in ("after", "before") if said.get(key)}
    page = page_of(found, counts["here"], PAGE_ROWS, over=asked.tab == "over", **stands)
    note_looks(person(request.user, scope), "list", page.rows)
    return {
        "page": page,
        "rows": _rows(list(page.rows), scope, at),
        "counts": counts,
        "tab": asked.tab,
        "tabs": _tabs(asked.kept),
        "place": asked.place,
        "places": places(scope, asked.place),
        "only": asked.only,
        "narrow": narrowing(scope, asked),
        "filters": in_words(asked),
        "query": urlencode(asked.kept),
        "kept_views": kept.shown(views, counts, request.user),
        "may_export": scope.can("cases.dispatch"),
        "may_supervise": scope.can("cases.supervise"),
        "may_instruct": scope.can("cases.instruct"),
        "may_be_mailed": MAIL in ways_out(),
        "may_see_reading": scope.can("reading.see"),
        "address": f"{request.path}?{urlencode(asked.kept | stands)}",
        "now": at,
    }


def _behind(view: SavedView, scope: Scope, at: Any) -> Any:
    """The rows of a kept list as this reader sees them."""
    return queries.filtered(scope, asked_for(dict(parse_qsl(view.query))).filter, at)


def _rows(cases: list[Case], scope: Scope, at: Any) -> list[QueueRow]:
    words = queries.words_for_work(cases, most=EXCERPT, where=True)
    unsorted = any(case.type is None and case.guesses for case in cases)
    names = {row.code: row for row in types.in_force()} if unsorted else {}
    same = hints(cases, scope)
    return [
        replace(
            _row(case, scope, words.get(case.pk, ""), names, at),
            same=same.get(case.pk),
            may_merge=case.pk in same and may(scope, case, "cases.merge"),
        )
        for case in cases
    ]


def _row(case: Case, scope: Scope, words: str, names: dict[str, CaseType], at: Any) -> QueueRow:
    code, score = case.guesses[0] if case.type is None and case.guesses else ("", 0)
    guess = names.get(code)
    suggested = case.suggested_unit.name if case.suggested_unit else ""
    ready = case.state == states.OPEN and bool(suggested or guess)
    return QueueRow(
        case=case,
        type_name=case.type.name if case.type else _("Not yet sorted"),
        words=words,
        overdue=case.due_at is not None and case.due_at <= at,
        suggestion=suggested,
        guess=guess.name if guess else "",
        guess_code=code if guess else "",
        guess_percent=round(100 * score),
        why=wording.why_this_unit(
            case.route_why,
            case.route.reason if case.route else "",
            questions.names(case.type),
        ),
        may_accept=ready and may(scope, case, "cases.dispatch"),
    )


def _tabs(kept: dict[str, str]) -> list[tuple[str, str, str]]:
    """(code, words, address) of each state one can look at."""
    words = {
        "open": _("To dispatch"),
        "in_hand": _("With the units"),
        "waiting": _("Paused"),
        "answered": _("Awaiting the resident"),
        "live": _("All at work"),
        "over": _("Over"),
    }
    rest = {key: value for key, value in kept.items() if key not in ("state", "page")}
    return [(tab, words[tab], f"?{urlencode({**rest, 'state': tab})}") for tab in TABS]
