"""Reading other cities' Open311 answers, in JSON or XML and in every dialect met so far.

Pure: bytes in, rows and refusals out, each refusal with its place and reason. One bad row never
takes a good one with it.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from defusedxml import DefusedXmlException
from defusedxml import ElementTree as ET

ID_NAMES = ("service_request_id", "id", "token")
LON_NAMES, LAT_NAMES = ("long", "lng", "lon", "longitude"), ("lat", "latitude")
_NO_TEXT = re.compile("[\ud800-\udfff\x00]")  # no table takes these
CLOSED = frozenset({"closed", "resolved", "archived", "completed", "fixed"})


@dataclass(frozen=True, slots=True)
class Read:
    """A request as it stands in the other city's system; times are UTC, degrees WGS84."""

    place: str
    id: str
    open: bool
    status: str
    notes: str
    service_code: str
    service_name: str
    description: str
    agency: str
    at: datetime
    updated_at: datetime | None
    address: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """What could not be read: where it stands, and why."""

    place: str
    reason: str


class Unreadable(Exception):
    """The whole answer cannot be read; the sentence says why."""


def read_requests(raw: bytes, zone: ZoneInfo | None) -> Iterator[Read | RefusedRow]:
    """Every request of an answer. ``zone`` is for times that do not say theirs; without it such
    rows are refused. Unreadable when the answer is no list of requests at all.
    """
    for place, row in _rows(raw):
        if isinstance(row, str):
            yield RefusedRow(place, row)
            continue
        try:
            yield _read(place, row, zone)
        except ValueError as wrong:
            yield RefusedRow(place, str(wrong))


def _rows(raw: bytes) -> Iterator[tuple[str, Mapping[str, Any] | str]]:
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise Unreadable("The answer is empty.")
    found = _xml_rows(text) if text[:1] == b"<" else _json_rows(text)
    for number, row in enumerate(found, start=1):
        yield f"row {number}", row if isinstance(row, Mapping) else "It is no object."


def _json_rows(text: bytes) -> list[Any]:
    try:
        said = _loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"This is not JSON: {error}.") from error
    for key in ("service_requests", "requests", "request"):
        if isinstance(said, Mapping) and key in said:
            said = said[key]
    if isinstance(said, Mapping):
        said = [said]
    if not isinstance(said, list):
        raise Unreadable("This JSON is no list of requests.")
    if said and all(isinstance(row, Mapping) and "code" in row and len(row) <= 3 for row in said):
        raise Unreadable(f"The other system refuses: {said[0].get('description', said[0])}")
    return said


def _loads(text: bytes) -> Any:
    """A half of a letter in one row makes the strict reader refuse all of them."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _xml_rows(text: bytes) -> list[Any]:
    try:
        top = ET.fromstring(text)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable(f"This XML cannot be read: {error}.") from error
    if top.tag == "errors":
        raise Unreadable(f"The other system refuses: {top.findtext('error/description')}")
    rows = [top] if top.tag == "request" else list(top.iter("request"))
    if not rows and top.tag != "service_requests":
        raise Unreadable(f"This XML is <{top.tag}>, no list of requests.")
    return [{child.tag: child.text for child in row} for row in rows]


def _read(place: str, row: Mapping[str, Any], zone: ZoneInfo | None) -> Read:
    id = _text(row, *ID_NAMES)
    if not id:
        raise ValueError("It has no service_request_id.")
    if len(id) > 100:
        raise ValueError(f"Its service_request_id has {len(id)} characters.")
    status = _text(row, "status").lower()
    at = _moment(row, "requested_datetime", zone)
    if at is None:
        raise ValueError("It has no requested_datetime.")
    lon, lat = _point(row)
    return Read(
        place=place,
        id=id,
        open=status not in CLOSED,
        status=status or "open",
        notes=_text(row, "status_notes"),
        service_code=_text(row, "service_code"),
        service_name=_text(row, "service_name"),
        description=_text(row, "description"),
        agency=_text(row, "agency_responsible"),
        at=at,
        updated_at=_moment(row, "updated_datetime", zone),
        address=_text(row, "address", "address_string"),
        lon=lon,
        lat=lat,
    )


def _text(row: Mapping[str, Any], *names: str) -> str:
    """The first of the names that says something; numbers as they are written, null as nothing."""
    for name in names:
        value = row.get(name)
        if isinstance(value, bool | Mapping | list) or value is None:
            continue
        said = _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", str(value)).strip()
        if said and said.lower() != "null":
            return said
    return ""


def _moment(row: Mapping[str, Any], name: str, zone: ZoneInfo | None) -> datetime | None:
    said = _text(row, name)
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise ValueError(f"Its {name} is {said[:40]!r}, no time.") from error
    if found.tzinfo is None:
        if zone is None:
            raise ValueError(f"Its {name} {said!r} has no zone; say it with --zone.")
        found = found.replace(tzinfo=zone)
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"Its {name} {said!r} is no time on this calendar.") from error


def _point(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    texts = _text(row, *LON_NAMES), _text(row, *LAT_NAMES)
    if texts in {("", ""), ("0", "0"), ("0.0", "0.0")}:  # a form nobody filled in, not the gulf
        return None, None
    try:
        lon, lat = (float(text) for text in texts)
    except ValueError as error:
        raise ValueError(f"Its point {texts[1]!r}, {texts[0]!r} is no pair of numbers.") from error
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError(f"Its point {lat}, {lon} is none on earth.")
    return lon, lat
