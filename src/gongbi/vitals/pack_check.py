"""Faults of indicators.toml and datastreams.parquet, all at once."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gongbi.core.public import CODE, Fault, Known, Unreadable, read_toml_with_lines

INDICATORS, DATASTREAMS = "indicators.toml", "datastreams.parquet"
AGGREGATES = ("sum", "mean", "min", "max", "last", "count", "share")
KINDS = ("self", "building", "quarter", "grid", "subdistrict", "district", "city")
COLUMNS = ("id", "name", "property", "unit", "place", "step_seconds")
KEYS = frozenset(
    {"code", "name_en", "name_zh", "class", "property", "unit", "aggregate", "places"}
    | {"window_minutes", "lateness_minutes", "direction", "notice", "warning", "alarm"}
    | {"clear_margin", "min_windows", "missing_windows", "case_type", "case_from_level"}
    | {"why_en", "why_zh"}
)
MOST_FAULTS_OF_A_FILE = 50
Trouble = tuple[str, str]


def check_indicators(folder: Path, known: Known, properties: set[str]) -> list[Fault]:
    """Faults of indicators.toml; a town without sensors needs no such file."""
    if not (folder / INDICATORS).exists():
        return []
    try:
        said, line_of = read_toml_with_lines(folder / INDICATORS)
    except Unreadable as error:
        return [error.fault]
    rows, seen, faults = said.get("indicator", []), set[str](), []
    for number, row in enumerate(rows):
        at = _at(line_of, number)
        faults += [
            Fault(INDICATORS, at(key), why) for key, why in _troubles(row, known, properties)
        ]
        if row.get("code") in seen:
            faults.append(Fault(INDICATORS, at("code"), f"{row['code']!r} stands here twice."))
        seen.add(str(row.get("code")))
    return faults


def _at(line_of: Callable[..., int], number: int) -> Callable[[str], int]:
    return lambda key: line_of("indicator", number, key)


def _troubles(row: dict[str, Any], known: Known, properties: set[str]) -> Iterator[Trouble]:
    yield from _troubles_of_names(row)
    yield from _troubles_of_rule(row)
    yield from _troubles_of_limits(row)
    if properties and row.get("property") not in properties:
        yield "property", f"No datastream has the property {row.get('property')!r}."
    if row.get("case_type") and known.case_types and row["case_type"] not in known.case_types:
        yield "case_type", f"There is no case type {row['case_type']!r} in case_types.toml."


def _troubles_of_names(row: dict[str, Any]) -> Iterator[Trouble]:
    for key in sorted(set(row) - KEYS):
        yield key, f"{key!r} is no key of an indicator; the keys are {', '.join(sorted(KEYS))}."
    if not CODE.fullmatch(str(row.get("code", ""))):
        yield "code", f"The code {row.get('code')!r} may hold a-z, 0-9 and '-' only."
    if not (row.get("name_en") or row.get("name_zh")):
        yield "name_en", f"The indicator {row.get('code')!r} has no name."


def _troubles_of_rule(row: dict[str, Any]) -> Iterator[Trouble]:
    if row.get("aggregate") not in AGGREGATES:
        yield "aggregate", f"{row.get('aggregate')!r} is none of {', '.join(AGGREGATES)}."
    if row.get("direction", "above") not in ("above", "below"):
        yield "direction", f"{row.get('direction')!r} is neither above nor below."
    for kind in row.get("places", []) or [""]:
        if kind not in KINDS:
            yield "places", f"{kind!r} is no kind of place; choose from {', '.join(KINDS)}."
    if not _number(row.get("window_minutes")) or row["window_minutes"] * 60 < 1:
        yield "window_minutes", "window_minutes must be a number above 0."
    for key in ("lateness_minutes", "clear_margin", "min_windows", "missing_windows"):
        if key in row and (not _number(row[key]) or row[key] < 0):
            yield key, f"{key} must be a number, 0 or more."


def _troubles_of_limits(row: dict[str, Any]) -> Iterator[Trouble]:
    said = [(key, row[key]) for key in ("notice", "warning", "alarm") if key in row]
    for key, value in said:
        if not _number(value):
            yield key, f"The limit {value!r} is not a number."
            return
    values = [value for _, value in said]
    below = row.get("direction", "above") == "below"
    if values != sorted(values, reverse=below):
        order = "fall" if below else "rise"
        yield said[0][0], f"Limits {values} must {order} from notice to alarm."


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check_datastreams(folder: Path, known: Known) -> tuple[list[Fault], set[str]]:
    """Faults of datastreams.parquet, and the properties it has; a row is named by its number."""
    file = folder / DATASTREAMS
    if not file.exists():
        return [], set()
    try:
        table = pq.read_table(file, columns=list(COLUMNS))
    except (OSError, pa.ArrowException, KeyError) as error:
        reason = str(error).splitlines()[0]
        return [Fault(DATASTREAMS, 0, f"The file cannot be read: {reason}.")], set()
    properties = set(table["property"].unique().to_pylist())
    known.properties |= properties
    found = list(_row_faults(table.to_pydict(), known))
    return found[:MOST_FAULTS_OF_A_FILE] + _rest(found), properties


def _row_faults(rows: dict[str, list[Any]], known: Known) -> Iterator[Fault]:
    ids, names = set[int](), set[str]()
    columns = (rows["id"], rows["name"], rows["place"], rows["step_seconds"])
    for number, (key, name, place, step) in enumerate(zip(*columns, strict=True), 1):
        if key is None or key < 1 or key in ids:
            yield Fault(DATASTREAMS, number, f"The id {key} is missing, below 1 or there twice.")
        if not name or name in names:
            yield Fault(DATASTREAMS, number, f"The name {name!r} is missing or there twice.")
        if place not in known.places:
            yield Fault(DATASTREAMS, number, f"The place {place!r} is no place of this pack.")
        if not step or step < 1:
            yield Fault(DATASTREAMS, number, f"step_seconds {step} must be 1 or more.")
        ids.add(key)
        names.add(name)


def _rest(found: list[Fault]) -> list[Fault]:
    more = len(found) - MOST_FAULTS_OF_A_FILE
    return [Fault(DATASTREAMS, 0, f"And {more} faults more.")] if more > 0 else []
