"""Reading back: readings from recent files and Parquet, and the rows behind them from the log."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.kernel.stream.slots import build_index, find_slots
from gongbi.stream import frames
from gongbi.stream.board import NEVER
from gongbi.stream.facts import micros_of
from gongbi.stream.frames import Kind
from gongbi.stream.history import history
from gongbi.stream.latest import LATEST
from gongbi.stream.log_reader import all_frames
from gongbi.stream.outputs import READINGS
from gongbi.stream.plans import load_plan
from gongbi.stream.segments import read_seal, segment_path, segment_starts
from gongbi.stream.snapshot import read_engine

OBSERVATIONS = pa.schema(
    [
        ("time", pa.timestamp("us", tz="UTC")),
        ("value", pa.float64()),
        ("received", pa.timestamp("us", tz="UTC")),
        ("position", pa.int64()),
    ]
)
MOST_READINGS = 50_000_000
_Moment = READINGS.field("window_start").type


def readings(data: Path, *, series: Sequence[int], since: datetime, until: datetime) -> pa.Table:
    """Readings of windows that begin in [since, until); the latest correction of each."""
    table = history(data, series=series, since=since, until=until, step="raw", most=MOST_READINGS)
    table = table.select(READINGS.names)
    return table.append_column("provisional", _provisional(data, table)).cast(LATEST)


def _provisional(data: Path, table: pa.Table) -> pa.Array:
    """Whether rows may still come for each window, by the clock the engine has reached."""
    engine = read_engine(data)
    number, clock = engine.get("plan", 0), engine.get("clock", NEVER)
    if not number or not len(table):
        return pa.array(np.zeros(len(table), bool))
    plan = load_waits(data, number)
    at = find_slots(build_index(plan[0]), table["series"].to_numpy())
    start = table["window_start"].cast(pa.int64()).to_numpy()
    final_at = np.where(at >= 0, start + plan[1][at], NEVER)
    return pa.array(final_at > clock)


def load_waits(data: Path, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(series ids, microseconds from a window's start until it is final) of a plan."""
    series = load_plan(data, number).series
    waits = series["window_seconds"].to_numpy().astype(np.int64)
    waits = waits + series["lateness_seconds"].to_numpy()
    return series["id"].to_numpy(), waits * 1_000_000


def observations(
    data: Path, *, datastream: int, since: datetime, until: datetime, limit: int
) -> pa.Table:
    """Up to ``limit`` rows of a datastream with times in [since, until), earliest first."""
    first, last = micros_of(since), micros_of(until)
    log = data / "log"
    starts = [start for start in segment_starts(log) if _may_hold(log, start, first, last)]
    found = [_NO_ROWS]
    for frame in all_frames(log, starts):
        if frame.kind == Kind.ROWS:
            found.append(_rows_of(frame, datastream, first, last))
    rows = np.concatenate(found)
    rows = rows[np.argsort(rows["time"], kind="stable")][:limit]
    columns = [
        pa.array(rows["time"]).cast(_Moment),
        pa.array(rows["value"]),
        pa.array(rows["received"]).cast(_Moment),
        pa.array(rows["position"]),
    ]
    return pa.table(columns, schema=OBSERVATIONS)


_ROW = np.dtype([("time", "i8"), ("value", "f8"), ("received", "i8"), ("position", "i8")])
_NO_ROWS = np.empty(0, _ROW)


def _may_hold(log: Path, start: int, first: int, last: int) -> bool:
    """Whether a segment may hold rows of this span; one without a seal may."""
    try:
        seal = read_seal(segment_path(log, start))
    except FileNotFoundError:  # the log was shortened meanwhile
        return False
    return seal is None or (seal.rows > 0 and seal.earliest < last and seal.latest >= first)


def _rows_of(frame: frames.Frame, datastream: int, first: int, last: int) -> NDArray[np.void]:
    batch = frames.unpack_batch(frame.payload)
    at = np.flatnonzero(batch.ids == datastream)
    at = at[(batch.times[at] >= first) & (batch.times[at] < last)]
    if not len(at):
        return _NO_ROWS
    rows = np.empty(len(at), _ROW)
    rows["time"], rows["value"] = batch.times[at], batch.values[at]
    rows["received"], rows["position"] = frame.stamp, frame.start
    return rows
