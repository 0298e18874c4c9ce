"""Who has read what reporters of a case said: for supervisors of the place."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gongbi.cases import looks
from gongbi.cases.access import access_case
from gongbi.cases.views.showing import names_of
from gongbi.core.public import now, scope_of, units

VERB = "cases.see_readers"
PAGES = {
    "case": gettext_lazy("on the case, masked"),
    "list": gettext_lazy("in the worklist, masked"),
    "mine": gettext_lazy("in the list of tasks, masked"),
    "search": gettext_lazy("found by a search, masked"),
    "photo": gettext_lazy("pictures"),
    "api": gettext_lazy("by another system, masked"),
    "sent": gettext_lazy("sent to the unit's system, masked"),
    "cases.ReporterSeen": gettext_lazy("unmasked, with the contact"),
    "cases.EvidenceSeen": gettext_lazy("the evidence copy of a picture"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A reader in words."""

    who: str
    unit: str
    how: str
    unmasked: bool
    line: looks.ReaderLine


@require_safe
@login_required
def readers(request: HttpRequest, number: str) -> HttpResponse:
    """Each reader with their unit, on which pages, first and last, in how many hours."""
    case = access_case(scope_of(request.user), number, VERB)
    found = looks.readers_of(case)
    names, known = names_of({one.reader for one in found}), units({one.unit for one in found})
    rows = [
        Row(
            who=names.get(one.reader, one.reader),
            unit=known[one.unit].name if one.unit in known else "",
            how=str(PAGES.get(one.page, one.page)),
            unmasked=one.page in looks.UNMASKED,
            line=one,
        )
        for one in found
    ]
    said = {"case": case, "rows": rows, "days": looks.KEPT.days, "now": now()}
    return render(request, "cases/readers.html", said)
