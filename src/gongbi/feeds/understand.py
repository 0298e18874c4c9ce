"""From a file to outcomes: every row is understood, repeated or refused; none goes missing."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gongbi.feeds import cells
from gongbi.feeds.mapping import Mapping
from gongbi.feeds.opening import rows_of
from gongbi.feeds.records import (
    FileRefused,
    Observation,
    Outcome,
    Refused,
    Repeated,
    Report,
    RowRefused,
    Understood,
)


def files_of(mapping: Mapping, data: Path) -> list[Path]:
    """The files meant: the one given, or those of a folder by the mapping's patterns."""
    if data.is_file():
        return [data]
    found = [file for pattern in mapping.files or ("*",) for file in sorted(data.glob(pattern))]
    files = [file for file in dict.fromkeys(found) if file.is_file()]
    if not files:
        wanted = ", ".join(mapping.files) or "any file"
        raise FileRefused(f"{data.name} holds no file like {wanted}.", "Name another folder.")
    return files


def understand(mapping: Mapping, data: Path | bytes, filename: str = "") -> Iterator[Outcome]:
    """Every row of the data as an outcome, file by file; absent rows that mean zero at the end."""
    if isinstance(data, bytes):
        yield from understand_file(mapping, data, filename or "file", {})
        return
    seen: dict[str, tuple[str, int]] = {}
    for file in files_of(mapping, data):
        yield from understand_file(mapping, file.read_bytes(), file.name, seen)


def understand_file(
    mapping: Mapping, content: bytes, name: str, seen: dict[str, tuple[str, int]]
) -> Iterator[Outcome]:
    """One file's outcomes. ``seen`` maps references to (content, row), across files."""
    present: dict[str, set[int]] = {}
    try:
        for number, row in rows_of(mapping, content):
            outcome = _outcome(mapping, name, number, row, seen)
            if isinstance(outcome, Understood) and mapping.absent.means == "zero":
                for one in outcome.observations:
                    present.setdefault(one.datastream, set()).add(int(one.at.timestamp()))
            yield outcome
    except FileRefused as error:
        yield Refused(name, error.row, "", "", error.reason, error.remedy)
    yield from _zeros(mapping, name, present)


def _outcome(
    mapping: Mapping,
    name: str,
    number: int,
    row: dict[str, Any] | str,
    seen: dict[str, tuple[str, int]],
) -> Outcome:
    if isinstance(row, str):
        return Refused(name, number, "", "", row, "Copy the file again.")
    try:
        cells.check_lengths(row)
        if mapping.kind == "observations":
            return Understood(name, number, observations=_observations(mapping, row))
        report = _report(mapping, row, number)
    except RowRefused as error:
        return Refused(name, number, error.column, error.value, error.reason, error.remedy)
    return _once(name, number, report, seen)


def _once(name: str, number: int, report: Report, seen: dict[str, tuple[str, int]]) -> Outcome:
    """The same reference with the same content is a repeat; with another content, a fault."""
    content = hashlib.sha256(repr(report).encode()).hexdigest()
    first = seen.setdefault(report.reference, (content, number))
    if first == (content, number):
        return Understood(name, number, report=report)
    if first[0] == content:
        return Repeated(name, number, report.reference, first[1])
    return Refused(
        name,
        number,
        "reference",
        report.reference,
        f"The reference already stands in row {first[1]} with other content.",
        "Add a column to [report] reference that tells them apart.",
    )


def _observations(mapping: Mapping, row: dict[str, Any]) -> tuple[Observation, ...]:
    at = cells.instant(mapping, row)
    return tuple(
        Observation(
            datastream=cells.filled(rule.datastream, row, column=rule.column),
            at=at,
            value=cells.scaled(rule, row),
        )
        for rule in mapping.values
    )


def _report(mapping: Mapping, row: dict[str, Any], number: int) -> Report:
    rule = mapping.report
    lon, lat = cells.point(mapping, row)
    reference = cells.filled(rule.reference, row, row=number)
    words = cells.filled(rule.words, row, row=number)
    if not reference:
        raise RowRefused("reference", "", "The row has no reference.", "Name it in [report].")
    if not words:
        raise RowRefused("words", "", "The row says nothing.", "Name its text in [report] words.")
    return Report(
        source=rule.source,
        reference=reference,
        words=words,
        type=_type(mapping, row),
        lon=lon,
        lat=lat,
        place=cells.place_code(mapping, row),
        place_words=cells.filled(rule.place_words, row, row=number),
        at=cells.instant(mapping, row),
        contact=cells.filled(rule.contact, row, row=number),
        language=rule.language,
    )


def _type(mapping: Mapping, row: dict[str, Any]) -> str | None:
    """The case type a column stands for; None leaves it to the city to read the words."""
    rule = mapping.report
    if not rule.type_column:
        return None
    said = "".join(str(row[rule.type_column] or "").split())
    return rule.types.get(said)


def _zeros(mapping: Mapping, name: str, present: dict[str, set[int]]) -> Iterator[Understood]:
    """Rows that are not there and mean zero: every datastream seen, each slot of each day seen."""
    rule = mapping.absent
    if rule.means != "zero" or not present:
        return
    zone = ZoneInfo(mapping.time.zone)
    every = {second for seconds in present.values() for second in seconds}
    days = sorted({_day(second, zone) for second in every})
    step = timedelta(minutes=rule.step_minutes)
    slots = [at for day in days for at in cells.grid_of(day, rule.hours, step, zone)]
    for at in slots:
        second = int(at.timestamp())
        made = tuple(
            Observation(stream, at, 0.0, made=True)
            for stream, seconds in sorted(present.items())
            if second not in seconds
        )
        if made:
            yield Understood(name, 0, observations=made)


def _day(second: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(second, zone).date()
