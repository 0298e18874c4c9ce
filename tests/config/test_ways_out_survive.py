"""SIGKILL of the worker at any instant: every file is looked at, every message is sent."""

import random
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.cases.walking import picture
from tests.config.conftest import Installation
from tests.config.killing import end_worker, kill_workers, start_worker, wait_until
from tests.post import Mailbox, mail_server
from tests.reports.conftest import TOWN

REPORTS = 30
PREPARE = """
from pathlib import Path
from gongbi.core.packs import load_pack
from gongbi.cases import actions
from gongbi.cases.actors import SYSTEM
from gongbi.cases.models import Case
from gongbi.cases.public import SignalIn, add_photo, ask_news, receive_signal
from gongbi.core.public import now
load_pack(Path({folder!r}), by="test")
photo = Path({photo!r}).read_bytes()
for n in range({reports}):
    said = ("web", f"r{{n}}", "leak", "burst-pipe", None, None, "xx", "", now(), "en")
    token = receive_signal(SignalIn(*said)).follow_token
    add_photo(token, photo)
    ask_news(token, f"r{{n}}@example.org", "en")
for case in Case.objects.all():
    actions.dispatch(case, SYSTEM, unit_code="water")
    actions.accept(case.tasks.get(), SYSTEM)
"""
LEFT = """
from gongbi.core.models import FileCheck, Message
waiting = FileCheck.objects.filter(state="waiting")
print(waiting.count(), Message.objects.filter(sent_at=None).count())
"""
LEASES_OVER = """
from django.utils import timezone
from gongbi.core.models import Message
Message.objects.filter(sent_at=None).update(due_at=timezone.now())
"""


def survive(town: Installation, tmp_path: Path, box: Mailbox, kills: int, seed: int) -> None:
    folder, photo, draw = tmp_path / "pack", tmp_path / "a.jpg", random.Random(seed)
    folder.mkdir()
    for name, text in TOWN.items():
        (folder / name).write_text(text, "utf-8")
    photo.write_bytes(picture("blue"))
    scanner = f"{sys.executable} -c 'import sys; sys.stdin.buffer.read()'"
    (town.data / "gongbi.toml").write_text(
        f'GONGBI_MAIL_URL = "{box.url}"\nGONGBI_MAIL_FROM = "city@xx.example"\n'
        f'GONGBI_SCANNER = "command:{scanner}"\n',
        "utf-8",
    )
    town.python(PREPARE.format(folder=str(folder), photo=str(photo), reports=REPORTS))
    assert town.python(LEFT) == f"{REPORTS} {REPORTS}"
    kill_workers(
        town, kills, came=lambda: len(box.came), draw=draw, longest=0.15, then=LEASES_OVER
    )
    process = start_worker(town)
    wait_until(lambda: town.python(LEFT) == "0 0", 120, 0.5)
    assert end_worker(process) == 0
    assert town.python(LEFT) == "0 0"
    by_id = Counter(said["Message-ID"] for said in box.came)
    assert len(by_id) == len(set(box.to)) == REPORTS
    assert {said["To"] for said in box.came} == {f"r{n}@example.org" for n in range(REPORTS)}
    assert sum(by_id.values()) <= REPORTS + kills, "a kill sends again what it cut off, no more"


def test_two_kills_lose_nothing(nowhere: Installation, tmp_path: Path) -> None:
    with mail_server() as box:
        survive(nowhere, tmp_path, box, 2, seed=311)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(4))
def test_kills_at_random_lose_nothing(nowhere: Installation, tmp_path: Path, seed: int) -> None:
    with mail_server() as box:
        survive(nowhere, tmp_path, box, 4, seed)
