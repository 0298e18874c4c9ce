"""The register by command."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from gongbi.config.cli import app
from gongbi.core.models import Application, Webhook


@pytest.fixture
def said(town: Path) -> Callable[..., tuple[int, str]]:
    """Run ``gongbi application``: (exit status, what it says)."""

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["application", *words], env={"COLUMNS": "220"})
        return result.exit_code, result.output

    return run


ADD = ("add", "bikes", "--owner", "roads", "--scope", "dispatch", "--scope", "hear")


def test_a_whole_life(said: Callable[..., Any]) -> None:
    assert said(*ADD, "--place", "xx", "--title", "Bikes", "--until", "2027-12-31")[0] == 0
    status, words = said("key", "bikes", "--label", "first")
    assert status == 0
    key = re.search(r"bikes\s+(\S{43})\s", words)[1]  # type: ignore[index]
    client = Client(headers={"authorization": f"Bearer {key}"})
    assert client.get("/api/queue").status_code == 200
    status, words = said("webhook", "bikes", "https://x.example/h", "--kind", "cases.CaseOpened")
    assert "whsec_" in words
    hook = Webhook.objects.get()
    assert said("replay", "bikes", str(hook.pk), "2026-11-01T00:00:00+08:00")[0] == 0
    status, words = said("show", "bikes")
    assert "first" in words
    assert "https://x.example/h" in words
    assert "Calls in 24 h 1" in words
    assert said("retire", "bikes", "--why", "over")[0] == 0
    assert client.get("/api/queue").status_code == 401
    assert "bikes" not in said("list")[1]
    assert "bikes" in said("list", "--state", "retired")[1]


def test_one_key_is_ended(said: Callable[..., Any]) -> None:
    said(*ADD)
    said("key", "bikes")
    key = Application.objects.get().keys.get()
    assert said("end-key", "bikes", str(key.pk), "--why", "leaked")[0] == 0
    key.refresh_from_db()
    assert key.retired_why == "leaked"
    assert said("end-key", "bikes", "999", "--why", "x")[0] == 1


@pytest.mark.parametrize(
    "words",
    [
        ("add", "Bad Name", "--owner", "roads", "--scope", "hear"),
        ("add", "x", "--owner", "nobody", "--scope", "hear"),
        ("add", "x", "--owner", "roads", "--scope", "all"),
        ("add", "x", "--owner", "roads", "--scope", "hear", "--place", "nowhere"),
        ("add", "x", "--owner", "roads", "--scope", "hear", "--until", "soon"),
        ("key", "nobody"),
        ("show", "nobody"),
        ("list", "--state", "odd"),
        ("retire", "nobody", "--why", "x"),
        ("webhook", "nobody", "https://x/"),
    ],
)
def test_a_wrong_word_ends_in_a_sentence(said: Callable[..., Any], words: tuple[str, ...]) -> None:
    assert said(*words)[0] == 1
    assert not Application.objects.exists()


def test_the_house_itself_enters_for_the_whole_city(said: Callable[..., Any]) -> None:
    assert said("add", "meters", "--owner", "roads-e", "--place", "xx", "--scope", "work")[0] == 0


def test_a_name_entered_twice_is_a_sentence(said: Callable[..., Any]) -> None:
    assert said(*ADD)[0] == 0
    status, told = said(*ADD)
    assert status == 1
    assert "There is an application bikes already." in told
