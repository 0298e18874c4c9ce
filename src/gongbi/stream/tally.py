"""How long series stood at each level: windows with readings counted by parts of a period."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gongbi.stream.facts import micros_of
from gongbi.stream.readings import readings

LEVELS = 4
CHUNK = timedelta(days=1)  # a day of a town's readings is some tens of megabytes in memory
COUNTS = pa.schema(
    [
        ("series", pa.int64()),
        ("part", pa.int64()),
        ("level", pa.int8()),
        ("windows", pa.int64()),
        ("provisional", pa.int64()),
    ]
)


def windows_by_level(data: Path, *, series: Sequence[int], edges: Sequence[datetime]) -> pa.Table:
    """Windows with readings by series, part of the period and level, and how many may change.

    ``edges`` are rising aware instants; part k begins at ``edges[k]`` and ends before the next.
    Memory is that of a day's readings, not of the period's.
    """
    ids = np.unique(np.array(list(series), np.int64))
    marks = np.array([micros_of(edge) for edge in edges], np.int64)
    shape = (len(ids), len(marks) - 1, LEVELS)
    counts, open_yet = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    if len(ids):
        for since, until in _chunks(edges[0], edges[-1]):
            table = readings(data, series=ids.tolist(), since=since, until=until)
            _count(table.filter(pc.greater(table["count"], 0)), ids, marks, counts, open_yet)
    return _long(ids, counts, open_yet)


def _chunks(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    found = []
    while since < until:
        found.append((since, min(since + CHUNK, until)))
        since += CHUNK
    return found


def _count(
    table: pa.Table,
    ids: NDArray[np.int64],
    marks: NDArray[np.int64],
    counts: NDArray[np.int64],
    open_yet: NDArray[np.int64],
) -> None:
    at = np.searchsorted(ids, table["series"].to_numpy())
    part = np.searchsorted(marks, table["window_start"].cast(pa.int64()).to_numpy(), "right") - 1
    level = np.clip(table["level"].to_numpy(), 0, LEVELS - 1)
    flat = np.ravel_multi_index((at, part, level), counts.shape)
    counts += np.bincount(flat, minlength=counts.size).reshape(counts.shape)
    flat = flat[table["provisional"].to_numpy()]
    open_yet += np.bincount(flat, minlength=counts.size).reshape(counts.shape)


def _long(
    ids: NDArray[np.int64], counts: NDArray[np.int64], open_yet: NDArray[np.int64]
) -> pa.Table:
    at, part, level = np.nonzero(counts)
    columns = [ids[at], part, level.astype(np.int8), counts[counts > 0], open_yet[counts > 0]]
    return pa.table([pa.array(column) for column in columns], schema=COUNTS)


def first_reading(data: Path) -> datetime | None:
    """The hour of the oldest reading kept, or None."""
    names = [
        *(f"{p.parent.name[4:]}T{p.stem[5:]}" for p in data.glob("readings/day=*/hour=*.parquet")),
        *(p.stem for p in data.glob("readings/recent/*.rec")),
    ]
    return datetime.strptime(min(names), "%Y-%m-%dT%H").replace(tzinfo=UTC) if names else None
