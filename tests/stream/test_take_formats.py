"""CSV, Arrow and InfluxDB line protocol at the door: good rows stored, bad ones named by place."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest

from gongbi.stream import public as stream

START = datetime.fromisoformat("2016-02-06T00:00:00+00:00")
MILLIS = 1_454_716_800_000
CSV = {"Content-Type": "text/csv; charset=utf-8"}
ARROW = {"Content-Type": "application/vnd.apache.arrow.stream"}
DOOR = "/ingest/observations"


def stored(town: Any, datastream: int) -> list[float]:
    """Values in the log."""
    far = timedelta(days=400)
    found = stream.observations(
        town.data, datastream=datastream, since=START - far, until=START + far, limit=100_000
    )
    values: list[float] = found["value"].to_pylist()
    return values


def reasons(answer: httpx.Response) -> dict[int, str]:
    """Refusals by line."""
    return {one["line"]: one["reason"] for one in answer.json()["refused"]}


def arrow(table: pa.Table, **options: Any) -> bytes:
    """An IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, **options) as writer:
        for batch in table.to_batches(max_chunksize=2):
            writer.write_batch(batch)
    raw: bytes = sink.getvalue().to_pybytes()
    return raw


def rows_table(datastreams: Any, times: Any = None, values: Any = None, **more: Any) -> pa.Table:
    """A table of rows."""
    count = len(datastreams)
    times = pa.array([MILLIS + i for i in range(count)], pa.int64()) if times is None else times
    values = pa.array([float(i) for i in range(count)]) if values is None else values
    return pa.table({"datastream": datastreams, "time": times, "value": values, **more})


def test_csv_rows_and_refusals_by_line(town: Any) -> None:
    body = (
        "value,note,datastream,time\n"
        "3.2,dry,3,2016-02-06T08:00:00+08:00\r\n"
        f"1.5,,urn:town:level:4,{MILLIS}\n"
        "x,,3,2016-02-06T00:00:00Z\n"
        ",,3,2016-02-06T00:00:00Z\n"
        "1,,99,2016-02-06T00:00:00Z\n"
        "1,,3,2016-02-06T00:00:00\n"
        "1,3\n"
        "\n"
        "1e999,,3,2016-02-06T00:00:00Z\n"
        f"7,,nobody,{MILLIS}\n"
        f"2,,3,{MILLIS}"
    )
    with town.client() as client:
        answer = client.post(DOOR, content=body, headers=CSV)
    assert (answer.status_code, answer.json()["stored"]) == (200, 3)
    found = reasons(answer)
    assert sorted(found) == [4, 5, 6, 7, 8, 10, 11]
    for line, words in {4: "write a number", 5: "value is empty", 6: "99 is not in the plan",
                        7: "names no zone", 8: "2 columns where the first line names 4",
                        10: "not a finite", 11: '"nobody" is not'}.items():  # fmt: skip
        assert words in found[line]
    assert (stored(town, 3), stored(town, 4)) == ([3.2, 2.0], [1.5])


def test_quoted_csv_and_units(town: Any) -> None:
    body = (
        '\ufeffdatastream,time,value,unit\n'
        f'"urn:town:level:5",{MILLIS},1.5,cm\n'
        f'5,{MILLIS},2.5,\n'
        f'5,{MILLIS},3.5,inch\n'
        f'"5\n",{MILLIS},4.5,cm\n'
        f'5,{MILLIS},"5.5'
    )  # fmt: skip
    with town.client() as client:
        answer = client.post(DOOR, content=body.encode(), headers=CSV)
    found = reasons(answer)
    assert sorted(found) == [4, 7]
    assert 'unit is "inch"' in found[4]
    assert "not CSV" in found[7]
    assert stored(town, 5) == [1.5, 2.5, 4.5]


@pytest.mark.parametrize("body", ["", "\n", "datastream,value\n1,2", "a,b,c\n1,2,3", "1,2,3"])
def test_csv_without_its_header_is_refused_whole(town: Any, body: str) -> None:
    with town.client() as client:
        answer = client.post(DOOR, content=body, headers=CSV)
    assert answer.status_code == 400
    assert "datastream,time,value" in answer.json()["error"]


def test_arrow_rows_by_id_name_and_dictionary(town: Any) -> None:
    at = pa.array([START, START + timedelta(seconds=1), None], pa.timestamp("us", "UTC"))
    tables = [
        rows_table(pa.array([3, 3, 99], pa.int32()), at, pa.array([1.5, np.nan, 1.0])),
        rows_table(["urn:town:level:4", "nobody", None]),
        rows_table(pa.array(["urn:town:level:5"] * 5).dictionary_encode()),
        rows_table(
            pa.array([6], pa.uint64()), pa.array([START], pa.timestamp("ns", "Asia/Tokyo"))
        ),
        rows_table([7], None, pa.array([2], pa.int8())),
        rows_table([8, 8], unit=["cm", "inch"]),
    ]
    with town.client() as client:
        answers = [client.post(DOOR, content=arrow(t), headers=ARROW) for t in tables]
    assert [one.status_code for one in answers] == [200] * 6
    assert [one.json()["stored"] for one in answers] == [1, 1, 5, 1, 1, 1]
    said = [reasons(one) for one in answers]
    assert [sorted(one) for one in said] == [[2, 3], [2, 3], [], [], [], [2]]
    assert "not a finite number" in said[0][2]
    assert "time is empty" in said[0][3]
    assert '"nobody" is not in the plan' in said[1][2]
    assert "datastream is empty" in said[1][3]
    assert 'unit is "inch"' in said[5][2]
    assert (stored(town, 3), stored(town, 4), stored(town, 6)) == ([1.5], [0.0], [0.0])
    assert stored(town, 5) == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_arrow_of_the_wrong_shape_is_refused_whole(town: Any) -> None:
    naive = pa.array([START.replace(tzinfo=None)], pa.timestamp("us"))
    good = arrow(rows_table([3, 3, 3]))
    squeezed = arrow(rows_table([3]), options=pa.ipc.IpcWriteOptions(compression="zstd"))
    bodies = {
        "naive": (arrow(rows_table([3], naive)), "timestamp with a zone"),
        "text": (arrow(rows_table([3], None, ["1"])), "The column value is string"),
        "lacking": (arrow(pa.table({"datastream": [1]})), "lacks the column time, value"),
        "torn": (good[:-40], "not a whole Arrow IPC stream"),
        "other": (b"PAR1" + good, "not an Arrow IPC stream"),
        "empty": (b"", "not a whole Arrow IPC stream"),
        "packed inside": (squeezed, "buffers are compressed"),
    }
    with town.client() as client:
        for name, (body, words) in bodies.items():
            answer = client.post(DOOR, content=body, headers=ARROW)
            assert answer.status_code == 400, (name, answer.text)
            assert words in answer.json()["error"], (name, answer.text)
    assert stored(town, 3) == []


def test_line_protocol_as_its_senders_speak_it(town: Any, tables: Callable[..., Any]) -> None:
    names = ["air.pm25,host=a,site=b c", "hum", "urn:town:level:30.low", "x,k=v\\w"]
    plan = tables(34)
    streams = plan["datastreams"].to_pylist()
    for row, name in zip(streams[30:], names, strict=True):
        row["name"] = name
    plan["datastreams"] = pa.Table.from_pylist(streams, schema=stream.DATASTREAMS)
    stream.write_plan(town.data, **plan)
    nanos = MILLIS * 1_000_000
    body = (
        f"# comment\nair,site=b\\ c,host=a pm25=3.5,text=\"a, b=c\" {nanos}\n"
        f"hum value=t {nanos}\n"
        f"any,datastream=urn:town:level:30 value=1.5,low=-2i {nanos}\n"
        f"m,datastream=3 value=4.25 {nanos}\n"
        f"x,k=v\\w value=5u {nanos}\n"
        f"m,datastream=3 value=1 17x\n"
        f"nobody value=1 {nanos}\n"
        "m,datastream=3\n"
    )  # fmt: skip
    with town.client() as client:
        client.post("/ingest/tick", json={"time": START.isoformat()})
        answer = client.post("/write?db=city&precision=ns", content=body)
        client.headers["Authorization"] = "Token key-of-the-test"
        row = f"m,datastream=3 value=9 {MILLIS // 1000}"
        whole = client.post("/api/v2/write?org=o&bucket=b&precision=s", content=row)
        wrong = client.post("/api/v2/write?precision=week", content=b"m value=1")
        no_time = client.post(
            "/write", content=b"m,datastream=9 value=7", auth=("me", "key-of-the-test")
        )
    assert (answer.status_code, answer.json()["stored"]) == (400, 6)
    found = reasons(answer)
    assert sorted(found) == [2, 7, 8, 9]
    assert "only numbers are kept here" in found[2]
    assert "not a whole number" in found[7]
    assert '"nobody" is not in the plan' in found[8]
    assert "has no field" in found[9]
    assert answer.json()["message"].startswith("partial write: line 2")
    assert (whole.status_code, whole.content) == (204, b"")
    assert wrong.status_code == 400
    assert no_time.status_code == 204
    values = [stored(town, i) for i in (31, 32, 30, 33, 3, 34)]
    assert values == [[3.5], [1.0], [1.5], [-2.0], [4.25, 9.0], [5.0]]
    assert stored(town, 9) == [7.0]


def test_packed_bodies(town: Any) -> None:
    row = f"datastream,time,value\n3,{MILLIS},1.5\n".encode()
    zstd = pa.compress(row, codec="zstd", asbytes=True)
    frame = pa.BufferOutputStream()
    with pa.CompressedOutputStream(frame, "zstd") as out:
        out.write(row)
    with town.client() as client:
        for name, body in (
            ("gzip", gzip.compress(row)),
            ("gzip", gzip.compress(row[:30]) + gzip.compress(row[30:])),
            ("zstd", frame.getvalue().to_pybytes()),
            ("zstd", zstd),
        ):
            answer = client.post(DOOR, content=body, headers={**CSV, "Content-Encoding": name})
            assert (answer.status_code, answer.json()["stored"]) == (200, 1), answer.text
        for name in ("gzip", "zstd"):
            torn = gzip.compress(row)[:-12] if name == "gzip" else b"nonsense"
            answer = client.post(DOOR, content=torn, headers={**CSV, "Content-Encoding": name})
            assert answer.status_code == 400, answer.text
    assert stored(town, 3) == [1.5] * 4


def test_a_bomb_is_refused_before_it_bursts(make_town: Callable[..., Any]) -> None:
    town = make_town(GONGBI_INGEST_MAX_BYTES="1000000")
    town.start_door()
    zeros = bytes(100_000_000)
    frame = pa.BufferOutputStream()
    with pa.CompressedOutputStream(frame, "zstd") as out:
        out.write(zeros)
    with town.client() as client:
        for name, body in (
            ("gzip", gzip.compress(zeros)),
            ("zstd", frame.getvalue().to_pybytes()),
        ):
            answer = client.post(DOOR, content=body, headers={"Content-Encoding": name})
            assert answer.status_code == 413
    status = Path(f"/proc/{town.processes[0].pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0])
    assert peak < 600_000  # kB: the compiled code and Arrow, not the zeros


def test_a_time_of_its_own_is_utc(town: Any) -> None:
    moment = datetime(2016, 2, 6, 0, 0, 1, tzinfo=UTC)
    with town.client() as client:
        body = f"datastream,time,value\n3,{moment.isoformat()},1\n"
        assert client.post(DOOR, content=body, headers=CSV).json()["stored"] == 1
    far = timedelta(days=1)
    found = stream.observations(
        town.data, datastream=3, since=START - far, until=START + far, limit=10
    )
    assert found["time"].to_pylist()[0] == moment
