"""Lines of the InfluxDB protocol are read exactly, or left alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.influx import pad, read_rows
from gongbi.kernel.stream.names import index_names

KNOWN = ("urn:a", "air,a=1,b=2", "hum", "x,b=1,a=2")
NAMES = index_names(
    "".join(KNOWN).encode(), np.cumsum([0, *(len(name.encode()) for name in KNOWN)]),
    np.arange(1001, 1001 + len(KNOWN)),
)  # fmt: skip
Read = tuple[list[tuple[int, int, int, float]], list[tuple[int, bytes]]]


def read(body: bytes, multiply: int = 1, divide: int = 1000) -> Read:
    """((line, datastream, microseconds, value) …, (line, bytes) left)."""
    most = body.count(b"\n") + 1
    ids, times, lines = (np.empty(most, np.int64) for _ in range(3))
    values, left = np.empty(most), np.empty((most, 3), np.int64)
    rows, others = read_rows(
        pad(body), len(body), multiply, divide, NAMES, ids, times, values, lines, left
    )
    found = zip(*(column[:rows].tolist() for column in (lines, ids, times, values)), strict=True)
    return list(found), [(line, body[a:b]) for line, a, b in left[:others].tolist()]


def test_reads_lines_with_an_id() -> None:
    body = (
        b"level,datastream=17 value=3.2 1795478400000000999\n"
        b"\n"
        b"level,site=a,datastream=18,x=y value=-1e-3 9223372036854775799"
    )
    rows, left = read(body)
    assert left == []
    assert rows == [
        (1, 17, 1_795_478_400_000_000, 3.2),
        (3, 18, 9_223_372_036_854_775, -0.001),
    ]
    assert read(b"m,datastream=1 value=2 1795478400", 1_000_000, 1)[0] == [
        (1, 1, 1_795_478_400_000_000, 2.0)
    ]


def test_reads_known_names_and_series_in_the_order_of_their_tags() -> None:
    series = [
        "m,datastream=urn:a", "air,a=1,b=2", "hum", "air,b=2,a=1", "x,b=1,a=2", "air,a=1",
        "m,datastream=urn:x", "air,a=1,a=1",
    ]  # fmt: skip
    rows, left = read("\n".join(f"{one} value=1 1000" for one in series).encode())
    assert [row[:2] for row in rows] == [(1, 1001), (2, 1002), (3, 1003)]
    assert [line for line, _ in left] == [4, 5, 6, 7, 8]


def test_leaves_what_it_does_not_know_with_its_line() -> None:
    lines = [
        b"# a comment", b"level,datastream=urn:1 value=1 1", b"level value=1 1",
        b"level,datastream=1 value=1i 1", b"level,datastream=1 value=1,x=2 1",
        b"level,datastream=1 other=1 1", b"level,datastream=1 value=1", b"level,a\\ b=1 value=1 1",
        b"level,datastream=1 value=1 9223372036854775808", b"level,datastream=1 value=1 -5",
        b"level,datastream=1,datastream=2 value=1 1", b'level,datastream=1 value="x" 1',
        b"level,datastream=1 value=1 1 ", b"level,datastream=1",
    ]  # fmt: skip
    rows, left = read(b"\n".join(lines))
    assert rows == []
    assert left == [(number + 1, line) for number, line in enumerate(lines)]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 2**63 - 1),
)
def test_what_it_reads_is_what_was_written(identity: int, value: float, stamp: int) -> None:
    rows, left = read(f"m,a=b,datastream={identity} value={value!r} {stamp}".encode())
    assert len(rows) + len(left) == 1
    assert rows in ([], [(1, identity, stamp // 1000, value)])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_never_stumbles_over_bytes(body: bytes) -> None:
    rows, left = read(body)
    assert len(rows) + len(left) <= body.count(b"\n") + 1
