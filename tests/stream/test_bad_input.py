"""Bad input at the door: a sentence says what, where and what to do; nothing stored is harmed.

Full disks and clocks of the machine that go backwards are in ``test_keep_log.py``.
"""

import gzip
import json
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from gongbi.stream import public as stream

START = datetime.fromisoformat("2016-02-06T00:00:00+00:00")
GOOD = b'{"datastream": 3, "time": "2016-02-06T08:00:00+08:00", "value": 3.2}'
ROWS, ARRAYS = "/ingest/observations", "/sensorthings/v1.1/CreateObservations"
MILLION = 1_000_000


def row(**changes: Any) -> bytes:
    """A row with something else in it."""
    said = {"datastream": 3, "time": "2016-02-06T00:00:00Z", "value": 1.5} | changes
    return json.dumps(said).encode()


def stored(town: Any, datastream: int = 3) -> list[float]:
    """Values in the log."""
    far = timedelta(days=400)
    found = stream.observations(
        town.data, datastream=datastream, since=START - far, until=START + far, limit=1000
    )
    values: list[float] = found["value"].to_pylist()
    return values


def refusals(town: Any, *lines: bytes) -> tuple[int, dict[int, str]]:
    """(rows stored, reasons by line) of a body."""
    with town.client() as client:
        answer = client.post(ROWS, content=b"\n".join(lines))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    return said["stored"], {one["line"]: one["reason"] for one in said["refused"]}


BAD_LINES = {
    "a word of a million characters": (row(value="x" * MILLION), "write a number"),
    "a number of a million digits": (GOOD[:-4] + b"1" * MILLION + b"}", "not JSON (number is inf"),
    "a name of a million characters": (row(datastream="n" * MILLION), "is not in the plan; corr"),
    "a time of a million characters": (row(time="2" * MILLION), "write for example 2026-11-24T"),
    "a million brackets": (b"[" * MILLION, "depth limit exceeded"),
    "a million letters": (b"x" * MILLION, "write one {"),
    "a wrong unit": (row(unit="inch"), 'unit is "inch", but datastream 3 is measured in cm; conv'),
    "a unit that is none": (row(unit=7), "unit is 7, but datastream 3 is measured in cm"),
    "an unknown datastream": (row(datastream=999), "datastream 999 is not in the plan; correct"),
    "no datastream": (row(datastream=None), "datastream is empty; give its id or its name"),
    "NaN": (row(value=float("nan")), "where there is no value, send no row"),
    "Infinity": (row(value=float("-inf")), "JSON has no NaN or Infinity"),
    "no value": (row(value=None), "value is empty; write a number"),
    "yes": (row(value=True), "value is true; write a number"),
    "no zone": (row(time="2016-02-06T00:00:00"), "names no zone; add Z or an offset"),
    "seconds": (row(time=1454716800), "is before 1990: whole numbers are milliseconds"),
    "the year 9999": (row(time="9999-12-31T23:59:59-10:00"), "too far in the future"),
    "another alphabet": ('{"datastream": "供水压力"}'.encode("gb18030"), "send the body as UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, "byte order mark"),
    "a list": (b"[" + GOOD + b"]", "not an object"),
    "half a line": (GOOD[:40], "not JSON"),
    "a lack": (b'{"datastream": 3}', "lacks time, value; write one {"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_named_and_its_neighbours_are_stored(decoded: Any, name: str) -> None:
    line, words = BAD_LINES[name]
    found = decoded(b"\n".join([GOOD, line, GOOD]))
    assert len(found.ids) == 2
    assert [refusal.line for refusal in found.refused] == [2]
    assert words in found.refused[0].reason
    assert len(found.refused[0].reason) < 300


@pytest.fixture
def decoded(tmp_path: Any, tables: Callable[..., Any]) -> Callable[[bytes], Any]:
    """What the door understands of a body, under the town's plan."""
    from gongbi.stream.created import Created
    from gongbi.stream.decode import decode_lines
    from gongbi.stream.known import Known
    from gongbi.stream.plans import load_plan

    stream.write_plan(tmp_path, **tables())
    plan, none = load_plan(tmp_path, 1), Created(tmp_path)
    return lambda body: decode_lines(body, Known.of_plan(plan, none, 1_500_000_000_000_000))


def test_all_bad_lines_in_one_body(town: Any) -> None:
    lines = [GOOD, *(line for line, _ in BAD_LINES.values()), GOOD]
    count, reasons = refusals(town, *lines)
    assert count == 2
    assert sorted(reasons) == list(range(2, len(lines)))
    assert stored(town) == [3.2, 3.2]


def test_a_right_unit_is_taken(town: Any) -> None:
    assert refusals(town, row(unit="cm"), row(quality="good")) == (2, {})


def test_refusals_beyond_a_thousand_are_counted(town: Any) -> None:
    with town.client() as client:
        said = client.post(ROWS, content=b"x\n" * 5000 + GOOD).json()
    assert (said["stored"], len(said["refused"]), said["refused_in_all"]) == (1, 1000, 5000)


def test_the_same_body_twice(town: Any) -> None:
    """With a sequence number it is stored once; without one nobody can tell it from news."""
    headers = {"Gongbi-Sender": "pump", "Gongbi-Sequence": "1"}
    with town.client() as client:
        answers = [client.post(ROWS, content=GOOD, headers=headers).json() for _ in range(2)]
        assert [one["repeated"] for one in answers] == [False, True]
        assert len(stored(town)) == 1
        client.post(ROWS, content=GOOD)
    assert len(stored(town)) == 2


def test_half_a_body_by_parts_stores_nothing(town: Any) -> None:
    """A sender that dies in the middle of a chunked body."""
    head = (
        f"POST {ROWS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key-of-the-test\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", town.port)) as line:
        line.sendall(head.encode() + f"{len(GOOD) + 1:x}\r\n".encode() + GOOD + b"\n\r\n")
    assert refusals(town, row(value=7)) == (1, {})
    assert stored(town) == [7.0]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "No key was sent."),
        ({"Authorization": "Bearer wrong"}, "The key is not known here."),
        ({"Authorization": "Basic a2V5"}, "The key is not known here."),
        ({"Authorization": "Bearer " + "k" * 10_000}, "The key is not known here."),
    ],
)
@pytest.mark.parametrize("door", [ROWS, ARRAYS, "/ingest/tick"])
def test_without_its_key_nothing_enters(
    town: Any, door: str, headers: dict[str, str], words: str
) -> None:
    with town.client("") as client:
        answer = client.post(door, content=GOOD, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"].startswith(words)
    assert "gongbi key NAME --scope ingest" in answer.json()["error"]
    assert stored(town) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{}", 'Write {"time":'),
        (b"[1]", 'Write {"time":'),
        (b"noon", 'Write {"time":'),
        (b'{"time": "2016-02-06T00:00:00"}', "names no zone"),
        (b'{"time": null}', "time is empty"),
        (b'{"time": 1454716800}', "outside 1990 to 2200"),
        (b'{"time": "9999-01-01T00:00:00Z"}', "outside 1990 to 2200"),
    ],
)
def test_a_wrong_tick_does_not_move_the_clock(town: Any, body: bytes, words: str) -> None:
    with town.client() as client:
        answer = client.post("/ingest/tick", content=body)
        assert answer.status_code == 400
        assert words in answer.json()["error"]
        assert stream.status(town.data).clock is None
        after = client.post("/ingest/tick", json={"time": START.isoformat()})
        assert after.status_code == 200


def test_a_clock_that_goes_backwards_is_refused_and_rows_go_on(town: Any) -> None:
    with town.client() as client:
        client.post("/ingest/tick", json={"time": START.isoformat()})
        back = (START - timedelta(hours=1)).isoformat()
        answer = client.post("/ingest/tick", json={"time": back})
    assert answer.status_code == 409
    assert "cannot go backwards" in answer.json()["error"]
    assert "new data folder" in answer.json()["error"]
    assert refusals(town, row(time=back)) == (1, {})  # late rows are the engine's to judge


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[{", "not JSON"),
        (b"[" * MILLION, "not JSON"),
        (b"{}", "a list of data arrays"),
        (b'"' + b"x" * MILLION + b'"', "a list of data arrays"),
        (GOOD + b"\n" + GOOD, "not JSON"),
    ],
)
def test_data_arrays_that_are_none(town: Any, body: bytes, words: str) -> None:
    with town.client() as client:
        answer = client.post(ARRAYS, content=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert len(answer.text) < 500


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Gongbi-Sequence": "1.5"}, 400, "whole number"),
        ({"Gongbi-Sequence": "9" * 30}, 400, "whole number"),
        ({"Gongbi-Sender": "s" * 129}, 400, "longer than 128"),
        ({"Content-Encoding": "br"}, 415, "none of identity, gzip, zstd"),
    ],
)
def test_wrong_headers(town: Any, headers: dict[str, str], status: int, words: str) -> None:
    with town.client() as client:
        answer = client.post(ROWS, content=gzip.compress(GOOD), headers=headers)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_a_body_that_says_it_is_larger_than_it_may_be(town: Any) -> None:
    head = f"POST {ROWS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key-of-the-test\r\n"
    with socket.create_connection(("127.0.0.1", town.port), timeout=30) as line:
        line.sendall(head.encode() + b"Content-Length: 99999999999\r\n\r\n" + GOOD)
        answer = line.makefile("rb").read().decode()  # to the end: it may come in pieces
    assert answer.startswith("HTTP/1.1 413")
    assert "send it in parts" in answer


def test_bytes_that_are_no_http_harm_nobody(town: Any) -> None:
    with socket.create_connection(("127.0.0.1", town.port), timeout=30) as line:
        line.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is TLS\r\n\r\n")
        assert b"400" in line.recv(65536)
    with httpx.Client(base_url=f"http://127.0.0.1:{town.port}") as client:
        assert client.get("/healthz").status_code == 200
