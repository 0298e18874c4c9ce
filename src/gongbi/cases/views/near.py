"""The nearest assets to pick from in the field, instead of typing a code."""

import math

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongbi.cases import assets
from gongbi.cases.access import access_task
from gongbi.core.public import AssetRecord, Scope, scope_of

Place = tuple[tuple[str, ...], float | None, float | None]


@require_POST  # a point in an address would stand in every log
@login_required
def near(request: HttpRequest) -> HttpResponse:
    """Around the case of a task, or around a point; nothing of it is kept."""
    scope = scope_of(request.user)
    if not scope.can("cases.work"):
        raise PermissionDenied
    on_task = request.POST.get("on_task", "")
    kinds, lon, lat = _of_task(scope, on_task) if on_task else ((), *_point(request))
    found = assets.near(kinds, lon, lat)
    return JsonResponse({"near": [_said(one, metres) for one, metres in found]})


def _of_task(scope: Scope, said: str) -> Place:
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise Http404
    case = access_task(scope, int(said)).case
    if case.is_vague:
        return (), None, None
    return tuple(case.type.assets if case.type else ()), case.lon, case.lat


def _point(request: HttpRequest) -> tuple[float | None, float | None]:
    try:
        lon, lat = float(request.POST["lon"]), float(request.POST["lat"])
    except (KeyError, ValueError):
        return None, None
    sound = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
    return (lon, lat) if sound else (None, None)


def _said(one: AssetRecord, metres: float) -> dict[str, str]:
    far = _("%(metres)d m") % {"metres": round(metres)}
    words = " · ".join(filter(None, (f"{one.kind_name} {one.code}", one.name, far)))
    return {"ref": one.ref, "words": words}
