"""Rows per second from HTTP to level: a door, an engine, senders; one window for every series.

    python bench/stream_http_to_level.py [--small | --large]

Prints machine, date, and for each size: rows/s by the wall from the first POST until the last
window's levels can be read, and rows per CPU-second of the door and of the engine apart. Bodies
are built before the clock starts; senders are processes of their own and their CPU is not counted.
"""

import argparse
import json
import multiprocessing
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa

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
    Size(series, batch, 2_000_000) for series in (10_000, 100_000) for batch in (1_000, 10_000)
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


def send(size: Size, port: int, sender: int, senders: int, ready: object, done: object) -> None:
    """Build requests, wait for the start, send them one after the other on one connection."""
    requests = build_requests(size, port, sender, senders)
    ready.wait()  # type: ignore[attr-defined]
    stored = 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            line.sendall(request)
            answer = line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200"), answer
            stored += json.loads(answer.split(b"\r\n\r\n", 1)[1])["stored"]
    done.put(stored)  # type: ignore[attr-defined]


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
            return _measure(size, senders, data, port, door.pid, engine.pid)
        finally:
            for process in (door, engine):
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def _measure(
    size: Size, senders: int, data: Path, port: int, door: int, engine: int
) -> dict[str, float]:
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {KEY}"}
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
    while stream.latest(data, None).num_rows < 0.9 * min(size.series, stored):
        time.sleep(0.01)
    wall = time.perf_counter() - began
    door_cpu, engine_cpu = cpu_seconds(door) - door_before, cpu_seconds(engine) - engine_before
    for sender in crowd:
        sender.join()
    return {
        "rows": stored,
        "acknowledged": stored / acknowledged,
        "wall": stored / wall,
        "door": stored / door_cpu,
        "engine": stored / engine_cpu,
        "both": stored / (door_cpu + engine_cpu),
    }


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
    words.add_argument("--senders", type=int, default=4)
    given = words.parse_args()
    sizes = SMALL if given.small else LARGE if given.large else USUAL
    chip = Path("/proc/cpuinfo").read_text().split("model name\t: ")[1].split("\n")[0]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {chip}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before: {load}, senders {given.senders}"
    )
    print(
        "| series | rows/POST | rows | acknowledged rows/s | HTTP to level rows/s "
        "| door rows/CPU-s | engine rows/CPU-s | both rows/CPU-s |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        found = run(size, given.senders)
        cells = [
            f"{found[k]:,.0f}" for k in ("rows", "acknowledged", "wall", "door", "engine", "both")
        ]
        print(f"| {size.series:,} | {size.batch:,} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
