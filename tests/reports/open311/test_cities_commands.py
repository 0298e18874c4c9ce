"""The commands for cities read by the clock: each says what it did, or what is wrong."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.reports.open311.elsewhere import Elsewhere
from tests.reports.open311.reading_cities import turn
from typer.testing import CliRunner

from gongbi.cases.models import Signal
from gongbi.config.cli import app
from gongbi.core.models import JournalLine
from gongbi.reports.open311.models import OpenCity

HOUR = timedelta(hours=1)


@pytest.fixture
def said(town: Path) -> Callable[..., tuple[int, str]]:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["open311", *words], env={"COLUMNS": "200"})
        return done.exit_code, done.output

    return run


def test_the_commands(said: Callable[..., Any], there: Elsewhere, tmp_path: Path) -> None:
    there.has("A-1", timezone.now() - HOUR)
    (tmp_path / "key").write_text("K\n", "utf-8")
    told = said(
        "connect", "koeln", there.url, "--type", "012=lamp-out", "--every", "5",
        "--key-file", str(tmp_path / "key"), "--from", "2026-01-01",
    )  # fmt: skip
    assert told[0] == 0, told
    assert "every 5 minutes, from 2026-01-01 00:00 UTC" in told[1]
    turn()
    status, words = said("cities")
    assert (status, "koeln" in words) == (0, True)
    assert "no more until" in said("pause", "koeln")[1]
    assert "is paused already" in said("pause", "koeln")[1]
    assert "is paused" in said("read-now", "koeln")[1]
    assert "from where it stopped" in said("resume", "koeln")[1]
    assert "is not paused" in said("resume", "koeln")[1]
    assert "within moments" in said("read-now", "koeln")[1]
    there.behave = ["500"]
    turn()
    status, words = said("cities")
    assert (status, "it has a fault of its own 500" in words) == (1, True)
    assert "its reports stay" in said("disconnect", "koeln")[1]
    assert said("pause", "koeln")[0] == 1
    assert Signal.objects.count() == 1
    kinds = set(JournalLine.objects.values_list("kind", flat=True))
    assert {"reports.CityConnected", "reports.CityReadingSet"} <= kinds


@pytest.mark.parametrize(
    "words",
    [
        ("Köln", "http://x/v2"), ("web", "http://x/v2"), ("koeln", "ftp://x/v2"),
        ("koeln", "http://u:p@x/v2"), ("koeln", "http://x/v2?a=b"),
        ("koeln", "http://x/v2", "--zone", "No/Where"), ("koeln", "http://x/v2", "--by", "x"),
        ("koeln", "http://x/v2", "--every", "0"), ("koeln", "http://x/v2", "--rows", "0"),
        ("koeln", "http://x/v2", "--type", "9=nothing"), ("koeln", "http://x/v2", "--type", "9"),
        ("koeln", "http://x/v2", "--from", "soon"), ("koeln", "http://x/v2", "--overlap", "-1"),
        ("koeln", "http://x/v2", "--key-file", "/no/such/file"),
    ],
)  # fmt: skip
def test_what_cannot_be_connected_is_said(
    said: Callable[..., Any], words: tuple[str, ...]
) -> None:
    status, answer = said("connect", *words)
    assert status == 1
    assert len(answer) > 20
    assert not OpenCity.objects.exists()
