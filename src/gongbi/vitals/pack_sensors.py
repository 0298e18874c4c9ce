"""sensors.toml: what a city believes of the sensors of a property, and whom a fault is sent to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from gongbi.core.public import Fault, Known, Unreadable, read_toml_with_lines
from gongbi.stream.public import TRUSTS
from gongbi.vitals.models import Indicator
from gongbi.vitals.pack_check import Sensed, Trouble

SENSORS = "sensors.toml"
NUMBERS = {
    "low": 1.0,
    "high": 1.0,
    "resting": 1.0,
    "most_change_per_minute": 1 / 60,
    "stuck_minutes": 60.0,
    "silence_steps": 1.0,
    "future_minutes": 60.0,
    "offset_minutes": 60.0,
}
"""Keys of a property, and what one of them is in the plan's units (seconds)."""
COLUMNS = {
    "most_change_per_minute": "most_change",
    "stuck_minutes": "stuck",
    "silence_steps": "silence",
    "future_minutes": "future",
    "offset_minutes": "offset",
}
KEYS = frozenset({*NUMBERS, "property", "leave_out", "case_type", "why_en", "why_zh"})
NOT_BELOW_ZERO = frozenset(COLUMNS) - {"stuck_minutes"}


def check_sensors(folder: Path, known: Known, sensed: dict[str, Sensed]) -> list[Fault]:
    """Faults of sensors.toml; without it sensors are watched by their own habits alone."""
    if not (folder / SENSORS).exists():
        return []
    try:
        said, line_of = read_toml_with_lines(folder / SENSORS)
    except Unreadable as error:
        return [error.fault]
    rows = said.get("sensor", [])
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        return [Fault(SENSORS, 1, "Each property begins with a line [[sensor]].")]
    faults, seen = list[Fault](), set[str]()
    for number, row in enumerate(rows):
        for key, why in _troubles(row, known, sensed, seen):
            faults.append(Fault(SENSORS, line_of("sensor", number, key), why))
        seen.add(str(row.get("property")))
    return faults


def _troubles(
    row: dict[str, Any], known: Known, sensed: dict[str, Sensed], seen: set[str]
) -> Iterator[Trouble]:
    named = row.get("property")
    if not named or (sensed and named not in sensed):
        yield "property", f"No datastream has the property {named!r}."
    if named in seen:
        yield "property", f"{named!r} stands here twice."
    for key in sorted(set(row) - KEYS):
        yield key, f"{key!r} is no key of a sensor; the keys are {', '.join(sorted(KEYS))}."
    if row.get("case_type") and row["case_type"] not in known.case_types:
        yield "case_type", f"There is no case type {row['case_type']!r} in case_types.toml."
    if not isinstance(row.get("leave_out", False), bool):
        yield "leave_out", "leave_out is true or false."
    yield from _troubles_of_numbers(row)


def _troubles_of_numbers(row: dict[str, Any]) -> Iterator[Trouble]:
    said = {key: row[key] for key in NUMBERS if key in row}
    for key, value in said.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield key, f"{key} must be a number."
            return
        if key in NOT_BELOW_ZERO and value < 0:
            yield key, f"{key} must be 0 or more."
    if "low" in said and "high" in said and said["low"] >= said["high"]:
        yield "low", f"low {said['low']:g} must be below high {said['high']:g}."


def read_sensors(folder: Path) -> dict[str, dict[str, Any]]:
    """What a checked pack says, by property."""
    if not (folder / SENSORS).exists():
        return {}
    rows = read_toml_with_lines(folder / SENSORS)[0].get("sensor", [])
    return {row["property"]: row for row in rows}


def draw_trusts(folder: Path, indicators: list[Indicator], streams: pa.Table) -> pa.Table:
    """What the engine believes of each property.

    Silence says nothing of sensors whose every indicator has ``missing_windows = 0``: such tell
    only events.
    """
    said = read_sensors(folder)
    speaks = {one.observed_property for one in indicators if one.missing_windows}
    rows = []
    for name in sorted(streams["property"].unique().to_pylist()):
        row = said.get(name, {})
        trust = {COLUMNS.get(k, k): row[k] * NUMBERS[k] for k in NUMBERS if k in row}
        trust.setdefault("silence", 5.0 if name in speaks else 0.0)
        rows.append({"property": name, "leave_out": float(row.get("leave_out", False)), **trust})
    return pa.Table.from_pylist(rows, schema=TRUSTS)
