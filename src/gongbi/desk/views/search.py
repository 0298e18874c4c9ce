"""Find a case or a place: by number and name with GET, in what residents wrote with POST.

What somebody looks for in residents' words may be personal itself, so it stands in no address.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gongbi.cases import public as cases
from gongbi.core.public import PlaceRecord, Scope, scope_of
from gongbi.desk.access import stand_at
from gongbi.desk.wording import FOUND_IN

NUMBER = re.compile(r"[A-Za-z0-9-]{1,32}-\d{3,}")
MOST = 80


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """A number opens its case; words list cases and places by name, or by what was written."""
    scope = scope_of(request.user)
    if not (scope.can("cases.see") or scope.can("centre.see")):
        raise PermissionDenied
    if request.method == "POST":
        return _in_words(request, scope, request.POST)
    words = request.GET.get("q", "").strip()[:MOST]
    if NUMBER.fullmatch(words):
        return redirect(f"/cases/{words.upper()}/")
    hits = cases.find_cases(scope, words) if scope.can("cases.see") else []
    return _shown(request, scope, words, hits, found=_places(scope, words))


def _in_words(request: HttpRequest, scope: Scope, form: Mapping[str, str]) -> HttpResponse:
    words = form.get("q", "").strip()[:MOST]
    try:
        hits = cases.find_words(scope, request.user, words)
    except cases.Incomplete as refused:
        said = {"in_words": True, "trouble": str(refused)}
        return _shown(request, scope, words, [], status=422, **said)
    return _shown(request, scope, words, hits, in_words=True)


def _shown(
    request: HttpRequest,
    scope: Scope,
    words: str,
    hits: list[cases.SearchHit],
    *,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    rows = [(hit, [FOUND_IN[name] for name in hit.found_in]) for hit in hits]
    known: dict[str, Any] = {"words": words, "rows": rows, "found": []}
    known["may_words"] = cases.may_search_words(scope)
    return render(request, "desk/search.html", known | said, status=status)


def _places(scope: Scope, words: str) -> list[PlaceRecord]:
    """Districts and subdistricts within reach whose name holds the words."""
    if not words or not scope.place_paths("centre.see"):
        return []
    sought = words.casefold()
    choices = stand_at(scope, "centre.see").choices
    return [
        one for _depth, one in choices if sought in one.name_en.casefold() or sought in one.name_zh
    ]
