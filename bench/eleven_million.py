"""Millions of series at one row each every ten seconds: does one machine hold them, and how?

    python bench/eleven_million.py [--series 11000000] [--seconds 600] [--rate 1100000]

A plan of that many datastreams, each with one series: nine in ten with windows of five minutes,
the others of one; ten indicators with absolute limits, and a profile of what is usual for
``--usual`` of them (1: all). The real door and the real engine are started on a scratch folder;
senders post 10,000 rows at a time over HTTP, evenly spread, each series every series/rate seconds,
as an Arrow stream where the door takes it and as newline JSON otherwise. The city is a played one,
with a tick each second, and its clock begins a short while before windows of five minutes end.

Printed: rows a second that were acknowledged, waiting times of the acknowledgements, how many
rows the engine was behind, how long after the tick that ends a window its level could be read (of
a sample of series), CPU of door and engine, their largest memory, checkpoints, and how long the
engine takes after SIGKILL until it has caught up. The senders run on the same cores; their CPU is
printed and not counted. Nothing is lost: rows sent, acknowledged, in the log and folded must be
the same number, and readings and levels of the sample equal those calculated directly.
"""

import argparse
import json
import multiprocessing
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gongbi.stream import public as stream

KEY = "bench"
FIRST = 10_000_000
"""Ids of eight digits, so that a row of text is always as long."""
BATCH = 10_000
END = datetime(2026, 11, 24, 8, tzinfo=UTC)
"""Windows of one and of five minutes end here, ``LEAD`` seconds after the beginning."""
NOTICE = 59.98
INDICATORS = 10
ARROW = "application/vnd.apache.arrow.stream"
SAMPLE = 2_000


def value_of(ids: np.ndarray, number: int) -> np.ndarray:
    """Row ``number`` of each series: two decimals, one series in a thousand at its limit."""
    return (20_000 + ids % 10_000 + (number % 2) * 2 - 1) / 500


def width_of(ids: np.ndarray) -> np.ndarray:
    """Seconds of each series' windows."""
    return np.where(ids % 10 == 0, 60, 300)


def write_plan(data: Path, count: int, usual: float) -> None:
    """One series for each datastream."""
    ids = np.arange(FIRST, FIRST + count)
    text = pc.cast(pa.array(ids), pa.string())
    places = pc.binary_join_element_wise(
        "quarter-", pc.cast(pa.array(ids % 12_000), pa.string()), ""
    )
    kinds = pc.binary_join_element_wise(
        "sign-", pc.cast(pa.array(ids % INDICATORS), pa.string()), ""
    )

    def fill(value: object) -> pa.Array:
        return pa.repeat(pa.scalar(value), count)

    judged = np.where(ids % 100 < 100 * usual, 6.0, np.nan)
    datastreams = pa.table(
        {
            "id": ids, "name": pc.binary_join_element_wise("urn:city:", text, ""), "place": places,
            "property": kinds, "unit": fill("u"), "step_seconds": fill(10),
        }
    )  # fmt: skip
    series = pa.table(
        {
            "id": ids, "indicator": kinds, "place": places, "property": kinds,
            "aggregate": fill("mean"), "window_seconds": width_of(ids),
            "lateness_seconds": fill(60), "direction": fill("above"), "notice": fill(NOTICE),
            "warning": 70.0 + ids % INDICATORS, "alarm": 80.0 + ids % INDICATORS,
            "clear_margin": fill(0.01), "min_windows": fill(1), "missing_windows": fill(3),
            "score_notice": judged, "least_deviation": fill(1.0), "least_visits": fill(5),
        }
    )  # fmt: skip
    begins = [END.replace(hour=0) + timedelta(days=day) for day in range(-30, 60)]
    days = pa.table(
        {
            "begin": [int(begin.timestamp()) * 1_000_000 for begin in begins],
            "kind": [int(begin.weekday() > 4) for begin in begins],
        }
    )
    members = pa.table({"datastream": ids, "series": ids})
    stream.write_plan(data, datastreams=datastreams, series=series, members=members, days=days)
    stream.keep_ingest_key(data, "bench", KEY)


@dataclass(frozen=True)
class Load:
    """What the senders do: batch k of round r goes out ``k / per_second + r * round_seconds``."""

    series: int
    rate: int
    seconds: float
    begin: int
    """Milliseconds since 1970 of the city's clock at the beginning."""
    port: int
    senders: int
    arrow: bool

    @property
    def batches(self) -> int:
        """Batches in a round."""
        return -(-self.series // BATCH)

    def due(self, batch: int, number: int) -> float:
        """Seconds after the beginning at which a batch of a round goes out."""
        return (batch * BATCH + number * self.series) / self.rate

    def time_of(self, batch: int, number: int) -> int:
        """Milliseconds since 1970 that its rows say."""
        return self.begin + int(self.due(batch, number) * 1000)

    def ids(self, batch: int) -> np.ndarray:
        """The datastreams of a batch."""
        end = min((batch + 1) * BATCH, self.series)
        return np.arange(FIRST + batch * BATCH, FIRST + end)


class Bodies:
    """Bodies built before the clock starts; only times and the last digits are put in after."""

    def __init__(self, load: Load) -> None:
        self.load = load

    def body(self, batch: int, number: int) -> bytes:
        """One body."""
        ids, time_ms = self.load.ids(batch), self.load.time_of(batch, number)
        values = value_of(ids, number)
        return (
            self._arrow(ids, time_ms, values)
            if self.load.arrow
            else self._text(ids, time_ms, values)
        )

    @staticmethod
    def _arrow(ids: np.ndarray, time_ms: int, values: np.ndarray) -> bytes:
        times = pa.array(np.full(len(ids), time_ms)).cast(pa.timestamp("ms", tz="UTC"))
        rows = pa.record_batch({"datastream": ids, "time": times, "value": values})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_batch(rows)
        return sink.getvalue().to_pybytes()

    @staticmethod
    def _text(ids: np.ndarray, time_ms: int, values: np.ndarray) -> bytes:
        """Lines of one length, filled in by columns: a sender must not cost more than the door."""
        line = b'{"datastream":%s,"time":%013d,"value":%s}\n' % (b"0" * 8, time_ms, b"0" * 6)
        lines = np.tile(np.frombuffer(line, np.uint8), (len(ids), 1))
        thousandths = np.round(values * 1000).astype(np.int64)
        at = line.index(b'"value":') + 8
        _digits(lines[:, 14:22], ids)
        _digits(lines[:, at : at + 2], thousandths // 1000)
        lines[:, at + 2] = ord(".")
        _digits(lines[:, at + 3 : at + 6], thousandths % 1000)
        return lines.tobytes()[:-1]


def _digits(place: np.ndarray, numbers: np.ndarray) -> None:
    for column in range(place.shape[1] - 1, -1, -1):
        place[:, column] = ord("0") + numbers % 10
        numbers = numbers // 10


def send(load: Load, sender: int, begin_at: float, done: Any) -> None:
    """Send every ``senders``-th batch when it is due; hand back (rows, waits, CPU seconds)."""
    bodies, rows, waits = Bodies(load), 0, []
    with socket.create_connection(("127.0.0.1", load.port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number, batch = 0, sender
        while load.due(batch, number) < load.seconds:
            packed = bodies.body(batch, number)
            time.sleep(max(0.0, begin_at + load.due(batch, number) - time.time()))
            began = time.time()
            rows += post(line, load.port, packed, load.arrow)
            waits.append(time.time() - began)
            batch += load.senders
            if batch >= load.batches:
                batch, number = batch % load.batches, number + 1
    done.put((rows, waits, time.process_time(), time.time()))


def post(line: socket.socket, port: int, body: bytes, arrow: bool) -> int:
    """Rows that were stored of a body."""
    head = (
        f"POST /ingest/observations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\n"
    )
    head += f"Content-Type: {ARROW}\r\n\r\n" if arrow else "\r\n"
    line.sendall(head.encode() + body)
    status, answer = read_answer(line)
    assert status == 200, answer
    assert not answer["refused"], answer["refused"][:3]
    stored: int = answer["stored"]
    return stored


def read_answer(line: socket.socket) -> tuple[int, dict[str, Any]]:
    """(status, JSON) of one answer, which may come in several pieces."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = line.recv(65536)
        assert piece, "The door hung up."
        raw += piece
    head, _, body = raw.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head.lower())[1])  # type: ignore[index]
    while len(body) < length:
        body += line.recv(65536)
    return int(head.split()[1]), json.loads(body)


def ask(port: int, path: str, body: bytes, kind: str = "application/json") -> tuple[int, Any]:
    """One request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line.sendall(head.encode() + body)
        return read_answer(line)


def tick(port: int, moment: datetime) -> None:
    """Move the city's clock."""
    status, answer = ask(port, "/ingest/tick", json.dumps({"time": moment.isoformat()}).encode())
    assert status == 200, answer


@dataclass
class Watched:
    """A process of the product, and the most memory it and its children had."""

    process: subprocess.Popen[bytes]
    cpu_before: float = 0.0
    most: int = 0
    most_own: int = 0
    """Bytes that are its own: without the files it maps, which the system may drop."""

    def look(self) -> None:
        """Take a look at its memory."""
        whole = own = 0
        for pid in (self.process.pid, *children(self.process.pid)):
            words = proportional(pid)
            whole, own = whole + words.get("Pss", 0), own + words.get("Pss_Anon", 0)
        self.most, self.most_own = max(self.most, whole), max(self.most_own, own)

    def cpu(self) -> float:
        """CPU seconds since the load began, also of children that have ended."""
        return cpu_seconds(self.process.pid) - self.cpu_before


def children(pid: int) -> list[int]:
    """Processes this one has started."""
    try:
        return [int(x) for x in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def proportional(pid: int) -> dict[str, int]:
    """Bytes of memory; what is shared by two counts half for each."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return {}
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}


def cpu_seconds(pid: int) -> float:
    """CPU a process and its ended children have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def start(name: str, data: Path, *words: str) -> subprocess.Popen[bytes]:
    """A process of the product; what it says goes beside the data."""
    command = [sys.executable, "-m", f"gongbi.stream.{name}", "--data", str(data), *words]
    said = {**os.environ, "GONGBI_CLOCK": "played"}
    with (data / f"{name}.err").open("ab") as errors:
        return subprocess.Popen(command, env=said, stderr=errors)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Figures:
    """What was seen while the load lasted."""

    lags: list[int] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)
    """Seconds from the tick that ended its window until a series' reading could be read."""
    checkpoints: list[float] = field(default_factory=list)


def watch(
    data: Path, load: Load, begin_at: float, door: Watched, engine: Watched, sample: np.ndarray
) -> Figures:
    """Tick each second, watch for levels of windows that end, and note how far the engine is."""
    found, last = Figures(), int(load.seconds) + 1
    begin = datetime.fromtimestamp(load.begin / 1000, UTC)
    waiting: dict[int, tuple[float, int, np.ndarray]] = {}
    second, seen = 1, 0
    while second <= last or (waiting and time.time() < begin_at + last + 60):
        if second <= last and time.time() >= begin_at + second:
            moment = begin + timedelta(seconds=second)
            tick(load.port, moment)
            for width in (60, 300):
                if int(moment.timestamp()) % width == 0:
                    start_of = int(moment.timestamp()) - width
                    waiting[width] = (time.time(), start_of, sample[width_of(sample) == width])
            second += 1
            found.lags.append(stream.status(data).lag_rows)
            door.look()
            engine.look()
            seen = _note_checkpoint(data, found, seen)
        for width in list(waiting):
            waiting[width] = _still(data, found, *waiting[width])
            if not len(waiting[width][2]):
                del waiting[width]
        time.sleep(0.02)
    assert not waiting, f"no level after a minute: {waiting}, {stream.status(data)}"
    return found


def _note_checkpoint(data: Path, found: Figures, seen: int) -> int:
    path = data / "engine" / "status.json"
    said = json.loads(path.read_bytes()) if path.exists() else {}
    stamp = said.get("checkpoint") or 0
    if stamp > 0 and stamp != seen:
        found.checkpoints.append(said.get("checkpoint_seconds", 0.0))
    return max(stamp, 0)


def _still(
    data: Path, found: Figures, ticked: float, start_of: int, ids: np.ndarray
) -> tuple[float, int, np.ndarray]:
    """Those of a window's series whose reading cannot be read yet."""
    table = stream.latest(data, ids.tolist())
    there = table.filter(
        pc.equal(pc.cast(table["window_start"], pa.int64()), start_of * 1_000_000)
    )
    known = np.isin(ids, there["series"].to_numpy())
    found.levels += [time.time() - ticked] * int(known.sum())
    return ticked, start_of, ids[~known]


def check(data: Path, load: Load, sample: np.ndarray) -> int:
    """Compare the newest readings of the sample with what a direct calculation gives."""
    rows = {row["series"]: row for row in stream.latest(data, sample.tolist()).to_pylist()}
    assert len(rows) == len(sample), f"{len(rows)} of {len(sample)} series have a reading"
    for series in sample.tolist():
        row, batch = rows[series], (series - FIRST) // BATCH
        first = int(row["window_start"].timestamp() * 1000)
        last = first + int(width_of(np.array([series]))[0]) * 1000
        values, number = [], 0
        while load.due(batch, number) < load.seconds:
            if first <= load.time_of(batch, number) < last:
                values.append(float(value_of(np.array([series]), number)[0]))
            number += 1
        assert row["count"] == len(values), (row, len(values))
        assert abs(row["value"] - sum(values) / len(values)) < 1e-9, row
        assert row["level"] == (1 if row["value"] >= NOTICE else 0), row
    return len(rows)


def wait_for_door(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it listens."""
    while True:
        assert process.poll() is None, "The door ended."
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)


def catch_up(data: Path, process: subprocess.Popen[bytes], limit: float) -> float:
    """Seconds until the engine has folded the whole log."""
    began = time.time()
    while time.time() < began + limit:
        assert process.poll() is None, (data / "engine.err").read_text()[-2000:]
        now = stream.status(data)
        seen = now.engine_seen.timestamp() if now.engine_seen else 0.0
        if seen >= began and now.engine_position >= now.log_end > 0:
            return time.time() - began
        time.sleep(0.1)
    raise AssertionError(f"not caught up after {limit} s: {stream.status(data)}")


def takes_arrow(port: int, moment: datetime) -> bool:
    """Whether the door takes Arrow streams; it is asked with one row."""
    ids = np.array([FIRST])
    body = Bodies._arrow(ids, int(moment.timestamp() * 1000), np.array([50.0]))
    status, answer = ask(port, "/ingest/observations", body, ARROW)
    return status == 200 and answer["stored"] == 1


def _warm_up(port: int, before: datetime) -> None:
    """A row and two ticks, so that both have their compiled code: that is not what is measured."""
    tick(port, before)
    row = {"datastream": FIRST, "time": int(before.timestamp() * 1000), "value": 50.0}
    status, answer = ask(port, "/ingest/observations", json.dumps(row).encode())
    assert (status, answer["stored"]) == (200, 1), answer
    tick(port, before + timedelta(seconds=65))


def measure(given: argparse.Namespace, data: Path) -> dict[str, Any]:
    """One run."""
    began = time.time()
    writing = multiprocessing.Process(target=write_plan, args=(data, given.series, given.usual))
    writing.start()
    writing.join()
    assert writing.exitcode == 0
    said: dict[str, Any] = {"plan written (s)": time.time() - began}
    port, begin = free_port(), END - timedelta(seconds=given.lead)
    door = Watched(start("door", data, "--port", str(port)))
    engine = Watched(start("engine", data))
    try:
        wait_for_door(port, door.process)
        _warm_up(port, begin - timedelta(seconds=70))
        arrow = given.format == "arrow" or (
            given.format == "auto" and takes_arrow(port, begin - timedelta(seconds=1))
        )
        tick(port, begin)
        said["started (s)"] = catch_up(data, engine.process, 600)
        load = Load(
            given.series, given.rate, given.seconds, int(begin.timestamp() * 1000), port,
            given.senders, arrow,
        )  # fmt: skip
        said |= _under_load(data, load, door, engine)
        said |= _kill_and_restart(data, engine)
        return said
    finally:
        for watched in (door, engine):
            watched.process.kill()
            watched.process.wait(timeout=60)


def _under_load(data: Path, load: Load, door: Watched, engine: Watched) -> dict[str, Any]:
    draw = np.random.default_rng(1)
    sample = np.unique(draw.integers(FIRST, FIRST + load.series, SAMPLE))
    rows_before = stream.status(data).log_rows
    done: Any = multiprocessing.Queue()
    begin_at = time.time() + 2.0
    crowd = [
        multiprocessing.Process(target=send, args=(load, k, begin_at, done))
        for k in range(load.senders)
    ]
    for sender in crowd:
        sender.start()
    for watched in (door, engine):
        watched.cpu_before = cpu_seconds(watched.process.pid)
    found = watch(data, load, begin_at, door, engine, sample)
    told = [done.get(timeout=600) for _ in crowd]
    rows, waits = sum(t[0] for t in told), np.array([wait for t in told for wait in t[1]])
    wall = max(t[3] for t in told) - begin_at
    after = catch_up(data, engine.process, 600)
    status = stream.status(data)
    assert status.log_rows - rows_before == rows, (status.log_rows, rows_before, rows)
    assert status.late_rows == 0, status
    levels = np.array(found.levels)
    return {
        "body": "Arrow stream" if load.arrow else "newline JSON",
        "rows": rows,
        "rows/s acknowledged": rows / wall,
        "rows/s asked": load.rate,
        "acknowledged after p50, p99 (ms)": np.percentile(waits, [50, 99]) * 1000,
        "rows behind p50, most": (np.median(found.lags), max(found.lags)),
        "caught up after the last row (s)": after,
        "levels watched": len(levels),
        "level after its window's end p50, p99, most (s)": (
            *(np.percentile(levels, [50, 99]) if len(levels) else ()), max(levels, default=0.0),
        ),
        "CPU-s door, engine, senders": (door.cpu(), engine.cpu(), sum(t[2] for t in told)),
        "rows per CPU-s of door and engine": rows / (door.cpu() + engine.cpu()),
        "memory door, engine (GiB, own)": (door.most_own / 2**30, engine.most_own / 2**30),
        "memory door, engine (GiB, with mapped files)": (door.most / 2**30, engine.most / 2**30),
        "checkpoints, longest (s, aside)": (
            len(found.checkpoints), max(found.checkpoints, default=0.0),
        ),
        "readings equal to direct calculation": check(data, load, sample) if len(levels) else 0,
    }  # fmt: skip


def _kill_and_restart(data: Path, engine: Watched) -> dict[str, Any]:
    before = stream.latest(data, None)
    engine.process.send_signal(signal.SIGKILL)
    engine.process.wait(timeout=60)
    engine.process = start("engine", data)
    took = catch_up(data, engine.process, 900)
    assert stream.latest(data, None).equals(before), "readings differ after the restart"
    return {"after SIGKILL caught up (s)": took}


def main() -> None:
    """Print the machine, the date and the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--series", type=int, default=11_000_000)
    words.add_argument("--seconds", type=float, default=600)
    words.add_argument(
        "--rate", type=int, default=0, help="rows a second; series / 10 unless said"
    )
    words.add_argument("--usual", type=float, default=1.0, help="share of series with a profile")
    words.add_argument("--lead", type=int, default=25, help="seconds until the first windows end")
    words.add_argument("--senders", type=int, default=3)
    words.add_argument("--format", choices=["auto", "arrow", "json"], default="auto")
    words.add_argument("--folder", default=os.environ.get("BENCH_DIR"), help="for scratch data")
    words.add_argument("--keep", action="store_true", help="leave the data folder")
    given = words.parse_args()
    given.rate = given.rate or given.series // 10
    chip = Path("/proc/cpuinfo").read_text().split("model name\t: ")[1].split("\n")[0]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {chip}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before: {load}\n"
        f"{given.series:,} series, {given.seconds:g} s, usual on {given.usual:.0%}"
    )
    data = Path(tempfile.mkdtemp(prefix="eleven", dir=given.folder))
    try:
        for name, figure in measure(given, data).items():
            shown = (
                figure
                if isinstance(figure, str)
                else ", ".join(f"{float(one):,.2f}" for one in np.atleast_1d(figure))
            )
            print(f"| {name} | {shown} |", flush=True)
    finally:
        if not given.keep:
            shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
