"""One cell at a time: instants, numbers, points and words, or the reason why not."""

import math
from collections.abc import Mapping as Table
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from gongbi.feeds.records import RowRefused
from gongbi.feeds.rules import Mapping, PlaceRule, TimeRule, ValueRule, names_in
from gongbi.kernel.datum import wgs84_from_bd09, wgs84_from_gcj02

Cells = Table[str, Any]
LONGEST_FIELD = 100_000
SHEET_ERRORS = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!"}
)
EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is the mapping's, added later


class Formula(str):
    """A cell of a workbook that holds a formula and no result."""

    __slots__ = ()


def check_fields(cells: Cells, needed: frozenset[str]) -> None:
    """Refuse a field nobody could have meant, and a needed cell that has no value of its own."""
    for name, value in cells.items():
        if not isinstance(value, str):
            continue
        if len(value) > LONGEST_FIELD:
            raise RowRefused(
                name,
                value,
                f"The field has {len(value):,} characters; at most {LONGEST_FIELD:,} are read.",
                "Look for a quotation mark that is never closed.",
            )
        if name in needed and isinstance(value, Formula):
            raise RowRefused(
                name,
                value,
                "The cell holds a formula whose result is not in the file.",
                "Open the file in a spreadsheet program, save it, and read it again.",
            )
        if name in needed and value in SHEET_ERRORS:
            raise RowRefused(
                name, value, "The spreadsheet could not work out this cell.", "Mend its formula."
            )


def instant(mapping: Mapping, cells: Cells) -> datetime:
    """When: aware, in UTC."""
    rule = mapping.time
    template = bool(names_in(rule.column))
    value = filled(rule.column, cells) if template else cells[rule.column]
    return _moment(value if isinstance(value, date) else _plain(value), rule)


@lru_cache(maxsize=4096)  # many rows of a file share their moment
def _moment(value: Any, rule: TimeRule) -> datetime:
    naive = _parsed(value, rule.format, rule.column)
    if naive.tzinfo is not None:
        return naive.astimezone(UTC)
    return _in_zone(naive, ZoneInfo(rule.zone), rule.ambiguous, rule.column)


def _parsed(value: Any, form: str, column: str) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    text = _plain(value)
    if not text:
        raise RowRefused(column, text, "The time is empty.", "Fill the cell in.")
    try:
        if form == "excel":
            return EXCEL_DAY_ZERO + timedelta(seconds=round(float(text) * 86_400))
        if form in ("epoch_s", "epoch_ms"):
            seconds = float(text) / (1000 if form == "epoch_ms" else 1)
            return datetime.fromtimestamp(seconds, UTC)
        return datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the mapping's, added next
    except (ValueError, OverflowError, OSError) as error:
        how = FORMS.get(form, f"written as {form}")
        raise RowRefused(
            column, text, f"This is not {how}.", "Mend the cell, or [time] format."
        ) from error


FORMS = {
    "iso": "an ISO time such as 2026-01-31T08:00",
    "epoch_s": "a number of seconds since 1970",
    "epoch_ms": "a number of milliseconds since 1970",
    "excel": "a day number of a spreadsheet, such as 46053.5",
}


def _in_zone(naive: datetime, zone: ZoneInfo, ambiguous: str, column: str) -> datetime:
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise RowRefused(
            column, naive, f"The clocks in {zone.key} skipped this hour.", "Check [time] zone."
        )
    if ambiguous == "refuse":
        raise RowRefused(
            column,
            naive,
            f"The clocks in {zone.key} showed this hour twice.",
            "Say in [time] ambiguous whether the first or the second is meant.",
        )
    return (first if ambiguous == "first" else second).astimezone(UTC)


def number(value: Any, column: str) -> float:
    """A finite number; thousands separators and full-width digits are understood."""
    if isinstance(value, bool):
        raise RowRefused(column, value, "This is not a number.")
    if isinstance(value, int | float):
        found = float(value)
    else:
        text = str(value if value is not None else "").strip()
        try:
            found = float(text.replace(",", "").replace("\uff0c", ""))
        except ValueError as error:
            reason = "The cell is empty." if not text else "This is not a number."
            remedy = "Mend the cell; an absent value is no zero."
            raise RowRefused(column, text, reason, remedy) from error
    if not math.isfinite(found):
        raise RowRefused(column, value, "This is not a finite number.")
    return found


def scaled(rule: ValueRule, cells: Cells) -> float:
    """A value in the unit of the mapping, within what is possible."""
    found = number(cells[rule.column], rule.column) * rule.factor + rule.offset
    if not rule.minimum <= found <= rule.maximum:
        raise RowRefused(
            rule.column,
            cells[rule.column],
            f"{found:g} {rule.unit} lies outside {rule.minimum:g} to {rule.maximum:g}.",
            "Check the unit, factor and offset of this [[value]].",
        )
    return found


def point(mapping: Mapping, cells: Cells) -> tuple[float | None, float | None]:
    """Degrees in WGS84; (None, None) where both cells are empty."""
    rule = mapping.place
    if not rule.lon or not rule.lat:
        return None, None
    if not _said(cells[rule.lon]) and not _said(cells[rule.lat]):
        return None, None
    lon, lat = number(cells[rule.lon], rule.lon), number(cells[rule.lat], rule.lat)
    if abs(lat) > 90 or abs(lon) > 180:
        swapped = abs(lon) <= 90 and abs(lat) <= 180
        remedy = "Longitude and latitude seem swapped." if swapped else "Degrees are expected."
        raise RowRefused(rule.lat, f"{lon}, {lat}", "This is no point on earth.", remedy)
    if lon == 0 and lat == 0:
        return None, None  # what geocoders write when they found nothing
    if rule.datum != "WGS84":
        found = (wgs84_from_gcj02 if rule.datum == "GCJ-02" else wgs84_from_bd09)(lon, lat)
        lon, lat = round(float(found.lon[0]), 7), round(float(found.lat[0]), 7)
    _check_bounds(rule, lon, lat)
    return lon, lat


def _check_bounds(rule: PlaceRule, lon: float, lat: float) -> None:
    if not rule.bounds or _inside(rule.bounds, lon, lat):
        return
    remedy = "Mend the cells, or [place] bounds."
    if _inside(rule.bounds, lat, lon):
        remedy = "Longitude and latitude seem swapped: exchange [place] lon and lat."
    raise RowRefused(
        rule.lat, f"{lon:g}, {lat:g}", "This point lies outside the bounds of the mapping.", remedy
    )


def _inside(bounds: tuple[float, ...], lon: float, lat: float) -> bool:
    west, south, east, north = bounds
    return west <= lon <= east and south <= lat <= north


def _said(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def place_code(mapping: Mapping, cells: Cells) -> str | None:
    """The code of the place a column names; spaces inside a name are dirt, not meaning."""
    rule = mapping.place
    if not rule.column:
        return None
    name = "".join(str(cells[rule.column] or "").split())
    if not rule.codes:
        return name or None
    if name in rule.codes:
        return rule.codes[name]
    if rule.other == "none":
        return None
    raise RowRefused(
        rule.column,
        cells[rule.column],
        "No place of this name is known." if name else "The place is empty.",
        'Add it to [place] codes, or set other = "none".',
    )


def filled(template: str, cells: Cells, **more: object) -> str:
    """A template with its columns filled in."""
    text = template
    for name in names_in(template):
        value = more.get(name[1:]) if name.startswith("@") else cells.get(name)
        text = text.replace("{" + name + "}", _plain(value))
    return text.strip()


def _plain(value: Any) -> str:
    """A cell as a person would type it: a day without midnight, 7 and not 7.0."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value if value is not None else "").strip()


def grid_of(day: date, hours: str, step: timedelta, zone: ZoneInfo) -> list[datetime]:
    """Slots of a day within its service hours, in UTC."""
    opens, closes = (_minute(edge) for edge in hours.split("-"))
    step_minutes = int(step.total_seconds() // 60)
    midnight = datetime.combine(day, time(), zone)
    return [
        (midnight + timedelta(minutes=minute)).astimezone(UTC)
        for minute in range(opens, closes, step_minutes)
    ]


def _minute(edge: str) -> int:
    hour, minute = edge.split(":")
    return int(hour) * 60 + int(minute)
