"""Each fact of the engine has its effect once, wherever the worker that reads it dies."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from tests.conftest import ROOT
from tests.vitals.conftest import Sensing, at
from tests.vitals.ledger import ledger

from gongbi.vitals.models import Bookmark, LevelChange, Series
from gongbi.vitals.public import read_levels


def tell_a_story(sensing: Sensing) -> None:
    """Two alerts that become one case, one that is corrected, one that ends, silence; unread."""
    sensing.say((1, 0.5, 0.30), (2, 0.5, 0.30), (3, 0.5, 0.30))
    sensing.tick(1)
    sensing.say((1, 1.5, 0.18), (2, 1.5, 0.30), (3, 1.5, 0.30), (4, 1.5, 1))
    sensing.tick(2)
    sensing.say((1, 2.5, 0.12), (2, 2.5, 0.19), (3, 2.5, 0.30), (1, 0.6, 0.06), (4, 2.5, 0))
    sensing.tick(3)
    sensing.say((1, 3.5, 0.30), (2, 3.5, 0.30))
    sensing.tick(8)
    sensing.fold()


@pytest.fixture
def story(sensing: Sensing) -> Sensing:
    """The story, told by the engine and read by nobody."""
    tell_a_story(sensing)
    return sensing


def read_all(most: int = 2000) -> None:
    """Read until nothing is left."""
    while read_levels(most):
        pass


def undisturbed(most: int = 2000) -> dict[str, Any]:
    """What it comes to when nothing happens; taken back."""
    with transaction.atomic():
        read_all(most)
        found = ledger()
        transaction.set_rollback(True)
    return found


class Stumble:
    """The database goes away before one statement, and is there again afterwards."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, 0

    def __call__(self, execute: Callable[..., Any], sql: str, *words: Any) -> Any:
        if not sql.startswith(("ROLLBACK", "RELEASE")):  # the way out itself stays open
            self.seen += 1
            if self.seen == self.number:
                raise OperationalError("the database is away")
        return execute(sql, *words)


def test_an_error_before_any_statement_leaves_nothing_half_done(story: Sensing) -> None:
    before, whole = ledger(), undisturbed()
    assert len(whole["alerts"]) == 3
    assert len(whole["cases"]) == 2
    counted = Stumble(0)
    with connection.execute_wrapper(counted), transaction.atomic():
        read_levels()
        transaction.set_rollback(True)
    assert counted.seen > 100
    for number in range(1, counted.seen, 3):
        with transaction.atomic():
            with connection.execute_wrapper(Stumble(number)), pytest.raises(OperationalError):
                read_all()
            assert ledger() == before, number
            read_all()
            assert ledger() == whole, number
            transaction.set_rollback(True)


def test_read_in_parts_is_read_in_one(story: Sensing) -> None:
    whole = undisturbed()
    for most in (1, 2, 5):
        parts = undisturbed(most)
        for name in ("changes", "series", "alerts", "cases", "signals", "steps"):
            assert parts[name] == whole[name], (most, name)


def test_a_storm_of_alerts_is_read_in_shares(
    story: Sensing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others must come to write between two shares."""
    from gongbi.vitals import levels

    whole = undisturbed()
    monkeypatch.setattr(levels, "MOST_ALERTS", 2)
    counts = []
    while read := read_levels():
        counts.append(read)
    assert len(counts) > 3
    found = ledger()
    for name in ("bookmark", "changes", "series", "alerts", "cases", "steps"):
        assert found[name] == whole[name], name


def test_a_slower_second_worker_finds_nothing_left(
    story: Sensing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.stream import public as stream

    facts = stream.read_facts(story.data, 0, 2000)
    read_all()
    whole = ledger()
    monkeypatch.setattr(stream, "read_facts", lambda *_: facts)  # read before the first one wrote
    read_levels()
    assert ledger() == whole


def test_a_bookmark_that_was_lost_doubles_no_alert_and_no_case(story: Sensing) -> None:
    """As after a restore of an older database beside a newer log."""
    read_all()
    whole = ledger()
    Bookmark.objects.all().delete()
    read_all()
    again = ledger()
    for name in ("changes", "series", "alerts", "cases", "signals"):
        assert again[name] == whole[name], name


def test_facts_of_a_series_nobody_knows_are_passed_over_and_said(
    story: Sensing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from gongbi.stream import public as stream

    facts = [replace(fact, series=7) for fact in stream.read_facts(story.data, 0, 4)]
    monkeypatch.setattr(stream, "read_facts", lambda *_: facts)
    assert read_levels() == 4
    assert "load the city pack again" in caplog.text
    assert LevelChange.objects.count() == 0
    assert Bookmark.objects.get().position == facts[-1].position


def test_a_correction_of_an_older_window_leaves_the_level_of_now(sensing: Sensing) -> None:
    sensing.play(1, (1, 0.5, 0.30))
    sensing.play(3, (1, 1.5, 0.30), (1, 2.5, 0.18))
    sensing.play(4, (1, 0.6, 0.02))  # the window of 10:00 was a warning of its own
    now = Series.objects.get(indicator="pressure", place="xx-e-1-a")
    assert now.level == 2
    assert now.window_end == at(3)
    assert LevelChange.objects.filter(corrects=True, series=now).exists()


def work(word: str, data: Path, number: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the worker that dies."""
    command = [sys.executable, "-m", "tests.vitals.dying", word, str(data), str(number)]
    said = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=said, capture_output=True, text=True, check=False)


def test_killed_at_any_statement_it_comes_to_the_same(pack_folder: Path, tmp_path: Path) -> None:
    """SIGKILL, on a database in a file; readers one after the other on the same folder."""
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    killed.mkdir()
    made = work("make", killed)
    assert made.returncode == 0, made.stderr
    sensing = Sensing(killed, SimpleNamespace(now=None))
    tell_a_story(sensing)
    sensing.close()
    micros = int(sensing.clock.now.timestamp()) * 1_000_000
    (killed / "clock").write_bytes(micros.to_bytes(8, "little", signed=True))
    shutil.copytree(killed, calm)
    statements = int(work("read", calm).stdout)
    for number in (3, 20, statements // 3, statements // 2, 12):
        assert work("read", killed, number).returncode == -signal.SIGKILL
    assert work("read", killed).returncode == 0
    whole = json.loads(work("tell", calm).stdout)
    assert json.loads(work("tell", killed).stdout) == whole
    assert len(whole["alerts"]) == 3
