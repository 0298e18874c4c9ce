"""SIGKILL of the worker at any instant: each request of another city is taken once."""

import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.config.conftest import Installation, free_ports
from tests.conftest import ROOT
from tests.reports.conftest import TOWN
from tests.reports.open311.elsewhere import elsewhere

REQUESTS, KILLS = 240, 3
PREPARE = """
from datetime import datetime
from pathlib import Path
from gongbi.core.packs import load_pack
from gongbi.reports.open311 import cities
load_pack(Path({folder!r}), by="test")
wanted = cities.Wanted(url={url!r}, most_rows=40, since=datetime.fromisoformat({since!r}))
cities.connect("koeln", wanted, actor="command:test")
"""
THERE = """
from gongbi.reports.open311.models import OpenCity, OpenRead
from gongbi.cases.models import Case, Signal
row = OpenCity.objects.get()
print(Signal.objects.count(), Case.objects.count(), OpenRead.objects.count(), bool(row.read_at))
"""
CLAIM_OVER = """
from django.utils import timezone
from gongbi.reports.open311.models import OpenCity
OpenCity.objects.update(due_at=timezone.now())
"""


def test_killed_at_any_instant_each_is_taken_once(tmp_path: Path) -> None:
    folder, draw = tmp_path / "pack", random.Random(311)
    folder.mkdir()
    for name, text in TOWN.items():
        (folder / name).write_text(text, "utf-8")
    town = Installation(tmp_path / "data", free_ports()[0])
    town.data.mkdir()
    assert town.run("migrate").returncode == 0
    at = datetime.now(UTC)
    with elsewhere() as there:
        for n in range(REQUESTS):
            there.has(f"A-{n}", at - timedelta(hours=n + 2))
        there.most = 40
        since = (at - timedelta(days=12)).isoformat()
        town.python(PREPARE.format(folder=str(folder), url=there.url, since=since))
        command = [sys.executable, "-m", "gongbi.config.cli", "run", "worker"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        for kill in range(KILLS):
            before = len(there.asked)
            process = subprocess.Popen(command, env=town.env, cwd=ROOT, **quiet)
            until = time.monotonic() + 90
            while len(there.asked) == before and time.monotonic() < until:
                time.sleep(0.005)
            time.sleep(draw.uniform(0, 0.6))
            process.kill()
            process.wait()
            assert len(there.asked) > before, f"Nothing was asked before kill {kill}."
            town.python(CLAIM_OVER)
        process = subprocess.Popen(command, env=town.env, cwd=ROOT, **quiet)
        until = time.monotonic() + 120
        while not (left := town.python(THERE)).endswith("True") and time.monotonic() < until:
            time.sleep(0.5)
        process.kill()
        process.wait()
    assert left == f"{REQUESTS} {REQUESTS} {REQUESTS} True"
