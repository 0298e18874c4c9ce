"""Files of history: columns, encodings, and a writer that keeps one file an indicator.

Sorted by series then time, differences of both are nearly constant: DELTA_BINARY_PACKED makes
them vanish, BYTE_STREAM_SPLIT lets zstd see the like bytes of floats side by side.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gongbi.stream.history_sets import HistoryFile
from gongbi.stream.outputs import READINGS
from gongbi.stream.rewind_notes import MOMENT

RAW = pa.schema([*READINGS, ("told", MOMENT), ("corrected", MOMENT)])
"""Readings as told; ``corrected``: when rows that came too late changed one in history only."""
TIER = pa.schema(
    [
        ("series", pa.int64()),
        ("start", MOMENT),
        ("windows", pa.int32()),
        ("count", pa.int64()),
        ("mean", pa.float64()),
        ("min", pa.float64()),
        ("max", pa.float64()),
        ("worst", pa.int8()),
        ("piece", pa.int32()),
    ]
)
"""Readings of one series summed up: ``windows`` with a value, rows in them, worst level; ``piece``
is the UTC day (number since 1970) they begin in; of a city's day there may be two, to be joined.
"""
GROUP_ROWS = {"raw": 61_440, "hour": 20_480, "day": 20_480}
FILE_ROWS = {"raw": 1 << 23, "hour": 1 << 21, "day": 1 << 21}
_DELTA = ("series", "window_start", "told", "corrected", "start", "windows", "count", "piece")
_SPLIT = ("value", "expected", "scatter", "mean", "min", "max")


@dataclass(slots=True)
class _Open:
    """A file being written, and rows that wait to fill a row group."""

    writer: Any = None
    waiting: list[pa.Table] = field(default_factory=list)
    waits: int = 0
    rows: int = 0
    first: int = 0
    last: int = 0
    number: int = 0


@dataclass(slots=True)
class SetWriter:
    """Writes the files of one set; rows of an indicator must come sorted by series and time."""

    folder: Path
    tier: str
    files: list[HistoryFile] = field(default_factory=list)
    opened: dict[str, _Open] = field(default_factory=dict)

    @property
    def schema(self) -> pa.Schema:
        """The columns of this tier."""
        return RAW if self.tier == "raw" else TIER

    def add(self, indicator: str, table: pa.Table) -> None:
        """Take rows of an indicator; whole row groups are written at once."""
        if not len(table):
            return
        one = self.opened.setdefault(indicator, _Open())
        one.waiting.append(table.select(self.schema.names).cast(self.schema))
        one.waits += len(table)
        size = GROUP_ROWS[self.tier]
        if one.waits >= size:
            rows = pa.concat_tables(one.waiting).combine_chunks()
            whole = len(rows) - len(rows) % size
            one.waiting, one.waits = [rows.slice(whole)], len(rows) - whole
            self._write(indicator, one, rows.slice(0, whole))

    def _write(self, indicator: str, one: _Open, rows: pa.Table) -> None:
        size = GROUP_ROWS[self.tier]
        for at in range(0, len(rows), size):
            part = rows.slice(at, size)
            if one.writer is None:
                path = self.folder / _name(indicator, one.number)
                one.writer = _writer(path, self.schema)
                one.first = part["series"][0].as_py()
            one.writer.write_table(part, row_group_size=size)
            one.rows, one.last = one.rows + len(part), part["series"][-1].as_py()
            if one.rows >= FILE_ROWS[self.tier]:
                self._end_file(indicator, one)

    def _end_file(self, indicator: str, one: _Open) -> None:
        if one.writer is None:
            return
        one.writer.close()
        name = _name(indicator, one.number)
        size = (self.folder / name).stat().st_size
        self.files.append(HistoryFile(indicator, name, one.first, one.last, one.rows, size))
        one.writer, one.rows, one.number = None, 0, one.number + 1

    def end(self, indicator: str) -> None:
        """All rows of this indicator have come."""
        one = self.opened.pop(indicator, None)
        if one is not None:
            if one.waits:
                self._write(indicator, one, pa.concat_tables(one.waiting).combine_chunks())
            self._end_file(indicator, one)

    def close(self) -> list[HistoryFile]:
        """All rows have come; return what was written."""
        for indicator in list(self.opened):
            self.end(indicator)
        return self.files


def _name(indicator: str, number: int) -> str:
    return f"{quote(indicator, safe='') or 'none'}-{number:04d}.parquet"


def _writer(path: Path, schema: pa.Schema) -> Any:
    names = set(schema.names)
    encoding = {name: "DELTA_BINARY_PACKED" for name in _DELTA if name in names}
    encoding |= {name: "BYTE_STREAM_SPLIT" for name in _SPLIT if name in names}
    levels = sorted(names - set(encoding))
    return pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=levels, column_encoding=encoding
    )


def sum_up(rows: pa.Table, starts: np.ndarray, piece: np.ndarray) -> pa.Table:
    """Readings, sorted by series and ``starts`` (microseconds), as rows of a tier."""
    series = rows["series"].to_numpy()
    value = rows["value"].to_numpy(zero_copy_only=False)
    level = rows["level"].to_numpy()
    known = ~np.isnan(value)
    if not len(series):
        return TIER.empty_table()
    fresh = (series[1:] != series[:-1]) | (starts[1:] != starts[:-1])
    at = np.flatnonzero(np.append(True, fresh))
    windows = np.add.reduceat(known.astype(np.int64), at)
    empty = windows == 0
    total = np.add.reduceat(np.where(known, value, 0.0), at)
    columns = {
        "series": pa.array(series[at]),
        "start": pa.array(starts[at]).cast(MOMENT),
        "windows": pa.array(windows.astype(np.int32)),
        "count": pa.array(np.add.reduceat(rows["count"].to_numpy(), at)),
        "mean": pa.array(total / np.maximum(windows, 1), mask=empty),
        "min": pa.array(np.fmin.reduceat(value, at), mask=empty),
        "max": pa.array(np.fmax.reduceat(value, at), mask=empty),
        "worst": pa.array(np.maximum.reduceat(level, at)),
        "piece": pa.array(piece[at].astype(np.int32)),
    }
    return pa.table(columns, schema=TIER)
