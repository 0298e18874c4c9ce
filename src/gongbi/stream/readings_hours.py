"""Readings of hours that are not compacted yet: Parquet once finished, recent files before."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gongbi.stream.history_files import RAW
from gongbi.stream.outputs import READINGS, newest_of, parquet_path, recent_path, table_of
from gongbi.stream.recent import READING, read_recent
from gongbi.stream.rewind_notes import MOMENT, with_told

SHORT = 200


class Vanished(Exception):
    """A file that was there a moment ago is not: history was changed, look again."""


def hours_present(data: Path, hours: range) -> list[int]:
    """Hours of a range that have readings; a long range is met from the files' side."""
    if len(hours) < SHORT:
        return [
            h for h in hours if parquet_path(data, h).exists() or recent_path(data, h).exists()
        ]
    names = [
        *(f"{p.parent.name[4:]}T{p.stem[5:]}" for p in data.glob("readings/day=*/hour=*.parquet")),
        *(p.stem for p in data.glob("readings/recent/*.rec")),
    ]
    found = np.array(sorted(set(names)), "datetime64[h]").astype(np.int64)
    # A NumPy number is looked for in a range step by step; its bounds are compared instead.
    return found[(found >= hours.start) & (found < hours.stop)].tolist()


def read_hours(
    data: Path, hours: Sequence[int], wanted: NDArray[np.int64] | None, first: int, last: int
) -> pa.Table:
    """Readings of these hours as ``history_files.RAW``, by series and time; None wants all."""
    parts = [_hour(data, hour, wanted, first, last) for hour in hours]
    if not parts:
        return RAW.empty_table()
    return pa.concat_tables(parts).sort_by(
        [("series", "ascending"), ("window_start", "ascending")]
    )


def _hour(
    data: Path, hour: int, wanted: NDArray[np.int64] | None, first: int, last: int
) -> pa.Table:
    """Readings of one hour, from Parquet once it is there: then it holds all of them."""
    for _ in range(2):
        if parquet_path(data, hour).exists():
            return _from_parquet(parquet_path(data, hour), wanted, first, last)
        try:
            rows = read_recent(recent_path(data, hour))
        except FileNotFoundError:
            continue  # it was turned into Parquet between the two looks
        if wanted is not None:
            rows = rows[np.isin(rows["series"], wanted)]
        rows = rows[(rows["window_start"] >= first) & (rows["window_start"] < last)]
        rows = newest_of(rows)
        return _in_shape(with_told(table_of(rows), rows["told"]))
    raise Vanished(f"Hour {hour} went away while it was read.")


def _from_parquet(path: Path, wanted: NDArray[np.int64] | None, first: int, last: int) -> pa.Table:
    start = pc.field("window_start")
    found = (start >= pa.scalar(first, MOMENT)) & (start < pa.scalar(last, MOMENT))
    if wanted is not None:
        found &= pc.field("series").isin(pa.array(wanted))
    # ParquetFile's own folder name (day=…) must not become a column, hence no partitioning.
    return _in_shape(pq.read_table(path, filters=found, partitioning=None))


def _in_shape(table: pa.Table) -> pa.Table:
    """Files of earlier versions do not say what was expected, nor when a reading was told."""
    for name in set(RAW.names) - set(table.column_names):
        table = table.append_column(name, pa.nulls(len(table), RAW.field(name).type))
    return table.select(RAW.names).cast(RAW)


__all__ = ["READING", "READINGS", "Vanished", "hours_present", "read_hours"]
