"""Whatever comes: no reader fails, no row is lost or doubled, every refusal has its place."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongbi.stream import public as stream
from gongbi.stream.arrow_rows import decode_arrow
from gongbi.stream.created import Created
from gongbi.stream.csv_rows import decode_csv
from gongbi.stream.decode import decode_arrays, decode_lines
from gongbi.stream.known import Known, RowRefused
from gongbi.stream.line_protocol import decode_influx
from gongbi.stream.mqtt_rows import lines_of
from gongbi.stream.plans import Plan, load_plan
from gongbi.stream.rows import BodyRefused, Decoded

LATEST = 1_500_000_000_000_000
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DECODERS: dict[str, Callable[[bytes, Known], Decoded]] = {
    "lines": decode_lines, "arrays": decode_arrays, "csv": decode_csv,
    "influx": decode_influx, "arrow": decode_arrow,
}  # fmt: skip
Words = st.sampled_from
DATASTREAMS = Words(["3", "urn:town:level:4", "99", "nobody", "", "-3", "1e3", "9" * 30, "３"])
TIMES = Words(
    [
        "2016-02-06T00:00:00Z", "2016-02-06T00:00:00", "1454716800000", "1454716800", "",
        "2016-02-30T00:00:00Z", "-1", "9" * 25, "1454716800000.5", "2016-02-06 00:00:00+08:00",
    ]
)  # fmt: skip
VALUES = Words(
    ["1.5", "-0", "1e308", "1e309", "1e-400", "NaN", "Infinity", "x", "", "true", "0x10", "1_000",
     "9" * 400, "1,5", "٣"]
)  # fmt: skip
ROWS = st.lists(st.tuples(DATASTREAMS, TIMES, VALUES), max_size=12)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plan, Path]:
    """The town's plan."""
    from tests.stream.conftest import plan_tables

    data = tmp_path_factory.mktemp("plan")
    stream.write_plan(data, **plan_tables())
    return load_plan(data, 1), data


def decode(name: str, body: bytes, plan: tuple[Plan, Path]) -> Decoded | None:
    """What a reader makes of a body; None when it refuses it whole, with a sentence."""
    known = Known.of_plan(plan[0], Created(plan[1]), LATEST)
    try:
        found = DECODERS[name](body, known)
    except BodyRefused:
        return None
    assert len(found.ids) == len(found.times) == len(found.values)
    assert all(one.line >= 1 and one.reason for one in found.refused)
    assert set(found.ids.tolist()) <= set(range(1, 22))
    json.dumps([one.reason for one in found.refused]).encode()
    return found


@MANY
@given(st.sampled_from(sorted(DECODERS)), st.binary(max_size=300))
def test_any_bytes(plan: tuple[Plan, Path], name: str, body: bytes) -> None:
    decode(name, body, plan)


@MANY
@given(st.sampled_from(sorted(DECODERS)), st.text(max_size=200))
def test_any_text(plan: tuple[Plan, Path], name: str, body: str) -> None:
    header = "datastream,time,value\n" if name == "csv" else ""
    decode(name, (header + body).encode(errors="replace"), plan)


@MANY
@given(ROWS)
def test_each_csv_row_is_stored_or_refused_once(plan: tuple[Plan, Path], rows: Any) -> None:
    lines = [f"{d},{t},{v}" for d, t, v in rows]
    found = decode("csv", "\n".join(["datastream,time,value", *lines]).encode(), plan)
    assert found is not None
    told = [one.line for one in found.refused]
    assert len(set(told)) == len(told)
    assert len(found.ids) + len(told) == len(rows)
    for number, (datastream, time, value) in enumerate(rows, 2):
        good = (
            datastream in ("3", "urn:town:level:4")
            and time in ("2016-02-06T00:00:00Z", "1454716800000", "2016-02-06 00:00:00+08:00")
            and value in ("1.5", "-0", "1e308", "1e-400")
        )
        assert good == (number not in told), (datastream, time, value)


@MANY
@given(ROWS, st.booleans())
def test_csv_quoted_or_not_is_the_same(
    plan: tuple[Plan, Path], rows: Any, everything: bool
) -> None:
    def quoted(cells: tuple[str, ...]) -> str:
        return ",".join(f'"{cell}"' for cell in cells)

    plain = [row for row in rows if "," not in row[2]]
    lines = [quoted(row) if everything or i % 2 else ",".join(row) for i, row in enumerate(plain)]
    header = "datastream,time,value"
    one = decode("csv", "\n".join([header, *map(",".join, plain)]).encode(), plan)
    two = decode("csv", "\n".join([header, *lines]).encode(), plan)
    assert one is not None
    assert two is not None
    assert one.values.tolist() == two.values.tolist()
    assert one.refused == two.refused


@MANY
@given(ROWS)
def test_each_field_of_a_line_is_stored_or_refused_once(
    plan: tuple[Plan, Path], rows: Any
) -> None:
    lines = [f"m,datastream={d or 'x'} value={v or 'x'} {t}" for d, t, v in rows]
    found = decode("influx", "\n".join(lines).encode(), plan)
    assert found is not None
    lines_told = {one.line for one in found.refused}
    assert len(found.ids) + len(lines_told) >= len(rows)
    assert len(found.ids) <= len(rows)


@MANY
@given(ROWS)
def test_arrow_text_is_as_csv(plan: tuple[Plan, Path], rows: Any) -> None:
    """Names as text, times and values in Arrow's own types."""
    good = [(d, 1_454_716_800_000, float(i)) for i, (d, _, _) in enumerate(rows)]
    table = pa.table(
        {
            "datastream": pa.array([d for d, _, _ in good], pa.string()),
            "time": pa.array([t for _, t, _ in good], pa.int64()),
            "value": pa.array([v for _, _, v in good], pa.float64()),
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    found = decode("arrow", sink.getvalue().to_pybytes(), plan)
    assert found is not None
    stored = [v for d, _, v in good if d == "urn:town:level:4"]
    assert found.values.tolist() == stored
    assert [one.line for one in found.refused] == [
        i + 1 for i, (d, _, _) in enumerate(good) if d != "urn:town:level:4"
    ]


@pytest.fixture(scope="module")
def sound_stream() -> bytes:
    """An Arrow stream of names, plain and as a dictionary."""
    names = pa.array(["urn:town:level:4", "urn:town:level:5", None] * 4)
    table = pa.table(
        {
            "datastream": names.dictionary_encode(),
            "time": pa.array([1_454_716_800_000] * 12, pa.int64()),
            "value": pa.array([1.0] * 12),
            "unit": names,
        }
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=5)
    raw: bytes = sink.getvalue().to_pybytes()
    return raw


@settings(MANY, max_examples=400)
@given(st.data())
def test_a_changed_arrow_stream_never_hurts(
    plan: tuple[Plan, Path], sound_stream: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(sound_stream) - 1))
    width = data.draw(st.integers(0, 8))
    new = data.draw(st.binary(min_size=width, max_size=width))
    cut = data.draw(st.integers(at, len(sound_stream)))
    decode("arrow", (sound_stream[:at] + new + sound_stream[at + width :])[: cut or None], plan)


@MANY
@given(
    st.sampled_from(
        ["gongbi/observations", "v1.1/Datastreams(3)/Observations", "gongbi/observations/a/b", "x"]
    ),
    st.binary(max_size=100)
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                Words(["result", "value", "dataArray", "components", "Datastream", "time"]), inner
            )
        ),
        max_leaves=8,
    ).map(lambda said: json.dumps(said).encode()),
)
def test_any_message(plan: tuple[Plan, Path], topic: str, payload: bytes) -> None:
    try:
        lines = lines_of(topic, payload, 1_454_716_800_000)
    except RowRefused:
        return
    decode("lines", lines, plan)


@pytest.mark.parametrize("door", ["/ingest/observations", "/write", "/ingest/datastreams"])
def test_a_hundred_megabytes_are_refused_early(town: Any, door: str) -> None:
    head = (
        f"POST {door} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key-of-the-test\r\n"
        "Content-Type: text/csv\r\nContent-Length: 100000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", town.port), timeout=30) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_nothing_is_no_fault(town: Any) -> None:
    with town.client() as client:
        assert client.post("/write", content=iter([bytes(1 << 20)] * 20)).status_code == 413
        for path in ("/write", "/api/v2/write"):
            assert client.post(path, content=b"").status_code == 204
        assert client.post("/ingest/observations", content=b"").json()["stored"] == 0
