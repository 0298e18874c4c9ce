"""From a request's body to columns: what is understood, and each row refused with its reason."""

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import orjson
from numpy.typing import NDArray

from gongbi.kernel.stream import ndjson
from gongbi.kernel.stream.slots import find_slots
from gongbi.stream.plans import Plan

EARLIEST = 631_152_000_000_000
"""1990-01-01 UTC in microseconds. Older times are nearly always seconds taken for milliseconds."""
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = 1 << 62
_NOT_IN_PLAN = "is not in the plan; correct it, or name it in datastreams.parquet of the city pack"
_LINE = 'write one {"datastream": 17, "time": "2026-11-24T08:00:00+08:00", "value": 3.2} a line'
_NOT_FINITE = re.compile(rb"\bNaN\b|\bInfinity\b", re.IGNORECASE)


class RowRefused(Exception):
    """A row that cannot be stored; the sentence says why."""


class BodyRefused(Exception):
    """A body of which nothing can be understood."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not stored: its line (from 1) and the reason."""

    line: int
    reason: str


@dataclass(slots=True)
class Decoded:
    """Rows in the order they came, and those refused."""

    ids: NDArray[np.int64]
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    refused: list[Refusal] = field(default_factory=list)
    unknown: bool = False
    """A datastream was refused because the plan does not know it."""


@dataclass(slots=True)
class _Rows:
    """Rows read one by one, with their lines."""

    plan: Plan
    ids: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    unknown: bool = False

    def add(
        self, line: int, datastream: object, time: object, value: object, unit: object = None
    ) -> None:
        """Keep a row, or its refusal."""
        try:
            identity = self._identity(datastream)
            row = identity, micros_of(time), number_of(value)
            self._check_unit(identity, unit)
        except RowRefused as refusal:
            self.refused.append(Refusal(line, str(refusal)))
            return
        self.ids.append(row[0])
        self.times.append(row[1])
        self.values.append(row[2])
        self.lines.append(line)

    def _identity(self, given: object) -> int:
        if isinstance(given, int) and not isinstance(given, bool) and abs(given) < _LAST:
            return given
        if not isinstance(given, str):
            raise RowRefused(f"datastream is {_shown(given)}; give its id or its name")
        identity = self.plan.names.get(given)
        if identity is None:
            self.unknown = True
            raise RowRefused(f"datastream {_shown(given)} {_NOT_IN_PLAN}")
        return identity

    def _check_unit(self, identity: int, said: object) -> None:
        """A row need not say its unit; one that does must mean the pack's."""
        usual = self.plan.unit_of(identity) if said is not None else None
        if usual is not None and said != usual:
            raise RowRefused(
                f"unit is {_shown(said)}, but datastream {identity} is measured in {usual}; "
                "convert the value, or correct the unit in the city pack"
            )


def decode_lines(body: bytes, plan: Plan, latest: int) -> Decoded:
    """Rows of newline JSON; ``latest`` is the last time accepted, in microseconds."""
    text = ndjson.pad(body)
    most = body.count(b"\n") + 1
    ids, times, lines = (np.empty(most, np.int64) for _ in range(3))
    values, left = np.empty(most), np.empty((most, 3), np.int64)
    count, others = ndjson.read_rows(text, len(body), ids, times, values, lines, left)
    rows = _Rows(plan)
    for line, begin, end in left[:others].tolist():
        _read_line(body[begin:end], line, rows)
    columns = ids[:count], times[:count], values[:count], lines[:count]
    return _checked(*_merged(columns, rows), rows, latest)


def _read_line(line: bytes, number: int, rows: _Rows) -> None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        rows.refused.append(Refusal(number, _why_not_json(line, error.msg)))
        return
    if not isinstance(found, dict):
        rows.refused.append(Refusal(number, f"not an object: {_cut(line)}; {_LINE}"))
        return
    absent = [key for key in ("datastream", "time", "value") if key not in found]
    if absent:
        rows.refused.append(Refusal(number, f"lacks {', '.join(absent)}; {_LINE}"))
        return
    rows.add(number, found["datastream"], found["time"], found["value"], found.get("unit"))


def _why_not_json(line: bytes, why: str) -> str:
    """What is wrong with a line that is not JSON, and what to send instead."""
    if _NOT_FINITE.search(line):
        return f"JSON has no NaN or Infinity: {_cut(line)}; where there is no value, send no row"
    try:
        line.decode()
    except UnicodeDecodeError:
        return f"not UTF-8: {_cut(line)}; send the body as UTF-8"
    return f"not JSON ({why}): {_cut(line)}; {_LINE}"


_Quad = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]


def _merged(columns: _Quad, rows: _Rows) -> _Quad:
    """Both kinds of rows in the order of their lines."""
    if not rows.lines:
        return columns
    ids = np.concatenate([columns[0], np.array(rows.ids, np.int64)])
    times = np.concatenate([columns[1], np.array(rows.times, np.int64)])
    values = np.concatenate([columns[2], np.array(rows.values, np.float64)])
    lines = np.concatenate([columns[3], np.array(rows.lines, np.int64)])
    order = np.argsort(lines, kind="stable")
    return ids[order], times[order], values[order], lines[order]


def _checked(
    ids: NDArray[np.int64],
    times: NDArray[np.int64],
    values: NDArray[np.float64],
    lines: NDArray[np.int64],
    rows: _Rows,
    latest: int,
) -> Decoded:
    strange = find_slots(rows.plan.index, ids) < 0
    early, late = times < EARLIEST, times > latest
    bad = strange | early | late
    if not bad.any():
        return Decoded(ids, times, values, rows.refused, rows.unknown)
    refused = rows.refused
    for at in np.flatnonzero(bad).tolist():
        refused.append(Refusal(int(lines[at]), _why(at, ids, times, strange, early, latest)))
    refused.sort(key=lambda refusal: refusal.line)
    good = ~bad
    unknown = rows.unknown or bool(strange.any())
    return Decoded(ids[good], times[good], values[good], refused, unknown)


def _why(
    at: int,
    ids: NDArray[np.int64],
    times: NDArray[np.int64],
    strange: NDArray[np.bool_],
    early: NDArray[np.bool_],
    latest: int,
) -> str:
    if strange[at]:
        return f"datastream {int(ids[at])} {_NOT_IN_PLAN}"
    time = in_words(int(times[at]))
    if early[at]:
        return f"time {time} is before 1990: whole numbers are milliseconds since 1970"
    return f"time {time} is too far in the future: the latest accepted now is {in_words(latest)}"


def in_words(micros: int) -> str:
    """A time as people read it."""
    try:
        return (_1970 + timedelta(microseconds=micros)).isoformat()
    except OverflowError:
        return f"{micros // 1000} ms"


def decode_arrays(body: bytes, plan: Plan, latest: int) -> Decoded:
    """Rows of SensorThings data arrays; lines count the rows of all arrays from 1."""
    try:
        groups = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyRefused(f"The body is not JSON: {error}.") from error
    if not isinstance(groups, list):
        raise BodyRefused("The body must be a list of data arrays, one for each datastream.")
    rows, line = _Rows(plan), 0
    for group in groups:
        line = _read_group(group, line, rows)
    quad = (
        np.array(rows.ids, np.int64),
        np.array(rows.times, np.int64),
        np.array(rows.values, np.float64),
        np.array(rows.lines, np.int64),
    )
    return _checked(*quad, rows, latest)


def _read_group(group: Any, line: int, rows: _Rows) -> int:
    """Read one data array; return the number of its last line."""
    if not isinstance(group, dict) or not isinstance(group.get("dataArray"), list):
        rows.refused.append(Refusal(line + 1, "not a data array: it has no list 'dataArray'"))
        return line + 1
    stream = group.get("Datastream")
    given = stream.get("@iot.id") if isinstance(stream, dict) else None
    names, fault = _components(group.get("components"))
    for values in group["dataArray"]:
        line += 1
        if fault:
            rows.refused.append(Refusal(line, fault))
        elif not isinstance(values, list) or len(values) != len(names):
            rows.refused.append(Refusal(line, f"has not the {len(names)} components named"))
        else:
            found = dict(zip(names, values, strict=True))
            rows.add(line, given, found["phenomenonTime"], found["result"])
    return line


def _components(names: Any) -> tuple[list[str], str]:
    """(names of the components, what is wrong with them or nothing)."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return [], "its data array has no list 'components'"
    absent = [name for name in ("phenomenonTime", "result") if name not in names]
    return names, f"its components lack {', '.join(absent)}" if absent else ""


def micros_of(given: object) -> int:
    """Microseconds since 1970 UTC of a time as senders write it; RowRefused otherwise."""
    if isinstance(given, int) and not isinstance(given, bool):
        if abs(given) >= 1 << 50:
            raise RowRefused(f"time {given} is no time: whole numbers are milliseconds since 1970")
        return given * 1000
    if not isinstance(given, str):
        raise RowRefused(f"time is {_shown(given)}; write ISO 8601 with a zone, or milliseconds")
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise RowRefused(
            f"time {_shown(given)} is not understood; write for example 2026-11-24T08:00:00+08:00"
        ) from None
    if moment.tzinfo is None:
        raise RowRefused(f"time {_shown(given)} names no zone; add Z or an offset such as +08:00")
    return (moment - _1970) // _MICROSECOND


def number_of(given: object) -> float:
    """A finite number; RowRefused otherwise. Text is not a number, even when it looks like one."""
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise RowRefused(f"value is {_shown(given)}; write a number")
    try:
        value = float(given)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise RowRefused(f"value {_shown(given)} is not a finite number")
    return value


def _shown(given: object) -> str:
    text = msgspec.json.encode(given).decode() if given is not None else "empty"
    return text if len(text) <= 80 else text[:77] + "…"


def _cut(line: bytes) -> str:
    text = line[:60].decode(errors="replace")
    return text if len(line) <= 60 else text + "…"
