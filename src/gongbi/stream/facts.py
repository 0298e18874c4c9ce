"""What the engine tells: changes of level, and alerts; an append-only file of checked records.

A record's position is the offset of its end in ``engine/facts.log``; it is what a reader keeps.
The same log gives the same bytes, so a reader may be ahead of an engine that is catching up.
"""

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson

FILE = "engine/facts.log"
_HEAD = struct.Struct("<II")
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FactRow:
    """What every fact says: where it stands, of which series, for which window."""

    position: int
    series: int
    indicator: str
    place: str
    window_start: datetime
    window_end: datetime
    value: float | None
    level: int
    provisional: bool
    """Rows may still come and correct the window."""
    limit: float | None
    """The limit of the higher of the two levels; None when data is missing."""
    expected: float | None = field(default=None, kw_only=True)
    """What is usual at that hour; None where that is not known."""
    scatter: float | None = field(default=None, kw_only=True)
    surprise: float | None = field(default=None, kw_only=True)
    """How new the value is by all its series has shown; None where it is not judged so."""
    awaited: float | None = field(default=None, kw_only=True)
    """What was expected by that; None of a first value."""
    inputs: list[dict[str, Any]] = field(default_factory=list, kw_only=True)
    """What a made series rested on: series, value, level; of a composite: part, truth, stood."""
    known: list[dict[str, Any]] = field(default_factory=list, kw_only=True)
    """Events known ahead: ``event`` and what it did: ``added`` to what is usual; it ``holds``
    alerts back in this window; it ``held`` this alert back before."""


@dataclass(frozen=True, slots=True)
class LevelChanged(FactRow):
    """A level unlike that of the window before or, when ``corrects``, unlike what was told."""

    was: int
    corrects: bool
    expected_since: datetime | None
    """When the level is -1: the start of the first window that stayed empty."""


@dataclass(frozen=True, slots=True)
class AlertFact(FactRow):
    """An episode from its first to its last window above level 0; its id never changes."""

    alert_id: str
    start: datetime
    peak_level: int
    peak_value: float | None


@dataclass(frozen=True, slots=True)
class AlertRaised(AlertFact):
    """An episode has begun."""


@dataclass(frozen=True, slots=True)
class AlertChanged(AlertFact):
    """Its level, start or peak level changed; after AlertCleared: it had not ended after all."""


@dataclass(frozen=True, slots=True)
class AlertCleared(AlertFact):
    """It has ended at ``end``, because the value went back (``normal``), rows stopped coming
    (``silent``), late rows took it away (``withdrawn``) or the plan changed (``plan``)."""

    end: datetime
    reason: str


KINDS: dict[str, type[FactRow]] = {
    "level": LevelChanged,
    "raised": AlertRaised,
    "changed": AlertChanged,
    "cleared": AlertCleared,
}
_TIMES = ("window_start", "window_end", "expected_since", "start", "end")


def pack_fact(said: dict[str, Any]) -> bytes:
    """One record; times are microseconds since 1970 UTC, keys in the order given."""
    body = orjson.dumps(said)
    return _HEAD.pack(len(body), crc32(body)) + body


def read_facts(data: Path, after: int, limit: int) -> list[FactRow]:
    """Up to ``limit`` facts after a position, in order; fewer at the end of what is written."""
    return [_fact(position, said) for position, said in read_records(data / FILE, after, limit)]


def read_records(path: Path, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
    """Up to ``limit`` whole records of a file after a position, each with its own."""
    try:
        with path.open("rb") as file:
            file.seek(after)
            found: list[tuple[int, dict[str, Any]]] = []
            while len(found) < limit and (body := _read_record(file)) is not None:
                after += _HEAD.size + len(body)
                found.append((after, orjson.loads(body)))
            return found
    except FileNotFoundError:
        return []


def _read_record(file: Any) -> bytes | None:
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    length, checksum = _HEAD.unpack(head)
    body: bytes = file.read(length)
    return body if len(body) == length and crc32(body) == checksum else None


def _fact(position: int, said: dict[str, Any]) -> FactRow:
    kind = KINDS[said.pop("fact")]
    for name in _TIMES:
        if said.get(name) is not None:
            said[name] = moment_of(said[name])
    return kind(position=position, **said)


def moment_of(micros: int) -> datetime:
    """The aware UTC time of microseconds since 1970."""
    return _1970 + timedelta(microseconds=micros)


def micros_of(moment: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} names no zone; times here are aware.")
    return (moment - _1970) // timedelta(microseconds=1)
