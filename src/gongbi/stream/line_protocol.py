"""From InfluxDB line protocol to columns.

Which datastream a field is: the tag ``datastream`` (an id or a name), else
``measurement[.field][,tag=value …]`` with the tags in the order of their names; a field called
``value`` adds nothing to the name. A whole number is an id.
"""

import re
from collections.abc import Iterator

import numpy as np

from gongbi.kernel.stream import influx
from gongbi.kernel.stream.names import Names
from gongbi.stream.csv_rows import whole_or_words
from gongbi.stream.decode import cut
from gongbi.stream.known import Known, RowRefused, shown
from gongbi.stream.rows import BodyRefused, Columns, Decoded, Rows, checked, merged

PRECISIONS = {  # multiply, divide: from a timestamp to microseconds
    "ns": (1, 1000), "n": (1, 1000), "us": (1, 1), "u": (1, 1), "µ": (1, 1), "ms": (1000, 1),
    "s": (1_000_000, 1), "m": (60_000_000, 1), "h": (3_600_000_000, 1),
}  # fmt: skip
_SERIES = re.compile(r"[^\\ ]*(?:\\.[^\\ ]*)*")
_FIELDS = re.compile(r'[^\\" ]*(?:(?:\\.|"[^"\\]*(?:\\.[^"\\]*)*")[^\\" ]*)*')
_FIELD = re.compile(r'((?:\\.|[^\\=,])+)=("(?:\\.|[^"\\])*"|[^,"]+)(?:,|$)')
_PART = re.compile(r"(?:\\.|[^\\,])+")
_TAG = re.compile(r"((?:\\.|[^\\=])+)=((?:\\.|[^\\=])+)")
_ESCAPED = re.compile(r'\\([,= "\\])')
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?\d+[iu]")
_STAMP = re.compile(r"-?\d{1,19}")
_TRUTH = {
    **dict.fromkeys(("t", "T", "true", "True", "TRUE"), 1.0),
    **dict.fromkeys(("f", "F", "false", "False", "FALSE"), 0.0),
}
_SHAPE = "write measurement,tag=word field=3.2 1795478400000000000"
_Series = tuple[str, str, str]
"""Tag ``datastream`` (or nothing), measurement, and the other tags as they end a name."""


def decode_influx(body: bytes, known: Known, precision: str = "ns") -> Decoded:
    """Rows of line protocol; ``precision`` is that of the timestamps."""
    if precision not in PRECISIONS:
        names = ", ".join(PRECISIONS)
        raise BodyRefused(f"precision {shown(precision)} is none of {names}.")
    multiply, divide = PRECISIONS[precision]
    rows = Rows(known)
    columns, others = _at_speed(body, multiply, divide, known.roster.names)
    reader = _Lines(rows, multiply, divide)
    for line, begin, end in others:
        reader.take(line, body[begin:end])
    return checked(merged(columns, rows), rows)


def _at_speed(
    body: bytes, multiply: int, divide: int, names: Names
) -> tuple[Columns, list[list[int]]]:
    most = body.count(b"\n") + 1
    ids, times, lines = (np.empty(most, np.int64) for _ in range(3))
    values, left = np.empty(most), np.empty((most, 3), np.int64)
    text = influx.pad(body)
    count, others = influx.read_rows(
        text, len(body), multiply, divide, names, ids, times, values, lines, left
    )
    return (ids[:count], times[:count], values[:count], lines[:count]), left[:others].tolist()


class _Lines:
    """Lines read one by one; what a series is called is found out once a body."""

    def __init__(self, rows: Rows, multiply: int, divide: int) -> None:
        self._rows = rows
        self._multiply, self._divide = multiply, divide
        self._series: dict[str, _Series] = {}
        self._ids: dict[tuple[str, str], int] = {}

    def take(self, line: int, raw: bytes) -> None:
        """Keep each field of a line, or refuse it."""
        try:
            text = raw.decode().strip("\r ")
        except UnicodeDecodeError:
            self._rows.refuse(line, f"not UTF-8: {cut(raw)}; send the body as UTF-8")
            return
        if not text or text.startswith("#"):
            return
        try:
            series, fields, moment = self._split(text)
        except RowRefused as refusal:
            self._rows.refuse(line, str(refusal))
            return
        for key, value in fields:
            self._take_field(line, series, key, value, moment)

    def _take_field(self, line: int, series: str, key: str, value: str, moment: int) -> None:
        try:
            number = _number(key, value)
            self._rows.need_time(moment)
            identity = self._identity(series, key)
        except RowRefused as refusal:
            self._rows.refuse(line, str(refusal))
            return
        self._rows.keep(line, identity, moment, number)

    def _split(self, text: str) -> tuple[str, list[tuple[str, str]], int]:
        """(series as written, (field, value) …, microseconds)."""
        series, fields, stamp = _three(text)
        if series not in self._series:
            self._series[series] = _read_series(series)
        return series, list(_fields(fields)), self._moment(stamp)

    def _moment(self, text: str) -> int:
        text = text.strip(" ")
        if not text:
            return self._rows.known.now
        if not _STAMP.fullmatch(text):
            raise RowRefused(f"timestamp {shown(text)} is not a whole number")
        moment = int(text) // self._divide * self._multiply
        if abs(moment) >= 1 << 62:
            raise RowRefused(f"timestamp {text} is no time; say its unit with ?precision=")
        return moment

    def _identity(self, series: str, field: str) -> int:
        found = self._ids.get((series, field))
        if found is None:
            name = _name(self._series[series], field)
            found = self._rows.identity(whole_or_words(name))
            self._ids[series, field] = found
        return found


def _three(text: str) -> tuple[str, str, str]:
    """Series, fields and timestamp as written; blanks inside are escaped or quoted."""
    if "\\" not in text and '"' not in text and text.count(" ") == 2:
        series, fields, stamp = text.split(" ")
    else:
        series = _begin(_SERIES, text)
        rest = text[len(series) :].lstrip(" ")
        fields = _begin(_FIELDS, rest)
        stamp = rest[len(fields) :]
    if not series or not fields:
        raise RowRefused(f"has no field: {shown(text)}; {_SHAPE}")
    return series, fields, stamp


def _begin(shape: re.Pattern[str], text: str) -> str:
    found = shape.match(text)
    return found.group() if found else ""


def _read_series(text: str) -> _Series:
    parts = _PART.findall(text)
    pairs = [_TAG.fullmatch(part) for part in parts[1:]]
    if ",".join(parts) != text or not all(pairs):
        raise RowRefused(f"its tags are not understood: {shown(text)}; {_SHAPE}")
    tags = {_plain(pair[1]): _plain(pair[2]) for pair in pairs if pair}
    named = tags.pop("datastream", "")
    rest = "".join(f",{key}={tags[key]}" for key in sorted(tags))
    return named, _plain(parts[0]), rest


def _name(series: _Series, field: str) -> str:
    named, measurement, tags = series
    suffix = "" if field == "value" else f".{field}"
    return f"{named}{suffix}" if named else f"{measurement}{suffix}{tags}"


def _fields(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _FIELD.match(text, at)
        if found is None:
            raise RowRefused(f"its fields are not understood: {shown(text)}; {_SHAPE}")
        yield _plain(found[1]), found[2]
        at = found.end()


def _number(field: str, text: str) -> float:
    if text in _TRUTH:
        return _TRUTH[text]
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        raise RowRefused(f"field {shown(field)} is {shown(text)}; only numbers are kept here")
    number = float(text.rstrip("iu"))
    if not np.isfinite(number):
        raise RowRefused(f"field {shown(field)} is {shown(text)}, which is not a finite number")
    return number


def _plain(text: str) -> str:
    """Without the escapes of the protocol."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
