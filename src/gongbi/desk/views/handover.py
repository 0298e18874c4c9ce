"""Shift handover: what would be handed over, taking it, acknowledging it line by line."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from gongbi.core.public import now, once_a_form, scope_of
from gongbi.desk import actions, shifts
from gongbi.desk.access import Post, stand_at
from gongbi.desk.models import Shift

VERB = "handover.take"
RECENT = 8


def _post(request: HttpRequest, code: str = "") -> Post:
    return stand_at(scope_of(request.user), VERB, code)


def _access_shift(request: HttpRequest, shift_id: UUID) -> tuple[Shift, Post]:
    shift = get_object_or_404(Shift.objects.select_related("taken_by", "place"), pk=shift_id)
    return shift, _post(request, shift.place_id)


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """What would be handed over now, and the shifts taken before."""
    post = _post(request, request.GET.get("place", ""))
    recent = Shift.objects.filter(place=post.place.code).select_related("taken_by")
    found = {
        "post": post,
        "handover": shifts.handover(shifts.due_lines(post)),
        "recent": recent.order_by("-taken_at", "-pk")[:RECENT],
        "now": now(),
    }
    return render(request, "desk/handover.html", found)


@require_POST
@login_required
@once_a_form
def take(request: HttpRequest) -> HttpResponse:
    """Take the shift over."""
    shift = actions.take_shift(_post(request, request.POST.get("place", "")))
    return redirect("desk-shift", shift_id=shift.pk)


@require_safe
@login_required
def shift(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    """A shift that was taken, with its lines."""
    found, post = _access_shift(request, shift_id)
    lines = shifts.taken_lines(found, post)
    said = {"shift": found, "post": post, "handover": shifts.handover(lines), "now": now()}
    return render(request, "desk/shift.html", said)


@require_POST
@login_required
def acknowledge(request: HttpRequest, shift_id: UUID, line_id: int) -> HttpResponse:
    """Acknowledge one line; htmx gets the line back, others the page."""
    found, post = _access_shift(request, shift_id)
    mark = actions.acknowledge(found, line_id, str(post.scope.user_id))
    if mark is None:
        raise Http404
    if not request.headers.get("HX-Request"):
        return redirect(f"/handover/{shift_id}/#line-{line_id}")
    lines = shifts.taken_lines(found, post)
    line = next(one for one in lines if one.mark and one.mark.pk == line_id)
    said = {"line": line, "shift": found, "handover": shifts.handover(lines), "now": now()}
    return render(request, "desk/_acknowledged.html", said)
