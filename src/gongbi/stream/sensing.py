"""What the pack allows of datastreams it does not name: ``sensing.json``, read by the door."""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = "sensing.json"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Names that make themselves a datastream: groups ``place`` and ``property``, or fixed."""

    match: re.Pattern[str]
    unit: str
    step_seconds: int
    place: str = ""
    property: str = ""


@dataclass(frozen=True, slots=True)
class Sensing:
    """Whether senders may create, the patterns, and the places there are (None: not told)."""

    may_create: bool = True
    patterns: tuple[Pattern, ...] = ()
    places: frozenset[str] | None = None


@dataclass(slots=True)
class SensingFile:
    """The file of a data folder, read again when it changes."""

    path: Path
    _seen: tuple[int, int] | None = None
    _said: Sensing = field(default_factory=Sensing)

    def read(self) -> Sensing:
        """What is allowed now; a city whose pack says nothing of it allows plain creation."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return Sensing()
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            self._said = _parsed(json.loads(self.path.read_text("utf-8")))
            self._seen = seen
        return self._said


def _parsed(said: Mapping[str, Any]) -> Sensing:
    patterns = tuple(
        Pattern(
            re.compile(row["match"]),
            row["unit"],
            row["step_seconds"],
            row.get("place", ""),
            row.get("property", ""),
        )
        for row in said["patterns"]
    )
    return Sensing(said["create"], patterns, frozenset(said["places"]))


def keep_sensing(
    data: Path, *, create: bool, patterns: list[dict[str, Any]], places: Iterable[str]
) -> None:
    """Say what the pack allows; the door follows at the next request."""
    data.mkdir(parents=True, exist_ok=True)
    said = {"create": create, "patterns": patterns, "places": sorted(places)}
    handle, draft = tempfile.mkstemp(dir=data, prefix=f".{FILE}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(data / FILE)
