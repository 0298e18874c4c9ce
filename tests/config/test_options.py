"""A wrong setting stops the start with a sentence; the file in the data folder is read."""

from pathlib import Path

import pytest
from tests.conftest import ROOT

from gongbi.config.options import OPTIONS, BadOption, database, read_options


def test_defaults_are_sound() -> None:
    assert read_options({})["GONGBI_HOST"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({}, "http://127.0.0.1:8700"),
        ({"GONGBI_PORT": "9100"}, "http://127.0.0.1:9100"),
        ({"GONGBI_PORT": "9100", "GONGBI_HOST": "0.0.0.0"}, "http://127.0.0.1:9100"),
        ({"GONGBI_HOST": "::1"}, "http://[::1]:8700"),
        ({"GONGBI_PORT": "9100", "GONGBI_PUBLIC_URL": "https://city.example"},
         "https://city.example"),
    ],
)  # fmt: skip
def test_players_and_links_find_the_port_that_was_chosen(
    said: dict[str, str], address: str
) -> None:
    assert read_options(said)["GONGBI_PUBLIC_URL"] == address


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "gongbi.toml").write_text('GONGBI_PORT = 9000\nGONGBI_CLOCK = "played"\n')
    said = read_options({"GONGBI_DATA": str(tmp_path), "GONGBI_PORT": "9100"})
    assert (said["GONGBI_PORT"], said["GONGBI_CLOCK"]) == ("9100", "played")


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("GONGBI_PORT", "http", "write a port"),
        ("GONGBI_PORT", "70000", "write a port"),
        ("GONGBI_CLOCK", "fast", "live or played"),
        ("GONGBI_ZONE", "Mars/Olympus", "time zone"),
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("GONGBI_PUBLIC_URL", "city.example", "http://"),
        ("GONGBI_FOLLOW_DAYS", "0", "whole number"),
        ("GONGBI_DEBUG", "yes", "0 or 1"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(name: str, value: str, remedy: str) -> None:
    with pytest.raises(BadOption, match=name) as said:
        read_options({name: value})
    assert remedy in str(said.value)
    assert value in str(said.value)


def test_several_wrong_settings_are_said_at_once() -> None:
    with pytest.raises(BadOption, match="GONGBI_PORT.*GONGBI_DEBUG"):
        read_options({"GONGBI_PORT": "x", "GONGBI_DEBUG": "x"})


@pytest.mark.parametrize("text", ["PORT = 1", "GONGBI_PORT = ", "GONGBI_PROT = 8700"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "gongbi.toml").write_text(text)
    with pytest.raises(BadOption, match=r"gongbi\.toml"):
        read_options({"GONGBI_DATA": str(tmp_path)})


def test_a_database_address_is_taken_apart(tmp_path: Path) -> None:
    found = database("postgresql://gong:bi@db.example:6543/city", tmp_path)
    assert (found["USER"], found["HOST"], found["PORT"], found["NAME"]) == (
        "gong",
        "db.example",
        "6543",
        "city",
    )
    assert database("", tmp_path)["NAME"] == tmp_path / "db.sqlite3"


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    for option in OPTIONS:
        assert f"| {option.name} | {option.default or '(empty)'} " in page.replace("`", "")
