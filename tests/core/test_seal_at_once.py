"""Sealing while others write, by two workers, and killed: no line is lost, no seal is half."""

import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from tests.conftest import ROOT
from tests.core.test_sealing import DoorOpened, house, line, sealed, tell  # noqa: F401 - fixture

from gongbi.core import outbox
from gongbi.core.journal import publish
from gongbi.core.journal_check import check_journal
from gongbi.core.models import JournalLine
from gongbi.core.sealing import head_file, keep_head, read_head, seal_lines

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_line_committed_late_gets_a_later_number():
    """PostgreSQL gives ids before it commits: the lower id may be seen last."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time; the order of ids is the order of commits.")
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            publish(DoorOpened("slow", 1.0), subject="door:1", actor="crew:slow")
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    sealed(2)
    may_commit.set()
    thread.join()
    outbox.order_lines()
    assert seal_lines(at_once=True) == 1
    late = JournalLine.objects.get(actor="crew:slow")
    assert (late.seq, late.pk < line(1).pk) == (3, True)
    assert check_journal().broken == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_seal():
    tell(300)
    errors = []

    def work() -> None:
        try:
            while outbox.order_lines(50) + seal_lines(40, at_once=True):
                pass
        except Exception as error:
            errors.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(errors) <= {"OperationalError"}  # SQLite may say it is busy; the next turn goes on
    work()
    report = check_journal()
    assert (report.lines, report.broken) == (300, [])


def test_of_heads_written_at_once_the_latest_stays_and_each_is_whole(settings):
    def write(numbers: range) -> None:
        for number in numbers:
            keep_head(number, f"{number:064}")

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(write, (range(one, 101, 4) for one in range(1, 5))))
    assert read_head(head_file()) == (100, f"{100:064}")
    names = [one.name for one in head_file().parent.glob("journal_head*")]
    assert names == ["journal_head.json"]


def test_a_worker_that_was_held_up_puts_no_older_head_back(settings):
    keep_head(6, "six")
    keep_head(5, "five")
    assert read_head(head_file()) == (6, "six")


WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "gongbi.config.settings"
import django; django.setup()
from django.core.management import call_command
from django.db import transaction
from gongbi.core import outbox
from gongbi.core.events import SignedIn
from gongbi.core.journal import publish
from gongbi.core.sealing import seal_lines
call_command("migrate", verbosity=0)
while True:
    for _ in range(3):
        with transaction.atomic():
            publish(SignedIn(person="p"), subject="person:p", actor="person:p")
        print("told", flush=True)
    outbox.order_lines()
    seal_lines(at_once=True)
"""


def test_killed_at_any_instant_no_line_is_lost_and_no_seal_half(settings):
    """kill -9 in the middle of ordering and sealing, three times; what was told stays told."""
    environment = {
        "GONGBI_DATA": str(settings.GONGBI_DATA),
        "PATH": "",
        "PYTHONPATH": str(ROOT / "src"),
    }
    told = 0
    for kill in range(3):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(40 + 7 * kill):
            assert worker.stdout is not None
            assert worker.stdout.readline() == "told\n"
            told += 1
        worker.kill()
        told += worker.stdout.read().count("told")
        worker.wait()
        worker.stdout.close()
    gongbi = [sys.executable, "-m", "gongbi.config.cli", "journal"]
    for words in (["seal"], ["verify"]):
        done = subprocess.run(
            [*gongbi, *words], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    (lines,) = re.findall(r"([\d,]+) lines in", done.stdout)
    assert int(lines.replace(",", "")) >= told
    assert "0 not sealed yet. All are as they were sealed." in done.stdout
