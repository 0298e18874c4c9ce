"""Datastreams made by senders: by name, by pattern, safe on disk before the answer, ids stable."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from gongbi.stream import public as stream
from gongbi.stream.created import id_of

START = datetime.fromisoformat("2016-02-06T00:00:00+00:00")
NEW = {"name": "well/1", "place": "quarter-1", "property": "level", "unit": "cm"}
PATTERN = {
    "match": "^air/(?P<place>[^/]+)/(?P<property>[^/]+)$", "unit": "ug/m3", "step_seconds": 60,
}  # fmt: skip


def create(client: httpx.Client, **changes: Any) -> httpx.Response:
    return client.post("/ingest/datastreams", json=NEW | changes)


def values_of(town: Any, datastream: int) -> list[float]:
    far = timedelta(days=400)
    found = stream.observations(
        town.data, datastream=datastream, since=START - far, until=START + far, limit=1000
    )
    values: list[float] = found["value"].to_pylist()
    return values


def row(datastream: int | str, value: float = 1.5) -> bytes:
    said = {"datastream": datastream, "time": START.isoformat(), "value": value}
    return json.dumps(said).encode()


def test_an_id_is_of_the_name_alone() -> None:
    """The first 53 bits of SHA-256("abc") = ba7816bf 8f01cfea…"""
    assert id_of("abc") == 0xBA7816BF8F01CFEA >> 11
    assert 0 < id_of("well/1") < 1 << 53


def test_a_datastream_is_made_once_and_takes_rows_at_once(
    town: Any, end_at_once: Callable[..., None]
) -> None:
    with town.client() as client:
        first, again = create(client), create(client, step_seconds=300)
        by_name = client.post("/ingest/observations", content=row("well/1"))
        by_id = client.post("/ingest/observations", content=row(first.json()["id"], 2.5))
        figures = client.get("/metrics").text
    assert (first.status_code, again.status_code) == (201, 200)
    identity = id_of("well/1")
    assert first.json() == {"id": identity, "created": True}
    assert again.json() == {"id": identity, "created": False}
    assert (by_name.json()["stored"], by_id.json()["stored"]) == (1, 1)
    assert "gongbi_ingest_rows_ahead_of_plan_total 2\n" in figures
    end_at_once(town.processes[0])
    town.start_door()
    with town.client() as client:
        assert create(client).json() == {"id": identity, "created": False}
        assert client.post("/ingest/observations", content=row("well/1", 3)).json()["stored"] == 1
    assert values_of(town, identity) == [1.5, 2.5, 3.0]
    assert stream.created_datastreams(town.data).drop("gateway").to_pylist() == [
        {"id": identity, **NEW, "step_seconds": 60}
    ]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"name": "urn:town:level:3"}, 200, ""),
        ({"name": "urn:town:level:3", "place": "other"}, 409, "exists with place 'quarter-1'"),
        ({"unit": "m"}, 409, "level is measured in cm here"),
        ({"place": "nowhere"}, 409, 'there is no place "nowhere"'),
        ({"name": "x" * 256}, 400, "are words"),
        ({"name": ""}, 409, "1 to 255 characters"),
        ({"name": "17"}, 409, "not digits alone"),
        ({"name": "a\nb"}, 409, "can be seen"),
        ({"name": 7}, 400, "are words"),
        ({"property": ""}, 400, "are words"),
        ({"step_seconds": 0}, 400, "step_seconds"),
        ({"step_seconds": True}, 400, "step_seconds"),
    ],
)
def test_what_may_not_be_made(town: Any, changes: dict[str, Any], status: int, words: str) -> None:
    with town.client() as client:
        answer = create(client, **changes)
        assert answer.status_code == status, answer.text
        assert words in answer.json().get("error", "")
        for body in (b"", b"[]", b"{", b"7", b'"x"', b"null"):
            assert client.post("/ingest/datastreams", content=body).status_code == 400
    assert len(stream.created_datastreams(town.data)) == 0


def test_two_meanings_of_one_name(town: Any) -> None:
    with town.client() as client:
        assert create(client).status_code == 201
        other = create(client, property="flow", unit="l/s")
    assert other.status_code == 409
    assert "exists with property 'level', not 'flow'" in other.json()["error"]


def test_a_pack_may_forbid_it(town: Any) -> None:
    stream.keep_sensing(town.data, create=False, patterns=[], places=["quarter-1"])
    with town.client() as client:
        answer = create(client)
    assert answer.status_code == 409
    assert "create = false" in answer.json()["error"]


def test_a_name_that_fits_a_pattern_makes_itself(town: Any) -> None:
    stream.keep_sensing(town.data, create=True, patterns=[PATTERN], places=["quarter-1"])
    lines = [row("air/quarter-1/pm25"), row("air/mars/pm25"), row("air/quarter-1/level"), row("x")]
    with town.client() as client:
        answer = client.post("/ingest/observations", content=b"\n".join(lines)).json()
        influx = client.post(
            "/write?precision=s",
            content=f"m,datastream=air/quarter-1/pm10 value=4 {int(START.timestamp())}",
        )
        late = {"time": "1970-01-02T00:00:00Z", "datastream": "air/quarter-1/o3", "value": 1}
        client.post("/ingest/observations", json=late)
    assert answer["stored"] == 1
    said = {one["line"]: one["reason"] for one in answer["refused"]}
    assert 'there is no place "mars"' in said[2]
    assert "level is measured in cm here, not in ug/m3" in said[3]
    assert "not in the plan" in said[4]
    assert influx.status_code == 204
    made = stream.created_datastreams(town.data).to_pylist()
    assert [one["name"] for one in made] == ["air/quarter-1/pm25", "air/quarter-1/pm10"]
    assert values_of(town, id_of("air/quarter-1/pm10")) == [4.0]


def test_a_torn_line_is_cut_when_the_door_opens(town: Any, end_at_once: Any) -> None:
    with town.client() as client:
        create(client)
    end_at_once(town.processes[0])
    file = town.data / "created.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:30])
    town.start_door()
    with town.client() as client:
        assert create(client, name="well/2").status_code == 201
    names = stream.created_datastreams(town.data)["name"].to_pylist()
    assert names == ["well/1", "well/2"]


def test_without_a_key_nothing_is_made(town: Any) -> None:
    with town.client("wrong") as client:
        assert create(client).status_code == 401
