"""From a file to outcomes: every row is understood, repeated or refused; none goes missing."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gongbi.feeds import cells
from gongbi.feeds.opening import rows_of
from gongbi.feeds.records import (
    BROKEN_ROW,
    FileRefused,
    Observation,
    Outcome,
    Refused,
    Repeated,
    Report,
    RowRefused,
    Understood,
)
from gongbi.feeds.rules import Mapping

Spot = tuple[str, int]
"""A file's name and a row of it."""


@dataclass(slots=True)
class _Said:
    """What earlier rows said, across the files of one reading."""

    reports: dict[str, tuple[bytes, Spot]] = field(default_factory=dict)
    values: dict[tuple[str, datetime], tuple[float, Spot]] = field(default_factory=dict)


def files_of(mapping: Mapping, data: Path) -> list[Path]:
    """The files meant: the one given, or those of a folder by the mapping's patterns."""
    if data.is_file():
        return [data]
    if not data.exists():
        raise FileRefused(f"There is no file or folder {str(data)!r}.", "Name one that is there.")
    found = [file for pattern in mapping.files or ("*",) for file in sorted(data.glob(pattern))]
    files = [file for file in dict.fromkeys(found) if file.is_file()]
    if not files:
        wanted, there = ", ".join(mapping.files) or "any file", sorted(data.iterdir())
        names = ", ".join(file.name for file in there[:10]) or "nothing"
        raise FileRefused(
            f"The folder {str(data)!r} holds no file like {wanted}, but {names}.",
            "Name another folder, or one file of it.",
        )
    return files


def understand(mapping: Mapping, data: Path | bytes, filename: str = "") -> Iterator[Outcome]:
    """Every row of the data as an outcome, file by file; absent rows that mean zero at the end."""
    said = _Said()
    if isinstance(data, bytes):
        yield from _understand_file(mapping, data, filename or "file", said)
    else:
        for file in files_of(mapping, data):
            try:
                content = file.read_bytes()
            except OSError as error:
                why = f"The file cannot be read: {error.strerror}."
                yield Refused(file.name, 0, "", "", why, "Mend its rights.", whole_file=True)
                continue
            yield from _understand_file(mapping, content, file.name, said)
    yield from _zeros(mapping, said)


def _understand_file(
    mapping: Mapping, content: bytes, name: str, said: _Said
) -> Iterator[Outcome]:
    needed = frozenset(mapping.columns)
    try:
        for number, row in rows_of(mapping, content):
            if isinstance(row, str):
                yield Refused(name, number, "", "", row, BROKEN_ROW)
            else:
                yield _outcome(mapping, (name, number), row, needed, said)
    except FileRefused as error:
        yield Refused(name, error.row, "", "", error.reason, error.remedy, whole_file=True)


def _outcome(
    mapping: Mapping, spot: Spot, row: dict[str, Any], needed: frozenset[str], said: _Said
) -> Outcome:
    try:
        cells.check_fields(row, needed)
        if mapping.kind == "observations":
            return _once_each(spot, _observations(mapping, row), said)
        return _once(spot, _report(mapping, row, spot[1]), said)
    except RowRefused as error:
        at = None
        with contextlib.suppress(RowRefused):
            at = cells.instant(mapping, row)
        return Refused(*spot, error.column, error.value, error.reason, error.remedy, at)


def _once(spot: Spot, report: Report, said: _Said) -> Outcome:
    """The same reference with the same content is a repeat; with another content, a fault."""
    content = hashlib.sha256(repr(report).encode()).digest()
    before, first = said.reports.setdefault(report.reference, (content, spot))
    if first == spot:
        return Understood(*spot, report=report)
    if before == content:
        return Repeated(*spot, report.reference, first[1])
    raise RowRefused(
        "reference",
        report.reference,
        f"The reference already stands in row {first[1]} of {first[0]} with other content.",
        "Add a column to [report] reference that tells them apart.",
    )


def _once_each(spot: Spot, found: tuple[Observation, ...], said: _Said) -> Outcome:
    """One datastream has one value at one moment: said again it is a repeat, else a fault."""
    fresh = []
    for one in found:
        value, first = said.values.get((one.datastream, one.at), (one.value, None))
        if value != one.value:
            assert first is not None
            raise RowRefused(
                one.datastream,
                f"{one.value:g}",
                f"For {one.at:%Y-%m-%dT%H:%MZ} row {first[1]} of {first[0]} says {value:g}.",
                "Mend the rows, or add a column to [[value]] datastream that tells them apart.",
            )
        if first is None:
            fresh.append(one)
    said.values.update({(one.datastream, one.at): (one.value, spot) for one in fresh})
    if fresh:
        return Understood(*spot, observations=tuple(fresh))
    one = found[0]
    first = said.values[one.datastream, one.at][1]
    return Repeated(*spot, f"{one.datastream} {one.at:%Y-%m-%dT%H:%MZ}", first[1])


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
        sub_type=_sub_type(mapping, row),
    )


def _type(mapping: Mapping, row: dict[str, Any]) -> str | None:
    """The case type a column stands for; None leaves it to the city to read the words."""
    rule = mapping.report
    return rule.types.get(_plain(row, rule.type_column)) if rule.type_column else None


def _sub_type(mapping: Mapping, row: dict[str, Any]) -> str:
    """The sub-type a column stands for; one word may mean another under another kind."""
    rule = mapping.report
    if not rule.sub_type_column:
        return ""
    kind, said = _plain(row, rule.type_column), _plain(row, rule.sub_type_column)
    return rule.sub_types.get(f"{kind}/{said}") or rule.sub_types.get(said, "")


def _plain(row: dict[str, Any], column: str) -> str:
    return "".join(str(row[column] or "").split())


def _zeros(mapping: Mapping, said: _Said) -> Iterator[Understood]:
    """Rows that are not there and mean zero: every datastream seen, each slot of each day seen.

    They are made when all files have been read, for another file may hold the row.
    """
    rule = mapping.absent
    if rule.means != "zero" or not said.values:
        return
    zone = ZoneInfo(mapping.time.zone)
    streams = sorted({stream for stream, _at in said.values})
    days: set[date] = {at.astimezone(zone).date() for at in {at for _stream, at in said.values}}
    step = timedelta(minutes=rule.step_minutes)
    for day in sorted(days):
        for at in cells.grid_of(day, rule.hours, step, zone):
            made = tuple(
                Observation(stream, at, 0.0, made=True)
                for stream in streams
                if (stream, at) not in said.values
            )
            if made:
                yield Understood("", 0, observations=made)
