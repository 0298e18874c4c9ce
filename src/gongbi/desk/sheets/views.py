"""A page for officers who print labels: what kind, where; to look at, to print, as a PDF."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from gongbi.core.public import AssetKindRecord, PlaceRecord, Scope, asset_kinds, scope_of
from gongbi.desk.access import stand_for_sheet
from gongbi.desk.sheets.labels import A_SHEET, CannotPrint, Label, labels
from gongbi.desk.sheets.typeset import to_pdf

A_PAGE, A_PDF = 4 * A_SHEET, 20 * A_SHEET


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says, as far as this person may ask it."""

    place: PlaceRecord
    unit_paths: tuple[str, ...]
    choices: tuple[tuple[int, PlaceRecord], ...]
    kinds: tuple[AssetKindRecord, ...]
    kind: str
    after: str


def _asked(request: HttpRequest, scope: Scope) -> Asked:
    place, units, choices = stand_for_sheet(scope, request.GET.get("place", "")[:40])
    kind, after = request.GET.get("kind", "")[:32], request.GET.get("after", "")[:64]
    return Asked(place, units, choices, asset_kinds(), kind, after.replace("\x00", ""))


def _labels(asked: Asked, most: int) -> tuple[list[Label], str]:
    return labels(asked.kind, asked.place, asked.unit_paths, after=asked.after, most=most)


@require_GET
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The form and, once a kind is chosen, four sheets of labels."""
    asked = _asked(request, scope_of(request.user))
    shown: dict[str, Any] = {"asked": asked, "status": 200}
    if asked.kind:
        try:
            found, after = _labels(asked, A_PAGE)
            shown |= {"labels": [(one, _safe(one)) for one in found], "next": _query(asked, after)}
        except CannotPrint as error:
            shown |= {"trouble": str(error), "status": 422}
    shown |= {"query": _query(asked, asked.after, first=True), "most": A_PDF}
    return render(request, "desk/sheet.html", shown, status=shown.pop("status"))


def _safe(one: Label) -> SafeString:
    return mark_safe(one.svg)  # drawn here, of nothing that anybody wrote but the link in it


def _query(asked: Asked, after: str, *, first: bool = False) -> str:
    said = {"kind": asked.kind, "place": asked.place.code, "after": after}
    given = {name: value for name, value in said.items() if value}
    return urlencode(given) if after or first else ""


@require_GET
@login_required
def pdf(request: HttpRequest) -> HttpResponse:
    """Up to twenty sheets as a PDF, to be printed at full size."""
    asked = _asked(request, scope_of(request.user))
    if not asked.kind:
        raise Http404
    try:
        found, _after = _labels(asked, A_PDF)
    except CannotPrint as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(to_pdf(found), content_type="application/pdf")
    name = f"{asked.kind}-{asked.place.code}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
