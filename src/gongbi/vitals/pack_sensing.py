"""``[sensing]`` of city.toml: which datastreams may come to be without being named in the pack."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gongbi.core.public import Fault, Known, Unreadable, read_toml_with_lines
from gongbi.vitals.pack_check import Sensed, Trouble

FILE = "city.toml"
KEYS = frozenset({"match", "unit", "step_seconds", "place", "property"})


def check_sensing(folder: Path, known: Known, sensed: dict[str, Sensed]) -> list[Fault]:
    """Faults of ``[sensing]``; what its patterns will sense is added to ``sensed``."""
    try:
        said, line_of = read_toml_with_lines(folder / FILE)
    except Unreadable:
        return []  # core tells it
    create = _create(said)
    if isinstance(create, bool):
        return []
    if not (isinstance(create, list) and all(isinstance(row, dict) for row in create)):
        line = line_of("sensing", 0, "create")
        return [Fault(FILE, line, "create is true, false, or tables [[sensing.create]].")]
    faults = []
    for number, row in enumerate(create):
        for key, why in _troubles(row, known, sensed):
            faults.append(Fault(FILE, line_of("sensing.create", number, key), why))
    return faults


def _create(said: dict[str, Any]) -> Any:
    sensing = said.get("sensing", {})
    return sensing.get("create", True) if isinstance(sensing, dict) else None


def _troubles(row: dict[str, Any], known: Known, sensed: dict[str, Sensed]) -> Iterator[Trouble]:
    for key in sorted(set(row) - KEYS):
        yield key, f"{key!r} is no key of a pattern; the keys are {', '.join(sorted(KEYS))}."
    yield from _troubles_of_match(row)
    place, step = row.get("place"), row.get("step_seconds")
    if place is not None and place not in known.places:
        yield "place", f"The place {place!r} is no place of this pack."
    if type(step) is not int or not 1 <= step < 1 << 31:
        yield "step_seconds", "step_seconds must be a whole number of seconds, 1 or more."
        return
    yield from _troubles_of_unit(row, step, sensed)


def _troubles_of_match(row: dict[str, Any]) -> Iterator[Trouble]:
    try:
        groups = set(re.compile(row["match"]).groupindex)
    except (KeyError, TypeError, re.error) as error:
        yield "match", f"match is not a regular expression: {error}."
        return
    for what in ("place", "property"):
        if (what in groups) == (what in row):
            group = f"(?P<{what}>…)"
            yield "match", f"Say {what!r} once: as a group {group} of match, or as a key."


def _troubles_of_unit(
    row: dict[str, Any], step: int, sensed: dict[str, Sensed]
) -> Iterator[Trouble]:
    unit, name = row.get("unit"), row.get("property")
    if not isinstance(unit, str) or len(unit) > 32:
        yield "unit", "unit must be a word of at most 32 characters."
    elif isinstance(name, str) and sensed.setdefault(name, Sensed(unit, step)).unit != unit:
        usual = sensed[name].unit
        yield "unit", f"{name} is measured in {usual} by others; figures must not be added so."


def read_sensing(folder: Path) -> tuple[bool, list[dict[str, Any]]]:
    """(whether senders may create by name, patterns) of a checked pack."""
    create = _create(read_toml_with_lines(folder / FILE)[0])
    return (create, []) if isinstance(create, bool) else (True, create)
