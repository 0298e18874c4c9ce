"""Backfill: history made anew where rows came after their windows were final.

Such rows wait in ``engine/aside.log``; they are in the log like all others. The windows they
belong to are folded again (``history_refold``), what is made of them is made again
(``history_made``), and history gets the corrected readings, marked with when. A day of which there
was nothing at all, from before the sensors were connected, comes to be. Live levels and alerts are
not touched; twice changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.stream.board import NEVER
from gongbi.stream.compact import hours_of, merge_sets, settled_until, write_day
from gongbi.stream.history_blocks import in_order, read_names, sorted_blocks
from gongbi.stream.history_files import RAW
from gongbi.stream.history_made import made_again
from gongbi.stream.history_refold import NOT_FROM_ROWS, WINDOW, fold_again, series_to_fold
from gongbi.stream.history_sets import (
    DAY,
    HistorySet,
    Manifest,
    files_of,
    history_lock,
    put_in_force,
    read_manifest,
)
from gongbi.stream.outputs import ASIDE, HOUR, parquet_path, recent_path, table_of
from gongbi.stream.plans import Plan, load_plan, newest_plan
from gongbi.stream.recent import READING
from gongbi.stream.retain import read_retention
from gongbi.stream.rewind_notes import MOMENT, read_superseded, with_told, write_superseded

MOST_AT_ONCE = 2_000_000
"""Windows folded in one walk through the log."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Windows that late rows belong to; how many changed, wait to be compacted, cannot be made.

    ``made`` of the changed ones are of series made of others.
    """

    windows: int = 0
    changed: int = 0
    waiting: int = 0
    beyond_log: int = 0
    made: int = 0


def backfill(
    data: Path,
    *,
    since: int,
    now: int,
    after: int = 0,
    told: Callable[[float], None] = lambda share: None,
) -> Filled:
    """Make history anew for rows kept aside with times from ``since``; microseconds since 1970.

    ``after``: only rows that lie behind this position of the log.
    """
    with history_lock(data):
        plan = load_plan(data, newest_plan(data))
        windows = _windows(data, plan, since, after)
        days = windows["start"] // DAY
        ready = np.isin(days, _days_that_may_change(data, np.unique(days)))
        changed = beyond = made = done = 0
        for some in _shares(windows[ready]):
            rows, seen = fold_again(data, plan, some)
            for day in np.unique(rows["window_start"] // DAY).tolist():
                mine = rows["window_start"] // DAY == day
                news, ours, lost = _correct_day(data, plan, day, rows[mine], seen[mine], now)
                changed, made, beyond = changed + news, made + ours, beyond + lost
                done += int(mine.sum())
                told(done / max(int(ready.sum()), 1))
    return Filled(len(windows), changed, int((~ready).sum()), beyond, made)


def _windows(data: Path, plan: Plan, since: int, after: int) -> NDArray[np.void]:
    """Windows of series of the plan that rows kept aside belong to, by series and start."""
    path = data / "engine" / "aside.log"
    raw = path.read_bytes() if path.exists() else b""
    rows = np.frombuffer(raw[: len(raw) - len(raw) % ASIDE.itemsize], ASIDE)
    rows = rows[(rows["time"] >= since) & (rows["position"] >= after)]
    series = series_to_fold(plan)
    if not len(series):
        return np.zeros(0, WINDOW)
    at = np.minimum(np.searchsorted(series["series"], rows["series"]), len(series) - 1)
    known = (series["series"][at] == rows["series"]) & (series["aggregate"][at] != NOT_FROM_ROWS)
    found = series[at[known]]
    found["start"] = rows["time"][known] // found["width"] * found["width"]
    return np.unique(found)


def _days_that_may_change(data: Path, days: NDArray[np.int64]) -> list[int]:
    """Days that are compacted, and days long over of which there is nothing."""
    sets = read_manifest(data).sets
    compacted = {one.begin // DAY for one in sets if one.tier == "raw"}
    settled = settled_until(data)
    return [
        day
        for day in days.tolist()
        if day in compacted
        or (settled != NEVER and (day + 1) * DAY <= settled and not _has_hours(data, day))
    ]


def _has_hours(data: Path, day: int) -> bool:
    return any(
        parquet_path(data, hour).exists() or recent_path(data, hour).exists()
        for hour in hours_of(day)
    )


def _shares(windows: NDArray[np.void]) -> Iterator[NDArray[np.void]]:
    """Whole days of windows, as many as one walk through the log should fold."""
    days, counts = np.unique(windows["start"] // DAY, return_counts=True)
    share = np.cumsum(counts) // MOST_AT_ONCE
    for number in np.unique(share).tolist():
        yield windows[np.isin(windows["start"] // DAY, days[share == number])]


def _correct_day(
    data: Path,
    plan: Plan,
    day: int,
    rows: NDArray[np.void],
    seen: NDArray[np.int64],
    now: int,
) -> tuple[int, int, int]:
    """Put a day in force with these readings instead; (changed, of them made, lost).

    Lost are those of which the log no longer holds all rows.
    """
    manifest = read_manifest(data)
    begin = day * DAY
    raw = next((s for s in manifest.sets if s.tier == "raw" and s.begin == begin), None)
    paths = [data / raw.folder / file.name for file in files_of(data, raw)] if raw else []
    whole = pa.concat_tables([RAW.empty_table(), *sorted_blocks(paths, "window_start", RAW.names)])
    at = _places(whole, rows)
    before = _column(whole, "count", at, 0)
    lost = seen < before
    news = _differs(whole, rows, at) & ~lost
    if not news.any():
        return 0, 0, int(lost.sum())
    whole_now = _with(whole, rows[news], at[news], now)
    made = made_again(plan, _as_rows(whole_now), rows[news])
    at_made = _places(whole, made)
    other = _differs(whole, made, at_made)
    both = np.concatenate([rows[news], made[other]])
    places = np.concatenate([at[news], at_made[other]])
    _keep_old(data, whole.take(pa.array(places[places >= 0])))
    table = _with(whole, both, places, now)
    _put_day(data, manifest, (begin, begin + DAY), in_order(table, "window_start"))
    return len(both), int(other.sum()), int(lost.sum())


def _places(whole: pa.Table, rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Where each reading stands in a day's table that is in order; -1 where it does not."""
    if not len(whole) or not len(rows):
        return np.full(len(rows), -1)
    series = whole["series"].to_numpy()
    starts = whole["window_start"].cast(pa.int64()).to_numpy()
    names = np.unique(np.concatenate([series, rows["series"]]))
    day = starts[0] // DAY * DAY
    keys = np.searchsorted(names, series) * DAY + (starts - day)
    wanted = np.searchsorted(names, rows["series"]) * DAY + (rows["window_start"] - day)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def _column(
    whole: pa.Table, name: str, at: NDArray[np.int64], without: float
) -> NDArray[np.float64]:
    """A column at some places; ``without`` where there is none."""
    found = np.full(len(at), without, np.float64)
    if len(whole):
        values = whole[name].to_numpy(zero_copy_only=False)
        found[at >= 0] = values[at[at >= 0]]
    return found


def _differs(whole: pa.Table, rows: NDArray[np.void], at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which readings say something else than what stands there, or stand nowhere yet."""
    counts, values = _column(whole, "count", at, 0), _column(whole, "value", at, np.nan)
    same = (rows["count"] == counts) & (
        (rows["value"] == values) | (np.isnan(rows["value"]) & np.isnan(values))
    )
    return ~same


def _with(whole: pa.Table, rows: NDArray[np.void], at: NDArray[np.int64], now: int) -> pa.Table:
    """A day with these readings instead; the level stays the one told, 0 where none was."""
    fresh = rows.copy()
    fresh["told"] = now
    fresh["level"] = _column(whole, "level", at, 0)
    table = with_told(table_of(fresh), fresh["told"])
    table = table.append_column("corrected", pa.repeat(now, len(fresh)).cast(MOMENT)).cast(RAW)
    stays = np.ones(len(whole), bool)
    stays[at[at >= 0]] = False
    return pa.concat_tables([whole.filter(pa.array(stays)), table])


def _as_rows(table: pa.Table) -> NDArray[np.void]:
    rows = np.zeros(len(table), READING)
    for name in ("series", "count", "level"):
        rows[name] = table[name].to_numpy()
    for name in ("value", "expected", "scatter"):
        rows[name] = table[name].to_numpy(zero_copy_only=False)
    rows["window_start"] = table["window_start"].cast(pa.int64()).to_numpy()
    return rows


def _keep_old(data: Path, old: pa.Table) -> None:
    """What stood there joins the earlier words of its hour, so that the past stays as it was."""
    rows = _as_rows(old)
    told = old["told"].cast(pa.int64()).fill_null(0).to_numpy()
    rows["told"] = np.where(told > 0, told, rows["window_start"])
    for hour in np.unique(rows["window_start"] // HOUR).tolist():
        mine = rows[rows["window_start"] // HOUR == hour]
        write_superseded(data, hour, np.concatenate([read_superseded(data, hour, READING), mine]))


def _put_day(data: Path, manifest: Manifest, span: tuple[int, int], table: pa.Table) -> None:
    """Write the day anew and take its old part out of a merged month, all in one change."""
    day, zone = span[0] // DAY, ZoneInfo(read_retention(data).zone)
    made = write_day(data, day, iter([table]), zone, manifest.number + 1, read_names(data))
    rest: list[HistorySet] = []
    for one in manifest.sets:
        if (one.begin, one.end) == span:
            continue
        if one.tier != "raw" and one.begin <= span[0] < one.end:
            kept = merge_sets(
                data, one.tier, (one.begin, one.end), [one], manifest.number + 2, without=day
            )
            rest.append(kept)
        else:
            rest.append(one)
    put_in_force(data, manifest, [*rest, *made])
