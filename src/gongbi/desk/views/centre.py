"""The operation centre, whole and by fragment: both come from the same query and template."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongbi.core.public import scope_of
from gongbi.desk import queries
from gongbi.desk.access import stand_at


def _view(request: HttpRequest) -> queries.View:
    post = stand_at(scope_of(request.user), "centre.see", request.GET.get("place", ""))
    said = request.GET.get("level", "0")
    return queries.View(post, int(said) if said in ("1", "2", "3") else 0)


def _parts(view: queries.View, names: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {"view": view, "fragments": {}}
    for name in names:
        ask, parts = queries.FRAGMENTS[name]
        found |= ask(view)
        found["fragments"][name] = ", ".join(f"live:{part}" for part in parts)
    return found


@require_safe
@login_required
def centre(request: HttpRequest) -> HttpResponse:
    """Map, vital signs, cases, alerts and feed of a place."""
    found = _parts(_view(request), tuple(queries.FRAGMENTS))
    return render(request, "desk/centre.html", found)


@require_safe
@login_required
def fragment(request: HttpRequest, name: str) -> HttpResponse:
    """One of its fragments, equal to what a reload shows."""
    if name not in queries.FRAGMENTS:
        raise Http404
    return render(request, f"desk/_{name}.html", _parts(_view(request), (name,)))


@require_safe
@login_required
def map_points(request: HttpRequest) -> HttpResponse:
    """Where it is, for the map."""
    return JsonResponse(queries.map_points(_view(request)))
