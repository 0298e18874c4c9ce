"""A file of the real world at the command line: guessed, checked, and refused with its place."""

from pathlib import Path

import pytest
from tests.config.conftest import Installation

EXPORT = (
    "工单编号,受理时间,诉求内容,地址,经度,纬度\n"
    "A-1,2026-03-02 08:15,路灯不亮,青川路3号,121.47,31.23\n"
    "A-2,2026-03-02 08:40,井盖丢失,青川路9号,121.48,31.24\n"
)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A data folder with nothing in it: no city need run to look at a file."""
    (tmp_path / "data").mkdir()
    return Installation(tmp_path / "data", 8000)


def test_a_guess_is_a_mapping_that_reads_the_file_it_came_from(
    installation: Installation, tmp_path: Path
) -> None:
    export = tmp_path / "export.csv"
    export.write_text(EXPORT, encoding="gb18030")
    guessed = installation.run("feed", "guess", str(export), "--source", "12345")
    assert guessed.returncode == 0, guessed.stdout + guessed.stderr
    assert "受理时间" in guessed.stdout
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(guessed.stdout, encoding="utf-8")
    checked = installation.run("feed", "check", str(mapping), "--data", str(export))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2 rows read = 2 understood + 0 repeated + 0 refused" in checked.stdout
    assert "路灯不亮" in checked.stdout


def test_a_file_of_which_nothing_is_understood_fails(
    installation: Installation, tmp_path: Path
) -> None:
    export, mapping = tmp_path / "export.csv", tmp_path / "mapping.toml"
    export.write_text(EXPORT, encoding="utf-8")
    mapping.write_text(installation.run("feed", "guess", str(export)).stdout, encoding="utf-8")
    export.write_text(EXPORT.replace("2026-03-02", "2026-13-02"), encoding="utf-8")
    checked = installation.run("feed", "check", str(mapping), "--data", str(export))
    assert checked.returncode == 1
    assert "2 rows read = 0 understood + 0 repeated + 2 refused" in checked.stdout
    assert "export.csv:2" in checked.stdout
    assert "2026-13-02" in checked.stdout


def test_a_picture_is_no_table(installation: Installation, tmp_path: Path) -> None:
    picture = tmp_path / "photo.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    guessed = installation.run("feed", "guess", str(picture))
    assert guessed.returncode == 1
    assert "row 4" in guessed.stderr
    assert "Traceback" not in guessed.stderr
