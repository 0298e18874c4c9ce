"""The same rows as text into our door and engine, and into servers that keep time series.

    python bench/peers_ingest.py [--series 1000000] [--rounds 3] [--only gongbi victoria …]

Each server starts on an empty folder and a port of its own and gets six rows of every series a
round (one each ten seconds of a minute), 10,000 rows a POST, on one connection; the first round
makes the series and is told apart. The figure is rows per CPU-second of the server's processes
(utime and stime, read after it has come to rest), and its resident memory. Bodies are built
outside of what is measured. **They index for queries of any kind and we do not**: ours ends with a
level for every series and window. Prometheus gets remote write (protobuf, snappy), written out
here; InfluxDB and VictoriaMetrics line protocol. A peer that is not installed is skipped, with the
package to install.
"""

import argparse
import os
import platform
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
import numpy as np
import pyarrow as pa

from gongbi.stream import public as stream

KEY, BATCH, WIDTH, STEP = "bench", 10_000, 60, 10
START = int(time.time()) // WIDTH * WIDTH - 3600


@dataclass
class Server:
    """A running server: its processes, where rows go, and how it is asked to come to rest."""

    processes: list[subprocess.Popen[bytes]]
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    rest: Callable[[int, int], None] = lambda moment, rows: time.sleep(3)

    def cpu(self) -> float:
        """CPU-seconds of all its processes."""
        return sum(_cpu(one.pid) for one in self.processes)

    def resident(self) -> float:
        """Megabytes in memory now."""
        pages = (Path(f"/proc/{one.pid}/statm").read_text().split()[1] for one in self.processes)
        return sum(map(int, pages)) * os.sysconf("SC_PAGESIZE") / 1e6


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(*command: str) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    said = {**os.environ, "GONGBI_CLOCK": "played"}
    return subprocess.Popen(command, env=said, stdout=quiet, stderr=quiet)


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(url, timeout=5).status_code < 500:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer.")


def lines(ids: np.ndarray, values: np.ndarray, moment: int) -> bytes:
    """InfluxDB line protocol, the same bytes for all that take it."""
    said = (
        f"level,datastream={i} value={v} {moment}000000000"
        for i, v in zip(ids.tolist(), values.tolist(), strict=True)
    )
    return "\n".join(said).encode()


def remote_write(ids: np.ndarray, values: np.ndarray, moment: int) -> bytes:
    """Prometheus remote write: protobuf by hand (a label is two strings), packed by snappy."""
    stamp = b"\x10" + _varint(moment * 1000)
    name = _field(1, _field(1, b"__name__") + _field(2, b"level"))
    out = bytearray()
    for i, v in zip(ids.tolist(), values.tolist(), strict=True):
        label = _field(1, _field(1, b"datastream") + _field(2, str(i).encode()))
        sample = _field(2, b"\x09" + struct.pack("<d", v) + stamp)
        out += _field(1, name + label + sample)
    packed: bytes = pa.compress(bytes(out), codec="snappy", asbytes=True)
    return packed


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def gongbi(folder: Path, series: int) -> Server:
    """Door and engine; a mean of a minute with a limit for every series."""
    _write_plan(folder, series)
    stream.keep_ingest_key(folder, "bench", KEY)
    port = _port()
    python = (sys.executable, "-m")
    door = _start(*python, "gongbi.stream.door", "--data", str(folder), "--port", str(port))
    engine = _start(*python, "gongbi.stream.engine", "--data", str(folder))
    url, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {KEY}"}
    _wait(f"{url}/healthz")

    def rest(moment: int, rows: int) -> None:
        """The clock passes the window; every series that spoke has its level."""
        time_ = datetime.fromtimestamp(moment + WIDTH, UTC).isoformat()
        httpx.post(f"{url}/ingest/tick", json={"time": time_}, headers=headers)
        while _levels(folder, moment) < rows:
            time.sleep(0.05)

    return Server([door, engine], f"{url}/write", headers, rest)


def _levels(folder: Path, moment: int) -> int:
    found = stream.latest(folder, None)["window_start"].cast(pa.int64()).to_numpy()
    return int((found >= moment * 1_000_000).sum())


def _write_plan(folder: Path, series: int) -> None:
    ids = np.arange(1, series + 1)
    names = pa.array([f"urn:bench:{i}" for i in range(1, series + 1)])

    def fill(value: object) -> pa.Array:
        return pa.array([value]).take(pa.array(np.zeros(series, np.int64)))

    where = {"place": fill("x"), "property": fill("level")}
    datastreams = {"id": ids, "name": names, **where, "unit": fill("%"), "step_seconds": fill(60)}
    rules = {
        "id": ids, "indicator": fill("bench"), **where, "aggregate": fill("mean"),
        "window_seconds": fill(WIDTH), "lateness_seconds": fill(0), "direction": fill("above"),
        "notice": fill(96.0), "warning": fill(98.0), "alarm": fill(99.0),
        "clear_margin": fill(1.0), "min_windows": fill(1), "missing_windows": fill(3),
    }  # fmt: skip
    members = pa.table({"datastream": ids, "series": ids})
    stream.write_plan(
        folder, datastreams=pa.table(datastreams), series=pa.table(rules), members=members
    )


def victoria(folder: Path, series: int) -> Server:
    """VictoriaMetrics, InfluxDB line protocol."""
    url = f"127.0.0.1:{_port()}"
    one = _start(
        "victoria-metrics", f"-storageDataPath={folder}", f"-httpListenAddr={url}",
        "-retentionPeriod=1",
    )  # fmt: skip
    _wait(f"http://{url}/health")
    return Server([one], f"http://{url}/write")


def prometheus(folder: Path, series: int) -> Server:
    """Prometheus, remote write."""
    (folder / "prometheus.yml").write_text("global: {}\n")
    url = f"127.0.0.1:{_port()}"
    one = _start(
        "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/d",
        f"--web.listen-address={url}", "--web.enable-remote-write-receiver",
    )  # fmt: skip
    _wait(f"http://{url}/-/ready")
    headers = {
        "Content-Encoding": "snappy", "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }  # fmt: skip
    return Server([one], f"http://{url}/api/v1/write", headers)


def influxdb(folder: Path, series: int) -> Server:
    """InfluxDB 1.6, its index on disk (tsi1), no limit of series."""
    web, rpc = _port(), _port()
    config = folder / "influxdb.conf"
    config.write_text(
        f'bind-address = "127.0.0.1:{rpc}"\nreporting-disabled = true\n'
        f'[meta]\n  dir = "{folder}/meta"\n[data]\n  dir = "{folder}/data"\n'
        f'  wal-dir = "{folder}/wal"\n  index-version = "tsi1"\n  max-series-per-database = 0\n'
        f'  max-values-per-tag = 0\n[http]\n  bind-address = "127.0.0.1:{web}"\n'
        "  log-enabled = false\n[monitor]\n  store-enabled = false\n"
    )
    one = _start("influxd", "-config", str(config))
    _wait(f"http://127.0.0.1:{web}/ping")
    httpx.post(f"http://127.0.0.1:{web}/query", params={"q": "CREATE DATABASE bench"}, timeout=60)
    return Server([one], f"http://127.0.0.1:{web}/write?db=bench")


PEERS: dict[str, tuple[Callable[[Path, int], Server], Callable[..., bytes], str, str]] = {
    "gongbi": (gongbi, lines, "", ""),
    "victoria": (victoria, lines, "victoria-metrics", "victoria-metrics"),
    "prometheus": (prometheus, remote_write, "prometheus", "prometheus"),
    "influxdb": (influxdb, lines, "influxd", "influxdb"),
}


def load(server: Server, build: Callable[..., bytes], series: int, moment: int) -> float:
    """Six rows of every series; rows per CPU-second until the server has come to rest."""
    draw = np.random.default_rng(moment)
    before = server.cpu()
    with httpx.Client(timeout=300, headers=server.headers) as client:
        for second in range(0, WIDTH, STEP):
            ids = draw.permutation(series) + 1
            values = np.round(draw.normal(50, 10, series), 2)
            for at in range(0, series, BATCH):
                part = slice(at, at + BATCH)
                answer = client.post(
                    server.url, content=build(ids[part], values[part], moment + second)
                )
                assert answer.status_code in (200, 204), answer.text[:300]
    server.rest(moment, series)
    return series * WIDTH // STEP / (server.cpu() - before)


def race(name: str, series: int, rounds: int) -> str:
    """One line of the table."""
    start, build, program, package = PEERS[name]
    if program and not shutil.which(program):
        return f"| {name} | not installed: apt-get install {package} | | |"
    with tempfile.TemporaryDirectory(prefix="bench", dir=os.environ.get("BENCH_DIR")) as folder:
        server = start(Path(folder), series)
        try:
            # A few rows before: compiled code is read, files are made.
            load(server, build, min(series, BATCH), START - WIDTH)
            moments = [START + WIDTH * number for number in range(rounds + 1)]
            found = [load(server, build, series, moment) for moment in moments]
            resident = server.resident()
        finally:
            for one in server.processes:
                one.send_signal(signal.SIGTERM)
                one.wait(timeout=120)
    return f"| {name} | {found[0]:,.0f} | {median(found[1:]):,.0f} | {resident:,.0f} |"


def main() -> None:
    """Print the machine, the date and a table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--series", type=int, default=1_000_000)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--only", nargs="+", choices=sorted(PEERS), default=list(PEERS))
    given = words.parse_args()
    chip = Path("/proc/cpuinfo").read_text().split("model name\t: ")[1].split("\n")[0]
    load_ = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {chip}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load before: {load_}; {given.series:,} series"
    )
    print("| server | first round, rows/CPU-s | steady (median) | MB resident |")
    print("|---|---:|---:|---:|")
    for name in given.only:
        print(race(name, given.series, given.rounds), flush=True)


if __name__ == "__main__":
    main()
