"""Names in documents exist; nothing in the repository names a machine, a registry or a secret."""

import importlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from tests.conftest import ROOT

NAME = re.compile(
    r"`(gongbi(?:\.[a-zA-Z_]\w*)+|(?:core|cases|stream|things|vitals|reports|desk|kernel|feeds|"
    r"doors|generator|simulator|replay|config)(?:\.[a-z_]\w*)*\.[A-Za-z_]\w*)`"
)
PATH = re.compile(r"`((?:src|tests|docs|tools|bench)/[\w./-]+)`")
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FILE_ENDINGS = ("toml", "csv", "geojson", "parquet", "md", "py", "json", "html", "css", "js")


def resolves(name: str) -> bool:
    """Whether a dotted name is a module of ours, or something in one."""
    words = name.split(".")
    words = words if words[0] == "gongbi" else ["gongbi", *words]
    for cut in range(len(words), 0, -1):
        try:
            found = importlib.import_module(".".join(words[:cut]))
        except ModuleNotFoundError:
            continue
        for word in words[cut:]:
            if not hasattr(found, word):
                return word in getattr(found, "__annotations__", {})
            found = getattr(found, word)
        return cut > 1 or len(words) == 1
    return False


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_names_in_documents_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    names = {name for name in NAME.findall(text) if not name.endswith(FILE_ENDINGS)}
    assert not sorted(name for name in names if not resolves(name))
    assert not sorted(path for path in PATH.findall(text) if not (ROOT / path).exists())


def test_the_rule_bites() -> None:
    assert resolves("core.public.publish")
    assert not resolves("core.public.no_such_door")


FORBIDDEN = re.compile(
    r"index[-_]url|/root/|/home/\w+/|\"resolved\":\s*\"http|registry\.|-----BEGIN [A-Z ]*PRIVATE"
)


def test_no_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    bad = []
    for name in filter(None, listed):
        file = ROOT / name
        if "vendor" in name or not file.is_file() or name == "tests/contracts/test_papers.py":
            continue
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if FORBIDDEN.search(text):
            bad.append(name)
    assert not bad


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_names_versions_and_hashes_only(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    entries = re.findall(r"^([a-z0-9][\w.-]*)(?:\[[\w,-]+\])?==\S+ \\$", text, re.MULTILINE)
    assert entries
    assert text.count("--hash=sha256:") >= len(entries)


def test_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text("utf-8").lower()
    for said in project["dependencies"]:
        name = re.split(r"[\[<>=!~ ]", said, maxsplit=1)[0].lower()
        assert re.search(rf"^{re.escape(name)}(\[[\w,-]+\])?==", locked, re.MULTILINE), name
