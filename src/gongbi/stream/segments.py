"""The log's files: ``log/<position of the first byte>.seg``, and what is in them after a crash."""

import os
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gongbi.stream.frames import (
    MAGIC,
    Damaged,
    Frame,
    Kind,
    read_at,
)

SEGMENT_BYTES = 64 << 20
_SEAL = struct.Struct("<4q")
_SEAL_FRAME_BYTES = 64


class LogDamaged(Exception):
    """The log cannot be read further; the sentence says where and what to do."""

    def __init__(self, path: Path, position: int, why: str) -> None:
        super().__init__(
            f"The log is damaged at position {position} ({path.name}): {why}. Rows after it "
            "cannot be trusted to follow on. Restore this segment from a backup: gongbi restore."
        )
        self.position = position


@dataclass(frozen=True, slots=True)
class Seal:
    """What a finished segment holds; times in microseconds, stamps of receipt included."""

    rows: int
    earliest: int
    latest: int
    last_stamp: int


EMPTY_SEAL = Seal(0, 1 << 62, -(1 << 62), 0)


def segment_path(log: Path, start: int) -> Path:
    """The file of the segment that begins at this position."""
    return log / f"{start:020d}.seg"


def segment_starts(log: Path) -> list[int]:
    """Positions at which segments begin, in order."""
    return sorted(int(path.stem) for path in log.glob("*.seg"))


def segment_of(starts: list[int], position: int) -> int:
    """The start of the segment that holds a position."""
    return starts[max(0, bisect_right(starts, position) - 1)]


def pack_seal(seal: Seal) -> bytes:
    """The payload of a seal."""
    return _SEAL.pack(seal.rows, seal.earliest, seal.latest, seal.last_stamp)


def read_seal(path: Path) -> Seal | None:
    """The seal at the end of a segment, or None when it is still being written."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < _SEAL_FRAME_BYTES:
            return None
        file.seek(size - _SEAL_FRAME_BYTES)
        tail = memoryview(file.read(_SEAL_FRAME_BYTES))
    try:
        frame = read_at(tail, 0, 0)
    except Damaged:
        return None
    if frame is None or frame.kind != Kind.SEAL:
        return None
    return Seal(*_SEAL.unpack(frame.payload))


def next_whole(buffer: memoryview, at: int, base: int) -> Frame | None:
    """The first whole frame that begins after offset ``at``, if there is one."""
    raw = bytes(buffer)
    while (at := raw.find(MAGIC, at + 1)) >= 0:
        try:
            frame = read_at(buffer, at, base)
        except Damaged:
            continue
        if frame is not None:
            return frame
    return None


def frames_or_gap(
    path: Path, buffer: memoryview, base: int, number: int
) -> Iterator[Frame | tuple[int, int]]:
    """Frames of a finished stretch of log; a gap that provably held no frame comes as (from, to).

    Provable means: the frame after the gap carries the very next number. Otherwise LogDamaged.
    What is not whole at the end is left out; ``number`` is that of the first frame expected.
    """
    at = 0
    while at < len(buffer):
        try:
            frame = read_at(buffer, at, base)
        except Damaged as damage:
            frame = next_whole(buffer, at, base)
            if frame is None:
                return
            if frame.number != number:
                raise LogDamaged(path, base + at, damage.why) from damage
            yield base + at, frame.start
        if frame is None:
            later = next_whole(buffer, at, base)
            if later is None:
                return
            if later.number != number:
                raise LogDamaged(path, base + at, "a length runs past whole frames")
            yield base + at, later.start
            frame = later
        yield frame
        number, at = frame.number + 1, frame.end - base
