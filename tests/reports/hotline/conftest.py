"""A town with written answers and duty rooms; somebody on the line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from tests import remembered
from tests.reports.conftest import TOWN, signed_in  # noqa: F401  # a fixture of the folder above

from gongbi.reports.hotline.models import Call

DESK = {
    "answers.toml": """
[[answer]]
code = "permit"
title_en = "Residence permit"
title_zh = "居住证"
words = ["permit"]
text_en = "Bring the lease."
text_zh = "携带租赁合同。"
source = "Rules 2024"

[[answer]]
code = "old"
title_en = "Old permit rules"
text_en = "Bring a photograph."
valid_until = 2020-01-01
""",
    "call_tree.toml": """
[[line]]
code = "water-duty"
groups = ["water"]
name_en = "Water duty room"
name_zh = "水务值班室"
phone = "000-1"
""",
}


@pytest.fixture
def town(db: None, tmp_path: Path, settings: object) -> Path:
    """The city with its desk's files."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in {**TOWN, **DESK}.items():
        (folder / name).write_text(text, "utf-8")
    settings.GONGBI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    readers = ["gongbi.core.pack", "gongbi.cases.pack", "gongbi.reports.pack"]
    settings.PACK_READERS = readers  # type: ignore[attr-defined]
    remembered.load(folder)
    return tmp_path / "data"


@pytest.fixture
def ring(signed_in: Callable[..., Client]) -> Callable[..., tuple[Client, str]]:  # noqa: F811
    """A clerk with somebody on the line: the browser, and the call's address."""

    def take(role: str = "clerk", **post: str) -> tuple[Client, str]:
        clerk = signed_in(role, **post)
        where = clerk.post("/hotline/", {"line": "phone"})["Location"]
        return clerk, where

    return take


def last() -> Call:
    """The newest call."""
    return Call.objects.latest("began_at")
