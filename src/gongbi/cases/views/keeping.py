"""What is kept of residents, for how long, hidden from whom, and what goes when: a dry run."""

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongbi.cases import keeping, masks, types, wording
from gongbi.core.public import now, scope_of

HORIZONS = (0, 30, 90, 365)
KINDS = {
    "mail": _("e-mail"),
    "phone": _("telephone"),
    "chat": _("chat address"),
    "identity": _("identity number"),
    "card": _("bank card"),
    "plate": _("number plate"),
}


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """The table of the whole city; nothing on it is of a person."""
    if not scope_of(request.user).can("keeping.see"):
        raise PermissionDenied
    found = types.in_force()
    by_type = {
        code: list(rows)
        for code, rows in groupby(keeping.kept_parts(now(), HORIZONS), lambda one: one.code)
    }
    rows = [_row(kind, by_type[kind.code]) for kind in found if kind.code in by_type]
    return render(request, "cases/keeping.html", {"rows": rows, "horizons": HORIZONS})


def _row(kind: Any, parts: list[keeping.KeptPart]) -> dict[str, Any]:
    return {
        "name": kind.name,
        "parts": [(wording.KEPT_PARTS[one.part], one) for one in parts],
        "work": _hidden(kind, masks.WORK),
        "outside": _hidden(kind, masks.OUTSIDE),
    }


def _hidden(kind: Any, whom: str) -> list[Any]:
    return [KINDS[one] for one in KINDS if one in masks.hidden_kinds(kind, whom)]
