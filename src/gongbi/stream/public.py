"""What sensing offers to other parts: plans in; facts, readings, rows and status out.

Everything here reads files; it asks neither the ingest process nor the engine, and never waits.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from gongbi.stream import facts as _facts
from gongbi.stream import history as _history
from gongbi.stream import keys as _keys
from gongbi.stream import plans as _plans
from gongbi.stream import readings as _readings
from gongbi.stream import retain as _retain
from gongbi.stream import rewind as _rewind
from gongbi.stream import snapshot as _snapshot
from gongbi.stream.facts import (
    AlertChanged,
    AlertCleared,
    AlertFact,
    AlertRaised,
    FactRow,
    LevelChanged,
    moment_of,
)
from gongbi.stream.history import Reach, TooWide
from gongbi.stream.history_sets import HistoryBusy
from gongbi.stream.plans import DATASTREAMS, DAYS, MEMBERS, SERIES, BadPlan
from gongbi.stream.retain import Retention
from gongbi.stream.snapshot import StreamStatus

if TYPE_CHECKING:
    from gongbi.stream.history_backfill import Filled
    from gongbi.stream.rehearse import Rehearsal

__all__ = [
    "DATASTREAMS",
    "DAYS",
    "MEMBERS",
    "SERIES",
    "AlertChanged",
    "AlertCleared",
    "AlertFact",
    "AlertRaised",
    "BadPlan",
    "FactRow",
    "HistoryBusy",
    "LevelChanged",
    "Reach",
    "Retention",
    "StreamStatus",
    "TooWide",
    "backfill",
    "history",
    "keep_ingest_key",
    "keep_retention",
    "latest",
    "moment_of",
    "observations",
    "reach",
    "read_facts",
    "readings",
    "readings_known",
    "rehearse",
    "status",
    "worst_now",
    "write_plan",
]


def write_plan(
    data: Path,
    *,
    datastreams: pa.Table,
    series: pa.Table,
    members: pa.Table,
    days: pa.Table | None = None,
) -> int:
    """Write the next plan and return its number; BadPlan lists every fault.

    The ingest process puts it in force within a second, and before it refuses a row whose
    datastream it does not know. Series that keep their id and window keep their state.
    """
    return _plans.write_plan(
        data, datastreams=datastreams, series=series, members=members, days=days
    )


def keep_ingest_key(data: Path, name: str, key: str) -> None:
    """Let whoever holds ``key`` send readings as ``name``; only its digest is kept."""
    _keys.keep_ingest_key(data, name, key)


def read_facts(data: Path, after: int, limit: int) -> list[FactRow]:
    """Up to ``limit`` facts after a position (0: from the beginning), in order.

    Keep the last fact's ``position`` in the transaction that acts on it. The same log gives the
    same facts at the same positions, also after a crash.
    """
    return _facts.read_facts(data, after, limit)


def readings(data: Path, *, series: Sequence[int], since: datetime, until: datetime) -> pa.Table:
    """Readings of windows that begin in [since, until), by series and time.

    Columns: series, window_start, count, value (null when empty), level, provisional. A window
    without rows appears only where it changed a level.
    """
    return _readings.readings(data, series=series, since=since, until=until)


def readings_known(
    data: Path, *, series: Sequence[int], since: datetime, until: datetime, at: datetime
) -> pa.Table:
    """Readings as they were known at a moment: what was told or corrected later is not there."""
    return _rewind.readings_known(data, series=series, since=since, until=until, at=at)


def latest(data: Path, series: Sequence[int] | None) -> pa.Table:
    """The newest reading of each series that has one (None: of all); at most a second old."""
    table = _snapshot.read_latest(data)
    if series is None:
        return table
    return table.filter(pc.is_in(table["series"], pa.array(list(series), pa.int64())))


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
    most: int = _history.MOST_ROWS,
) -> pa.Table:
    """What was read in [since, until), of some series, of an indicator's, or of all.

    ``step`` raw: readings; hour, day (of ``zone``) or span (one row a series): series, start,
    windows, count, mean, min, max, worst; ``together`` joins all series. TooWide when more than
    ``most`` rows answer. Memory and threads are bounded.
    """  # fmt: skip
    return _history.history(
        data, since=since, until=until, step=step, series=series, indicator=indicator, zone=zone,
        together=together, most=most,
    )  # fmt: skip


def worst_now(data: Path, *, indicator: str | None = None, most: int = 100) -> pa.Table:
    """The newest readings at the highest levels; of equal levels the latest window first."""
    newest = _snapshot.read_latest(data)
    return _history.worst_now(data, newest, indicator=indicator, most=most)


def reach(data: Path) -> Reach:
    """How far back raw readings and their sums by hour and day go."""
    return _history.reach(data)


def rehearse(
    data: Path,
    *,
    indicator: str,
    changes: Mapping[str, Any],
    since: datetime,
    until: datetime,
    series: Sequence[int] | None = None,
    days: pa.Table | None = None,
    told: Callable[[float], None] = lambda share: None,
) -> "Rehearsal":
    """Run an indicator's rule over stored readings as it is and as ``changes`` make it."""
    # Compiled code is loaded only where somebody rehearses.
    from gongbi.stream import rehearse as _rehearse

    return _rehearse.rehearse(
        data, indicator=indicator, changes=changes, since=since, until=until, series=series,
        days=days, told=told,
    )  # fmt: skip


def backfill(data: Path, *, since: datetime, now: datetime) -> "Filled":
    """Make history anew for rows that came too late for their windows; live levels stay."""
    from gongbi.stream import history_backfill as _backfill

    micros = _facts.micros_of
    return _backfill.backfill(data, since=micros(since), now=micros(now))


def keep_retention(data: Path, said: Retention) -> None:
    """How long readings, sums and the log are kept; applied in the background."""
    _retain.keep_retention(data, said)


def observations(
    data: Path, *, datastream: int, since: datetime, until: datetime, limit: int
) -> pa.Table:
    """Rows behind a reading: time, value, received, position in the log; earliest first."""
    return _readings.observations(
        data, datastream=datastream, since=since, until=until, limit=limit
    )


def status(data: Path) -> StreamStatus:
    """How far the log and the engine are."""
    return _snapshot.status(data)
