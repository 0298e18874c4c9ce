"""The register for officers: an asset by its code, and all that is known and owed about it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from gongbi.cases import states
from gongbi.cases.access import access_asset, visible_assets, visible_cases
from gongbi.cases.counting import bounded
from gongbi.cases.paging import page_of
from gongbi.core.public import (
    AssetRecord,
    PlaceRecord,
    Scope,
    UnitRecord,
    assets_said,
    now,
    places,
    scope_of,
    units,
)

PAGE_ROWS, MOST_LIVE, MOST_COUNTED, MOST_CODE = 20, 30, 1_000, 200
AROUND_DEGREES = 0.002


@dataclass(frozen=True, slots=True)
class Row:
    """An asset with whose it is and where."""

    asset: AssetRecord
    place: PlaceRecord | None
    owner: UnitRecord | None
    maintainer: UnitRecord | None


@require_GET
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Find an asset by its code; the only one that bears it is opened at once."""
    scope = scope_of(request.user)
    if not (scope.can("assets.see") or scope.can("cases.see")):
        raise PermissionDenied
    code = request.GET.get("code", "")[:MOST_CODE].strip()
    found = visible_assets(scope, assets_said(code, retired=True)) if code else []
    if len(found) == 1:
        return redirect("asset", found[0].kind, found[0].code)
    return render(request, "cases/assets.html", {"code": code, "rows": _rows(found)})


@require_GET
@login_required
def page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One asset: what the register says, cases that are owed, cases that are over."""
    scope = scope_of(request.user)
    found = access_asset(scope, f"{kind}:{code}")
    shown = {"row": _rows([found])[0], "now": now(), **_cases(request, scope, found)}
    return render(request, "cases/asset.html", shown)


def _cases(request: HttpRequest, scope: Scope, found: AssetRecord) -> dict[str, Any]:
    """Both lists by the index of assets and openings, whatever else the city has."""
    seen = visible_cases(scope).filter(asset=found.id)
    seen = seen.select_related("type", "unit", "place").defer("place__geometry")
    live, over = (seen.filter(state__in=some) for some in (states.LIVE, states.OVER))
    counts = bounded({"live": live, "over": over}, MOST_COUNTED)
    past = page_of(
        over, counts["over"], PAGE_ROWS, over=True, by="opened_at",
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    open_ones = list(live.order_by("-opened_at", "-pk")[:MOST_LIVE])
    return {"live": open_ones, "live_count": counts["live"], "past": past}


def _rows(found: list[AssetRecord]) -> list[Row]:
    """Three names for each, in two queries."""
    here = places({row.place for row in found if row.place})
    whose = units({code for row in found for code in (row.owner, row.maintainer) if code})
    return [
        Row(row, here.get(row.place or ""), whose.get(row.owner), whose.get(row.maintainer or ""))
        for row in found
    ]


@require_GET
@login_required
def points(request: HttpRequest) -> JsonResponse:
    """Where it stands, for its small map."""
    found = access_asset(scope_of(request.user), request.GET.get("asset", "")[:MOST_CODE])
    west, east = found.lon - AROUND_DEGREES, found.lon + AROUND_DEGREES
    south, north = found.lat - AROUND_DEGREES, found.lat + AROUND_DEGREES
    said = {"type": "FeatureCollection", "features": [feature(found)]}
    return JsonResponse(said | {"bounds": [[west, south], [east, north]]})


def feature(found: AssetRecord) -> dict[str, Any]:
    """An asset as a point of a map."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [found.lon, found.lat]},
        "properties": {
            "kind": "place",
            "level": 0,
            "title": f"{found.kind_name} {found.code}",
            "note": found.name,
        },
    }
