"""The one door to what was read: spans of any length, of one series or of all of an indicator.

Compacted days are asked through DuckDB, with bounded memory and two threads; hours that are not
compacted yet are read as they lie and joined. A reader takes the manifest, then the hours present;
when history was changed meanwhile it begins anew, so each reading is seen exactly once.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from gongbi.stream.compact import tiers_of
from gongbi.stream.facts import micros_of
from gongbi.stream.history_blocks import read_names
from gongbi.stream.history_files import RAW, TIER
from gongbi.stream.history_sets import DAY, HistorySet, Manifest, files_of, read_manifest
from gongbi.stream.outputs import HOUR
from gongbi.stream.readings_hours import Vanished, hours_present, read_hours
from gongbi.stream.rewind_notes import MOMENT

STEPS = ("raw", "hour", "day", "span")
LEARNING = timedelta(days=21)
"""Read before a rehearsal's span where a rule is judged by what a series has shown."""
MOST_ROWS = 2_000_000
TRIES = 40
MEMORY, THREADS = "1GB", 2
FEW_SERIES, SHORT_SPAN = 100, 3 * DAY
SUMS = pa.schema([field for field in TIER if field.name != "piece"])
T = TypeVar("T")
_local = threading.local()


class TooWide(ValueError):
    """The answer would be larger than a caller may ask for at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: series ids or an indicator (or neither: all), and [first, last) micros."""

    series: tuple[int, ...] | None
    indicator: str | None
    first: int
    last: int
    zone: ZoneInfo


def history(
    data: Path,
    *,
    since: datetime,
    until: datetime,
    step: str = "hour",
    series: Sequence[int] | None = None,
    indicator: str | None = None,
    zone: ZoneInfo | None = None,
    together: bool = False,
    most: int = MOST_ROWS,
) -> pa.Table:
    """Readings or their sums that begin in [since, until), by series and time.

    ``step`` raw: the columns of ``history_files.RAW``; hour, day (of ``zone``; UTC when left out),
    span (one row a series): series, start, windows, count, mean, min, max, worst. ``together``
    joins all series into one row a step, whose series is 0 and whose mean is over windows.
    TooWide when there are more than ``most`` rows.
    """  # fmt: skip
    if step not in STEPS:
        raise ValueError(f"step {step!r} is none of {', '.join(STEPS)}")
    wanted = None if series is None else tuple(sorted({int(one) for one in series}))
    asked = Asked(wanted, indicator, micros_of(since), micros_of(until), zone or ZoneInfo("UTC"))
    if step == "raw":
        return steadily(data, lambda sets: _raw(data, sets, asked, most))
    return steadily(data, lambda sets: _sums(data, sets, asked, step, together, most))


def steadily(data: Path, read: Callable[[Manifest], T]) -> T:
    """Read while history may be changed: anew when files went between looking and reading."""
    import duckdb

    for _ in range(TRIES):
        try:
            return read(read_manifest(data))
        except (Vanished, FileNotFoundError, duckdb.IOException):
            time.sleep(0.02)
    raise Vanished(f"{data / 'history'} changes faster than it can be read.")


# Raw readings ----------------------------------------------------------------------------------


def _raw(data: Path, manifest: Manifest, asked: Asked, most: int) -> pa.Table:
    sets = manifest.of("raw", asked.first, asked.last)
    fresh = fresh_rows(data, manifest, asked)
    files = _files(data, sets, asked)
    if not files:
        return _few(fresh, most)
    names = ", ".join(RAW.names)
    text = f"SELECT {names} FROM {_source('window_start')} ORDER BY series, window_start"
    old = _ask(text, files, asked, most)
    rows = pa.concat_tables([old.cast(RAW), fresh])
    return _few(rows.sort_by([("series", "ascending"), ("window_start", "ascending")]), most)


def fresh_rows(data: Path, manifest: Manifest, asked: Asked) -> pa.Table:
    """Readings of hours that are not compacted, in order; Vanished when they went meanwhile."""
    covered = {one.begin // DAY for one in manifest.sets}
    covered |= {day for s in manifest.sets for day in range(s.begin // DAY, s.end // DAY)}
    span = range(asked.first // HOUR, -(-asked.last // HOUR))
    hours = [hour for hour in hours_present(data, span) if hour // 24 not in covered]
    if read_manifest(data).number != manifest.number:
        raise Vanished("History was changed between two looks.")
    wanted = _wanted(data, asked)
    return read_hours(data, hours, wanted, asked.first, asked.last)


def _wanted(data: Path, asked: Asked) -> np.ndarray | None:
    """Ids of the series asked for; None for all."""
    if asked.indicator is None:
        return None if asked.series is None else np.array(asked.series, np.int64)
    names = read_names(data)
    ids = names.ids[names.indicators == asked.indicator]
    return ids if asked.series is None else np.intersect1d(ids, asked.series)


def _few(rows: pa.Table, most: int) -> pa.Table:
    if len(rows) > most:
        raise TooWide(
            f"More than {most:,} rows answer this; ask for a shorter span, fewer series or a "
            "longer step."
        )
    return rows


# Sums ------------------------------------------------------------------------------------------


def _sums(
    data: Path, manifest: Manifest, asked: Asked, step: str, together: bool, most: int
) -> pa.Table:
    tier = "day" if step == "day" else "hour"
    fresh = _fresh_sums(data, manifest, asked, tier)
    if tier == "hour" and (days := _short_and_wide(manifest, asked)):
        files, inner = _files(data, days, asked), _FROM_READINGS
    else:
        files = _files(data, manifest.of(tier, asked.first - DAY, asked.last + DAY), asked)
        inner = f"SELECT * EXCLUDE (piece) FROM {_source('start')}"
    source = inner if files else ""
    union = " UNION ALL ".join(filter(None, [source, "SELECT * FROM fresh" if len(fresh) else ""]))
    if not union:
        return SUMS.empty_table()
    key = "0::BIGINT" if together else "series"
    start = "min(start)" if step == "span" else "start"
    group = "" if step == "span" else ", start"
    text = (
        f"SELECT {key} AS series, {start} AS start, sum(windows)::INTEGER AS windows, "
        "sum(count)::BIGINT AS count, sum(mean * windows) / nullif(sum(windows), 0) AS mean, "
        "min(min) AS min, max(max) AS max, max(worst)::TINYINT AS worst "
        f"FROM ({union}) GROUP BY {key}{group} ORDER BY 1, 2"
    )
    return _ask(text, files, asked, most, fresh=fresh).cast(SUMS)


def _short_and_wide(manifest: Manifest, asked: Asked) -> list[HistorySet]:
    """Days of readings that answer a short span of many series; none where sums serve better.

    Merged months lie series after series: for one day of all places they would be read whole.
    """
    few = asked.series is not None and len(asked.series) <= FEW_SERIES
    if few or asked.last - asked.first > SHORT_SPAN or asked.first % HOUR:
        return []
    days = manifest.of("raw", asked.first, asked.last)
    summed = manifest.of("hour", asked.first, asked.last)
    wanted = {
        day
        for one in summed
        for day in range(max(one.begin, asked.first) // DAY, -(-min(one.end, asked.last) // DAY))
    }
    return days if wanted <= {one.begin // DAY for one in days} else []


def _fresh_sums(data: Path, manifest: Manifest, asked: Asked, tier: str) -> pa.Table:
    rows = fresh_rows(data, manifest, _aligned(asked, tier))
    hours, days = tiers_of(rows, asked.zone)
    table = (days if tier == "day" else hours).select(SUMS.names)
    start = table["start"].cast(pa.int64()).to_numpy()
    return table.filter(pa.array((start >= asked.first) & (start < asked.last)))


def _aligned(asked: Asked, tier: str) -> Asked:
    """The span of readings behind sums that begin in the span asked for."""
    more = DAY + HOUR if tier == "day" else HOUR
    return Asked(asked.series, asked.indicator, asked.first, asked.last + more, asked.zone)


# DuckDB ----------------------------------------------------------------------------------------


def _files(data: Path, sets: Sequence[HistorySet], asked: Asked) -> list[str]:
    """Paths of the files that may hold what is asked for, by their indexes."""
    wanted = None if asked.series is None else np.array(asked.series, np.int64)
    return [
        str(data / one.folder / file.name)
        for one in sets
        for file in files_of(data, one)
        if asked.indicator in (None, file.indicator) and _holds(file.first, file.last, wanted)
    ]


def _holds(first: int, last: int, wanted: np.ndarray | None) -> bool:
    if wanted is None:
        return True
    begin, end = np.searchsorted(wanted, [first, last + 1]).tolist()
    return bool(end > begin)


def _source(time: str) -> str:
    """The files asked, as SQL; the series are in the table ``wanted`` where not all are."""
    return (
        "(SELECT * FROM read_parquet($files) "
        f"WHERE {time} >= make_timestamptz($first) AND {time} < make_timestamptz($last) {{only}})"
    )


_FROM_READINGS = (
    "SELECT series, make_timestamptz(epoch_us(window_start) // 3600000000 * 3600000000) AS start, "
    "(value IS NOT NULL)::INTEGER AS windows, count, value AS mean, value AS min, value AS max, "
    f"level AS worst FROM {_source('window_start')}"
)
"""Readings as if each were a sum of its own; the sum over them is made outside."""


def _ask(
    text: str, files: list[str], asked: Asked, most: int, *, fresh: pa.Table | None = None
) -> pa.Table:
    cursor = _connection().cursor()
    try:
        words: dict[str, Any] = {}
        if files:
            words = {"files": files, "first": asked.first, "last": asked.last}
        if fresh is not None and len(fresh):
            cursor.register("fresh", fresh)
        only = _only(cursor, asked) if files else ""
        query = text.replace("{only}", only) + f" LIMIT {most + 1}"
        return _few(cursor.sql(query, params=words or None).to_arrow_table(), most)
    finally:
        cursor.close()


def _only(cursor: Any, asked: Asked) -> str:
    """The condition on series: written out while they are few, so that row groups are skipped."""
    if asked.series is None:
        return ""
    if len(asked.series) == 1:
        return f"AND series = {asked.series[0]}"
    if len(asked.series) <= 100:
        return f"AND series IN ({', '.join(map(str, asked.series))})"
    cursor.register("wanted", pa.table({"id": pa.array(asked.series, pa.int64())}))
    low, high = asked.series[0], asked.series[-1]
    return f"AND series BETWEEN {low} AND {high} AND series IN (SELECT id FROM wanted)"


def _connection() -> Any:
    """A connection of this thread: in memory, bounded, in UTC; it holds nothing of its own."""
    import duckdb

    if not hasattr(_local, "connection"):
        said: dict[str, Any] = {"memory_limit": MEMORY, "threads": THREADS, "temp_directory": ""}
        _local.connection = duckdb.connect(":memory:", config=said)
        _local.connection.execute("SET TimeZone = 'UTC'")
        # Footers may be remembered: a file of history never changes under its name.
        _local.connection.execute("SET parquet_metadata_cache = true")
    return _local.connection


# The worst now ---------------------------------------------------------------------------------


def series_of(data: Path, indicator: str | None) -> np.ndarray | None:
    """Series of an indicator in the newest plan; None, meaning all, for no indicator."""
    asked = Asked(None, indicator, 0, 0, ZoneInfo("UTC"))
    return None if indicator is None else _wanted(data, asked)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back history goes, microseconds since 1970 UTC; None where there is nothing."""

    raw: int | None
    hour: int | None
    day: int | None


def reach(data: Path) -> Reach:
    """The earliest moment of each tier."""
    sets = read_manifest(data).sets
    begins = {
        t: min((s.begin for s in sets if s.tier == t), default=None)
        for t in ("raw", "hour", "day")
    }
    if begins["raw"] is None:
        first = next(iter(hours_present(data, range(-(1 << 40), 1 << 40))), None)
        begins["raw"] = None if first is None else first * HOUR
    return Reach(**begins)


__all__ = ["MOMENT", "Reach", "TooWide", "history", "reach", "series_of", "steadily"]
