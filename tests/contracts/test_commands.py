"""Every command in a document exists, with the flags it is written with."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.conftest import ROOT
from tests.contracts.test_papers import DOCS

from gongbi.config.cli import app

IN_LINE = re.compile(r"`(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?gongbi ([^`]+)`")
IN_BLOCK = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?gongbi (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands_in(text: str) -> Iterator[str]:
    """What stands behind ``gongbi`` in a block of code or between two backticks."""
    for block in BLOCK.findall(text):
        yield from IN_BLOCK.findall(block.replace("\\\n", " "))
    yield from IN_LINE.findall(BLOCK.sub("", text).replace("\n", " "))


def fault_of(said: str) -> str:
    """What is wrong with a command as it is written; empty when nothing is."""
    words = shlex.split(said, comments=True)
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        found = command.commands.get(words[0])
        if found is None:
            return "" if words[0] in ("…", "...") else f"no command {words[0]!r}"
        command, words = found, words[1:]
    known = {"--help"} | {
        name for one in command.params for name in (*one.opts, *one.secondary_opts)
    }
    flags = [word.split("=")[0] for word in words if re.match("--?[a-z]", word)]
    return ", ".join(f"{command.name}: no flag {one}" for one in flags if one not in known)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_documents_exist_with_their_flags(page: Path) -> None:
    found = {said: fault_of(said) for said in commands_in(page.read_text("utf-8"))}
    assert not {said: fault for said, fault in found.items() if fault}


def leaves(command: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each command of the program, by its words."""
    if not hasattr(command, "commands"):
        yield before
    for name, one in getattr(command, "commands", {}).items():
        yield from leaves(one, (*before, name))


def test_every_command_stands_in_a_document() -> None:
    said = {
        tuple(words.split()[:count])
        for page in DOCS
        for words in commands_in(page.read_text("utf-8"))
        for count in (1, 2)
    }
    every = list(leaves(typer.main.get_command(app)))
    assert len(every) > 60
    assert [one for one in every if one not in said] == []


def test_the_rule_bites() -> None:
    text = (ROOT / "docs" / "running.md").read_text("utf-8")
    assert len(set(commands_in(text))) > 15
    assert fault_of("pack load FOLDER") == ""
    assert "no command 'lode'" in fault_of("pack lode FOLDER")
    assert "no flag --spead" in fault_of("demo --spead 60")
