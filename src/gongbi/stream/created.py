"""Datastreams that were not in the pack: made by a sender, kept in ``created.jsonl``.

The ingest process alone writes; a line is safe on disk before anybody is told of it. An id comes
of the name alone, so that the same sensor has the same id in every installation.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
import pyarrow as pa

from gongbi.stream.log_writer import CannotWrite
from gongbi.stream.plan_tables import DATASTREAMS

FILE = "created.jsonl"
MOST = 1_000_000
COLUMNS = ("id", "name", "place", "property", "unit", "step_seconds")
_NAME = re.compile(r"[^\x00-\x1f\x7f\ufffd\ud800-\udfff]{1,255}")


@dataclass(frozen=True, slots=True)
class Datastream:
    """One created datastream; ``step_seconds`` is how often it means to speak."""

    id: int
    name: str
    place: str
    property: str
    unit: str
    step_seconds: int


def id_of(name: str) -> int:
    """53 bits of the name's SHA-256, above 0: a whole number in every language, JavaScript too."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 11 or 1


def is_name(name: str) -> bool:
    """Whether a datastream may be called so: 1 to 255 characters, none that cannot be seen."""
    return _NAME.fullmatch(name) is not None and not name.strip().isdigit()


class Created:
    """What the one writer knows of created datastreams."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self.by_id: dict[int, Datastream] = {}
        self.by_name: dict[str, Datastream] = {}
        self.units: dict[str, str] = {}
        """By property the unit of those created."""
        self._end = _cut_torn_end(self._path)
        self.learn(_read(self._path))

    def fresh(self, made: Iterable[Datastream]) -> list[Datastream]:
        """Those not kept yet."""
        return [one for one in made if one.id not in self.by_id]

    def write(self, fresh: list[Datastream]) -> None:
        """Put them on disk; CannotWrite when the disk refuses. One caller at a time."""
        lines = b"".join(orjson.dumps(asdict(one)) + b"\n" for one in fresh)
        try:
            _append(self._path, self._end, lines)
            if not self._end:
                _sync_folder(self._path.parent)
        except OSError as error:
            raise CannotWrite(
                f"The disk refused a new datastream ({error.strerror}); nothing was stored."
            ) from error
        self._end += len(lines)

    def learn(self, found: Iterable[Datastream]) -> None:
        """Know those that are on disk."""
        for one in found:
            self.by_id[one.id] = self.by_name[one.name] = one
            self.units[one.property] = one.unit


def _append(path: Path, end: int, lines: bytes) -> None:
    """Write at ``end``: what a refused write left behind it is written over, or cut."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.ftruncate(file, end)
        at = end
        while at < end + len(lines):
            at += os.pwrite(file, lines[at - end :], at)
        os.fsync(file)
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _cut_torn_end(path: Path) -> int:
    """Where the whole lines end; a line that was never acknowledged may be half there."""
    try:
        return path.read_bytes().rfind(b"\n") + 1
    except FileNotFoundError:
        return 0


def _read(path: Path) -> list[Datastream]:
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return []
    lines = body[: body.rfind(b"\n") + 1].splitlines()
    return [Datastream(**orjson.loads(line)) for line in lines]


def created_datastreams(data: Path) -> pa.Table:
    """Every created datastream, in the columns of a plan."""
    rows = [asdict(one) for one in _read(data / FILE)]
    return pa.Table.from_pylist(rows, schema=DATASTREAMS)


def created_bytes(data: Path) -> int:
    """How long the file is: a cheap way to see that something was created."""
    try:
        return (data / FILE).stat().st_size
    except FileNotFoundError:
        return 0
