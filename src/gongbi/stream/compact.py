"""Compaction: hours of readings become days by indicator, and days are summed up by hour and day.

A day is compacted once none of its windows may change. New sets are written beside the old files
and put in force by one rename (``history_sets``); the hours' files go only afterwards. A kill at
any instant leaves either the hours or the day in force, never both and never neither.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.stream.board import NEVER
from gongbi.stream.history_blocks import Names, read_names, sorted_blocks, split_by_indicator
from gongbi.stream.history_files import RAW, TIER, SetWriter, sum_up
from gongbi.stream.history_sets import (
    DAY,
    HistorySet,
    Manifest,
    files_of,
    finish_folder,
    new_folder,
    put_in_force,
    read_manifest,
)
from gongbi.stream.outputs import HOUR, parquet_path, recent_path
from gongbi.stream.plans import load_plan
from gongbi.stream.snapshot import read_engine

MARGIN = 2 * HOUR


def settled_until(data: Path) -> int:
    """Microseconds before which no reading may be told any more; NEVER while that is not known."""
    engine = read_engine(data)
    clock, number = engine.get("clock", NEVER), engine.get("plan", 0)
    if clock == NEVER or not number:
        return NEVER
    series = load_plan(data, number).series
    waits = series["window_seconds"].to_numpy().astype(np.int64)
    waits = waits + series["lateness_seconds"].to_numpy()
    longest = int(waits.max(initial=0)) * 1_000_000
    return int((clock - longest - MARGIN) // HOUR * HOUR)


def hours_of(day: int) -> range:
    """Hours (numbers since 1970 UTC) of a day (number since 1970 UTC)."""
    return range(24 * day, 24 * day + 24)


def days_due(data: Path, manifest: Manifest, settled: int) -> list[int]:
    """Days all of whose readings are final, in hours' files, and not compacted yet."""
    done = {one.begin // DAY for one in manifest.sets if one.tier == "raw"}
    done |= {day for one in manifest.sets for day in range(one.begin // DAY, one.end // DAY)}
    names = {path.parent.name[4:] for path in data.glob("readings/day=*/hour=*.parquet")}
    days = sorted((date.fromisoformat(name) - date(1970, 1, 1)).days for name in names)
    return [
        day
        for day in days
        if day not in done and (day + 1) * DAY <= settled and not _waits(data, day)
    ]


def _waits(data: Path, day: int) -> bool:
    """Whether an hour of this day still lies in a recent file only."""
    return any(
        recent_path(data, hour).exists() and not parquet_path(data, hour).exists()
        for hour in hours_of(day)
    )


def compact_day(data: Path, day: int, zone: ZoneInfo) -> int:
    """Turn a day's hours into sets of all tiers; return the rows. The hours' files go after."""
    paths = [path for hour in hours_of(day) if (path := parquet_path(data, hour)).exists()]
    blocks = sorted_blocks(paths, "window_start", RAW.names)
    manifest = read_manifest(data)
    made = write_day(data, day, blocks, zone, manifest.number + 1, read_names(data))
    put_in_force(data, manifest, [*manifest.sets, *made])
    drop_hours(data, day)
    return made[0].rows


def drop_hours(data: Path, day: int) -> None:
    """Remove the hours' files of a day that is compacted."""
    folder = parquet_path(data, 24 * day).parent
    for path in folder.glob("hour=*.parquet"):
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies in it: then it stays
        folder.rmdir()


def drop_covered(data: Path, manifest: Manifest) -> int:
    """Hours' files that a kill, or an engine that folded the log anew, left beside a day's set."""
    days = {day for one in manifest.sets for day in range(one.begin // DAY, one.end // DAY)}
    found = list(data.glob("readings/day=*/hour=*.parquet"))
    old = [
        p for p in found if (date.fromisoformat(p.parent.name[4:]) - date(1970, 1, 1)).days in days
    ]
    for path in old:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # other sets still lie in it: then it stays
            path.parent.rmdir()
    return len(old)


def write_day(
    data: Path, day: int, blocks: Iterator[pa.Table], zone: ZoneInfo, number: int, names: Names
) -> list[HistorySet]:
    """Write the three sets of a day from its readings in order; none of them is in force yet."""
    begin, end = day * DAY, (day + 1) * DAY
    writers = [SetWriter(new_folder(data, tier, begin, number), tier) for tier in _TIERS]
    for block in blocks:
        for indicator, rows in split_by_indicator(_whole(block), names):
            for writer, table in zip(writers, _summed(rows, zone), strict=True):
                writer.add(indicator, table)
    return [
        finish_folder(data, writer.folder, writer.tier, (begin, end), writer.close())
        for writer in writers
    ]


_TIERS = ("raw", "hour", "day")


def _whole(block: pa.Table) -> pa.Table:
    """Hours written by an earlier version do not say when they were told."""
    for name in set(RAW.names) - set(block.column_names):
        block = block.append_column(name, pa.nulls(len(block), RAW.field(name).type))
    return block.select(RAW.names)


def _summed(rows: pa.Table, zone: ZoneInfo) -> tuple[pa.Table, pa.Table, pa.Table]:
    return rows, *tiers_of(rows, zone)


def tiers_of(rows: pa.Table, zone: ZoneInfo) -> tuple[pa.Table, pa.Table]:
    """Readings by series and time, summed up by hour and by the city's day."""
    start = rows["window_start"].cast(pa.int64()).to_numpy()
    piece = start // DAY
    hours = sum_up(rows, start // HOUR * HOUR, piece)
    return hours, sum_up(rows, city_days(start, zone), piece)


def city_days(moments: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """When the city's day of each moment began; microseconds since 1970 UTC."""
    if not len(moments):
        return moments
    first = datetime.fromtimestamp(int(moments.min()) / 1e6, UTC).astimezone(zone).date()
    count = int((moments.max() - moments.min()) // DAY) + 3
    midnights = [
        datetime.combine(first + timedelta(days=n), datetime.min.time(), zone).timestamp()
        for n in range(count)
    ]
    begins = np.array([round(one * 1_000_000) for one in midnights], np.int64)
    return begins[np.searchsorted(begins, moments, "right") - 1]


def merge_sets(
    data: Path,
    tier: str,
    span: tuple[int, int],
    sources: Sequence[HistorySet],
    number: int,
    without: int | None = None,
) -> HistorySet:
    """Write one set from several of a tier of sums; ``without`` leaves out a piece (UTC day)."""
    writer = SetWriter(new_folder(data, tier, span[0], number), tier)
    by_indicator = _paths_by_indicator(data, sources)
    for indicator, paths in sorted(by_indicator.items()):
        for block in sorted_blocks(paths, "start", TIER.names):
            rows = block if without is None else block.filter(_other_piece(block, without))
            writer.add(indicator, rows)
        writer.end(indicator)
    return finish_folder(data, writer.folder, tier, span, writer.close())


def _other_piece(block: pa.Table, piece: int) -> pa.Array:
    return pa.array(block["piece"].to_numpy() != piece)


def _paths_by_indicator(data: Path, sources: Sequence[HistorySet]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for one in sources:
        for file in files_of(data, one):
            found.setdefault(file.indicator, []).append(data / one.folder / file.name)
    return found


def months_due(manifest: Manifest, settled: int) -> list[tuple[str, tuple[int, int]]]:
    """(tier, span) of months that are over and lie in more than one set of sums."""
    found = []
    for tier in ("hour", "day"):
        counts: dict[tuple[int, int], int] = {}
        for one in manifest.sets:
            if one.tier == tier:
                span = month_of(one.begin)
                counts[span] = counts.get(span, 0) + 1
        found += [(tier, span) for span, n in counts.items() if n > 1 and span[1] <= settled]
    return found


def month_of(moment: int) -> tuple[int, int]:
    """The month (UTC) that holds a moment, as [begin, end) in microseconds since 1970."""
    at = datetime.fromtimestamp(moment / 1e6, UTC)
    first = datetime(at.year, at.month, 1, tzinfo=UTC)
    after = (first + timedelta(days=32)).replace(day=1)
    return round(first.timestamp()) * 1_000_000, round(after.timestamp()) * 1_000_000


def merge_month(data: Path, tier: str, span: tuple[int, int]) -> int:
    """Make one set of a month's sets of sums; return its rows."""
    manifest = read_manifest(data)
    sources = [s for s in manifest.sets if s.tier == tier and month_of(s.begin) == span]
    covers = (min(s.begin for s in sources), max(s.end for s in sources))
    made = merge_sets(data, tier, covers, sources, manifest.number + 1)
    rest = [one for one in manifest.sets if one not in sources]
    put_in_force(data, manifest, [*rest, made])
    return made.rows
