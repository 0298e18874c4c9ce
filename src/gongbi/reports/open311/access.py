"""Who may do what at this door, and what anybody may see of a case through it.

Reading is open, a while's worth an address. Writing needs a key with scope ``report``. Which
cases exist here is cases' own decision (``cases.access.public_cases``); how exactly a case is
shown where it is, and whether what was reported is shown, is the pack's, by type.
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from gongbi.cases import public as cases
from gongbi.cases.public import PublicCase, TypeRecord
from gongbi.core.public import (
    ApplicationRecord,
    PlaceRecord,
    application,
    application_by_key,
    places,
)
from gongbi.reports import throttle
from gongbi.reports.open311 import house, statuses
from gongbi.reports.open311.house import ASSET, EXACT, NEAR, House, Service
from gongbi.reports.open311.wire import OpenError, stamp

READ = throttle.Door("open311", minutes=1, per_address=120, in_all=12_000)
NEAR_DECIMALS = 3  # degrees: some 100 m
COARSE_KINDS = ("subdistrict", "district", "city")


def reader(request: HttpRequest) -> ApplicationRecord | None:
    """Let a reader in: by their key's quota, or by their address's share; 429 otherwise."""
    known = _known(request, request.GET.get("api_key", ""))
    if known is not None:
        return known
    if throttle.is_shut(READ, request):
        raise OpenError(
            429,
            f"More than {READ.per_address} questions in a minute came from this address: "
            "ask more slowly, or with an api_key.",
            wait_seconds=60 * READ.minutes,
        )
    throttle.knock(READ, request)
    return None


def sender(request: HttpRequest, said: str) -> ApplicationRecord:
    """The application whose key may report; 403 otherwise, as the standard says."""
    known = _known(request, said)
    if known is None:
        raise OpenError(403, "The api_key is missing or not valid; ask the city for one.")
    if "report" not in known.scopes:
        raise OpenError(403, "This api_key may not report; it needs the scope report.")
    return known


def _known(request: HttpRequest, said: str) -> ApplicationRecord | None:
    return application(request) or application_by_key(request, said.strip())


def services() -> list[TypeRecord]:
    """What anybody may report here: the types residents may choose."""
    return cases.case_types(for_residents=True)


def service(code: str) -> TypeRecord:
    """One of them; 404 otherwise."""
    found = next((one for one in services() if one.code == code), None)
    if found is None:
        raise OpenError(404, f"The service_code {code[:40]!r} was not found.")
    return found


def shown(found: Iterable[PublicCase]) -> list[dict[str, Any]]:
    """Cases as requests of the standard, each as coarse as its type asks. One query for places."""
    known, rows = house.house(), list(found)
    above = _places_above(rows)
    return [_request(case, known, above) for case in rows]


def _request(case: PublicCase, known: House, above: dict[str, PlaceRecord]) -> dict[str, Any]:
    service_, where = known.service(case.type), _where(case, known, above)
    return {
        "service_request_id": case.number,
        "status": statuses.of_case(case),
        "status_notes": _notes(case),
        "service_name": case.type_name,
        "service_code": case.type,
        "description": case.words if service_.words else None,
        "agency_responsible": case.unit_name or None,
        "service_notice": None,
        "requested_datetime": stamp(case.opened_at),
        "updated_datetime": stamp(case.changed_at),
        "expected_datetime": stamp(case.due_at),
        **where,
        "zipcode": None,
        "media_url": None,
        "extended_status": statuses.extended(case),
        **_extended(case, service_),
    }


def _extended(case: PublicCase, service_: Service) -> dict[str, Any]:
    """The asset as KIND:CODE. Who knows it knows the place to the metre: exact services alone."""
    if not case.asset or service_.point != EXACT:
        return {}
    return {"extended_attributes": {ASSET: case.asset}}


def _notes(case: PublicCase) -> str:
    more = case.ended_as or case.waiting_for or case.merged_into
    return f"{case.state_name}: {more}" if more else case.state_name


def _where(case: PublicCase, known: House, above: dict[str, PlaceRecord]) -> dict[str, Any]:
    """Address and point. Below exact, no address finer than the subdistrict is told."""
    point = known.service(case.type).point
    codes = [code for code in case.place_path.split("/") if code]
    chain = [above[code] for code in reversed(codes) if code in above]
    if point != EXACT:
        chain = [one for one in chain if one.kind in COARSE_KINDS]
    lon, lat = case.lon, case.lat
    if point == NEAR and lon is not None and lat is not None:
        lon, lat = round(lon, NEAR_DECIMALS), round(lat, NEAR_DECIMALS)
    if point not in (EXACT, NEAR):
        lon, lat = (chain[0].lon, chain[0].lat) if chain else (None, None)
    return {
        "address": ", ".join(one.name for one in chain) or None,
        "address_id": chain[0].code if chain else None,
        "lat": lat,
        "long": lon,
    }


def _places_above(rows: list[PublicCase]) -> dict[str, PlaceRecord]:
    codes = {code for case in rows for code in case.place_path.split("/") if code}
    return places(codes) if codes else {}
