"""The page of messages to people: how each way does, what waits, what was set aside, the cost."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongbi.core.city import city
from gongbi.core.messages import access, sending
from gongbi.core.messages.letters import WAYS
from gongbi.core.messages.owing import ways_out
from gongbi.core.models import WayDay, WayOut
from gongbi.core.models.messages import OWED
from gongbi.core.scope import scope_of

SHOWN, LOOKED_BACK = 100, timedelta(days=30)
WAY_WORDS = {"mail": _("Mail"), "sms": _("Text messages")}
KIND_WORDS = {
    "accept": _("a unit has it"),
    "arrive": _("somebody is there"),
    "ask": _("is it solved?"),
    "wait": _("the resident is asked something"),
    "cancel": _("it was ended without work"),
    "told": _("a message to all"),
    "daily": _("daily list"),
    "not_reached": _("we rang you"),
}


@dataclass(frozen=True, slots=True)
class WayLine:
    """A way out as the page shows it."""

    name: Any
    open: bool
    state: WayOut | None
    owed: int
    sent: int
    parts: int
    cost: Decimal


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """How the ways do, and what was set aside in one's own places."""
    rows = access.visible_messages(scope_of(request.user))
    aside = rows.exclude(set_aside_at=None).order_by("-set_aside_at", "-pk")[:SHOWN]
    shown = {
        "ways": [_line(code, rows) for code in WAYS],
        "aside": [(row, KIND_WORDS.get(row.kind, row.kind), WAY_WORDS[row.way]) for row in aside],
        "now": timezone.now(),
    }
    return render(request, "core/messages/board.html", shown)


def _line(code: str, rows: Any) -> WayLine:
    first = timezone.now().astimezone(city().zone).date() - LOOKED_BACK
    days = WayDay.objects.filter(way=code, day__gt=first)
    sums = days.aggregate(sent=Sum("sent"), parts=Sum("parts"), cost=Sum("cost"))
    return WayLine(
        WAY_WORDS[code],
        code in ways_out(),
        WayOut.objects.filter(code=code).first(),
        rows.filter(OWED, way=code).count(),
        sums["sent"] or 0,
        sums["parts"] or 0,
        sums["cost"] or Decimal(0),
    )


@require_POST
@login_required
def do(request: HttpRequest, message: int, verb: str) -> HttpResponse:
    """Try one again that was set aside, or give it up."""
    row = access.access_message(scope_of(request.user), message)
    (sending.try_again if verb == "again" else sending.drop)(row)
    return redirect("messages")
