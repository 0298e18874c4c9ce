"""Readings as they were known at a moment: nothing that was told later, corrections included."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from gongbi.stream.facts import micros_of
from gongbi.stream.history import history
from gongbi.stream.latest import LATEST
from gongbi.stream.outputs import HOUR, READINGS, newest_of, recent_path, table_of
from gongbi.stream.readings import MOST_READINGS, load_waits
from gongbi.stream.recent import READING, read_recent
from gongbi.stream.rewind_notes import read_superseded, superseded, superseded_path
from gongbi.stream.snapshot import read_engine

_NO_ROWS = np.empty(0, READING)


def readings_known(
    data: Path, *, series: Sequence[int], since: datetime, until: datetime, at: datetime
) -> pa.Table:
    """Readings of windows that begin in [since, until), as they stood at ``at``.

    ``provisional`` says whether rows could then still come. Where a file of an earlier version
    does not say when a reading was told, it is taken to be told when its window began.
    """
    moment, first, last = micros_of(at), micros_of(since), micros_of(until)
    table = history(data, series=series, since=since, until=until, step="raw", most=MOST_READINGS)
    start = table["window_start"].cast(pa.int64()).to_numpy()
    told = table["told"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    told = np.where(np.isnan(told), start, told) if told.dtype.kind == "f" else told
    known = table.filter(pa.array(told <= moment)).select(READINGS.names)
    hours = np.unique(start[told > moment] // HOUR).tolist()
    wanted = np.array(sorted(set(series)), np.int64)
    earlier = [_before(data, hour, wanted, moment) for hour in hours]
    rows = np.concatenate([_NO_ROWS, *earlier])
    rows = rows[_among(rows, table["series"].to_numpy(), start, told > moment)]
    rows = rows[(rows["window_start"] >= first) & (rows["window_start"] < last)]
    joined = pa.concat_tables([known, table_of(rows)])
    joined = joined.sort_by([("series", "ascending"), ("window_start", "ascending")])
    return joined.append_column("provisional", _provisional(data, joined, moment)).cast(LATEST)


def _among(
    rows: np.ndarray, series: np.ndarray, start: np.ndarray, later: np.ndarray
) -> np.ndarray:
    """Which rows are of windows whose last word was told later."""
    keys = set(zip(series[later].tolist(), start[later].tolist(), strict=True))
    pairs = zip(rows["series"].tolist(), rows["window_start"].tolist(), strict=True)
    return np.array([pair in keys for pair in pairs], bool)


def _before(data: Path, hour: int, wanted: np.ndarray, moment: int) -> np.ndarray:
    """The last word told until ``moment`` on each window of an hour that was told of again."""
    rows = _NO_ROWS
    if superseded_path(data, hour).exists():
        rows = read_superseded(data, hour, READING)
    elif recent_path(data, hour).exists():
        rows = superseded(read_recent(recent_path(data, hour)))
    return newest_of(rows[np.isin(rows["series"], wanted) & (rows["told"] <= moment)])


def _provisional(data: Path, table: pa.Table, moment: int) -> pa.Array:
    number = read_engine(data).get("plan", 0)
    if not number or not len(table):
        return pa.array(np.zeros(len(table), bool))
    ids, waits = load_waits(data, number)
    at = np.minimum(np.searchsorted(ids, table["series"].to_numpy()), len(ids) - 1)
    start = table["window_start"].cast(pa.int64()).to_numpy()
    mine = ids[at] == table["series"].to_numpy()
    return pa.array(mine & (start + waits[at] > moment))
