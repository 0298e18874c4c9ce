"""Other cities read by the clock: when last, how much, what was in the way, when next."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongbi.core.public import scope_of
from gongbi.reports.open311 import cities
from gongbi.reports.open311.models import OpenCity

SAID = {
    cities.PAUSE: lambda: _("It is read no more until you resume it."),
    cities.RESUME: lambda: _("It is read again from where it stopped."),
    cities.NOW: lambda: _("It is read within moments."),
}


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Every city that is connected, and how reading it fares."""
    scope = scope_of(request.user)
    if not cities.may_see(scope):
        raise PermissionDenied
    shown = {
        "rows": [(row, cities.in_words(row)) for row in cities.cities()],
        "may_keep": cities.may_keep(scope),
        "now": timezone.now(),
    }
    return render(request, "reports/othercities.html", shown)


@require_POST
@login_required
def set_to(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Pause, resume, or read at once."""
    if not cities.may_keep(scope_of(request.user)):
        raise PermissionDenied
    row = get_object_or_404(OpenCity, pk=pk)
    if verb not in SAID:
        raise Http404
    if cities.set_to(row, verb, actor=f"person:{request.user.pk}"):
        messages.success(request, SAID[verb]())
    else:
        messages.warning(request, _("Somebody else changed this meanwhile; look again."))
    return redirect("othercities")
