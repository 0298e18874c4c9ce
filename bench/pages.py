"""Page times and SQL counts: the demo's town of 50,000 with six hours behind it, over HTTP.

Run: .venv/bin/python bench/pages.py [--people 50000]

The city runs whole (web, ingest, engine, worker, and the simulator at its own pace), on SQLite.
Each page is fetched by its own reader over one kept connection; times are a client's, in
milliseconds; SQL statements are counted by Django's test client on the same data, once warm.
"""

import argparse
import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, WARM = 30, 3
LONGEST_WAIT, SLOW_SECONDS = 400, 60
TICK = r"^gongbi_ingest_tick_seconds (\S+)$"
# (name, who reads it, address; {case}, {task}, {alert}, {series}, {follow} are found in the city)
PAGES = (
    ("operation centre", "officer", "/centre/"),
    ("its map", "officer", "/centre/map.json"),
    ("vital signs", "officer", "/vitals/"),
    ("one series, 24 hours", "officer", "{series}?span=24h"),
    ("alerts", "officer", "/alerts/"),
    ("one alert", "officer", "/alerts/{alert}/"),
    ("worklist", "dispatcher", "/cases/"),
    ("case", "dispatcher", "/cases/{case}/"),
    ("worker's tasks", "worker", "/cases/mine/"),
    ("handover", "officer", "/handover/"),
    ("daily brief", "officer", "/brief/"),
    ("report form", "", "/report/"),
    ("follow", "", "/f/{follow}/"),
)
INSIDE = """
import json, os, sys
import django; django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from gongbi.cases.models import Case
from gongbi.core.models import Person
from gongbi.vitals.models import Alert
settings.ALLOWED_HOSTS = ["*"]
pages, found = json.loads(sys.argv[1]), json.loads(sys.argv[2])
alert = Alert.objects.select_related("series").order_by("-began_at").first()
found |= {"case": Case.objects.filter(merged_into=None).order_by("-pk").first().number,
          "alert": alert.pk,
          "series": f"/vitals/{alert.series.indicator_id}/{alert.series.place_id}/"}
rows = {"cases": Case.objects.count(), "alerts": Alert.objects.count()}
said = {"rows": rows, "pages": [], "sessions": {}}
for name, who, path in pages:
    client = Client(SERVER_NAME="127.0.0.1")
    if who:
        client.force_login(Person.objects.get(username=who), settings.AUTHENTICATION_BACKENDS[-1])
        said["sessions"].setdefault(who, client.cookies["sessionid"].value)
    address = path.format(**found)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    said["pages"].append([name, who, address, answer.status_code, len(seen), size])
print(json.dumps(said, default=str))
"""


def free_ports() -> tuple[int, int]:
    """Two ports nobody listens on."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def settled(ingest: str) -> float:
    """Seconds until the city's clock has left its warm-up and goes at its own pace, seen twice."""
    began, last, slow = time.perf_counter(), 0.0, 0
    while time.perf_counter() - began < LONGEST_WAIT:
        time.sleep(2)
        said = re.search(TICK, httpx.get(f"{ingest}/metrics").text, re.MULTILINE)
        clock = float(said[1]) if said else 0.0
        slow = slow + 1 if last and clock - last < SLOW_SECONDS else 0
        if slow > 1:
            return time.perf_counter() - began
        last = clock
    raise SystemExit("The warm-up did not end.")


def fetch(base: str, session: str, address: str) -> list[float]:
    """Milliseconds of each of the rounds, after some to warm up."""
    cookies = {"sessionid": session} if session else {}
    with httpx.Client(base_url=base, cookies=cookies, trust_env=False) as client:
        took = []
        for _ in range(WARM + ROUNDS):
            began = time.perf_counter()
            answer = client.get(address)
            took.append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
    return sorted(took[WARM:])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", default="50000")
    people = asked.parse_args().people
    with tempfile.TemporaryDirectory(prefix="gongbi-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        web, ingest = free_ports()
        base = f"http://127.0.0.1:{web}"
        env = os.environ | {
            "GONGBI_DATA": str(data), "GONGBI_CLOCK": "played", "GONGBI_PORT": str(web),
            "GONGBI_INGEST_PORT": str(ingest), "GONGBI_PUBLIC_URL": base,
            "DJANGO_SETTINGS_MODULE": "gongbi.config.settings",
        }  # fmt: skip
        program = [sys.executable, "-m", "gongbi.config.cli", "demo", "--people", people]
        city = subprocess.Popen(
            [*program, "--speed", "1"], env=env, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        try:
            measure(city, env, base, f"http://127.0.0.1:{ingest}", people)
        finally:
            city.terminate()
            city.wait(60)


def measure(city: "subprocess.Popen[str]", env: dict, base: str, ingest: str, people: str) -> None:
    """Wait for the town, then fetch every page."""
    began = time.perf_counter()
    assert city.stdout is not None
    for line in city.stdout:
        if "The city is up" in line:
            break
    up = time.perf_counter() - began
    warm = settled(ingest)
    truth = Path(env["GONGBI_DATA"]) / "truth.jsonl"
    follow = next(line["follow"] for line in map(json.loads, truth.open()) if "follow" in line)
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, json.dumps(PAGES), json.dumps({"follow": follow})],
        env=env, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    said = json.loads(done.stdout.splitlines()[-1])
    print(f"{datetime.now(UTC):%Y-%m-%d} {platform.machine()} Python {platform.python_version()}")
    print(
        f"{int(people):,} people: up after {up:.1f} s, six hours played in {warm:.0f} s; "
        f"{said['rows']['cases']} cases, {said['rows']['alerts']} alerts"
    )
    print(f"{'page':<22} {'median ms':>10} {'p95 ms':>8} {'SQL':>5} {'kB':>7}")
    for name, who, address, status, statements, size in said["pages"]:
        assert status == 200, (address, status)
        took = fetch(base, said["sessions"].get(who, ""), address)
        worst = took[int(len(took) * 0.95)]
        middle = statistics.median(took)
        print(f"{name:<22} {middle:>10.1f} {worst:>8.1f} {statements:>5} {size / 1000:>7.1f}")


if __name__ == "__main__":
    main()
