"""The strict reader reads a line exactly as a JSON reader would, or leaves it alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.names import index_names
from gongbi.kernel.stream.ndjson import pad, read_rows

KNOWN = ("urn:a", "供水/1", "urn:ab")
NAMES = index_names(
    "".join(KNOWN).encode(), np.cumsum([0, *(len(name.encode()) for name in KNOWN)]),
    np.arange(1001, 1001 + len(KNOWN)),
)  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(body: bytes) -> tuple[list[tuple[int, int, int, float]], list[tuple[int, bytes]]]:
    """((line, datastream, microseconds, value) …, (line, bytes) left)."""
    most = body.count(b"\n") + 1
    ids, times, lines = (np.empty(most, np.int64) for _ in range(3))
    values, left = np.empty(most), np.empty((most, 3), np.int64)
    rows, others = read_rows(pad(body), len(body), NAMES, ids, times, values, lines, left)
    columns = (lines, ids, times, values)
    read_ = list(zip(*(column[:rows].tolist() for column in columns), strict=True))
    return read_, [(line, body[a:b]) for line, a, b in left[:others].tolist()]


def test_reads_both_spellings_of_time_and_any_order_of_keys() -> None:
    body = (
        b'{"datastream": 17, "time": "2026-11-24T08:00:00+08:00", "value": 3.2}\n'
        b"\n"
        b'{"value":-1e-3,"time":1764000000001,"datastream":18}\r\n'
        b'{ "time" : "2016-02-29T23:59:59.25Z" , "datastream" : 0, "value" : 7 }'
    )
    rows, left = read(body)
    assert left == []
    assert rows == [
        (1, 17, 1_795_478_400_000_000, 3.2),
        (3, 18, 1_764_000_000_001_000, -0.001),
        (4, 0, 1_456_790_399_250_000, 7.0),
    ]


def test_reads_known_names() -> None:
    lines = [
        f'{{"datastream": "{name}", "time": 1764000000000, "value": 1}}'
        for name in ("urn:ab", "供水/1", "urn:", "urn:abc", "urn\\u003aa", "")
    ]
    rows, left = read("\n".join(lines).encode())
    assert [row[:2] for row in rows] == [(1, 1003), (2, 1002)]
    assert [line for line, _ in left] == [3, 4, 5, 6]


def test_leaves_what_it_does_not_know_with_its_line() -> None:
    lines = [
        b'{"datastream": "urn:x:1", "time": 1764000000000, "value": 1}',
        b'{"datastream": 1, "time": 1764000000000, "value": 01}',
        b'{"datastream": 1, "time": 1764000000000, "value": NaN}',
        b'{"datastream": 1, "time": 1764000000000, "value": 0.12345678901234567}',
        b'{"datastream": 1, "time": "2015-02-29T00:00:00Z", "value": 1}',
        b'{"datastream": 1, "time": "2015-02-28T00:00:00", "value": 1}',
        b'{"datastream": 1, "datastream": 2, "value": 1}',
        b'{"datastream": 1, "time": 1764000000000, "value": 1} {}',
        b'{"datastream": 1, "time": 1764000000000, "value": 1',
        b"\xff\xfe",
    ]
    rows, left = read(b"\n".join(lines))
    assert rows == []
    assert left == [(number + 1, line) for number, line in enumerate(lines)]


TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30)).flatmap(
    lambda t: st.integers(-14 * 60, 14 * 60).map(
        lambda m: t.replace(tzinfo=datetime.fromisoformat(_offset(m)).tzinfo)
    )
)


def _offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"2000-01-01T00:00:00{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


ROWS = st.fixed_dictionaries(
    {
        "datastream": st.integers(-(10**17), 10**17),
        "time": TIMES | st.integers(0, 10**14),
        "value": st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(10**18), 10**18)
        | st.decimals(-1000, 1000, places=3).map(float),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, max_size=8), st.sampled_from([None, 1]), st.booleans())
def test_equals_a_json_reader(rows: list[dict[str, Any]], indent: int | None, tight: bool) -> None:
    written = [
        {**row, "time": t.isoformat() if isinstance(t := row["time"], datetime) else t}
        for row in rows
    ]
    separators = (",", ":") if tight else None
    body = "\n".join(json.dumps(row, separators=separators) for row in written).encode()
    read_, left = read(body)
    assert len(read_) + len([line for line, text in left if text.strip()]) == len(rows)
    for line, datastream, micros, value in read_:
        row = rows[line - 1]
        moment = row["time"]
        exact = (
            (moment - EPOCH) // timedelta(microseconds=1)
            if isinstance(moment, datetime)
            else moment * 1000
        )
        assert (datastream, micros) == (row["datastream"], exact)
        assert value == float(row["value"])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_never_stumbles_over_bytes(body: bytes) -> None:
    rows, left = read(body)
    assert len(rows) + len(left) <= body.count(b"\n") + 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_line_with_one_byte_changed_is_read_as_json_reads_it_or_left(
    data: st.DataObject,
) -> None:
    line = b'{"datastream": 17, "time": "2026-11-24T08:00:00+08:00", "value": -3.25e1}'
    at = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != 10))
    changed = line[:at] + bytes([byte]) + line[at + 1 :]
    rows, _ = read(changed)
    for _, datastream, micros, value in rows:
        parsed = json.loads(changed)
        moment = datetime.fromisoformat(parsed["time"])
        exact = (moment - EPOCH) // timedelta(microseconds=1)
        assert (datastream, micros, value) == (parsed["datastream"], exact, parsed["value"])
