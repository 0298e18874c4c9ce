"""How long the pack keeps what was read: ``[retention]`` in city.toml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from gongbi.core.public import Fault, Unreadable, read_toml_with_lines
from gongbi.stream.public import Retention, keep_retention

CITY = "city.toml"
LEAST = {"raw_days": 2, "hourly_months": 1, "log_days": 2}
"""Less than a day back no correction could be shown; two are asked for."""


def check_retention(folder: Path, indicators: set[str]) -> list[Fault]:
    """Faults of ``[retention]``; a city.toml that cannot be read is told of by core."""
    try:
        said, line_of = read_toml_with_lines(folder / CITY)
    except Unreadable:
        return []
    rules = said.get("retention", {})
    if not isinstance(rules, dict):
        return [Fault(CITY, line_of(key="retention"), "Write [retention] as a table of its own.")]
    by_one = rules.get("raw_days_of", {})
    found = [Fault(CITY, line_of("retention", 0, key), why) for key, why in _troubles(rules)]
    if isinstance(by_one, dict):
        for key, why in _troubles_of_one(by_one, indicators):
            found.append(Fault(CITY, line_of("retention.raw_days_of", 0, key), why))
    return found


def _troubles(rules: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted(set(rules) - {*LEAST, "raw_days_of"}):
        known = ", ".join([*LEAST, "raw_days_of"])
        yield key, f"{key!r} is no key of [retention]; the keys are {known}."
    for key, least in LEAST.items():
        if key in rules and not _whole(rules[key], least):
            yield key, f"{key} must be a whole number, {least} or more; leave it out for ever."
    if not isinstance(rules.get("raw_days_of", {}), dict):
        yield "raw_days_of", "raw_days_of is a table: an indicator's code = days."


def _troubles_of_one(by_one: dict[str, Any], known: set[str]) -> Iterator[tuple[str, str]]:
    for code, days in by_one.items():
        if code not in known:
            yield code, f"There is no indicator {code!r} in indicators.toml."
        if not _whole(days, LEAST["raw_days"]):
            yield code, f"Days of {code} must be a whole number, {LEAST['raw_days']} or more."


def _whole(value: Any, least: int) -> bool:
    return type(value) is int and value >= least


def load_retention(folder: Path) -> None:
    """Let the history process know; it removes what is too old at its next turn."""
    said = read_toml_with_lines(folder / CITY)[0]
    rules = said.get("retention", {})
    keep_retention(settings.GONGBI_DATA, Retention(zone=said["zone"], **rules))
