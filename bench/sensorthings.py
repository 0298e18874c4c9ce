"""SensorThings against PyPI's django-ogc-sensorthings: same machine, same run, both on SQLite.

Run: .venv/bin/python bench/sensorthings.py [--peer VENV] [--seconds 10]

The script makes a scratch environment for the peer (or takes the one given), starts both servers
with uvicorn, one process each, and speaks to both through the same client over kept connections.
CPU seconds are those of the server process, from /proc. Both databases: SQLite with a write-ahead
log, synchronous=FULL and immediate transactions; without the last the peer fails with two writers.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
ROWS, ARRAYS, STREAMS, GETS = 5_000, 10, 20, 40
PEER = """
SECRET_KEY = "x"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "peer_urls"
USE_TZ = True
INSTALLED_APPS = ["sensorthings.versions.v1_1", "sensorthings.versions.v1_1.backends.django",
                  "sensorthings.versions.v1_1.extensions.dataarray"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "peer.sqlite3",
    "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"}}}
from uuid import UUID
SENSORTHINGS_V1_1_SERVICE_URL = "http://127.0.0.1:PORT/sensorthings"
SENSORTHINGS_V1_1_BACKEND_ADAPTER = (
    "sensorthings.versions.v1_1.backends.django.adapter.DjangoBackendAdapter")
SENSORTHINGS_V1_1_ID_TYPE = UUID
SENSORTHINGS_V1_1_ID_DELIMITER = "'"
"""
URLS = """
from django.urls import include, path
urlpatterns = [path("sensorthings/", include("sensorthings.versions.v1_1.urls"))]
"""
ASGI = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "peer_settings"
from django.core.asgi import get_asgi_application
application = get_asgi_application()
"""
GET_PATHS = {
    "one entity": "Datastreams({first})",
    "100 of one datastream": "Datastreams({first})/Observations?$top=100",
    "newest 100 of one datastream": (
        "Datastreams({first})/Observations?$top=100&$orderby=phenomenonTime desc"
    ),
    "filter by result, 100 of all": "Observations?$top=100&$filter=result gt 4990",
    "newest of each datastream": (
        "Datastreams?$expand=Observations($top=1;$orderby=phenomenonTime desc)"
    ),
}


@dataclass
class Server:
    """A running server: its root, its process, its datastreams as they stand in a path."""

    name: str
    root: str
    pid: int
    client: httpx.Client
    streams: list[Any]

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ours(folder: Path) -> Any:
    port = free_port()
    command = [sys.executable, "-m", "gongbi.config.cli", "sensorthings", "--open"]
    arguments = ["--port", str(port), "--data", str(folder / "ours")]
    yield from _running("gongbi", [*command, *arguments], port, folder, dict(os.environ))


@contextmanager
def theirs(folder: Path, venv: Path | None) -> Any:
    port = free_port()
    home = folder / "peer"
    home.mkdir()
    if venv is None:
        venv = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        wanted = ["django-ogc-sensorthings", "uvicorn"]
        subprocess.run([venv / "bin" / "pip", "install", "-q", *wanted], check=True)
    (home / "peer_settings.py").write_text(PEER.replace("PORT", str(port)))
    (home / "peer_urls.py").write_text(URLS)
    (home / "peer_asgi.py").write_text(ASGI)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "peer_settings", "PYTHONPATH": str(home)}
    python = str(venv / "bin" / "python")
    migrate = [python, "-m", "django", "migrate"]
    subprocess.run(migrate, cwd=home, env=env, check=True, stdout=subprocess.DEVNULL)
    command = [python, "-m", "uvicorn", "peer_asgi:application", "--port", str(port)]
    yield from _running("django-ogc-sensorthings", [*command, "--no-access-log"], port, home, env)


def _running(name: str, command: list[str], port: int, home: Path, env: dict[str, str]) -> Any:
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env=env, stdout=log, stderr=log)
    client = httpx.Client(timeout=120)
    root = f"http://127.0.0.1:{port}/sensorthings/v1.1"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                client.get(f"{root}/Things").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield Server(name, root, process.pid, client, [])
    finally:
        client.close()
        process.terminate()
        process.wait(20)


def prepare(server: Server) -> None:
    """One thing with a location and twenty datastreams."""
    streams = [
        {
            "name": f"d{n}",
            "description": "d",
            "observationType": MEASUREMENT,
            "unitOfMeasurement": {
                "name": "m",
                "symbol": "m",
                "definition": "http://example.org/m",
            },
            "Sensor": {
                "name": "s",
                "description": "s",
                "encodingType": "application/pdf",
                "metadata": "http://example.org/s",
            },
            "ObservedProperty": {
                "name": "o",
                "description": "o",
                "definition": "http://example.org/o",
            },
        }
        for n in range(STREAMS)
    ]
    place = {"type": "Point", "coordinates": [121.5, 31.2]}
    location = {"name": "l", "description": "l", "encodingType": "application/geo+json"}
    thing = {"name": "t", "description": "t", "properties": {}}
    body = {**thing, "Locations": [{**location, "location": place}], "Datastreams": streams}
    answer = server.client.post(f"{server.root}/Things", json=body)
    assert answer.status_code == 201, answer.text
    page = server.client.get(f"{server.root}/Datastreams?$top=100").json()["value"]
    server.streams = [one["@iot.id"] for one in page]


def moment(n: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_790_000_000 + n))


def single(server: Server, seconds: float, writers: int) -> tuple[float, float]:
    """(observations a second, CPU milliseconds each), each a request of its own."""

    def write(who: int) -> int:
        done, until = 0, time.monotonic() + seconds
        with httpx.Client(timeout=60) as client:
            while time.monotonic() < until:
                body = {
                    "phenomenonTime": moment(done),
                    "resultTime": moment(done),
                    "result": float(done),
                    "Datastream": {"@iot.id": server.streams[who]},
                }
                done += client.post(f"{server.root}/Observations", json=body).status_code == 201
        return done

    before = server.cpu()
    with ThreadPoolExecutor(writers) as pool:
        done = sum(pool.map(write, range(writers)))
    return done / seconds, (server.cpu() - before) / max(done, 1) * 1000


def arrays(server: Server) -> tuple[float, float]:
    """(rows a second, rows a CPU-second) of data arrays of 5,000 rows."""
    before, begin = server.cpu(), time.monotonic()
    for at in range(ARRAYS):
        rows = [[moment(at * ROWS + n), moment(at * ROWS + n), float(n)] for n in range(ROWS)]
        body = [
            {
                "Datastream": {"@iot.id": server.streams[at % STREAMS]},
                "components": ["phenomenonTime", "resultTime", "result"],
                "dataArray": rows,
            }
        ]
        answer = server.client.post(f"{server.root}/CreateObservations", json=body)
        answer.raise_for_status()
        assert len(answer.json()) == ROWS
    spent = time.monotonic() - begin
    return ROWS * ARRAYS / spent, ROWS * ARRAYS / (server.cpu() - before)


def gets(server: Server) -> dict[str, str]:
    """Median milliseconds of each question."""
    first = server.streams[0]
    shown = f"'{first}'" if isinstance(first, str) else str(first)
    return {name: _timed(server, path.format(first=shown)) for name, path in GET_PATHS.items()}


def _timed(server: Server, path: str) -> str:
    times = list[float]()
    for _ in range(GETS):
        begin = time.monotonic()
        answer = server.client.get(f"{server.root}/{path}")
        times.append(time.monotonic() - begin)
        if answer.status_code != 200:
            return f"answers {answer.status_code}"
        if sum(times) > 20:
            break
    return f"{statistics.median(times) * 1000:.1f}"


def measure(server: Server, seconds: float) -> dict[str, str]:
    prepare(server)
    alone, many, bulk = single(server, seconds, 1), single(server, seconds, 8), arrays(server)
    return {
        "POST, one writer: a second": f"{alone[0]:,.0f}",
        "  CPU ms each": f"{alone[1]:.2f}",
        "POST, eight writers: a second": f"{many[0]:,.0f}",
        "  CPU ms each ": f"{many[1]:.2f}",
        "CreateObservations: rows a second": f"{bulk[0]:,.0f}",
        "  rows a CPU-second": f"{bulk[1]:,.0f}",
        **{f"GET {name}: ms": value for name, value in gets(server).items()},
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--peer", type=Path, help="an environment with the peer and uvicorn")
    arguments.add_argument("--seconds", type=float, default=10.0)
    said = arguments.parse_args()
    venv = said.peer.resolve() if said.peer else None
    starts: list[Callable[[Path], Any]] = [ours, lambda folder: theirs(folder, venv)]
    found = dict[str, dict[str, str]]()
    for start in starts:
        folder = Path(tempfile.mkdtemp(prefix="gongbi-bench-"))
        with start(folder) as server:
            found[server.name] = measure(server, said.seconds)
        shutil.rmtree(folder, ignore_errors=True)
    names = list(found)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(f"| | {' | '.join(names)} |\n|---|{'---:|' * len(names)}")
    for line in found[names[0]]:
        print(f"| {line.strip()} | {' | '.join(found[name][line] for name in names)} |")
    print(json.dumps(found), file=sys.stderr)


if __name__ == "__main__":
    main()
