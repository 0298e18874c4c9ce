"""SIGKILL of the worker at any instant: every fact reaches the receiver, under one id each."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.config.conftest import Installation, nowhere, tables
from tests.config.killing import end_worker, kill_workers, start_worker, wait_until
from tests.reports.conftest import TOWN

__all__ = ["nowhere", "tables"]
FACTS = 200
PREPARE = """
from pathlib import Path
from django.utils import timezone
from gongbi.core.models import Application
from gongbi.core.packs import load_pack
from gongbi.core.webhooks.keeping import make_webhook
load_pack(Path({folder!r}), by="test")
row = Application.objects.create(
    name="app", scopes=["hear"], owner_id="water", place_id="xx", made_at=timezone.now(),
    made_by="test",
)
make_webhook(row, url={url!r}, kinds=["cases.CaseOpened"], by="test")
"""
REPORT = """
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.core.public import now
for n in range({facts}):
    said = ("web", f"r{{n}}", "leak", "burst-pipe", None, None, "xx", "", now(), "")
    receive_signal(SignalIn(*said))
"""
LEFT = """
from gongbi.core.models import Notice
print(Notice.objects.filter(sent_at=None).count(), Notice.objects.count())
"""


def survive(town: Installation, tmp_path: Path, listener: Any, kills: int, seed: int) -> None:
    folder, draw = tmp_path / "pack", random.Random(seed)
    folder.mkdir()
    for name, text in TOWN.items():
        (folder / name).write_text(text, "utf-8")
    town.python(PREPARE.format(folder=str(folder), url=listener.url))
    town.python(REPORT.format(facts=FACTS))
    kill_workers(town, kills, came=lambda: len(listener.came), draw=draw, longest=0.15)
    process = start_worker(town)
    wait_until(lambda: town.python(LEFT) == f"0 {FACTS}", 120, 1)
    assert end_worker(process) == 0
    assert town.python(LEFT) == f"0 {FACTS}"
    said = [json.loads(body) for _headers, body in listener.came]
    by_id = Counter(one["id"] for one in said)
    numbers = {one["id"]: one["data"]["number"] for one in said}
    assert len(by_id) == len(set(numbers.values())) == FACTS
    assert len(said) >= FACTS


def test_two_kills_lose_nothing(nowhere: Installation, tmp_path: Path, listener: Any) -> None:
    survive(nowhere, tmp_path, listener, 2, seed=311)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(4))
def test_kills_at_random_lose_nothing(
    nowhere: Installation, tmp_path: Path, listener: Any, seed: int
) -> None:
    # Fewer than there are turns: each worker must have something left to send.
    survive(nowhere, tmp_path, listener, 4, seed)
