"""Links in documents lead somewhere, and every page can be reached from the first one."""

import re
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.contracts.test_papers import DOCS

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """What a heading is called in an address, as the repository's hosts write it."""
    bare = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", one) for one in HEADING.findall(text))
    return {re.sub(r"[^\w\- ]", "", one.strip().lower()).replace(" ", "-") for one in bare}


def links_of(page: Path) -> list[tuple[Path, str]]:
    """Files a page links to, each with the part of it that is meant."""
    found = []
    for address in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        if "://" not in address:
            name, _, part = address.partition("#")
            found.append(((page.parent / name).resolve() if name else page, part))
    return found


def dead(page: Path) -> list[str]:
    """Links that lead nowhere."""
    bad = []
    for file, part in links_of(page):
        if not file.exists():
            bad.append(str(file.relative_to(ROOT)))
        elif part and part not in anchors(FENCED.sub("", file.read_text("utf-8"))):
            bad.append(f"{file.relative_to(ROOT)}#{part}")
    return bad


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert dead(page) == []


def test_every_page_can_be_reached_from_the_first() -> None:
    seen, ahead = set[Path](), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        ahead += [file for file, _ in links_of(page) if file.exists()]
    assert [str(page.relative_to(ROOT)) for page in DOCS if page not in seen] == []


def test_the_rule_bites(tmp_path: Path) -> None:
    assert anchors("# 7 · In front: TLS\n## `gongbi` and *you*") == {
        "7--in-front-tls",
        "gongbi-and-you",
    }
    page = ROOT / "README.md"
    assert (ROOT / "docs" / "running.md", "") in links_of(page)
