"""What is wrong with a mapping: every slip at once, each with its line and what to write."""

import codecs
import difflib
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gongbi.feeds.rules import (
    AbsentRule,
    CountRule,
    FileRule,
    PlaceRule,
    ReportRule,
    TimeRule,
    ValueRule,
    names_in,
)

SECTIONS: dict[str, type[Any]] = {
    "file": FileRule,
    "time": TimeRule,
    "place": PlaceRule,
    "report": ReportRule,
    "absent": AbsentRule,
}
LISTS: dict[str, type[Any]] = {"value": ValueRule, "count": CountRule}
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": ("observations", "reports"),
    "file.format": ("csv", "xlsx", "jsonl", "parquet"),
    "place.datum": ("WGS84", "GCJ-02", "BD-09"),
    "place.other": ("refuse", "none"),
    "time.ambiguous": ("first", "second", "refuse"),
    "absent.means": ("silence", "zero"),
}
TIME_WORDS = ("iso", "epoch_s", "epoch_ms", "excel")
SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
Fault = tuple[str, str]
"""Where, as ``time.zone`` or ``value.2.unit`` (the second [[value]]), and the sentence."""


def faults_of(said: dict[str, Any], text: str) -> list[tuple[int, str]]:
    """Every fault with its line."""
    lines = text.splitlines()
    found = [
        *_shape_faults(said),
        *_choice_faults(said),
        *_meaning_faults(said),
        *_need_faults(said),
    ]
    return [(_line_of(lines, where), why) for where, why in found]


def _line_of(lines: list[str], where: str) -> int:
    """The line of a key within its own table; the table's where the key is absent."""
    *table, key = where.split(".")
    name, count = (table[0], int(table[1]) if len(table) > 1 else 1) if table else ("", 0)
    line, inside = 1, not table
    for number, text in enumerate(lines, 1):
        head = re.match(r"\s*\[+\s*\"?([^\]\"]+?)\"?\s*\]", text)
        if head:
            count -= head[1] in (name, key)
            inside = head[1].split(".")[0] == name and count == 0
            line = number if (inside or (not table and head[1] == key)) and line == 1 else line
        elif inside and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", text):
            return number
    return line


def _shape_faults(said: dict[str, Any]) -> Iterator[Fault]:
    yield from _unknown(said, ["name", "kind", "files", *SECTIONS, *LISTS], "")
    for key in ("name", "kind"):
        if not isinstance(said.get(key), str) or not said[key]:
            yield key, f'The key {key!r} is missing, or not text: write {key} = "…".'
    files = said.get("files", [])
    if not (isinstance(files, list) and all(isinstance(one, str) for one in files)):
        yield "files", 'files must be a list of names or patterns: files = ["*.csv"].'
    for key, rule in SECTIONS.items():
        if key in said:
            yield from _table_faults(said[key], rule, key, f"[{key}]")
    yield from _list_faults(said)


def _list_faults(said: dict[str, Any]) -> Iterator[Fault]:
    for key, rule in LISTS.items():
        if not isinstance(said.get(key, []), list):
            yield key, f"{key!r} must stand in double brackets: [[{key}]]."
            continue
        for number, entry in enumerate(said.get(key, []), 1):
            yield from _table_faults(entry, rule, f"{key}.{number}", f"[[{key}]]")


def _unknown(said: dict[str, Any], known: list[str], where: str) -> Iterator[Fault]:
    for key in said:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
            yield f"{where}{key}", f"{key!r} is no key here; {hint}"


def _table_faults(entry: Any, rule: type[Any], where: str, head: str) -> Iterator[Fault]:
    if not isinstance(entry, dict):
        yield where, f"{where!r} must be a table: begin it with the line {head}."
        return
    kinds = {one.name: one.type for one in fields(rule)}
    yield from _unknown(entry, list(kinds), f"{where}.")
    for key, value in entry.items():
        if key in kinds and not _fits(value, kinds[key]):
            yield f"{where}.{key}", f"{head} {key} = {value!r} should be {_words(kinds[key])}."


def _fits(value: Any, wanted: Any) -> bool:
    if "dict" in str(wanted):
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    if "tuple" in str(wanted):
        return isinstance(value, list) and all(_fits(one, float) for one in value)
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))


def _words(wanted: Any) -> str:
    if "tuple" in str(wanted):
        return "a list of numbers"
    said = {int: "a whole number", float: "a number", str: "text"}
    return said.get(wanted, "a table of texts")


def _choice_faults(said: dict[str, Any]) -> Iterator[Fault]:
    for where, allowed in CHOICES.items():
        value = _of(said, where)
        if value is not None and value not in allowed:
            key = where.rsplit(".", 1)[-1]
            yield where, f"{key} = {value!r} is none of {', '.join(allowed)}."
    zone, encoding = _of(said, "time.zone"), _of(said, "file.encoding")
    if zone is not None and not _is_zone(zone):
        yield "time.zone", f"{zone!r} is not a time zone; write one as Asia/Shanghai."
    if encoding is not None and not _is_encoding(encoding):
        yield "file.encoding", f"{encoding!r} is no encoding; write utf-8, gb18030 or big5."


def _meaning_faults(said: dict[str, Any]) -> Iterator[Fault]:
    yield from _text_faults(said)
    for where in ("file.heading_row", "file.heading_rows", "absent.step_minutes"):
        if (_of(said, where) or 1) < 1 or _of(said, where) == 0:
            yield where, f"{where.rsplit('.', 1)[-1]} counts from 1."
    if _of(said, "report.sub_type_column") and not _of(said, "report.type_column"):
        yield "report.sub_type_column", "A sub-type is one of a type: name type_column too."
    yield from _place_faults(said)
    for number, entry in _entries(said, "value"):
        if entry.get("minimum", float("-inf")) > entry.get("maximum", float("inf")):
            yield f"value.{number}.minimum", "minimum lies above maximum: exchange them."


def _text_faults(said: dict[str, Any]) -> Iterator[Fault]:
    delimiter, source = _of(said, "file.delimiter"), _of(said, "report.source")
    form, hours = _of(said, "time.format"), _of(said, "absent.hours")
    if delimiter is not None and len(delimiter) != 1:
        yield "file.delimiter", 'The delimiter is one character, such as "," or "\\t".'
    if source and not SOURCE.fullmatch(source):
        yield (
            "report.source",
            (f"The source {source!r} may hold a-z, 0-9 and _.- only, 32 at the most."),
        )
    if form is not None and not _is_time_format(form):
        yield (
            "time.format",
            (f"{form!r} reads no time; write {', '.join(TIME_WORDS)} or such as %Y-%m-%d %H:%M."),
        )
    if hours is not None and not HOURS.fullmatch(hours):
        yield "absent.hours", f"hours = {hours!r} should look like 05:00-24:00."


def _place_faults(said: dict[str, Any]) -> Iterator[Fault]:
    lon, lat, bounds = (_of(said, f"place.{key}") for key in ("lon", "lat", "bounds"))
    if bool(lon) != bool(lat):
        yield "place.lon", "[place] lon and lat go together: name both columns or neither."
    if bounds is not None and not (
        len(bounds) == 4 and bounds[0] < bounds[2] and bounds[1] < bounds[3]
    ):
        yield "place.bounds", "bounds are [west, south, east, north] in degrees of WGS84."


def _need_faults(said: dict[str, Any]) -> Iterator[Fault]:
    if not _of(said, "time.column"):
        yield "time.column", "[time] column is missing: which column says when?"
    if said.get("kind") == "reports":
        for key in ("source", "reference", "words"):
            if not _of(said, f"report.{key}"):
                yield f"report.{key}", f"[report] {key} is missing."
        if "value" in said:
            yield "value", "Reports have no [[value]]; to count them write [[count]]."
    if said.get("kind") == "observations" and not said.get("value"):
        yield "kind", "Observations need at least one [[value]]."
    for key in LISTS:
        yield from _streams_faults(said, key)


def _streams_faults(said: dict[str, Any], key: str) -> Iterator[Fault]:
    said_before: dict[str, int] = {}
    for number, entry in _entries(said, key):
        where = f"{key}.{number}"
        yield from _stream_faults(entry, key, where)
        name = entry.get("datastream", "").replace("{@column}", entry.get("column", ""))
        first = said_before.setdefault(name, number)
        if first != number:
            yield f"{where}.datastream", f"[[{key}]] {first} has this datastream already."


def _stream_faults(entry: dict[str, Any], key: str, where: str) -> Iterator[Fault]:
    needed = ("column", "datastream") if key == "value" else ("datastream",)
    for one in needed:
        if not entry.get(one):
            yield f"{where}.{one}", f"[[{key}]] {one} is missing."
    known = ("@column",) if key == "value" else ("@place",)
    for name in names_in(entry.get("datastream", "")):
        if (name.startswith("@") or key == "count") and name not in known:
            yield f"{where}.datastream", f"{{{name}}} means nothing here; {{{known[0]}}} does."


def _of(said: dict[str, Any], where: str) -> Any:
    """The value at a place; None where there is none of the right kind."""
    table, _, key = where.rpartition(".")
    entry = said.get(table) if table else said
    value = entry.get(key) if isinstance(entry, dict) else None
    kinds = {one.name: one.type for one in fields(SECTIONS[table])} if table else {key: str}
    return value if value is not None and _fits(value, kinds[key]) else None


def _entries(said: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tables of [[key]] that are shaped as they should be, numbered from 1."""
    entries = said.get(key)
    for number, entry in enumerate(entries if isinstance(entries, list) else (), 1):
        if not any(_table_faults(entry, LISTS[key], key, key)):
            yield number, entry


def _is_zone(name: Any) -> bool:
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_encoding(name: Any) -> bool:
    try:
        return bool(getattr(codecs.lookup(str(name)), "_is_text_encoding", True))
    except LookupError:
        return False


def _is_time_format(form: str) -> bool:
    """Whether a moment written in this form is read again, with its year."""
    if form in TIME_WORDS:
        return True
    moment = datetime(2016, 2, 6, 3, 57, tzinfo=UTC)
    try:
        read = datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007 - only whether it reads
    except ValueError:
        return False
    return (read.year, read.month, read.day) == (2016, 2, 6)
