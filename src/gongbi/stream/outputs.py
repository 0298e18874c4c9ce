"""The engine's files: facts, readings of the hour, rows kept aside. Lengths make them replayable.

Everything here is appended in the order of the log; a restart cuts each file to the length its
checkpoint names and writes the same bytes again.
"""

import mmap
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

HOUR = 3_600_000_000
READING = np.dtype(
    [
        ("series", "i8"),
        ("window_start", "i8"),
        ("count", "i8"),
        ("value", "f8"),
        ("level", "i8"),
        ("expected", "f4"),
        ("scatter", "f4"),
    ]
)
ASIDE = np.dtype(
    [("position", "i8"), ("datastream", "i8"), ("time", "i8"), ("value", "f8"), ("series", "i8")]
)
READINGS = pa.schema(
    [
        ("series", pa.int64()),
        ("window_start", pa.timestamp("us", tz="UTC")),
        ("count", pa.int64()),
        ("value", pa.float64()),
        ("level", pa.int8()),
        ("expected", pa.float32()),
        ("scatter", pa.float32()),
    ]
)
ROW_GROUP = 65_536
LARGE_HOUR = 64 << 20
"""Bytes of a recent file that is worth a process of its own."""


def hour_name(hour: int) -> str:
    """The day and hour of an hour number (since 1970 UTC) as files name it."""
    return datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y-%m-%dT%H")


def recent_path(data: Path, hour: int) -> Path:
    """Readings of windows that begin in this hour, as they come."""
    return data / "readings" / "recent" / f"{hour_name(hour)}.rec"


def parquet_path(data: Path, hour: int) -> Path:
    """Readings of windows that begin in this hour, once none of them may change."""
    day, at = hour_name(hour).split("T")
    return data / "readings" / f"day={day}" / f"hour={at}.parquet"


@dataclass(slots=True)
class Outputs:
    """Open files of one engine; ``lengths`` says how long each is, by its path below the data."""

    data: Path
    files: dict[str, BinaryIO] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    finished: list[int] = field(default_factory=list)
    """Hours in Parquet whose recent file waits for the next checkpoint to be removed."""
    turning: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def append(self, name: str, packed: bytes) -> int:
        """Append to a file; return its new length."""
        if name not in self.files:
            path = self.data / name
            path.parent.mkdir(parents=True, exist_ok=True)
            self.files[name] = path.open("ab")
            self.lengths.setdefault(name, 0)
        self.files[name].write(packed)
        self.lengths[name] += len(packed)
        return self.lengths[name]

    def length(self, name: str) -> int:
        """How long a file is."""
        return self.lengths.get(name, 0)

    def add_readings(self, rows: NDArray[np.void]) -> None:
        """Append readings (``READING``) to the files of their hours, in the order given."""
        for start in np.unique(rows["window_start"]).tolist():
            name = str(recent_path(self.data, start // HOUR).relative_to(self.data))
            self.append(name, pack_readings(rows[rows["window_start"] == start]))

    def open_hours(self) -> list[int]:
        """Hours that have readings in a recent file not yet turned into Parquet."""
        hours = [hour_of(Path(name)) for name in self.lengths if name.endswith(".rec")]
        return [hour for hour in hours if hour not in self.finished]

    def finish_hour(self, hour: int) -> None:
        """Turn an hour's readings into Parquet; its recent file goes with a later checkpoint.

        A large hour is turned by a process of its own; ``look_after`` hears when it is done.
        """
        path = recent_path(self.data, hour)
        file = self.files.get(str(path.relative_to(self.data)))
        if file is not None:
            file.flush()
        if path.stat().st_size < LARGE_HOUR:
            write_parquet(parquet_path(self.data, hour), path)
            self.finished.append(hour)
        elif hour not in self.turning:
            words = [str(parquet_path(self.data, hour)), str(path)]
            self.turning[hour] = subprocess.Popen([sys.executable, "-m", __name__, *words])

    def look_after(self, *, wait: bool = False) -> None:
        """Note the hours whose processes have turned them into Parquet; one that failed waits."""
        for hour, process in list(self.turning.items()):
            if wait:
                process.wait()
            if process.poll() is not None:
                del self.turning[hour]
                if process.returncode == 0:
                    self.finished.append(hour)

    def flush(self) -> None:
        """Let readers see what was appended."""
        for file in self.files.values():
            file.flush()

    def sync(self) -> None:
        """Make safe on disk what was flushed."""
        for file in self.files.values():
            os.fdatasync(file.fileno())

    def drop_finished(self, hours: list[int]) -> None:
        """Remove the recent files of hours whose Parquet is named by every checkpoint kept."""
        for hour in hours:
            path = recent_path(self.data, hour)
            name = str(path.relative_to(self.data))
            file = self.files.pop(name, None)
            if file is not None:
                file.close()
            path.unlink(missing_ok=True)
            self.lengths.pop(name, None)
        self.finished = [hour for hour in self.finished if hour not in hours]

    def cut_back(self) -> None:
        """Cut every file to its length here, and remove files of which nothing is known here."""
        for path in [*self.data.glob("readings/recent/*.rec"), *self.data.glob("engine/*.log")]:
            if str(path.relative_to(self.data)) not in self.lengths:
                path.unlink()
        for name, length in list(self.lengths.items()):
            if name.endswith(".rec") and not (self.data / name).exists():
                self._forget_removed(name)
                continue
            with (self.data / name).open("r+b") as file:
                file.truncate(length)

    def _forget_removed(self, name: str) -> None:
        """A finished hour's recent file was removed after the checkpoint that names it."""
        if hour_of(Path(name)) not in self.finished:
            raise FileNotFoundError(
                f"{self.data / name} is gone but its readings are in no Parquet file. Remove the "
                f"folder {self.data / 'engine'} to fold the log anew."
            )
        self.finished.remove(hour_of(Path(name)))
        del self.lengths[name]

    def close(self) -> None:
        """Close all files."""
        for file in self.files.values():
            file.close()
        self.files.clear()


def hour_of(path: Path) -> int:
    """The hour number of a recent file."""
    moment = datetime.strptime(path.stem, "%Y-%m-%dT%H").replace(tzinfo=UTC)
    return int(moment.timestamp()) // 3600


_BLOCK = struct.Struct("<4sIqqqBBB5x")
_MAGIC = b"GBR2"
_COLUMNS = ("value", "level", "expected", "scatter")


def _narrowest(values: NDArray[np.integer[Any]]) -> NDArray[np.unsignedinteger[Any]]:
    """Whole numbers from 0 on in as few bytes as hold them."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def pack_readings(rows: NDArray[np.void]) -> bytes:
    """Readings of one window as a block of columns; ids are counted from the smallest.

    Some 14 bytes a reading, and 8 more where something is expected; as rows they took 48.
    """
    first, last = int(rows["series"].min()), int(rows["series"].max())
    series, counts = _narrowest(rows["series"] - first), _narrowest(rows["count"])
    usual = bool((~np.isnan(rows["expected"])).any())
    head = _BLOCK.pack(
        _MAGIC, len(rows), int(rows["window_start"][0]), first, last,
        series.itemsize, counts.itemsize, usual,
    )  # fmt: skip
    names = _COLUMNS if usual else _COLUMNS[:2]
    columns = [series, counts, *(rows[name].astype(_kind(name)) for name in names)]
    return head + b"".join(column.tobytes() for column in columns)


def _kind(name: str) -> np.dtype[Any]:
    """How a column is kept in a block."""
    return np.dtype("i1") if name == "level" else READING[name]


def read_recent(
    path: Path, since: int | None = None, until: int | None = None
) -> NDArray[np.void]:
    """The whole readings of a recent file, in the order they were told.

    Of series with ids from ``since`` to ``until``; None: of all.
    """
    raw = memoryview(path.read_bytes()) if path.stat().st_size < _MAPPED else _mapped(path)
    found = [np.empty(0, READING)]
    for at, end, head in _blocks(raw):
        if (since is None or head[4] >= since) and (until is None or head[3] <= until):
            rows = _unpack(raw[at:end], head)
            ids = rows["series"]
            inside = np.ones(len(rows), np.bool_)
            inside &= True if since is None else ids >= since
            inside &= True if until is None else ids <= until
            found.append(rows if inside.all() else rows[inside])
    return np.concatenate(found)


_MAPPED = 16 << 20


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))


def _blocks(raw: memoryview) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    """(where the columns begin, where they end, the head) of each whole block."""
    at = 0
    while at + _BLOCK.size <= len(raw):
        head = _BLOCK.unpack_from(raw, at)
        size = head[1] * (head[5] + head[6] + 9 + 8 * head[7])
        at, end = at + _BLOCK.size, at + _BLOCK.size + size
        if head[0] != _MAGIC or end > len(raw):
            return
        yield at, end, head
        at = end


def _unpack(raw: memoryview, head: tuple[Any, ...]) -> NDArray[np.void]:
    _, count, start, first, _, wide, wide_count, usual = head
    rows = np.empty(count, READING)
    rows["window_start"], rows["expected"], rows["scatter"] = start, np.nan, np.nan
    kinds = {"series": np.dtype(f"u{wide}"), "count": np.dtype(f"u{wide_count}")}
    kinds |= {name: _kind(name) for name in (_COLUMNS if usual else _COLUMNS[:2])}
    at = 0
    for name, kind in kinds.items():
        rows[name] = np.frombuffer(raw, kind, count, at)
        at += count * kind.itemsize
    rows["series"] += first
    return rows


def newest_of(rows: NDArray[np.void]) -> NDArray[np.void]:
    """One row for each series and window, the one told last, sorted by both."""
    order = np.lexsort((np.arange(len(rows)), rows["window_start"], rows["series"]))
    rows = rows[order]
    if not len(rows):
        return rows
    same = (rows["series"][1:] == rows["series"][:-1]) & (
        rows["window_start"][1:] == rows["window_start"][:-1]
    )
    return rows[np.append(~same, True)]


def table_of(rows: NDArray[np.void]) -> pa.Table:
    """Readings as an Arrow table; an empty window has no value."""
    value = pa.array(rows["value"], mask=np.isnan(rows["value"]))
    columns = [
        pa.array(rows["series"]),
        pa.array(rows["window_start"]).cast(READINGS.field("window_start").type),
        pa.array(rows["count"]),
        value,
        pa.array(rows["level"].astype(np.int8)),
        *(real_or_none(rows[name]) for name in ("expected", "scatter")),
    ]
    return pa.table(columns, schema=READINGS)


def real_or_none(values: NDArray[np.floating]) -> pa.Array:
    """A column of 32-bit figures, empty where there is none."""
    return pa.array(values.astype(np.float32), mask=np.isnan(values))


PORTION = 2_000_000
"""Readings of an hour that are sorted at once."""


def _portions(recent: Path) -> list[tuple[int, int]]:
    """Ranges of series' ids, so that each has about ``PORTION`` readings of a recent file."""
    raw = _mapped(recent) if recent.stat().st_size else memoryview(b"")
    heads = [head for _, _, head in _blocks(raw)]
    if not heads:
        return []
    first, last = min(head[3] for head in heads), max(head[4] for head in heads)
    parts = -(-sum(head[1] for head in heads) // PORTION)
    step = -(-(last - first + 1) // parts)
    return [(begin, begin + step - 1) for begin in range(first, last + 1, step)]


def write_parquet(path: Path, recent: Path) -> None:
    """Turn a recent file into a Parquet file, by series and time, and put it in place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    with pq.ParquetWriter(draft, READINGS, compression="zstd") as writer:
        for since, until in _portions(recent):
            rows = newest_of(read_recent(recent, since, until))
            writer.write_table(table_of(rows), row_group_size=ROW_GROUP)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)


if __name__ == "__main__":
    os.nice(10)
    write_parquet(Path(sys.argv[1]), Path(sys.argv[2]))
