"""SIGKILL of the worker at any instant: each request of another city is taken once."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.config.conftest import Installation
from tests.config.killing import kill_workers, start_worker, wait_until
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


def test_killed_at_any_instant_each_is_taken_once(nowhere: Installation, tmp_path: Path) -> None:
    town, folder, draw = nowhere, tmp_path / "pack", random.Random(311)
    folder.mkdir()
    for name, text in TOWN.items():
        (folder / name).write_text(text, "utf-8")
    at = datetime.now(UTC)
    with elsewhere() as there:
        for n in range(REQUESTS):
            there.has(f"A-{n}", at - timedelta(hours=n + 2))
        there.most = 40
        since = (at - timedelta(days=12)).isoformat()
        town.python(PREPARE.format(folder=str(folder), url=there.url, since=since))
        kill_workers(
            town,
            KILLS,
            came=lambda: len(there.asked),
            draw=draw,
            longest=0.6,
            then=CLAIM_OVER,
        )
        process = start_worker(town)
        wait_until(lambda: town.python(THERE).endswith("True"), 120, 0.5)
        process.kill()
        process.wait()
    assert town.python(THERE) == f"{REQUESTS} {REQUESTS} {REQUESTS} True"
