"""The engine's files: facts, readings of the hour, rows kept aside. Lengths make them replayable.

Everything here is appended in the order of the log; a restart cuts each file to the length its
checkpoint names and writes the same bytes again.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gongbi.stream.recent import READING, portions_of, read_recent
from gongbi.stream.rewind_notes import MOMENT, superseded, with_told, write_superseded

HOUR = 3_600_000_000
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

    def add_block(self, start: int, packed: bytes) -> None:
        """Append a block of readings of windows that begin at ``start`` to its hour's file."""
        path = recent_path(self.data, start // HOUR)
        self.append(str(path.relative_to(self.data)), packed)

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
            turn_recent(parquet_path(self.data, hour), path)
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


def write_parquet(path: Path, rows: NDArray[np.void]) -> None:
    """Write a Parquet file and put it in its place at once."""
    _write_portions(path, [rows])


def turn_recent(path: Path, recent: Path) -> None:
    """Turn a recent file into a Parquet file, by series and time, and put it in place at once.

    Words that a later one on the same window took the place of are kept aside first.
    """
    old = [np.empty(0, READING)]

    def portions() -> Iterator[NDArray[np.void]]:
        for since, until in portions_of(recent):
            rows = read_recent(recent, since, until)
            old.append(superseded(rows))
            yield newest_of(rows)

    draft = _draft_portions(path, portions())
    gone = np.concatenate(old)
    if len(gone):
        write_superseded(recent.parents[2], hour_of(recent), gone)
    draft.replace(path)


def _write_portions(path: Path, portions: Iterable[NDArray[np.void]]) -> None:
    _draft_portions(path, portions).replace(path)


def _draft_portions(path: Path, portions: Iterable[NDArray[np.void]]) -> Path:
    """A Parquet file of these readings, safe on disk but not yet in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    schema = READINGS.append(pa.field("told", MOMENT))
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for rows in portions:
            table = with_told(table_of(rows), rows["told"])
            writer.write_table(table, row_group_size=ROW_GROUP)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    return draft


if __name__ == "__main__":
    os.nice(10)
    turn_recent(Path(sys.argv[1]), Path(sys.argv[2]))
