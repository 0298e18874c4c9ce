"""From JSON to columns: rows a line, and SensorThings data arrays."""

import re
from typing import Any

import numpy as np
import orjson

from gongbi.kernel.stream import ndjson
from gongbi.stream.known import Known
from gongbi.stream.rows import BodyRefused, Decoded, Rows, checked, merged

_LINE = 'write one {"datastream": 17, "time": "2026-11-24T08:00:00+08:00", "value": 3.2} a line'
_NOT_FINITE = re.compile(rb"\bNaN\b|\bInfinity\b", re.IGNORECASE)


def decode_lines(body: bytes, known: Known) -> Decoded:
    """Rows of newline JSON."""
    text = ndjson.pad(body)
    most = body.count(b"\n") + 1
    ids, times, lines = (np.empty(most, np.int64) for _ in range(3))
    values, left = np.empty(most), np.empty((most, 3), np.int64)
    count, others = ndjson.read_rows(
        text, len(body), known.roster.names, ids, times, values, lines, left
    )
    rows = Rows(known)
    for line, begin, end in left[:others].tolist():
        _read_line(body[begin:end], line, rows)
    columns = ids[:count], times[:count], values[:count], lines[:count]
    return checked(merged(columns, rows), rows)


def _read_line(line: bytes, number: int, rows: Rows) -> None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        rows.refuse(number, _why_not_json(line, error.msg))
        return
    if not isinstance(found, dict):
        rows.refuse(number, f"not an object: {cut(line)}; {_LINE}")
        return
    absent = [key for key in ("datastream", "time", "value") if key not in found]
    if absent:
        rows.refuse(number, f"lacks {', '.join(absent)}; {_LINE}")
        return
    rows.add(number, found["datastream"], found["time"], found["value"], found.get("unit"))


def _why_not_json(line: bytes, why: str) -> str:
    """What is wrong with a line that is not JSON, and what to send instead."""
    if _NOT_FINITE.search(line):
        return f"JSON has no NaN or Infinity: {cut(line)}; where there is no value, send no row"
    try:
        line.decode()
    except UnicodeDecodeError:
        return f"not UTF-8: {cut(line)}; send the body as UTF-8"
    return f"not JSON ({why}): {cut(line)}; {_LINE}"


def decode_arrays(body: bytes, known: Known) -> Decoded:
    """Rows of SensorThings data arrays; lines count the rows of all arrays from 1."""
    try:
        groups = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyRefused(f"The body is not JSON: {error}.") from error
    if not isinstance(groups, list):
        raise BodyRefused("The body must be a list of data arrays, one for each datastream.")
    rows, line = Rows(known), 0
    for group in groups:
        line = _read_group(group, line, rows)
    return checked(rows.columns(), rows)


def _read_group(group: Any, line: int, rows: Rows) -> int:
    """Read one data array; return the number of its last line."""
    if not isinstance(group, dict) or not isinstance(group.get("dataArray"), list):
        rows.refuse(line + 1, "not a data array: it has no list 'dataArray'")
        return line + 1
    stream = group.get("Datastream")
    given = stream.get("@iot.id") if isinstance(stream, dict) else None
    names, fault = _components(group.get("components"))
    for values in group["dataArray"]:
        line += 1
        if fault:
            rows.refuse(line, fault)
        elif not isinstance(values, list) or len(values) != len(names):
            rows.refuse(line, f"has not the {len(names)} components named")
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


def cut(line: bytes) -> str:
    """The beginning of a line, to be shown."""
    text = line[:60].decode(errors="replace")
    return text if len(line) <= 60 else text + "…"
