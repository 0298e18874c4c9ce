"""Commands on a data folder whose tables were never made say what to run."""

from pathlib import Path

import pytest
from tests.config.conftest import Installation

ASKED = {
    "journal": ("journal", "verify"),
    "application": ("application", "list"),
    "assets": ("assets", "load", "FILE"),
    "files": ("files", "list"),
    "reports": ("reports", "train"),
    "open311": ("open311", "cities"),
    "keeping": ("keeping",),
    "resident": ("resident", "mark"),
    "evaluation": ("evaluation", "brief", "--period", "2026-11"),
}


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """An installation whose data folder is new."""
    (tmp_path / "data").mkdir()
    (tmp_path / "FILE").write_text("code,kind\n")
    return Installation(tmp_path / "data", 8790)


@pytest.mark.parametrize("which", ASKED)
def test_what_reads_the_database_says_what_to_run(
    empty: Installation, tmp_path: Path, which: str
) -> None:
    words = [str(tmp_path / one) if one == "FILE" else one for one in ASKED[which]]
    done = empty.run(*words)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "migrations wait. Run: gongbi migrate" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_a_database_that_does_not_answer_is_named(empty: Installation) -> None:
    done = empty.run("journal", "verify", DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "database does not answer" in done.stderr
    assert "mend DATABASE_URL" in done.stderr
