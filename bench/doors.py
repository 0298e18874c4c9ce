"""Rows per CPU-second of the door for each format, at 1,000 and 10,000 rows a POST.

    python bench/doors.py [--small] [--datastreams 100000]

The same rows in each format, on one connection, each answered after ``fdatasync``; the CPU is that
of the door's whole process (utime and stime): HTTP, decoding, checking, framing, writing. Bodies
are built before the clock starts. The median of three runs, the formats taking turns; no engine.
"""

import argparse
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
import numpy as np
import orjson
import pyarrow as pa

from gongbi.stream import public as stream

KEY = "bench"
START = 1_795_478_400_000  # 2026-11-24 in milliseconds
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


def write_plan(data: Path, count: int) -> None:
    """Datastreams and no series: the door alone is looked at."""
    ids = np.arange(1, count + 1)
    words = pa.array(["x"]).take(pa.array(np.zeros(count, np.int64)))
    table = {
        "id": ids, "name": pa.array([f"urn:bench:{i}" for i in ids]), "place": words,
        "property": words, "unit": words, "step_seconds": pa.array(np.full(count, 60, np.int32)),
    }  # fmt: skip
    empty = {"series": stream.SERIES.empty_table(), "members": stream.MEMBERS.empty_table()}
    stream.write_plan(data, datastreams=pa.table(table), **empty)


def lines(rows: Rows, shape: str, head: str = "", names: bool = False) -> bytes:
    """A line a row."""
    ids = [f"urn:bench:{i}" for i in rows[0].tolist()] if names else rows[0].tolist()
    said = (
        shape.format(*row) for row in zip(ids, rows[1].tolist(), rows[2].tolist(), strict=True)
    )
    return (head + "\n".join(said)).encode()


def iso(rows: Rows) -> Rows:
    """With times as words."""
    words = [datetime.fromtimestamp(t / 1000, UTC).isoformat() for t in rows[1].tolist()]
    return rows[0], np.array([f"{word[:19]}Z" for word in words]), rows[2]


def arrays(rows: Rows) -> bytes:
    """SensorThings data arrays, one for each row: the worst case, and the usual one."""
    ids, times, values = iso(rows)
    return orjson.dumps(
        [
            {
                "Datastream": {"@iot.id": i}, "components": ["phenomenonTime", "result"],
                "dataArray": [[t, v]],
            }
            for i, t, v in zip(ids.tolist(), times.tolist(), values.tolist(), strict=True)
        ]
    )  # fmt: skip


def arrow(rows: Rows, names: bool = False) -> bytes:
    """An Arrow stream of one batch; names as a dictionary."""
    ids: object = rows[0]
    if names:
        ids = pa.array([f"urn:bench:{i}" for i in rows[0].tolist()]).dictionary_encode()
    times = pa.array(rows[1] * 1000, pa.timestamp("us", "UTC"))
    table = pa.table({"datastream": ids, "time": times, "value": rows[2]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    raw: bytes = sink.getvalue().to_pybytes()
    return raw


JSON = '{{"datastream":{},"time":{},"value":{}}}'
JSON_WORDS = '{{"datastream":{},"time":"{}","value":{}}}'
NAMED = '{{"datastream":"{}","time":{},"value":{}}}'
INFLUX = "level,datastream={0} value={2} {1}000000"
CSV = "datastream,time,value\n"
ROWS, ARRAYS = "/ingest/observations", "/sensorthings/v1.1/CreateObservations"
ARROW_TYPE = "application/vnd.apache.arrow.stream"
FORMATS: dict[str, tuple[str, str, Callable[[Rows], bytes]]] = {
    "newline JSON, id, milliseconds": (ROWS, "", lambda r: lines(r, JSON)),
    "newline JSON, id, ISO time": (ROWS, "", lambda r: lines(iso(r), JSON_WORDS)),
    "newline JSON, name": (ROWS, "", lambda r: lines(r, NAMED, names=True)),
    "CSV, id, milliseconds": (ROWS, "text/csv", lambda r: lines(r, "{},{},{}", CSV)),
    "CSV, id, ISO time": (ROWS, "text/csv", lambda r: lines(iso(r), "{},{},{}", CSV)),
    "CSV, name": (ROWS, "text/csv", lambda r: lines(r, "{},{},{}", CSV, names=True)),
    "line protocol, id": ("/write", "", lambda r: lines(r, INFLUX)),
    "line protocol, name": ("/write", "", lambda r: lines(r, INFLUX, names=True)),
    "Arrow, id": (ROWS, ARROW_TYPE, arrow),
    "Arrow, name (dictionary)": (ROWS, ARROW_TYPE, lambda r: arrow(r, names=True)),
    "data arrays, one row each": (ARRAYS, "", arrays),
}


def draw(count: int, datastreams: int, seed: int) -> Rows:
    """Rows in random order of datastreams."""
    gen = np.random.default_rng(seed)
    times = START + np.sort(gen.integers(0, 300, count)) * 1000
    ids = gen.integers(1, datastreams + 1, count)
    return ids, times, np.round(gen.normal(50, 10, count), 2)


def cpu_seconds(pid: int) -> float:
    """CPU a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start_door(data: Path) -> tuple[subprocess.Popen[bytes], httpx.Client]:
    """A door, and a sender that knows its key."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gongbi.stream.door",
        "--data",
        str(data),
        "--port",
        str(port),
    ]
    said = {**os.environ, "GONGBI_CLOCK": "played"}
    door = subprocess.Popen(command, env=said, stderr=subprocess.DEVNULL)
    key = {"Authorization": f"Bearer {KEY}"}
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=key, timeout=120)
    while True:
        try:
            client.get("/healthz")
            return door, client
        except httpx.TransportError:
            time.sleep(0.05)


def post(client: httpx.Client, name: str, body: bytes) -> None:
    """Send one body; all of it must be stored."""
    path, kind, _ = FORMATS[name]
    answer = client.post(path, content=body, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code in (200, 201, 204), answer.text[:300]
    assert answer.status_code == 204 or not answer.json()["refused"], answer.text[:300]


def measure(
    client: httpx.Client, pid: int, name: str, batch: int, total: int, datastreams: int
) -> float:
    """Rows per CPU-second of the door."""
    build = FORMATS[name][2]
    bodies = [build(draw(batch, datastreams, seed)) for seed in range(min(5, total // batch))]
    post(client, name, bodies[0])
    before, sent = cpu_seconds(pid), 0
    while sent < total:
        post(client, name, bodies[(sent // batch) % len(bodies)])
        sent += batch
    return sent / (cpu_seconds(pid) - before)


def main() -> None:
    """Print the machine, the date and a table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--small", action="store_true", help="seconds, for a look")
    words.add_argument("--datastreams", type=int, default=100_000)
    given = words.parse_args()
    runs, million = (1, 0.05) if given.small else (3, 1.0)
    chip = Path("/proc/cpuinfo").read_text().split("model name\t: ")[1].split("\n")[0]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {chip}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before: {load}"
    )
    print("| format | 1,000 rows a POST | 10,000 rows a POST |\n|---|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="bench", dir=os.environ.get("BENCH_DIR")) as folder:
        write_plan(Path(folder), given.datastreams)
        stream.keep_ingest_key(Path(folder), "bench", KEY)
        door, client = start_door(Path(folder))
        try:
            cells: dict[tuple[str, int], list[float]] = {}
            for _ in range(runs):
                for name in FORMATS:
                    for batch, total in (
                        (1000, int(200_000 * million)),
                        (10_000, int(500_000 * million)),
                    ):
                        found = measure(client, door.pid, name, batch, total, given.datastreams)
                        cells.setdefault((name, batch), []).append(found)
        finally:
            door.send_signal(signal.SIGTERM)
            door.wait(timeout=60)
    for name in FORMATS:
        small, large = (median(cells[name, batch]) for batch in (1000, 10_000))
        print(f"| {name} | {small:,.0f} | {large:,.0f} |")


if __name__ == "__main__":
    main()
