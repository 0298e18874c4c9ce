"""What could not be sent on to a unit's own system: why, how often it was tried, what to do."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongbi.core.public import Scope, scope_of
from gongbi.reports.open311 import deciding

SAID = {
    deciding.AGAIN: lambda: _("It is sent again within moments."),
    deciding.THERE: lambda: _("It is followed there from now on."),
    deciding.BACK: lambda: _("It is no longer sent on; the unit works on it here."),
}
MOST_ID = 100


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Those set aside, and those that are tried again by themselves."""
    return _board(request, _scope(request))


def _board(
    request: HttpRequest, scope: Scope, *, refused: int = 0, status: int = 200
) -> HttpResponse:
    shown = {
        "set_aside": deciding.set_aside(scope),
        "on_the_way": deciding.on_the_way(scope),
        "refused": refused,
    }
    return render(request, "reports/forwards.html", shown, status=status)


@require_POST
@login_required
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Try it again, say that it is there, or take it back."""
    scope = _scope(request)
    found = deciding.forward(scope, pk)
    if found is None or verb not in SAID:
        raise Http404
    remote_id = request.POST.get("remote_id", "").strip()
    if verb == deciding.THERE and not (0 < len(remote_id) <= MOST_ID and remote_id.isprintable()):
        messages.error(request, _("Please give the number it has in the other system."))
        return _board(request, scope, refused=pk, status=422)
    if deciding.decide(found, verb, actor=f"person:{request.user.pk}", remote_id=remote_id):
        messages.success(request, SAID[verb]())
    else:
        messages.warning(request, _("Somebody decided about it before you."))
    return redirect("forwards")


def _scope(request: HttpRequest) -> Scope:
    scope = scope_of(request.user)
    if not scope.can(deciding.DECIDE):
        raise PermissionDenied
    return scope
