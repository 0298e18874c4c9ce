"""A worker's list on the phone: everything owed today, nearest first or by deadline."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gongbi.cases import forms, queries, states, wording
from gongbi.core.public import now, scope_of


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The list; htmx gets the list alone. Where the worker is never leaves the phone."""
    scope = scope_of(request.user)
    if not scope.can("cases.work"):
        raise PermissionDenied
    fragment = request.headers.get("HX-Target") == "tasks"
    template = "cases/_tasks.html" if fragment else "cases/mine.html"
    rows = queries.my_tasks(scope)
    shown = {
        "rows": rows,
        "now": now(),
        "declared": forms.choices(states.DECLARED, wording.DECLARED),
        "reasons": forms.choices(states.RETURN_REASONS, wording.REASONS),
    }
    return render(request, template, shown)
