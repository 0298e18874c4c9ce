"""Windows folded again from the log: all their rows, by the engine's own kernel.

A row of a file that was read in later (``BULK``) takes the place of what the log says of that
datastream and time: so a corrected file corrects, and a file that overlaps one before counts once.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import AGGREGATES, empty_bands, fold_series, lay_out, value_of
from gongbi.kernel.vitals.sketch import BUCKETS, add_to, empty_sketch, quantile_of
from gongbi.stream import frames
from gongbi.stream.frames import Kind
from gongbi.stream.log_reader import all_frames
from gongbi.stream.plans import Plan
from gongbi.stream.recent import READING

BULK = "backfill/"
"""Beginning of the senders whose rows were read from files: the key of ``gongbi backfill``."""
QUANTILE = len(AGGREGATES)
NOT_FROM_ROWS = -1
WINDOW = np.dtype(
    [("series", "i8"), ("start", "i8"), ("width", "i8"), ("aggregate", "i8"), ("share", "f8"),
     ("scale", "f8")]
)  # fmt: skip
_MOST_WINDOWS = 1 << 40
"""Windows since 1970, of a second each: more than any calendar needs."""
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of windows, in the order of the log: number of the window, time, value."""

    window: Ints
    time: Ints
    value: NDArray[np.float64]
    found: Ints
    """How many rows the log has of each window, those replaced among them."""


def series_to_fold(plan: Plan) -> NDArray[np.void]:
    """How each series of a plan is folded from rows, by id; ``start`` means nothing here."""
    said = np.zeros(len(plan.series), WINDOW)
    said["series"] = plan.series["id"].to_numpy()
    said["width"] = plan.series["window_seconds"].to_numpy().astype(np.int64) * 1_000_000
    codes = {name: code for code, name in enumerate(AGGREGATES)}
    said["aggregate"] = [
        codes.get(name, NOT_FROM_ROWS) for name in plan.series["aggregate"].to_pylist()
    ]
    said.sort(order="series")
    # What is made lies in its cell as a sum: only the formulas tell it from one.
    for row in plan.formulas.select(["series", "op", "share", "scale"]).to_pylist():
        one = said[np.searchsorted(said["series"], row["series"])]
        one["aggregate"] = QUANTILE if row["op"] == "quantile" else NOT_FROM_ROWS
        one["share"], one["scale"] = row["share"], row["scale"]
    return said


def fold_again(data: Path, plan: Plan, windows: NDArray[np.void]) -> tuple[NDArray[np.void], Ints]:
    """(readings of these windows from all their rows, rows the log has of each)."""
    rows = _rows_of(data, plan, windows)
    readings = _fold(windows, rows)
    for at in np.flatnonzero(windows["aggregate"] == QUANTILE).tolist():
        if readings["count"][at]:
            mine = rows.value[rows.window == at]
            readings["value"][at] = windows["scale"][at] * _quantile(mine, windows["share"][at])
    return readings, rows.found


def _fold(windows: NDArray[np.void], rows: Rows) -> NDArray[np.void]:
    bands = empty_bands(len(windows))  # each window is a band of one series with one cell
    bands["width"] = windows["width"]
    bands["aggregate"] = np.where(
        windows["aggregate"] == QUANTILE, AGGREGATES.index("sum"), windows["aggregate"]
    )
    bands["size"], bands["ring"] = 1, 1
    bands["final"] = windows["start"] // windows["width"]
    bands["closed"] = bands["final"] + 1
    planes = lay_out(bands)
    fates = np.empty(len(rows.window), np.int64)
    fold_series(rows.window, rows.time, rows.value, planes, fates)
    readings = np.zeros(len(windows), READING)
    readings["series"], readings["window_start"] = windows["series"], windows["start"]
    readings["count"] = planes.cells["count"]
    cells = zip(planes.cells, bands["aggregate"], strict=True)
    readings["value"] = [value_of(cell, code) if cell["count"] else np.nan for cell, code in cells]
    readings["expected"] = readings["scatter"] = np.nan
    return readings


def _quantile(values: NDArray[np.float64], share: float) -> float:
    tops, counts = np.zeros(1, np.int64), np.zeros((1, BUCKETS), np.uint32)
    empty_sketch(tops, counts, 0)
    for value in values.tolist():
        add_to(tops, counts, 0, value)
    return float(quantile_of(tops, counts, 0, share))


def _members(plan: Plan, series: Ints) -> tuple[Ints, Ints]:
    """(datastreams in order, place in ``series`` of what each counts in)."""
    quantiles = plan.formulas.filter(
        np.array([op == "quantile" for op in plan.formulas["op"].to_pylist()], np.bool_)
    )["series"].to_numpy()
    wired = np.isin(plan.wires["series"].to_numpy(), quantiles)
    streams = np.concatenate(
        [plan.members["datastream"].to_numpy(), plan.wires["source"].to_numpy()[wired]]
    )
    of = np.concatenate(
        [plan.members["series"].to_numpy(), plan.wires["series"].to_numpy()[wired]]
    )
    mine = np.isin(of, series)
    streams, of = streams[mine], np.searchsorted(series, of[mine])
    order = np.lexsort((of, streams))
    return streams[order], of[order]


def _rows_of(data: Path, plan: Plan, windows: NDArray[np.void]) -> Rows:
    """Every row of the log that one of these windows (by series and start) holds."""
    series, of_window = np.unique(windows["series"], return_inverse=True)
    widths = np.ones(len(series), np.int64)
    widths[of_window] = windows["width"]
    keys = of_window * _MOST_WINDOWS + windows["start"] // windows["width"]
    streams, counted = _members(plan, series)
    first, last = windows["start"].min(), (windows["start"] + windows["width"]).max()
    parts, sources = [], dict[str, int]()
    found = np.zeros(len(windows), np.int64)
    for frame in all_frames(data / "log"):
        if frame.kind != Kind.ROWS:
            continue
        batch = frames.unpack_batch(frame.payload)
        rows = np.flatnonzero((batch.times >= first) & (batch.times < last))
        rows, member = _joined(batch.ids, rows, streams)
        of = counted[member]
        key = of * _MOST_WINDOWS + batch.times[rows] // widths[of]
        at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        hit = keys[at] == key
        if hit.any():
            at, rows = at[hit], rows[hit]
            found += np.bincount(at, minlength=len(windows))
            bulk = batch.sender.startswith(BULK)
            source = sources.setdefault(batch.sender, len(sources) + 1) if bulk else 0
            parts.append((at, batch.ids[rows], batch.times[rows], batch.values[rows],
                          np.full(len(rows), source)))  # fmt: skip
    if not parts:
        nothing = np.empty(0, np.int64)
        return Rows(nothing, nothing, np.empty(0), found)
    at, ids, times, values, said_by = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    kept = _last_word(at, ids, times, said_by)
    return Rows(at[kept], times[kept], values[kept], found)


def _joined(ids: Ints, rows: Ints, streams: Ints) -> tuple[Ints, Ints]:
    """(row, member) of each pair: a datastream may count in several series."""
    begin = np.searchsorted(streams, ids[rows], "left")
    many = np.searchsorted(streams, ids[rows], "right") - begin
    before = np.repeat(np.cumsum(many) - many, many)
    member = np.repeat(begin, many) + np.arange(int(many.sum())) - before
    return np.repeat(rows, many), member


def _last_word(window: Ints, ids: Ints, times: Ints, source: Ints) -> NDArray[np.bool_]:
    """Which rows count: of one datastream and time those of the file that came last, if any."""
    if not source.any():
        return np.ones(len(source), np.bool_)
    order = np.lexsort((np.arange(len(source)), times, ids, window))
    same = np.ones(len(order), np.bool_)
    for column in (window, ids, times):
        sorted_ = column[order]
        same[1:] &= sorted_[1:] == sorted_[:-1]
    same[0] = False
    group = np.cumsum(~same) - 1
    ends = np.r_[np.flatnonzero(~same)[1:], len(order)] - 1
    last = source[order][ends][group]
    kept = np.empty(len(order), np.bool_)
    kept[order] = (last == 0) | (source[order] == last)
    return kept
