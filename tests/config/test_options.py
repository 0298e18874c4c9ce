"""A wrong setting stops the start with a sentence; the file in the data folder is read."""

import re
from pathlib import Path

import pytest
from tests.config.conftest import Installation
from tests.conftest import ROOT

from gongbi.config.options import (
    HIDDEN,
    OPTIONS,
    BadOption,
    database,
    host_of,
    origin_of,
    read_options,
)


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


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://city.example", "city.example", "https://city.example"),
        ("https://City.example:8443/door/", "city.example", "https://city.example:8443"),
        ("http://[::1]", "[::1]", "http://[::1]"),
        ("http://[::1]:8700", "[::1]", "http://[::1]:8700"),
    ],
)
def test_the_host_that_is_let_in_is_that_of_the_address(url: str, host: str, origin: str) -> None:
    assert (host_of(url), origin_of(url)) == (host, origin)


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
        ("GONGBI_INGEST_MAX_BYTES", "16 MiB", "number of bytes"),
        ("GONGBI_INGEST_AHEAD_SECONDS", "-1", "number of seconds"),
        ("GONGBI_INGEST_SEGMENT_BYTES", "1", "number of bytes"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(name: str, value: str, remedy: str) -> None:
    with pytest.raises(BadOption, match=name) as said:
        read_options({name: value})
    assert remedy in str(said.value)
    assert (value in str(said.value)) is (name not in HIDDEN)


ADDRESSES = {
    "DATABASE_URL": "postgresql",
    "GONGBI_PUBLIC_URL": "https",
    "GONGBI_MQTT_URL": "mqtt",
    "GONGBI_MAIL_URL": "smtp",
    "GONGBI_SMS_URL": "https",
}


@pytest.mark.parametrize("host", ["host:http", "host:70000", "[host", "host:-1", "host:0"])
@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_that_cannot_be_read_is_a_sentence(name: str, host: str) -> None:
    with pytest.raises(BadOption, match=f"{name} is .*: write "):
        read_options({name: f"{ADDRESSES[name]}://{host}", "GONGBI_MAIL_FROM": "a@b.example"})


def test_an_address_without_a_host_is_none_but_of_a_database() -> None:
    for name in {*ADDRESSES} - {"DATABASE_URL"}:
        with pytest.raises(BadOption, match=name):
            read_options({name: f"{ADDRESSES[name]}://:80"})
    assert read_options({"DATABASE_URL": "postgresql:///city"})


MAY_HOLD_A_SECRET = re.compile("SECRET|PASSWORD|TOKEN|_KEY|URL|password|command:", re.ASCII)
SHOWN_TO_ALL = {"GONGBI_PUBLIC_URL"}


def test_no_setting_that_may_hold_a_secret_shows_it(tmp_path: Path) -> None:
    wanted = {
        option.name
        for option in OPTIONS
        if MAY_HOLD_A_SECRET.search(f"{option.name} {option.meaning} {option.remedy}")
    } - SHOWN_TO_ALL
    assert wanted >= {"DATABASE_URL", "GONGBI_MQTT_URL", "GONGBI_MAIL_URL", "GONGBI_SMS_URL",
                      "GONGBI_SMS_SECRET", "GONGBI_SCANNER"}  # fmt: skip
    assert wanted == HIDDEN
    for name in wanted:
        with pytest.raises(BadOption, match=f"{name} is .set.: ") as said:
            read_options({name: "hunter2://u:hunter2@host:hunter2"})
        assert "hunter2" not in str(said.value)


def test_the_command_shows_no_secret(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    said = {
        "GONGBI_MQTT_URL": "mqtt://u:hunter2@host",
        "GONGBI_MAIL_URL": "smtp://u:hunter2@host",
        "GONGBI_MAIL_FROM": "a@b.example",
        "GONGBI_SMS_URL": "https://u:hunter2@host/?key=hunter2",
        "GONGBI_SMS_SECRET": "whsec_" + "hunter22" * 4,
        "GONGBI_SCANNER": "command:/bin/look --key hunter2",
        "DATABASE_URL": f"sqlite://hunter2{data}/db.sqlite3",
    }
    done = Installation(data, 1).run("options", **said)
    assert done.returncode == 0, done.stderr
    assert "hunter2" not in done.stdout
    assert done.stdout.count("(set)") == len(said) - 1
    done = Installation(data, 1).run("options", **said | {"GONGBI_SMS_URL": "hunter2"})
    assert (done.returncode, "hunter2" in done.stdout + done.stderr) == (1, False)
    assert "GONGBI_SMS_URL is (set)" in done.stdout + done.stderr


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


def test_what_stands_encoded_in_a_database_address_is_read_and_its_query_is_kept(
    tmp_path: Path,
) -> None:
    url = "postgresql://go%40ng:b%2Fi@db.example/city?sslmode=verify-full&connect_timeout=5"
    found = database(url, tmp_path)
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("go@ng", "b/i", "city")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "5"}
    assert database("postgresql://db.example/city", tmp_path)["OPTIONS"] == {}


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    for option in OPTIONS:
        assert f"| {option.name} | {option.default or '(empty)'} " in page.replace("`", "")
