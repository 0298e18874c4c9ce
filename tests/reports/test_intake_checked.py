"""An officer's file is looked at for malware before anything of it is read."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.reports.exports import as_csv, as_xlsx, bring
from tests.reports.test_intake import take

from gongbi.cases.models import Signal
from gongbi.core.files.checking import check_due
from gongbi.core.models import FileCheck, JournalLine
from gongbi.reports import intaking
from gongbi.reports.models import Intake

LOOK = "import sys; print('Bad.Sheet'); sys.exit(b'SECRET' in sys.stdin.buffer.read())"


@pytest.fixture
def officer(signed_in, settings, tmp_path: Path):
    """A dispatcher of a city whose scanner dislikes one word."""
    script = tmp_path / "look.py"
    script.write_text(LOOK, "utf-8")
    settings.GONGBI_SCANNER = f"command:{sys.executable} {script}"
    return signed_in("dispatcher")


def in_two_days(_began: datetime = datetime.now(UTC)) -> datetime:  # noqa: B008 - the same at every asking
    return _began + timedelta(days=2)


def page(officer, intake) -> str:
    return officer.get(f"/intake/{intake.pk}/").content.decode()


def test_nothing_is_read_before_and_all_is_taken_in_afterwards(officer, monkeypatch) -> None:
    intake = bring(officer, as_xlsx(), "day.xlsx")
    assert (intake.state, intake.mapping, intake.columns) == ("checking", "", [])
    assert "being checked for malware" in page(officer, intake)
    assert "being checked for malware" in officer.get("/intake/").content.decode()
    officer.post(f"/intake/{intake.pk}/", {"do": "take"})
    assert not Signal.objects.exists()
    assert intaking.forget_old() == 0
    with monkeypatch.context() as later:
        later.setattr("gongbi.core.clock.timezone.now", in_two_days)
        assert intaking.forget_old() == 0, "an accepted file waits as long as the scanner does"
    assert check_due() == 1
    intake.refresh_from_db()
    assert intake.state == "read"
    assert take(officer, intake).stored == 2
    assert FileCheck.objects.get().state == "clean"


def test_a_bad_one_is_refused_told_and_gone_after_a_day(officer, monkeypatch) -> None:
    intake = bring(officer, as_csv() + b"SECRET")
    assert check_due() == 1
    intake.refresh_from_db()
    assert intake.state == "bad"
    assert "This file was refused" in page(officer, intake)
    officer.post(f"/intake/{intake.pk}/", {"do": "take"})
    assert not Signal.objects.exists()
    told = JournalLine.objects.get(kind="core.FileFoundBad")
    assert (told.subject, told.body["found"]) == (f"intake:{intake.pk}", "Bad.Sheet")
    monkeypatch.setattr("gongbi.core.clock.timezone.now", in_two_days)
    assert intaking.forget_old() == 1
    intake.refresh_from_db()
    assert (intake.state, intake.sealed_file) == (Intake.GIVEN_UP, None)


def test_a_clean_file_that_cannot_be_read_says_so_and_can_be_destroyed(officer) -> None:
    intake = bring(officer, b"\x00\x01\x02", "day.xlsx")
    assert check_due() == 1
    assert "This file cannot be read" in page(officer, intake)
    officer.post(f"/intake/{intake.pk}/give-up/")
    intake.refresh_from_db()
    assert intake.state == Intake.GIVEN_UP
    assert check_due() == 0
