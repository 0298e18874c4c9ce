"""A part that was added is tested, on both databases, and has its page."""

import re

from django.conf import settings
from tests.conftest import ROOT


def test_every_part_is_tested() -> None:
    said = re.search(r'^PARTS = "(.*)"$', (ROOT / "tools/run_tests.py").read_text(), re.MULTILINE)
    assert said is not None
    assert said[1].split() == settings.PARTS
    assert all((ROOT / "tests" / part).is_dir() for part in settings.PARTS)


def test_every_part_has_its_page() -> None:
    folders = [file.parent.name for file in (ROOT / "src" / "gongbi").glob("*/__init__.py")]
    pages = {file.stem for file in (ROOT / "docs" / "parts").glob("*.md")}
    assert {*folders} - pages == {"config", "kernel"}  # docs/running.md, docs/kernel
