"""Rows of a file of assets: each is an asset, or is refused with its line and the reason."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from gongbi.core.pack_files import Fault, Unreadable
from gongbi.kernel.assets.cells import cell_of
from gongbi.kernel.assets.codes import MOST, key_of

COLUMNS = ("kind", "code", "lon", "lat", "owner")
MOST_NAME = 120
SAID = (
    "place_id", "lon", "lat", "cell", "owner_id", "maintainer_id", "name_en", "name_zh",
    "since", "until", "in_force", "key",
)  # fmt: skip
Row = dict[str, str]
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """What a row may refer to."""

    kinds: frozenset[str]
    units: frozenset[str]
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A row by its line: what it says of its asset, in the order of ``SAID``, or why nothing.

    ``said``: kind and code, also of a row that is refused.
    """

    number: int
    said: tuple[str, str]
    values: Values | None
    reason: str = ""


def read_lines(path: Path, codes: Codes) -> Iterator[Line]:
    """Each row of a UTF-8 CSV, one at a time: a register may be larger than memory.

    Unreadable when the file as a whole is none: a column is missing, or it is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            _check_heading(path, rows.fieldnames or ())
            for row in rows:
                yield _line(rows.line_num, row, codes)
    except OSError as error:
        raise Unreadable(Fault(path.name, 0, f"The file cannot be read: {error}.")) from error
    except UnicodeDecodeError as error:
        reason = "The file is not UTF-8 from about here on; save it as UTF-8."
        raise Unreadable(Fault(path.name, rows.line_num + 1, reason)) from error
    except csv.Error as error:
        raise Unreadable(
            Fault(path.name, rows.line_num + 1, f"This is no CSV: {error}.")
        ) from error


def _check_heading(path: Path, found: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        reason = f"The heading lacks the column {', '.join(missing)}; add it."
        raise Unreadable(Fault(path.name, 1, reason))


def _line(number: int, row: "dict[str | None, str | list[str] | None]", codes: Codes) -> Line:
    said = {key: (value or "").strip() for key, value in row.items()
            if key and not isinstance(value, list)}  # fmt: skip
    named = (said.get("kind", ""), said.get("code", ""))
    reason = (
        next(_troubles(said, codes), "") if None not in row else "It has more cells than heads."
    )
    return Line(number, named, None, reason) if reason else Line(number, named, _values(said))


def _troubles(row: Row, codes: Codes) -> Iterator[str]:
    if row["kind"] not in codes.kinds:
        yield f"{row['kind']!r} is no kind of asset_kinds.toml."
    if (
        not 0 < len(row["code"]) <= MOST
        or not row["code"].isprintable()
        or not key_of(row["code"])
    ):
        yield f"The code {row['code']!r} needs a letter or digit, {MOST} characters at the most."
    for key, most in (("lon", 180.0), ("lat", 90.0)):
        if not _degrees(row[key], most):
            yield f"{key} {row[key]!r} is not a number up to {most:g}."
    yield from _code_troubles(row, codes)
    for key in ("name_zh", "name_en"):
        if len(row.get(key, "")) > MOST_NAME:
            yield f"{key} has {len(row[key])} characters; {MOST_NAME} are the most."
    yield from _day_troubles(row)


def _code_troubles(row: Row, codes: Codes) -> Iterator[str]:
    if row["owner"] not in codes.units:
        yield f"The owner {row['owner']!r} is no unit of this city."
    if row.get("maintainer") and row["maintainer"] not in codes.units:
        yield f"The maintainer {row['maintainer']!r} is no unit of this city."
    if row.get("place") and row["place"] not in codes.places:
        yield f"{row['place']!r} is no place of this city."


def _day_troubles(row: Row) -> Iterator[str]:
    for key in ("since", "until"):
        if row.get(key) and _day(row[key]) is None:
            yield f"{key} {row[key]!r} is not a date; write 2026-01-31."
    since, until = _day(row.get("since", "")), _day(row.get("until", ""))
    if since and until and until <= since:
        yield f"It ends on {until} and begins on {since}; exchange them."


def _degrees(said: str, most: float) -> bool:
    with suppress(ValueError):
        return isfinite(float(said)) and abs(float(said)) <= most
    return False


def _day(said: str) -> date | None:
    if said:
        with suppress(ValueError):
            return date.fromisoformat(said)
    return None


def _values(row: Row) -> Values:
    lon, lat = float(row["lon"]), float(row["lat"])
    return (
        row.get("place") or None,
        lon,
        lat,
        cell_of(lon, lat),
        row["owner"],
        row.get("maintainer") or None,
        row.get("name_en", ""),
        row.get("name_zh", ""),
        _day(row.get("since", "")),
        _day(row.get("until", "")),
        True,
        key_of(row["code"]),
    )
