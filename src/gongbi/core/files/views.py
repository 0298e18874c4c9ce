"""The keeper's page of files: what waits, what was put aside, and whether anybody looks at all."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongbi.core.files import access, checking
from gongbi.core.models import FileCheck
from gongbi.core.scope import scope_of

SHOWN = 100


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at and what was put aside, in one's own places."""
    scope = scope_of(request.user)
    rows, with_what = access.visible_checks(scope), checking.scanner()
    waiting = rows.filter(state=FileCheck.WAITING).order_by("due_at", "pk")
    aside = rows.filter(state__in=(FileCheck.BAD, FileCheck.OPENED)).order_by("-checked_at", "-pk")
    shown = {
        "scanner": with_what.name if with_what else "",
        "waiting": waiting[:SHOWN],
        "many": waiting.count(),
        "aside": [(row, access.may_open(scope, row)) for row in aside[:SHOWN]],
        "now": timezone.now(),
    }
    return render(request, "core/files/board.html", shown)


@require_POST
@login_required
def open_after_all(request: HttpRequest, file: UUID) -> HttpResponse:
    """A false alarm: the file is opened, and the journal keeps who said so."""
    row = access.access_check(scope_of(request.user), file)
    became = checking.open_after_all(row, f"person:{request.user.pk}")
    if became == FileCheck.OPENED:
        messages.success(request, _("The file is open; the journal keeps that you opened it."))
    elif became == checking.GONE:
        messages.warning(request, _("The file is gone; there is nothing left to open."))
    else:
        messages.warning(request, _("The file is put aside no more; nothing was changed."))
    return redirect("files")
