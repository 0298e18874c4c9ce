"""The example of docs/writing-a-type.md is a sound pack, and can be loaded as it stands."""

import re
from pathlib import Path

import pytest
from tests.config.conftest import Installation
from tests.conftest import ROOT

from gongbi.cases.pack_check import TYPE_KEYS

PAGE = (ROOT / "docs" / "writing-a-type.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"```toml\n# (\w+\.toml), whole\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def folder(nowhere: Installation, tmp_path: Path) -> Path:
    """The town of the example sheet, with the files of the page in place of its own."""
    sheet, made = tmp_path / "town.xlsx", tmp_path / "town"
    assert nowhere.run("town", "sheet", str(sheet)).returncode == 0
    assert nowhere.run("town", "new", str(made), "--from", str(sheet)).returncode == 0
    for name, text in EXAMPLES.items():
        (made / name).write_text(text, "utf-8")
    return made


def test_the_example_is_loaded(nowhere: Installation, folder: Path) -> None:
    assert set(EXAMPLES) == {"case_types.toml", "routes.toml"}
    done = nowhere.run("pack", "load", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    said = nowhere.python(
        "from gongbi.cases.models import CaseType, Route\n"
        "print(*CaseType.objects.filter(in_force=True).values_list('code', flat=True),"
        "*Route.objects.filter(in_force=True).values_list('code', flat=True))"
    )
    assert said.split() == ["pothole", "pothole-deep", "pothole-at-night", "pothole", "rest"]


def test_the_page_names_every_key() -> None:
    table = PAGE.split("## What each key may say")[1]
    named = set(re.findall(r"\w+", " ".join(re.findall(r"^\| ([\w, ]+) \|", table, re.MULTILINE))))
    assert sorted(TYPE_KEYS - named) == []
    used = set(re.findall(r"^(\w+)", EXAMPLES["case_types.toml"], re.MULTILINE))
    assert TYPE_KEYS - used == {"assets"}
