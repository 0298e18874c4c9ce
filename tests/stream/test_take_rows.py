"""What the door takes, what it refuses and why, over HTTP."""

import json
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx

from gongbi.stream import public as stream
from gongbi.stream.frames import Kind
from gongbi.stream.log_reader import all_frames

START = datetime.fromisoformat("2016-02-06T00:00:00+00:00")
GOOD = b'{"datastream": 3, "time": "2016-02-06T08:00:00+08:00", "value": 3.2}'


def tick(client: httpx.Client, moment: datetime = START) -> httpx.Response:
    return client.post("/ingest/tick", json={"time": moment.isoformat()})


def rows_of(town: Any, datastream: int) -> list[dict[str, Any]]:
    far = timedelta(days=400)
    found = stream.observations(
        town.data, datastream=datastream, since=START - far, until=START + far, limit=1000
    )
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def test_bad_rows_are_named_by_line_and_the_rest_goes_on(town: Any) -> None:
    lines = [
        GOOD,
        b'{"datastream": 3, "time": "2016-02-06T08:00:00", "value": 1}',
        b'{"datastream": 99, "time": 1454716800000, "value": 1}',
        b'{"datastream": "urn:town:level:4", "time": 1454716800000, "value": 1.25}',
        b'{"datastream": "urn:town:level:77", "time": 1454716800000, "value": 1}',
        b'{"datastream": 3, "time": 1454716800000, "value": NaN}',
        b'{"datastream": 3, "time": 1454716800000, "value": "12"}',
        b'{"datastream": 3, "time": 1454716800000}',
        b"[1, 2, 3]",
        b'{"datastream": 3, "time": 1454716800, "value": 1}',
        b'{"datastream": 3, "time": "2016-03-06T00:00:00Z", "value": 1}',
        b"",
        GOOD[:-1],
    ]
    with town.client() as client:
        tick(client)
        answer = client.post("/ingest/observations", content=b"\n".join(lines))
    said = answer.json()
    assert (answer.status_code, said["stored"], said["repeated"]) == (200, 2, False)
    reasons = {refusal["line"]: refusal["reason"] for refusal in said["refused"]}
    assert sorted(reasons) == [2, 3, 5, 6, 7, 8, 9, 10, 11, 13]
    for line, words in {
        2: "names no zone",
        3: "datastream 99 is not in the plan",
        5: 'datastream "urn:town:level:77" is not in the plan',
        6: "NaN",
        7: "write a number",
        8: "lacks value",
        9: "not an object",
        10: "milliseconds since 1970",
        11: "too far in the future",
        13: "not JSON",
    }.items():
        assert words in reasons[line]
    assert [row["value"] for row in rows_of(town, 3)] == [3.2]
    assert [row["value"] for row in rows_of(town, 4)] == [1.25]


def test_data_arrays_are_taken(town: Any) -> None:
    body = [
        {
            "Datastream": {"@iot.id": 5},
            "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
            "dataArray@iot.count": 2,
            "dataArray": [["2016-02-06T00:00:00Z", 1.5, 1], ["2016-02-06T00:01:00Z", None, 1]],
        },
        {"Datastream": {"@iot.id": 6}, "components": ["result"], "dataArray": [[2]]},
        {"Datastream": {"@iot.id": 6}},
    ]
    with town.client() as client:
        answer = client.post("/sensorthings/v1.1/CreateObservations", json=body)
        broken = client.post("/sensorthings/v1.1/CreateObservations", content=b"[{")
    assert (answer.status_code, answer.json()["stored"]) == (201, 1)
    assert [r["line"] for r in answer.json()["refused"]] == [2, 3, 4]
    assert [row["value"] for row in rows_of(town, 5)] == [1.5]
    assert broken.status_code == 400
    assert "not JSON" in broken.json()["error"]


def test_a_repeated_batch_is_stored_once(town: Any, end_at_once: Callable[..., None]) -> None:
    headers = {"Gongbi-Sender": "pump", "Gongbi-Sequence": "7"}
    with town.client() as client:
        first = client.post("/ingest/observations", content=GOOD, headers=headers).json()
        again = client.post("/ingest/observations", content=GOOD, headers=headers).json()
        other = client.post("/ingest/observations", content=GOOD + b"\n", headers=headers)
    end_at_once(town.processes[0])
    town.start_door()
    with town.client() as client:
        after = client.post("/ingest/observations", content=GOOD, headers=headers).json()
    assert (first["stored"], first["repeated"]) == (1, False)
    assert again == after == {"stored": 1, "refused": [], "repeated": True}
    assert other.status_code == 409
    assert "another batch" in other.json()["error"]
    assert len(rows_of(town, 3)) == 1


def test_without_a_key_nothing_enters(town: Any) -> None:
    with town.client("") as client:
        none = client.post("/ingest/observations", content=GOOD)
    with town.client("wrong") as client:
        wrong = client.post("/ingest/observations", content=GOOD)
        clock = tick(client)
    assert (none.status_code, wrong.status_code, clock.status_code) == (401, 401, 401)
    assert none.headers["www-authenticate"] == "Bearer"
    assert "gongbi key" in none.json()["error"]
    assert rows_of(town, 3) == []


def test_a_new_key_counts_at_once(town: Any) -> None:
    stream.keep_ingest_key(town.data, "other", "second")
    with town.client("second") as client:
        assert client.post("/ingest/observations", content=GOOD).status_code == 200
    with town.client() as client:
        assert client.post("/ingest/observations", content=GOOD).status_code == 200


def test_a_huge_body_is_refused_before_it_is_read(make_town: Callable[..., Any]) -> None:
    town = make_town(GONGBI_INGEST_MAX_BYTES="10000")
    town.start_door()
    with town.client() as client:
        known = client.post("/ingest/observations", content=GOOD * 1000)
        unknown = client.post("/ingest/observations", content=iter([GOOD * 100, GOOD * 100]))
    assert (known.status_code, unknown.status_code) == (413, 413)
    assert "in parts" in known.json()["error"]
    assert rows_of(town, 3) == []


def test_half_a_body_stores_nothing(town: Any) -> None:
    head = (
        "POST /ingest/observations HTTP/1.1\r\nHost: x\r\n"
        "Authorization: Bearer key-of-the-test\r\n"
        f"Content-Length: {2 * len(GOOD)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", town.port)) as line:
        line.sendall(head.encode() + GOOD)
    with town.client() as client:
        assert client.get("/healthz").status_code == 200
        assert client.post("/ingest/observations", content=GOOD).json()["stored"] == 1
    assert len(rows_of(town, 3)) == 1


def test_a_new_plan_is_in_force_without_a_restart(town: Any, tables: Callable[..., Any]) -> None:
    row = b'{"datastream": "urn:town:level:30", "time": 1454716800000, "value": 1}'
    with town.client() as client:
        assert client.post("/ingest/observations", content=row).json()["stored"] == 0
        assert stream.write_plan(town.data, **tables(30)) == 2
        assert client.post("/ingest/observations", content=row).json()["stored"] == 1
    kinds = [frame.kind for frame in all_frames(town.data / "log")]
    assert kinds[-2:] == [Kind.PLAN, Kind.ROWS]
    assert stream.status(town.data).plan == 2


def test_the_played_clock_goes_only_forwards(town: Any) -> None:
    with town.client() as client:
        assert tick(client).status_code == 200
        assert tick(client).status_code == 200
        back = tick(client, START - timedelta(seconds=1))
        words = client.post("/ingest/tick", content=b"{}")
    assert (back.status_code, words.status_code) == (409, 400)
    assert "cannot go backwards" in back.json()["error"]
    packed = (town.data / "clock").read_bytes()
    assert int.from_bytes(packed, "little", signed=True) == int(START.timestamp()) * 1_000_000
    assert stream.status(town.data).clock == START


def test_a_live_city_ticks_by_itself(make_town: Callable[..., Any]) -> None:
    town = make_town(GONGBI_CLOCK="live")
    town.start_door()
    with town.client() as client:
        refused = tick(client)
        old = client.post("/ingest/observations", content=GOOD).json()
    assert refused.status_code == 409
    assert old["stored"] == 1
    until = time.monotonic() + 20
    while stream.status(town.data).clock is None and time.monotonic() < until:
        time.sleep(0.05)
    clock = stream.status(town.data).clock
    assert clock is not None
    assert clock.year >= 2026


def test_strange_doors_get_a_sentence(town: Any) -> None:
    with town.client() as client:
        lost = client.get("/nowhere")
        squeezed = client.post(
            "/ingest/observations", content=b"x", headers={"Content-Encoding": "deflate"}
        )
        number = client.post(
            "/ingest/observations", content=GOOD, headers={"Gongbi-Sequence": "-1"}
        )
    assert (lost.status_code, squeezed.status_code, number.status_code) == (404, 415, 400)
    assert "docs/parts/stream.md" in lost.json()["error"]


def test_figures_are_told(town: Any) -> None:
    with town.client() as client:
        client.post("/ingest/observations", content=GOOD + b"\nx")
        text = client.get("/metrics").text
    assert "gongbi_ingest_rows_stored_total 1\n" in text
    assert "gongbi_ingest_rows_refused_total 1\n" in text
    assert 'gongbi_ingest_requests_total{door="POST /ingest/observations",code="200"} 1' in text
    for line in text.splitlines():
        assert line.startswith("#") or float(line.rsplit(" ", 1)[1]) >= 0


def test_no_plan_no_rows(make_town: Callable[..., Any], tmp_path: Any) -> None:
    town = make_town()
    (town.data / "plans" / "newest").unlink()
    town.start_door()
    with town.client() as client:
        answer = client.post("/ingest/observations", content=GOOD)
    assert answer.status_code == 409
    assert "city pack" in json.dumps(answer.json())
