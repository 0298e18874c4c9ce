"""Events known ahead: told through the log, so that a replay judges as the day did.

Whoever knows of one appends a line with a number to ``known/events.jsonl``; the door puts each
line into the log as a frame of its own, and what counts for the engine is where that frame stands.
A later line on the same event takes the place of the one before; one that withdraws it ends it.
"""

import fcntl
import math
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from gongbi.stream.facts import micros_of, moment_of

FILE = "known/events.jsonl"


@dataclass(frozen=True, slots=True)
class KnownAhead:
    """What is known ahead: of which signs, where, from when until when, and what it does."""

    event: str
    """Its name for whoever tells it; facts call it so."""
    begins: datetime
    ends: datetime
    places: tuple[str, ...] = ()
    """Each place it bears on, by code; empty: everywhere."""
    signs: tuple[str, ...] = ()
    """Indicators; empty: all."""
    factor: float = 1.0
    """What is usual, times this …"""
    shift: float = 0.0
    """… and this added, is what is expected."""
    holds: bool = False
    """Works: no alert begins in windows it touches."""
    withdrawn: bool = False

    def __post_init__(self) -> None:
        """ValueError says what cannot be."""
        if not self.event:
            raise ValueError("An event known ahead needs a name.")
        if not self.begins < self.ends:
            raise ValueError(f"{self.event}: an event must end after it begins.")
        if not (math.isfinite(self.factor) and self.factor >= 0 and math.isfinite(self.shift)):
            raise ValueError(f"{self.event}: the factor is 0 or more, the shift any number.")


def pack_known(one: KnownAhead) -> dict[str, Any]:
    """As JSON holds it; times in microseconds since 1970 UTC."""
    return {
        "event": one.event, "begins": micros_of(one.begins), "ends": micros_of(one.ends),
        "places": sorted(one.places), "signs": sorted(one.signs), "factor": one.factor,
        "shift": one.shift, "holds": one.holds, "withdrawn": one.withdrawn,
    }  # fmt: skip


def unpack_known(said: dict[str, Any]) -> KnownAhead:
    """What ``pack_known`` packed."""
    times = {name: moment_of(said[name]) for name in ("begins", "ends")}
    lists = {name: tuple(said[name]) for name in ("places", "signs")}
    return KnownAhead(**{**said, **times, **lists})


def tell_known(data: Path, events: Iterable[KnownAhead]) -> int:
    """Append those that differ from what was told of them last; how many that were.

    They are safe on disk then; the door puts them into the log within a second. One that is
    withdrawn and was never told is not told either.
    """
    path = data / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        raw = _whole(file)
        before, number = _newest(raw), _next_number(raw)
        fresh = [pack_known(one) for one in events if _is_news(one, before)]
        lines = [orjson.dumps({"number": number + at, **one}) for at, one in enumerate(fresh)]
        if lines:
            file.write(b"\n".join([*lines, b""]))
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def _whole(file: Any) -> bytes:
    """The whole lines; one that was cut short by a crash was never told, and is cut off."""
    file.seek(0)
    raw: bytes = file.read()
    keep = raw.rfind(b"\n") + 1
    if keep < len(raw):
        file.truncate(keep)
    return raw[:keep]


def _next_number(raw: bytes) -> int:
    """Larger than any before, also than those of a file that was lost: the log goes on."""
    last = raw.splitlines()[-1:]
    return max([time.time_ns() // 1000, *(orjson.loads(line)["number"] + 1 for line in last)])


def _newest(raw: bytes) -> dict[str, KnownAhead]:
    return {one.event: one for _, one in _lines(raw)}


def _lines(raw: bytes) -> Iterator[tuple[int, KnownAhead]]:
    for line in raw.splitlines():
        said = orjson.loads(line)
        yield said.pop("number"), unpack_known(said)


def _is_news(one: KnownAhead, before: dict[str, KnownAhead]) -> bool:
    old = before.get(one.event)
    if old is None:
        return not one.withdrawn
    sorted_ = replace(one, places=tuple(sorted(one.places)), signs=tuple(sorted(one.signs)))
    return old != sorted_ and not (old.withdrawn and one.withdrawn)


def known_told(data: Path) -> list[KnownAhead]:
    """What was told last of each event, in the order they were first told."""
    try:
        return list(_newest((data / FILE).read_bytes()).values())
    except FileNotFoundError:
        return []


class KnownFile:
    """The door's look at the file: lines that are not in the log yet."""

    def __init__(self, data: Path, number: int) -> None:
        self._path, self._at = data / FILE, 0
        self.number = number

    def again(self) -> None:
        """Begin anew: what was read last did not reach the log."""
        self._at = 0

    def read(self) -> list[tuple[int, bytes]]:
        """(number, line) of each whole line after ``number``; cheap when nothing was added."""
        try:
            size = self._path.stat().st_size
            if size == self._at:
                return []
            self._at = self._at if size > self._at else 0
            with self._path.open("rb") as file:
                file.seek(self._at)
                raw = file.read()
        except FileNotFoundError:
            return []
        raw = raw[: raw.rfind(b"\n") + 1]
        self._at += len(raw)
        found = [(int(orjson.loads(line)["number"]), line) for line in raw.splitlines()]
        return [one for one in found if one[0] > self.number]
