"""Strict lines from other systems."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.reports import wire

GOOD = {"source": "hotline", "reference": "A1", "words": "路灯不亮"}


def line(**changed: object) -> bytes:
    """A good line with some fields changed."""
    return json.dumps(GOOD | changed).encode()


def test_reads_a_report() -> None:
    report = wire.read_report(line(lon=121.4, lat=31.2, at="2026-11-24T08:00:00+08:00"))
    assert report.words == "路灯不亮"
    assert report.at is not None
    assert report.at.utcoffset() is not None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "one JSON object"),
        (b"[]", "Expected `object`"),
        (b"{}", "missing required field `source`"),
        (line(words=""), "length >= 1"),
        (line(words="   "), "blank"),
        (line(words="a" * 9000), "length <= 8000"),
        (line(words="a" * 1_000_000), "shorten the words"),
        (line(lon=121.4), "go together"),
        (line(lon=221.4, lat=31), "<= 180"),
        (line(at="2026-11-24T08:00:00"), "timezone"),
        (line(extra=1), "unknown field `extra`"),
        (line(words=5), "Expected `str`"),
        (line(words="a\x00b"), "NUL"),
        (b'{"source":"h","reference":"1","words":"\xff"}', "UTF-8"),
    ],
)
def test_refuses_with_field_and_reason(body: bytes, said: str) -> None:
    with pytest.raises(wire.BadLine, match=said):
        wire.read_report(body)


def test_a_bad_line_does_not_stop_the_rest() -> None:
    body = b"\n".join([line(), b"nonsense", b"", line(reference="A2")])
    read = list(wire.read_lines(body))
    assert [number for number, _ in read] == [1, 2, 4]
    assert [isinstance(said, wire.Refused) for _, said in read] == [False, True, False]


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for number, said in wire.read_lines(body):
        assert number >= 1
        assert isinstance(said, wire.Report | wire.Refused)
