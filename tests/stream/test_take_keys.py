"""Keys: limits of rows, bytes and names; revoked at once; files of earlier versions still read."""

import json
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gongbi.stream import public as stream
from gongbi.stream.buckets import Bucket
from gongbi.stream.keys import digest_of

DOOR = "/ingest/observations"
START = datetime.fromisoformat("2016-02-06T00:00:00+00:00")


def rows(count: int, datastream: int | str = 3) -> bytes:
    line = {"datastream": datastream, "time": START.isoformat(), "value": 1}
    return b"\n".join([json.dumps(line).encode()] * count)


def test_too_many_rows_are_told_when_to_come_again(town: Any) -> None:
    stream.keep_ingest_key(town.data, 'a "pump"', "slow", rows_per_second=10)
    with town.client("slow") as client:
        first = client.post(DOOR, content=rows(1000))
        second = client.post(DOOR, content=rows(1))
        figures = client.get("/metrics").text
    with town.client() as client:
        assert client.post(DOOR, content=rows(1)).status_code == 200
    assert (first.status_code, first.json()["stored"]) == (200, 1000)
    assert second.status_code == 429
    assert 90 <= int(second.headers["retry-after"]) <= 100
    assert "may send 10 rows a second" in second.json()["error"]
    assert 'gongbi_ingest_key_rows_total{key="a \\"pump\\""} 1000' in figures
    assert 'gongbi_ingest_key_limited_total{key="a \\"pump\\""} 1' in figures


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 5000)), max_size=30),
)
def test_nobody_sends_more_than_the_rate_for_long(
    rate: int, steps: list[tuple[float, int]]
) -> None:
    """What was sent never passes one second's rows, the last batch and the rate times the time."""
    bucket, now, sent, largest = Bucket(float(rate), 0.0), 0.0, 0, 0
    for pause, count in steps:
        now += pause
        wait = bucket.wait(now, rate)
        if wait:
            assert bucket.wait(now + wait, rate) == 0
            now += wait
        bucket.charge(count)
        sent, largest = sent + count, max(largest, count)
        assert sent <= rate * (now + 1) + largest + 1e-6 * sent + 1


def test_a_body_larger_than_the_key_may_send(town: Any) -> None:
    stream.keep_ingest_key(town.data, "small", "small", most_bytes=200)
    with town.client("small") as client:
        assert client.post(DOOR, content=rows(1)).status_code == 200
        large = client.post(DOOR, content=rows(10))
    assert large.status_code == 413
    assert "200 bytes" in large.json()["error"]


def test_a_key_bound_to_names_sends_no_others(town: Any) -> None:
    stream.keep_ingest_key(town.data, "bound", "bound", prefix="urn:town:level:1")
    body = b"\n".join(
        rows(1, name) for name in (1, 3, 15, "urn:town:level:3", "urn:town:level:12", 99)
    )
    new = {"name": "well/1", "place": "quarter-1", "property": "level", "unit": "cm"}
    with town.client("bound") as client:
        answer = client.post(DOOR, content=body).json()
        other = client.post("/ingest/datastreams", json=new)
        mine = client.post("/ingest/datastreams", json=new | {"name": "urn:town:level:1x"})
        after = client.post(DOOR, content=rows(1, mine.json()["id"])).json()
    assert answer["stored"] == 3
    said = {one["line"]: one["reason"] for one in answer["refused"]}
    assert sorted(said) == [2, 4, 6]
    assert 'only names that begin with "urn:town:level:1"' in said[2]
    assert 'only names that begin with "urn:town:level:1"' in said[4]
    assert "not in the plan" in said[6]
    assert (other.status_code, mine.status_code, after["stored"]) == (403, 201, 1)
    stream.keep_ingest_key(town.data, "else", "else", prefix="other")
    with town.client("else") as client:
        said = client.post(DOOR, content=rows(1, mine.json()["id"])).json()
    assert (said["stored"], "is not of this key" in said["refused"][0]["reason"]) == (0, True)


def test_revoked_at_once(town: Any) -> None:
    stream.keep_ingest_key(town.data, "lost", "lost")
    with town.client("lost") as client:
        assert client.post(DOOR, content=rows(1)).status_code == 200
        assert stream.revoke_ingest_key(town.data, "lost")
        assert client.post(DOOR, content=rows(1)).status_code == 401
    assert not stream.revoke_ingest_key(town.data, "lost")
    assert [one.name for one in stream.ingest_keys(town.data)] == ["test"]


def test_a_file_of_an_earlier_version_is_read(town: Any) -> None:
    (town.data / "ingest_keys.json").write_text(json.dumps({"old": digest_of("ancient")}))
    with town.client("ancient") as client:
        assert client.post(DOOR, content=rows(1)).status_code == 200
    stream.keep_ingest_key(town.data, "new", "fresh", rows_per_second=5)
    limits = {one.name: one.rows_per_second for one in stream.ingest_keys(town.data)}
    assert limits == {"new": 5, "old": 0}
    with town.client("ancient") as client:
        assert client.post(DOOR, content=rows(1)).status_code == 200
