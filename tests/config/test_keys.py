"""Keys by command: made with limits, listed, revoked; MQTT runs only where a broker is set."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gongbi.config.cli import app
from gongbi.config.options import BadOption, read_options
from gongbi.config.processes import programs_of
from gongbi.stream.public import ingest_keys


@pytest.fixture
def said(tmp_path: Path, settings: Any) -> Callable[..., tuple[int, str]]:
    """Run ``gongbi key``: (exit status, what it says)."""
    settings.GONGBI_DATA = tmp_path

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["key", *words], env={"COLUMNS": "200"})
        return result.exit_code, result.output

    return run


def test_a_key_is_made_listed_and_revoked(said: Callable[..., Any], tmp_path: Path) -> None:
    limits = ("--rows-per-second", "500", "--bytes", "1000", "--datastreams", "urn:xx:")
    status, words = said("pump", "--scope", "ingest", *limits)
    assert status == 0
    assert re.search(r"ingest\s+\S{40,}\s+\(shown once\)", words)
    kept = ingest_keys(tmp_path)[0]
    assert (kept.rows_per_second, kept.most_bytes, kept.prefix) == (500, 1000, "urn:xx:")
    status, words = said("--list")
    assert status == 0
    assert "pump" in words
    assert said("--revoke", "pump")[0] == 0
    assert ingest_keys(tmp_path) == []
    status, words = said("--revoke", "pump")
    assert status == 1


@pytest.mark.parametrize("words", [(), ("pump",), ("pump", "--scope", "all")])
def test_a_wrong_word_makes_no_key(
    said: Callable[..., Any], tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert said(*words)[0] == 1
    assert ingest_keys(tmp_path) == []


def test_limits_belong_to_ingest(said: Callable[..., Any]) -> None:
    assert said("app", "--scope", "report", "--bytes", "5")[0] == 1


def test_mqtt_is_kept_only_where_a_broker_is_set() -> None:
    names = [one.name for one in programs_of(read_options({}))]
    assert "mqtt" not in names
    url = {"GONGBI_MQTT_URL": "mqtt://127.0.0.1:1883"}
    assert [one.name for one in programs_of(read_options(url))] == [*names, "mqtt"]
    with pytest.raises(BadOption, match="write mqtt://"):
        read_options({"GONGBI_MQTT_URL": "http://x"})
