"""The frame: the unit of the log. Magic, kind, length, number, receive stamp, checksum, columns.

A frame starts at a multiple of eight bytes, so its columns are read in place. All numbers are
little-endian; stamps are microseconds since 1970 UTC. The checksum covers header and payload.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

MAGIC = b"GBF1"
_HEADER = struct.Struct("<4sHHIIQq")
HEADER_BYTES = _HEADER.size
_BATCH = struct.Struct("<qIIH6x")
_NUMBER = struct.Struct("<q")
NO_SEQUENCE = -1
Bytes = bytes | bytearray | memoryview
Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


class Kind(IntEnum):
    """What a frame says."""

    BEGIN = 1  # first in its segment: what a writer must know to go on
    ROWS = 2  # a batch of observations
    PLAN = 3  # this plan is in force from here
    TICK = 4  # the city's clock has reached this time
    EVENT = 6  # something is known ahead, or is no more
    SEAL = 5  # last in its segment: how many rows it holds and from when to when


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame; ``start`` and ``end`` are positions in the log."""

    kind: int
    number: int
    stamp: int
    payload: memoryview
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of observations: ids, times in microseconds, values."""

    sender: str
    sequence: int
    body_crc: int
    ids: NDArray[np.int64]
    times: NDArray[np.int64]
    values: NDArray[np.float64]

    def only(self, keep: NDArray[np.bool_]) -> "Batch":
        """The rows of it that are to count."""
        rows = self.ids[keep], self.times[keep], self.values[keep]
        return Batch(self.sender, self.sequence, self.body_crc, *rows)


class Damaged(Exception):
    """The bytes at ``position`` are not a whole frame."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(why)
        self.position = position
        self.why = why


def padding(length: int) -> int:
    """Bytes to add so that the next frame starts at a multiple of eight."""
    return -length % 8


def build(kind: Kind, number: int, stamp: int, parts: list[Bytes]) -> list[Bytes]:
    """The frame as pieces to write one after the other."""
    length = sum(len(part) for part in parts)
    header = _HEADER.pack(MAGIC, kind, 0, length, 0, number, stamp)
    checksum = crc32(header)
    for part in parts:
        checksum = crc32(part, checksum)
    header = _HEADER.pack(MAGIC, kind, 0, length, checksum, number, stamp)
    return [header, *parts, bytes(padding(length))]


def read_at(buffer: memoryview, at: int, base: int) -> Frame | None:
    """The frame at offset ``at`` of a buffer that begins at log position ``base``.

    None when the buffer ends before the frame does; Damaged when these are not a frame's bytes.
    """
    if len(buffer) - at < HEADER_BYTES:
        return None
    magic, kind, spare, length, checksum, number, stamp = _HEADER.unpack_from(buffer, at)
    if magic != MAGIC:
        raise Damaged(base + at, "no frame begins here")
    body = at + HEADER_BYTES
    end = body + length + padding(length)
    if end > len(buffer):
        return None
    payload = buffer[body : body + length]
    bare = _HEADER.pack(magic, kind, spare, length, 0, number, stamp)
    if crc32(payload, crc32(bare)) != checksum:
        raise Damaged(base + at, "the checksum does not agree with the bytes")
    return Frame(kind, number, stamp, payload, base + at, base + end)


def walk(buffer: memoryview, base: int) -> Iterator[Frame]:
    """The whole frames of a buffer, in order; stops where the rest is not whole yet."""
    at = 0
    while (frame := read_at(buffer, at, base)) is not None:
        yield frame
        at = frame.end - base


def pack_batch(sender: str, sequence: int, body_crc: int, columns: Columns) -> list[Bytes]:
    """The payload of a batch."""
    name = sender.encode()
    ids, times, values = columns
    head = _BATCH.pack(sequence, len(ids), body_crc, len(name))
    fill = bytes(padding(len(name)))
    return [head, name + fill, *(column.data.cast("B") for column in (ids, times, values))]


def unpack_batch(payload: memoryview) -> Batch:
    """The batch of a payload; its columns are views of the payload."""
    sequence, count, body_crc, length = _BATCH.unpack_from(payload, 0)
    sender = bytes(payload[_BATCH.size : _BATCH.size + length]).decode()
    at = _BATCH.size + length + padding(length)
    ids = np.frombuffer(payload, np.int64, count, at)
    times = np.frombuffer(payload, np.int64, count, at + 8 * count)
    values = np.frombuffer(payload, np.float64, count, at + 16 * count)
    return Batch(sender, sequence, body_crc, ids, times, values)


def pack_tick(micros: int) -> list[Bytes]:
    """The payload of a tick."""
    return [_NUMBER.pack(micros)]


def unpack_tick(payload: memoryview) -> int:
    """The city's time of a tick, microseconds since 1970 UTC."""
    micros: int = _NUMBER.unpack_from(payload, 0)[0]
    return micros


def pack_event(number: int, said: bytes) -> list[Bytes]:
    """The payload of something known ahead: its number and what was said of it, as JSON."""
    return [_NUMBER.pack(number), said]


def unpack_event(payload: memoryview) -> tuple[int, bytes]:
    """(number, JSON) of something known ahead."""
    return _NUMBER.unpack_from(payload, 0)[0], bytes(payload[_NUMBER.size :])


def pack_plan(number: int, digest: str) -> list[Bytes]:
    """The payload of a plan change: its number and the SHA-256 of its files."""
    return [_NUMBER.pack(number), digest.encode()]


def unpack_plan(payload: memoryview) -> tuple[int, str]:
    """(number, digest) of a plan change."""
    return _NUMBER.unpack_from(payload, 0)[0], bytes(payload[_NUMBER.size :]).decode()
