"""Lists that somebody keeps, and a list taken out whole as a file."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import permission_denied

from gongbi.cases import actors, exporting
from gongbi.cases.models import SavedView
from gongbi.cases.saved import keep, own
from gongbi.cases.views.asking_for import Asked, asked_for
from gongbi.core.public import Scope, no_nul, scope_of

LONGEST_NAME = 60


@require_POST
@login_required
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter one is looking at under a name; the same name again replaces it."""
    scope = scope_of(request.user)
    if not scope.can("cases.see"):
        raise PermissionDenied
    query = urlencode(asked_for(dict(parse_qsl(request.POST.get("query", "")))).kept)
    name = " ".join(no_nul(request.POST.get("name", "")).split())[:LONGEST_NAME]
    if name:
        keep(request.user, scope, name, query, for_unit=request.POST.get("unit") == "1")
    return redirect(f"/cases/?{query}")


@require_POST
@login_required
def remove(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a list; only who made it can."""
    view = get_object_or_404(own(request.user), pk=view_id)
    query = view.query
    SavedView.objects.filter(pk=view.pk).delete()
    return redirect(f"/cases/?{query}")


@require_safe
async def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered list, whole, as CSV, a chunk at a time; written down before it leaves."""
    user = await request.auser()
    if not user.is_authenticated:
        return redirect(f"/sign-in/?{urlencode({'next': request.get_full_path()})}")
    try:
        scope, asked = await sync_to_async(_begun)(user, request.GET.dict())
    except PermissionDenied as refused:
        # Raised further, its page would be drawn in a thread with another database connection.
        return await sync_to_async(permission_denied)(request, refused)
    lines = _lines(scope, asked, translation.get_language() or "")
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="cases.csv"'
    return answer


def _begun(user: Any, said: dict[str, str]) -> tuple[Scope, Asked]:
    scope = scope_of(user)
    if not scope.can("cases.dispatch"):
        raise PermissionDenied
    asked = asked_for(said)
    exporting.write_down(scope, actors.person(user, scope), urlencode(asked.kept))
    return scope, asked


async def _lines(scope: Scope, asked: Asked, language: str) -> AsyncIterator[str]:
    def first() -> str:
        with translation.override(language):
            return exporting.head()

    def more(after: str) -> tuple[str, str]:
        with translation.override(language):
            return exporting.chunk(scope, asked.filter, after)

    yield first()
    after = ""
    while True:
        lines, after = await sync_to_async(more)(after)
        yield lines
        if not after:
            return
