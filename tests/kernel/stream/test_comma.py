"""Lines of CSV are read exactly as a slower reader would, or left alone."""

import csv
from datetime import datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.comma import DATASTREAM, OTHER, TIME, VALUE, pad, read_rows, roles_of
from gongbi.kernel.stream.names import index_names

KNOWN = ("urn:a", "供水/1", "urn:ab")
NAMES = index_names(
    "".join(KNOWN).encode(), np.cumsum([0, *(len(name.encode()) for name in KNOWN)]),
    np.arange(1001, 1001 + len(KNOWN)),
)  # fmt: skip
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
PLAIN = [DATASTREAM, TIME, VALUE]
Read = tuple[list[tuple[int, int, int, float]], list[tuple[int, bytes]]]


def read(body: bytes, columns: list[int] = PLAIN, begin: int = 0) -> Read:
    """((line, datastream, microseconds, value) …, (line, bytes) left)."""
    most = body.count(b"\n") + 1
    ids, times, lines = (np.empty(most, np.int64) for _ in range(3))
    values, left = np.empty(most), np.empty((most, 3), np.int64)
    rows, others = read_rows(
        pad(body), begin, len(body), 2, roles_of(columns), NAMES, ids, times, values, lines, left
    )
    found = zip(*(column[:rows].tolist() for column in (lines, ids, times, values)), strict=True)
    return list(found), [(line, body[a:b]) for line, a, b in left[:others].tolist()]


def test_reads_columns_in_any_order_and_passes_over_others() -> None:
    body = b"3.5, 1764000000001 ,hall,17\r\n\n-1e-3,2016-02-29T23:59:59.25Z,,18"
    rows, left = read(body, [VALUE, TIME, OTHER, DATASTREAM])
    assert left == []
    assert rows == [
        (2, 17, 1_764_000_000_001_000, 3.5),
        (4, 18, 1_456_790_399_250_000, -0.001),
    ]


def test_reads_known_names() -> None:
    names = ["urn:ab \t", " 供水/1", "urn:", "urn:abc", "007", "+5", "-5"]
    rows, left = read("\n".join(f"{name},1764000000000,1" for name in names).encode())
    assert [row[:2] for row in rows] == [(2, 1003), (3, 1002), (8, -5)]
    assert [line for line, _ in left] == [4, 5, 6, 7]


def test_leaves_what_it_does_not_know_with_its_line() -> None:
    lines = [
        b"urn:x:1,1764000000000,1", b"1,1764000000000", b"1,1764000000000,1,2", b"1,,3",
        b'"1",1764000000000,1', b"1,2016-02-28T00:00:00,1", b"1,1764000000000,nan", b"\xff,1,1",
    ]  # fmt: skip
    rows, left = read(b"\n".join(lines))
    assert rows == []
    assert left == [(number + 2, line) for number, line in enumerate(lines)]


def test_a_return_that_ends_no_line_is_left_as_csv_refuses_it() -> None:
    lines = [b"\r7,1764000000000,1", b"7\r,1764000000000,1", b"7,1764000000000,1\r1"]
    rows, left = read(b"\n".join([*lines, b"urn:ab,1764000000000,1\r\n"]))
    assert [line for _, line in left] == lines
    assert [row[:2] for row in rows] == [(5, 1003)]
    named, left = read(b"1,1764000000000,a\rb,urn:ab\r\n1,1764000000000,ab,urn:ab\r\n",
                       [VALUE, TIME, OTHER, DATASTREAM])  # fmt: skip
    assert [row[:2] for row in named] == [(3, 1003)]
    assert [line for line, _ in left] == [2]


ROW = st.tuples(
    st.integers(-(10**17), 10**17),
    st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30)),
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**16), 10**16),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=8))
def test_equals_a_plain_reader(rows: list[tuple[int, datetime, float]]) -> None:
    body = "\n".join(f"{i},{t.isoformat()}+08:00,{v!r}" for i, t, v in rows).encode()
    found, left = read(body)
    assert len(found) + len(left) == len(rows)
    for line, identity, micros, value in found:
        wanted = rows[line - 2]
        moment = datetime.fromisoformat(wanted[1].isoformat() + "+08:00")
        assert (identity, micros) == (wanted[0], (moment - EPOCH) // timedelta(microseconds=1))
        assert value == float(wanted[2])


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_line_with_one_byte_changed_is_read_as_csv_reads_it_or_left(
    data: st.DataObject,
) -> None:
    line = b"17,1764000000000,-3.25e1"
    at = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != 10))
    changed = line[:at] + bytes([byte]) + line[at + 1 :]
    for _, datastream, micros, value in read(changed)[0]:
        cells = next(csv.reader([changed.decode()]))
        assert (datastream, micros) == (int(cells[0]), int(cells[1]) * 1000)
        assert value == float(cells[2])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.permutations([DATASTREAM, TIME, VALUE, OTHER]))
def test_never_stumbles_over_bytes(body: bytes, columns: list[int]) -> None:
    rows, left = read(body, columns)
    assert len(rows) + len(left) <= body.count(b"\n") + 1
