"""Rows per second from HTTP to level: a door, an engine, senders; one window for every series.

    python bench/stream_http_to_level.py [--small | --large] [--senders 1 4]

Prints machine, date, and for each size and number of senders: rows/s by the wall until all rows
are acknowledged (safe on disk), and until the levels can be read; and rows per CPU-second of the
door and of the engine apart. Bodies are built before the clock starts; senders are processes of
their own and their CPU is not counted. Every series' value is compared with the rival's.

The rival folds the same bodies the plain way: ``json.loads`` a line and one dictionary, in one
process, from memory: without network, disk, keys, sequence numbers, late rows or restart.
"""

import argparse
import json
import multiprocessing
import os
import platform
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongbi.stream import public as stream

START = datetime(2026, 11, 24, tzinfo=UTC)
KEY = "bench"


@dataclass(frozen=True)
class Size:
    """Series (one for each datastream), rows in a POST, rows in all."""

    series: int
    batch: int
    rows: int


SMALL = [Size(1_000, 1_000, 200_000)]
USUAL = [
    Size(10_000, 1_000, 1_000_000),
    Size(10_000, 10_000, 2_000_000),
    Size(100_000, 10_000, 2_000_000),
]
LARGE = [
    Size(series, batch, 10_000_000) for series in (100_000, 1_000_000) for batch in (1_000, 10_000)
]


def write_plan(data: Path, count: int) -> None:
    """A mean of five minutes for every datastream."""
    ids = np.arange(1, count + 1)
    text = pa.array(["x"]).take(pa.array(np.zeros(count, np.int64)))

    def fill(value: object) -> pa.Array:
        return pa.array([value]).take(pa.array(np.zeros(count, np.int64)))

    datastreams = pa.table(
        {
            "id": ids, "name": pa.array([f"urn:bench:{i}" for i in range(1, count + 1)]),
            "place": text, "property": text, "unit": text, "step_seconds": fill(60),
        }
    )  # fmt: skip
    series = pa.table(
        {
            "id": ids, "indicator": text, "place": text, "property": text,
            "aggregate": fill("mean"), "window_seconds": fill(300), "lateness_seconds": fill(300),
            "direction": fill("above"), "notice": fill(96.0), "warning": fill(98.0),
            "alarm": fill(99.0), "clear_margin": fill(1.0), "min_windows": fill(1),
            "missing_windows": fill(3),
        }
    )  # fmt: skip
    members = pa.table({"datastream": ids, "series": ids})
    stream.write_plan(data, datastreams=datastreams, series=series, members=members)


def build_requests(size: Size, port: int, sender: int, senders: int) -> list[bytes]:
    """Whole HTTP requests with newline JSON; datastreams in random order, whole seconds."""
    draw = np.random.default_rng(sender)
    count = size.rows // size.batch // senders
    requests = []
    for _ in range(count):
        ids = draw.integers(1, size.series + 1, size.batch).tolist()
        seconds = np.sort(draw.integers(0, 300, size.batch)).tolist()
        values = np.round(draw.normal(50, 10, size.batch), 2).tolist()
        lines = [
            f'{{"datastream":{i},"time":"2026-11-24T00:{s // 60:02d}:{s % 60:02d}Z","value":{v}}}'
            for i, s, v in zip(ids, seconds, values, strict=True)
        ]
        body = "\n".join(lines).encode()
        head = (
            f"POST /ingest/observations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests


def send(size: Size, port: int, sender: int, senders: int, ready: Any, done: Any) -> None:
    """Build requests, wait for the start, send them one after the other on one connection."""
    requests = build_requests(size, port, sender, senders)
    ready.wait()
    stored = 0
    try:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for request in requests:
                line.sendall(request)
                stored += read_answer(line)["stored"]
    finally:
        done.put(stored)


def read_answer(line: socket.socket) -> dict[str, Any]:
    """The JSON of one answer, which may come in several pieces."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += line.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), raw
    length = int(re.search(rb"content-length: (\d+)", head.lower())[1])  # type: ignore[index]
    while len(body) < length:
        body += line.recv(65536)
    answer: dict[str, Any] = json.loads(body)
    return answer


def plain_fold(bodies: list[bytes]) -> dict[int, float]:
    """The rival: the mean of each datastream, the plain way."""
    sums: dict[tuple[int, int], list[float]] = {}
    for body in bodies:
        for line in body.splitlines():
            row = json.loads(line)
            window = int(datetime.fromisoformat(row["time"]).timestamp()) // 300
            cell = sums.get((row["datastream"], window))
            if cell is None:
                sums[row["datastream"], window] = [1, row["value"]]
            else:
                cell[0] += 1
                cell[1] += row["value"]
    return {key: total / count for (key, _), (count, total) in sums.items()}


def race_rival(size: Size, senders: int) -> tuple[float, dict[int, float]]:
    """(rows per CPU-second of the rival, its value of each series)."""
    bodies = [
        request.split(b"\r\n\r\n", 1)[1]
        for sender in range(senders)
        for request in build_requests(size, 0, sender, senders)
    ]
    began = time.process_time()
    values = plain_fold(bodies)
    spent = time.process_time() - began
    return size.batch * len(bodies) / spent, values


def cpu_seconds(pid: int) -> float:
    """CPU a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(name: str, data: Path, *words: str) -> subprocess.Popen[bytes]:
    """A process of the product."""
    command = [sys.executable, "-m", f"gongbi.stream.{name}", "--data", str(data), *words]
    said = {**os.environ, "GONGBI_CLOCK": "played"}
    return subprocess.Popen(command, env=said, stderr=subprocess.DEVNULL)


def run(size: Size, senders: int) -> dict[str, float]:
    """Measure one size."""
    with tempfile.TemporaryDirectory(prefix="bench", dir=os.environ.get("BENCH_DIR")) as folder:
        data, port = Path(folder), free_port()
        write_plan(data, size.series)
        stream.keep_ingest_key(data, "bench", KEY)
        door, engine = start("door", data, "--port", str(port)), start("engine", data)
        try:
            found = _measure(size, senders, data, port, door.pid, engine.pid)
            found["rival"], values = race_rival(size, senders)
            _compare(data, values)
            return found
        finally:
            for process in (door, engine):
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def _compare(data: Path, values: dict[int, float]) -> None:
    """The engine and the rival must have come to the same means."""
    rows = stream.latest(data, None).to_pylist()
    mine = {row["series"]: row["value"] for row in rows if row["window_start"] >= START}
    assert mine.keys() == values.keys(), (len(mine), len(values))
    worst = max(abs(mine[key] - value) for key, value in values.items())
    assert worst < 1e-9, worst


def _measure(
    size: Size, senders: int, data: Path, port: int, door: int, engine: int
) -> dict[str, float]:
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}",
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=120,  # the first rows wait for machine code
    )
    ready, done = multiprocessing.Barrier(senders + 1), multiprocessing.Queue()
    crowd = [
        multiprocessing.Process(target=send, args=(size, port, k, senders, ready, done))
        for k in range(senders)
    ]
    for sender in crowd:
        sender.start()
    _warm_up(client, data)
    ready.wait()
    door_before, engine_before = cpu_seconds(door), cpu_seconds(engine)
    began = time.perf_counter()
    stored = sum(done.get() for _ in crowd)
    acknowledged = time.perf_counter() - began
    client.post("/ingest/tick", json={"time": (START + timedelta(minutes=5)).isoformat()})
    while _told(data) < 0.9 * size.series:
        time.sleep(0.01)
    wall = time.perf_counter() - began
    door_cpu, engine_cpu = cpu_seconds(door) - door_before, cpu_seconds(engine) - engine_before
    for sender in crowd:
        sender.join()
    asked = size.rows // size.batch // senders * senders * size.batch
    assert stored == asked, f"{stored} of {asked} rows were stored"
    return {
        "rows": stored,
        "acknowledged": stored / acknowledged,
        "wall": stored / wall,
        "door": stored / door_cpu,
        "engine": stored / engine_cpu,
        "both": stored / (door_cpu + engine_cpu),
    }


def _told(data: Path) -> int:
    """Series whose window of the run has a level."""
    return sum(pc.greater_equal(stream.latest(data, None)["window_start"], START).to_pylist())


def _warm_up(client: httpx.Client, data: Path) -> None:
    """Wait until both have their compiled code: one row and two ticks, a window earlier."""
    while True:
        try:
            client.get("/healthz")
            break
        except httpx.TransportError:
            time.sleep(0.05)
    early = START - timedelta(minutes=10)
    row = {"datastream": 1, "time": early.isoformat(), "value": 1}
    client.post("/ingest/tick", json={"time": early.isoformat()})
    client.post("/ingest/observations", content=json.dumps(row)).raise_for_status()
    client.post("/ingest/tick", json={"time": START.isoformat()})
    while stream.status(data).lag_rows or stream.status(data).engine_position == 0:
        time.sleep(0.05)
    time.sleep(1.5)


def main() -> None:
    """Print the machine, the date and a table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--small", action="store_true", help="seconds, for a look")
    words.add_argument("--large", action="store_true", help="up to a million series")
    words.add_argument("--senders", type=int, nargs="+", default=[1, 4])
    given = words.parse_args()
    sizes = SMALL if given.small else LARGE if given.large else USUAL
    chip = Path("/proc/cpuinfo").read_text().split("model name\t: ")[1].split("\n")[0]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {chip}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before: {load}"
    )
    print(
        "| series | rows/POST | senders | rows | acknowledged rows/s | HTTP to level rows/s "
        "| door rows/CPU-s | engine rows/CPU-s | both rows/CPU-s | rival rows/CPU-s |"
    )
    print("|" + "---|" * 10)
    for size, senders in ((size, senders) for size in sizes for senders in given.senders):
        found = run(size, senders)
        names = ("rows", "acknowledged", "wall", "door", "engine", "both", "rival")
        cells = [f"{size.series:,}", f"{size.batch:,}", f"{senders}"]
        print(
            "| " + " | ".join(cells + [f"{found[name]:,.0f}" for name in names]) + " |", flush=True
        )


if __name__ == "__main__":
    main()
