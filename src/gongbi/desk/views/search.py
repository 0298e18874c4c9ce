"""Find a case by its number or a place by its name."""

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from gongbi.core.public import scope_of
from gongbi.desk.access import stand_at

NUMBER = re.compile(r"[A-Za-z0-9-]{1,32}-\d{3,}")


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """A number opens its case; words list the places they occur in."""
    words = request.GET.get("q", "").strip()[:80]
    if NUMBER.fullmatch(words):
        return redirect(f"/cases/{words.upper()}/")
    post = stand_at(scope_of(request.user), "centre.see")
    sought = words.casefold()
    found = [
        one
        for _depth, one in post.choices
        if sought and (sought in one.name_en.casefold() or sought in one.name_zh)
    ]
    return render(request, "desk/search.html", {"words": words, "found": found})
