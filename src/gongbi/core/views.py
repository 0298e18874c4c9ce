"""Core's own pages: the base map, what the outbox set aside, the gallery of components."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from gongbi.core import access, outbox
from gongbi.core.city import pack_version
from gongbi.core.packs import kept_folder
from gongbi.core.scope import scope_of


@require_safe
def base_map(request: HttpRequest) -> HttpResponseBase:
    """The drawn base map of the pack in force; kept by browsers until the next pack."""
    version = pack_version()
    tag = f'"pack-{version}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    file = kept_folder(version) / "base.geojson"
    if not file.exists():
        return HttpResponse(
            '{"type":"FeatureCollection","features":[]}', content_type="application/geo+json"
        )
    answer = HttpResponse(file.read_bytes(), content_type="application/geo+json")
    answer["ETag"], answer["Cache-Control"] = tag, "public, max-age=60"
    return answer


@require_GET
@login_required
def set_aside(request: HttpRequest) -> HttpResponse:
    """Reactions that failed again and again, for a person to see and try again."""
    rows = access.visible_set_aside(scope_of(request.user)).order_by("-pk")
    return render(request, "core/outbox.html", {"rows": rows[:200]})


@require_POST
@login_required
def try_again(request: HttpRequest, delivery: int) -> HttpResponse:
    """Bring one back into the queue."""
    outbox.try_again(access.access_set_aside(scope_of(request.user), delivery).pk)
    return redirect("set-aside")


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state; for those who build pages, while developing."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "core/kit.html")
