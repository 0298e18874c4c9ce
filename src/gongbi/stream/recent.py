"""Recent files: readings of an hour as the engine tells them, in blocks of columns.

A block holds readings of one window that were told together. Only appended; a restart cuts the
file where a block ends.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.vitals.readings import Columns, columns_of, cut, first_start, gather

READING = np.dtype(
    [
        ("series", "i8"),
        ("window_start", "i8"),
        ("count", "i8"),
        ("value", "f8"),
        ("level", "i8"),
        ("expected", "f4"),
        ("scatter", "f4"),
        ("told", "i8"),  # the engine's clock when it was told
    ]
)

_BLOCK = struct.Struct("<4sIqqqqBBB5x")
_MAGIC = b"GBR3"
_COLUMNS = ("value", "level", "expected", "scatter")


def _narrowest(values: NDArray[np.integer[Any]]) -> NDArray[np.unsignedinteger[Any]]:
    """Whole numbers from 0 on in as few bytes as hold them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def pack_readings(rows: NDArray[np.void]) -> bytes:
    """Readings of one window, told at once, as a block of columns; ids count from the smallest.

    Some 14 bytes a reading, and 8 more where something is expected; as rows they took 48.
    """
    start, told = int(rows["window_start"][0]), int(rows["told"][0])
    usual = bool((~np.isnan(rows["expected"])).any())
    return pack_columns(columns_of(rows), start, told, usual=usual)


def pack_columns(columns: Columns, start: int, told: int, *, usual: bool) -> bytes:
    """The same, of columns; ``usual``: something is expected of some of them."""
    first, last = int(columns.series.min()), int(columns.series.max())
    series, counts = _narrowest(columns.series - first), _narrowest(columns.counts)
    head = _BLOCK.pack(
        _MAGIC, len(series), start, told, first, last, series.itemsize, counts.itemsize, usual
    )
    names = _COLUMNS if usual else _COLUMNS[:2]
    parts = [series, counts, *(getattr(columns, name) for name in names)]
    return head + b"".join(part.tobytes() for part in parts)


def pack_verdicts(
    verdicts: NDArray[np.void], ids: NDArray[np.int64], told: int, room: Columns
) -> list[tuple[int, bytes]]:
    """(start of the window, block of its readings) of these verdicts, earliest window first.

    ``ids`` are those of the series by slot; ``room`` has a place for each verdict.
    """
    there, start = first_start(verdicts)
    found: list[tuple[int, bytes]] = []
    while there:
        count, usual, after = gather(verdicts, ids, start, room)
        found.append((start, pack_columns(cut(room, count), start, told, usual=usual)))
        there, start = after != start, after
    return found


def _kind(name: str) -> np.dtype[Any]:
    """How a column is kept in a block."""
    return np.dtype("i1") if name == "level" else READING[name]


def read_recent(
    path: Path, since: int | None = None, until: int | None = None
) -> NDArray[np.void]:
    """The whole readings of a recent file, in the order they were told.

    Of series with ids from ``since`` to ``until``; None: of all.
    """
    raw = memoryview(path.read_bytes()) if path.stat().st_size < _MAPPED else mapped(path)
    found = [np.empty(0, READING)]
    for at, end, head in blocks_of(raw):
        if (since is None or head[5] >= since) and (until is None or head[4] <= until):
            rows = _unpack(raw[at:end], head)
            ids = rows["series"]
            inside = np.ones(len(rows), np.bool_)
            inside &= True if since is None else ids >= since
            inside &= True if until is None else ids <= until
            found.append(rows if inside.all() else rows[inside])
    return np.concatenate(found)


_MAPPED = 16 << 20


def mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))


def blocks_of(raw: memoryview) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    """(where the columns begin, where they end, the head) of each whole block."""
    at = 0
    while at + _BLOCK.size <= len(raw):
        head = _BLOCK.unpack_from(raw, at)
        size = head[1] * (head[6] + head[7] + 9 + 8 * head[8])
        at, end = at + _BLOCK.size, at + _BLOCK.size + size
        if head[0] != _MAGIC or end > len(raw):
            return
        yield at, end, head
        at = end


def unpack_block(raw: bytes) -> NDArray[np.void]:
    """The readings of one block."""
    [(at, end, head)] = blocks_of(memoryview(raw))
    return _unpack(memoryview(raw)[at:end], head)


def _unpack(raw: memoryview, head: tuple[Any, ...]) -> NDArray[np.void]:
    _, count, start, told, first, _, wide, wide_count, usual = head
    rows = np.empty(count, READING)
    rows["window_start"], rows["told"] = start, told
    rows["expected"], rows["scatter"] = np.nan, np.nan
    kinds = {"series": np.dtype(f"u{wide}"), "count": np.dtype(f"u{wide_count}")}
    kinds |= {name: _kind(name) for name in (_COLUMNS if usual else _COLUMNS[:2])}
    at = 0
    for name, kind in kinds.items():
        rows[name] = np.frombuffer(raw, kind, count, at)
        at += count * kind.itemsize
    rows["series"] += first
    return rows


PORTION = 2_000_000
"""Readings of an hour that are sorted at once."""


def portions_of(recent: Path) -> list[tuple[int, int]]:
    """Ranges of series' ids, so that each has about ``PORTION`` readings of a recent file."""
    raw = mapped(recent) if recent.stat().st_size else memoryview(b"")
    heads = [head for _, _, head in blocks_of(raw)]
    if not heads:
        return []
    first, last = min(head[4] for head in heads), max(head[5] for head in heads)
    parts = -(-sum(head[1] for head in heads) // PORTION)
    step = -(-(last - first + 1) // parts)
    return [(begin, begin + step - 1) for begin in range(first, last + 1, step)]
