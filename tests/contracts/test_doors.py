"""Only ``public`` and ``events`` of another part may be imported, wherever the import stands."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from tests.conftest import ROOT

SOURCE = ROOT / "src" / "gongbi"
PARTS = {*settings.PARTS, "stream"}
# config starts the house: it may reach into a part where no door can serve, for the reason given.
HOUSEKEEPING = {
    "gongbi.core": "the pack, accounts, keyring, outbox and clock are kept by commands",
    "gongbi.stream.engine": "config runs it as a process",
    "gongbi.stream.door": "config runs it as a process",
    "gongbi.stream.mqtt": "config runs it as a process",
    "gongbi.stream.history_keeper": "config runs it as a process and by a command",
}


def imports_of(source: str) -> Iterator[str]:
    """Every module a file imports, also inside functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def trespasses(part: str, source: str) -> list[str]:
    """Imports that enter another part by something else than its doors."""
    found = []
    for name in imports_of(source):
        words = name.split(".")
        if words[0] != "gongbi" or len(words) < 2 or words[1] not in PARTS - {part}:
            continue
        if len(words) > 2 and words[2] in ("public", "events"):
            continue
        if part == "config" and any(name.startswith(allowed) for allowed in HOUSEKEEPING):
            continue
        found.append(name)
    return found


def files() -> list[tuple[str, Path]]:
    return [
        (part, file)
        for part in sorted(PARTS | {"config"})
        for file in sorted((SOURCE / part).rglob("*.py"))
        if "migrations" not in file.parts
    ]


def test_parts_enter_each_other_by_their_doors() -> None:
    found = {
        str(file.relative_to(SOURCE)): bad
        for part, file in files()
        if (bad := trespasses(part, file.read_text("utf-8")))
    }
    # `from gongbi.cases import public` is the door itself.
    found = {
        name: rest
        for name, bad in found.items()
        if (rest := [one for one in bad if one.split(".")[2:] not in (["public"], ["events"])])
    }
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "from gongbi.cases.models import Case",
        "import gongbi.cases.actions",
        "def f():\n    from gongbi.cases.queries import board",
    ],
)
def test_the_rule_bites(line: str) -> None:
    assert trespasses("vitals", line)


@pytest.mark.parametrize(
    "line", ["from gongbi.cases.public import counts", "from gongbi.vitals.models import Level"]
)
def test_the_rule_lets_the_doors_be(line: str) -> None:
    assert not trespasses("vitals", line)
