"""Backfill: history made anew where rows came after their windows were final.

Such rows wait in ``engine/aside.log``; they are in the log like all others. The windows they
belong to are folded again from the log by the engine's own kernel, and history gets the corrected
reading, marked with when. Live levels and alerts are not touched; twice changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import AGGREGATES, empty_bands, fold_series, lay_out, value_of
from gongbi.stream import frames
from gongbi.stream.compact import merge_sets, write_day
from gongbi.stream.frames import Kind
from gongbi.stream.history_blocks import in_order, read_names, sorted_blocks
from gongbi.stream.history_files import RAW
from gongbi.stream.history_sets import (
    DAY,
    HistorySet,
    Manifest,
    files_of,
    history_lock,
    put_in_force,
    read_manifest,
)
from gongbi.stream.log_reader import all_frames
from gongbi.stream.outputs import ASIDE, HOUR, table_of
from gongbi.stream.plans import Plan, load_plan, newest_plan
from gongbi.stream.recent import READING
from gongbi.stream.retain import read_retention
from gongbi.stream.rewind_notes import MOMENT, read_superseded, with_told, write_superseded

WINDOW = np.dtype([("series", "i8"), ("start", "i8"), ("width", "i8"), ("aggregate", "i8")])


@dataclass(frozen=True, slots=True)
class Filled:
    """Windows that late rows belong to; how many changed, wait to be compacted, cannot be made."""

    windows: int = 0
    changed: int = 0
    waiting: int = 0
    beyond_log: int = 0


def backfill(data: Path, *, since: int, now: int) -> Filled:
    """Make history anew for rows kept aside with times from ``since``; microseconds since 1970."""
    with history_lock(data):
        plan = load_plan(data, newest_plan(data))
        windows = _windows(data, plan, since)
        made = {one.begin // DAY for one in read_manifest(data).sets if one.tier == "raw"}
        ready = np.isin(windows["start"] // DAY, sorted(made))
        changed = beyond = 0
        mine = windows[ready]
        rows = _fold_again(data, plan, mine) if len(mine) else np.empty(0, READING)
        for day in np.unique(rows["window_start"] // DAY).tolist():
            of_day = rows[rows["window_start"] // DAY == day]
            more, lost = _correct_day(data, day, of_day, now)
            changed, beyond = changed + more, beyond + lost
    return Filled(len(windows), changed, int((~ready).sum()), beyond)


def _windows(data: Path, plan: Plan, since: int) -> NDArray[np.void]:
    """Windows of series of the plan that rows kept aside belong to."""
    path = data / "engine" / "aside.log"
    raw = path.read_bytes() if path.exists() else b""
    rows = np.frombuffer(raw[: len(raw) - len(raw) % ASIDE.itemsize], ASIDE)
    rows = rows[rows["time"] >= since]
    ids = plan.series["id"].to_numpy()
    at = np.minimum(np.searchsorted(ids, rows["series"]), max(len(ids) - 1, 0))
    known = ids[at] == rows["series"] if len(ids) else np.zeros(len(rows), bool)
    rows, at = rows[known], at[known]
    found = np.zeros(len(rows), WINDOW)
    found["series"] = rows["series"]
    found["width"] = plan.series["window_seconds"].to_numpy().astype(np.int64)[at] * 1_000_000
    found["start"] = rows["time"] // found["width"] * found["width"]
    # What is made of other series, and percentiles, are not folded from rows alone.
    codes = {name: code for code, name in enumerate(AGGREGATES)}
    of_series = np.array([codes.get(n, -1) for n in plan.series["aggregate"].to_pylist()])
    found["aggregate"] = of_series[at]
    return np.unique(found[found["aggregate"] >= 0])


def _fold_again(data: Path, plan: Plan, windows: NDArray[np.void]) -> NDArray[np.void]:
    """Readings of these windows from all their rows, in the order of the log."""
    bands = empty_bands(len(windows))  # each window is a band of one series with one cell
    bands["width"], bands["aggregate"] = windows["width"], windows["aggregate"]
    bands["size"], bands["ring"] = 1, 1
    bands["final"] = windows["start"] // windows["width"]
    bands["closed"] = bands["final"] + 1
    planes = lay_out(bands)
    for slots, times, values in _rows_of(data, plan, windows):
        fates = np.empty(len(slots), np.int64)
        fold_series(slots, times, values, planes, fates)
    rows = np.zeros(len(windows), READING)
    rows["series"], rows["window_start"] = windows["series"], windows["start"]
    rows["count"] = planes.cells["count"]
    cells = zip(planes.cells, windows["aggregate"], strict=True)
    rows["value"] = [value_of(cell, code) if cell["count"] else np.nan for cell, code in cells]
    rows["expected"] = rows["scatter"] = np.nan
    return rows


def _rows_of(
    data: Path, plan: Plan, windows: NDArray[np.void]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """(place of the window, time, value) of every row of the log that one of them holds."""
    place = {(int(w["series"]), int(w["start"])): n for n, w in enumerate(windows)}
    width = {int(w["series"]): int(w["width"]) for w in windows}
    first, last = windows["start"].min(), (windows["start"] + windows["width"]).max()
    of: dict[int, list[int]] = {}
    columns = (plan.members[name].to_pylist() for name in ("datastream", "series"))
    for stream, series in zip(*columns, strict=True):
        if series in width:
            of.setdefault(stream, []).append(series)
    known = np.array(sorted(of), np.int64)
    for frame in all_frames(data / "log"):
        if frame.kind != Kind.ROWS:
            continue
        batch = frames.unpack_batch(frame.payload)
        mine = (batch.times >= first) & (batch.times < last) & np.isin(batch.ids, known)
        found = [
            (place[key], int(batch.times[n]), float(batch.values[n]))
            for n in np.flatnonzero(mine)
            for series in of[int(batch.ids[n])]
            if (key := (series, int(batch.times[n]) // width[series] * width[series])) in place
        ]
        if found:
            slots, times, values = zip(*found, strict=True)
            yield np.array(slots), np.array(times), np.array(values)


def _correct_day(data: Path, day: int, rows: NDArray[np.void], now: int) -> tuple[int, int]:
    """Put a day in force with these readings instead; (changed, those the log cannot give)."""
    manifest = read_manifest(data)
    raw = next(s for s in manifest.sets if s.tier == "raw" and s.begin == day * DAY)
    paths = [data / raw.folder / file.name for file in files_of(data, raw)]
    whole = pa.concat_tables(list(sorted_blocks(paths, "window_start", RAW.names)))
    old = _keys(whole)
    at = [old.get((int(r["series"]), int(r["window_start"])), -1) for r in rows]
    counts = whole["count"].to_numpy()
    values = whole["value"].to_numpy(zero_copy_only=False)
    news, gone, lost = [], [], 0
    for row, place in zip(rows, at, strict=True):
        before = int(counts[place]) if place >= 0 else 0
        if row["count"] < before:
            lost += 1
        elif place < 0 or row["count"] != before or row["value"] != values[place]:
            news.append((row, place))
            gone += [place] if place >= 0 else []
    if news:
        _keep_old(data, whole.take(pa.array(gone, pa.int64())))
        stays = np.ones(len(whole), bool)
        stays[gone] = False
        table = pa.concat_tables([whole.filter(pa.array(stays)), _corrected(whole, news, now)])
        _put_day(data, manifest, raw, in_order(table, "window_start"))
    return len(news), lost


def _keys(table: pa.Table) -> dict[tuple[int, int], int]:
    starts = table["window_start"].cast(pa.int64()).to_pylist()
    return {key: n for n, key in enumerate(zip(table["series"].to_pylist(), starts, strict=True))}


def _corrected(whole: pa.Table, news: list[tuple[np.void, int]], now: int) -> pa.Table:
    """The new readings; the level stays the one that was told, 0 where none was."""
    rows = np.array([row for row, _ in news], READING)
    rows["told"] = now
    rows["level"] = [whole["level"][at].as_py() if at >= 0 else 0 for _, at in news]
    table = with_told(table_of(rows), rows["told"])
    return table.append_column("corrected", pa.repeat(now, len(rows)).cast(MOMENT)).cast(RAW)


def _keep_old(data: Path, old: pa.Table) -> None:
    """What stood there joins the earlier words of its hour, so that the past stays as it was."""
    rows = np.zeros(len(old), READING)
    for name in ("series", "count", "level"):
        rows[name] = old[name].to_numpy()
    for name in ("value", "expected", "scatter"):
        rows[name] = old[name].to_numpy(zero_copy_only=False)
    rows["window_start"] = old["window_start"].cast(pa.int64()).to_numpy()
    told = old["told"].cast(pa.int64()).fill_null(0).to_numpy()
    rows["told"] = np.where(told > 0, told, rows["window_start"])
    for hour in np.unique(rows["window_start"] // HOUR).tolist():
        mine = rows[rows["window_start"] // HOUR == hour]
        write_superseded(data, hour, np.concatenate([read_superseded(data, hour, READING), mine]))


def _put_day(data: Path, manifest: Manifest, raw: HistorySet, table: pa.Table) -> None:
    """Write the day anew and take its old part out of a merged month, all in one change."""
    day, zone = raw.begin // DAY, ZoneInfo(read_retention(data).zone)
    made = write_day(data, day, iter([table]), zone, manifest.number + 1, read_names(data))
    rest: list[HistorySet] = []
    for one in manifest.sets:
        if one == raw or (one.begin, one.end) == (raw.begin, raw.end):
            continue
        if one.tier != "raw" and one.begin <= raw.begin < one.end:
            span = (one.begin, one.end)
            kept = merge_sets(data, one.tier, span, [one], manifest.number + 2, without=day)
            rest.append(kept)
        else:
            rest.append(one)
    put_in_force(data, manifest, [*rest, *made])
