"""What sensing offers to other parts: plans in; facts, readings, rows and status out.

Everything here reads files; it asks neither the ingest process nor the engine, and never waits.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from gongbi.stream import created as _created
from gongbi.stream import facts as _facts
from gongbi.stream import history as _history
from gongbi.stream import keys as _keys
from gongbi.stream import known_ahead as _known
from gongbi.stream import latest as _latest
from gongbi.stream import plan_words as _words
from gongbi.stream import plans as _plans
from gongbi.stream import readings as _readings
from gongbi.stream import retain as _retain
from gongbi.stream import rewind as _rewind
from gongbi.stream import sensing as _sensing
from gongbi.stream import sensors as _sensors
from gongbi.stream import snapshot as _snapshot
from gongbi.stream import tail as _tail
from gongbi.stream import tally as _tally
from gongbi.stream.facts import (
    AlertChanged,
    AlertCleared,
    AlertFact,
    AlertRaised,
    FactRow,
    LevelChanged,
    moment_of,
)
from gongbi.stream.history import LEARNING, Reach, TooWide
from gongbi.stream.history_sets import HistoryBusy, history_still
from gongbi.stream.keys import IngestKey
from gongbi.stream.known_ahead import KnownAhead
from gongbi.stream.plan_tables import (
    DATASTREAMS,
    DAYS,
    FORMULAS,
    MEMBERS,
    SERIES,
    SURPRISES,
    TRUSTS,
    WIRES,
)
from gongbi.stream.plan_words import PlanInWords
from gongbi.stream.plans import BadPlan, PlanMoved
from gongbi.stream.retain import Retention
from gongbi.stream.sensors import SensorTrouble
from gongbi.stream.snapshot import StreamStatus

if TYPE_CHECKING:
    from gongbi.stream.history_backfill import Filled
    from gongbi.stream.rehearse import Rehearsal

__all__ = [
    "DATASTREAMS",
    "DAYS",
    "FORMULAS",
    "LEARNING",
    "MEMBERS",
    "SERIES",
    "SURPRISES",
    "TRUSTS",
    "WIRES",
    "AlertChanged",
    "AlertCleared",
    "AlertFact",
    "AlertRaised",
    "BadPlan",
    "FactRow",
    "HistoryBusy",
    "IngestKey",
    "KnownAhead",
    "LevelChanged",
    "PlanInWords",
    "PlanMoved",
    "Reach",
    "Retention",
    "SensorTrouble",
    "StreamStatus",
    "TooWide",
    "backfill",
    "created_bytes",
    "created_datastreams",
    "first_reading",
    "history",
    "history_still",
    "ingest_key_owner",
    "ingest_keys",
    "keep_ingest_key",
    "keep_retention",
    "keep_sensing",
    "known_told",
    "latest",
    "moment_of",
    "newest_rows",
    "observations",
    "plan_datastreams",
    "plan_in_words",
    "plan_number",
    "reach",
    "read_facts",
    "read_troubles",
    "readings",
    "readings_known",
    "rehearse",
    "revoke_ingest_key",
    "status",
    "tell_known",
    "windows_by_level",
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
    trusts: pa.Table | None = None,
    formulas: pa.Table | None = None,
    wires: pa.Table | None = None,
    surprises: pa.Table | None = None,
    after: int | None = None,
) -> int:
    """Write the next plan and return its number; BadPlan lists every fault.

    The ingest process puts it in force within a second, and before it refuses a row whose
    datastream it does not know. Series that keep their id, window and aggregate keep their state.
    With ``after``, the number of the plan it was drawn from: PlanMoved when another came since.
    """
    others = {
        "days": days, "trusts": trusts, "formulas": formulas, "wires": wires,
        "surprises": surprises,
    }  # fmt: skip
    return _plans.write_plan(
        data, datastreams=datastreams, series=series, members=members, after=after, **others
    )


def keep_ingest_key(
    data: Path,
    name: str,
    key: str,
    *,
    rows_per_second: int = 0,
    most_bytes: int = 0,
    prefix: str = "",
) -> None:
    """Let whoever holds ``key`` send readings as ``name``; only its digest is kept.

    A limit of 0 is none; a prefix binds it to datastreams whose names begin so.
    """
    limits = {"rows_per_second": rows_per_second, "most_bytes": most_bytes}
    _keys.keep_ingest_key(data, name, key, prefix=prefix, **limits)


def ingest_keys(data: Path) -> list[IngestKey]:
    """Every ingest key with its limits, by name."""
    return _keys.ingest_keys(data)


def revoke_ingest_key(data: Path, name: str) -> bool:
    """End a key at once; False where there is none of that name."""
    return _keys.revoke_ingest_key(data, name)


def created_datastreams(data: Path) -> pa.Table:
    """Datastreams that senders created, in the columns of a plan; a new one is on disk first."""
    return _created.created_datastreams(data)


def created_bytes(data: Path) -> int:
    """A number that grows whenever a datastream is created; cheap to ask."""
    return _created.created_bytes(data)


def plan_number(data: Path) -> int:
    """The number of the newest plan written, 0 when there is none."""
    return _plans.newest_plan(data)


def plan_datastreams(data: Path, number: int) -> pa.Table:
    """The datastreams of a plan."""
    return _plans.read_table(data / "plans" / f"{number:06d}" / "datastreams.arrow")


def tell_known(data: Path, events: Iterable[KnownAhead]) -> int:
    """Let the engine know events ahead, or that they are withdrawn; how many were news.

    Each differs from what was told of it last. They are safe on disk then, and a second later in
    the log: windows judged from there on are judged by them, and facts say so (``known``).
    """
    return _known.tell_known(data, events)


def known_told(data: Path) -> list[KnownAhead]:
    """What was told last of each event."""
    return _known.known_told(data)


def keep_sensing(
    data: Path, *, create: bool, patterns: list[dict[str, Any]], places: Iterable[str]
) -> None:
    """Say what the pack allows of datastreams it does not name, and which places there are."""
    _sensing.keep_sensing(data, create=create, patterns=patterns, places=places)


def ingest_key_owner(data: Path, header: str) -> str | None:
    """The name under which the key of an ``Authorization`` header was given out, or None."""
    found = _keys.keys_of(data).find(header)
    return None if found is None else found.name


def read_facts(data: Path, after: int, limit: int) -> list[FactRow]:
    """Up to ``limit`` facts after a position (0: from the beginning), in order.

    Keep the last fact's ``position`` in the transaction that acts on it. The same log gives the
    same facts at the same positions, also after a crash.
    """
    return _facts.read_facts(data, after, limit)


def read_troubles(data: Path, after: int, limit: int) -> list[SensorTrouble]:
    """Up to ``limit`` troubles of sensors, begun or ended, after a position; as ``read_facts``."""
    return _sensors.read_troubles(data, after, limit)


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
    """The newest reading of each series that has one (None: of all), as the engine has it now."""
    return _latest.read_latest(data, series)


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
    return _latest.read_worst(data, _history.series_of(data, indicator), most)


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
    known: Sequence[tuple[datetime, KnownAhead]] = (),
    told: Callable[[float], None] = lambda share: None,
) -> "Rehearsal":
    """Run an indicator's rule over stored readings as it is and as ``changes`` make it.

    ``known``: what was known ahead and from when on; both rules judge by it as the engine did.
    """
    # Compiled code is loaded only where somebody rehearses.
    from gongbi.stream import rehearse as _rehearse

    return _rehearse.rehearse(
        data, indicator=indicator, changes=changes, since=since, until=until, series=series,
        days=days, known=known, told=told,
    )  # fmt: skip


def backfill(
    data: Path,
    *,
    since: datetime,
    now: datetime,
    after: int = 0,
    told: Callable[[float], None] = lambda share: None,
) -> "Filled":
    """Make history anew for rows that came too late for their windows; live levels stay.

    ``after``: only rows that lie behind this position of the log.
    """
    from gongbi.stream import history_backfill as _backfill

    micros = _facts.micros_of
    return _backfill.backfill(data, since=micros(since), now=micros(now), after=after, told=told)


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


def windows_by_level(data: Path, *, series: Sequence[int], edges: Sequence[datetime]) -> pa.Table:
    """How many windows with readings each series had at each level, by parts of a period.

    Part k begins at ``edges[k]``; columns: series, part, level, windows, provisional (of them).
    """
    return _tally.windows_by_level(data, series=series, edges=edges)


def first_reading(data: Path) -> datetime | None:
    """The hour of the oldest reading kept; before it there is no record."""
    return _tally.first_reading(data)


def newest_rows(data: Path, position: int | None) -> tuple[int, pa.Table]:
    """(position read up to, the latest row of each datastream since): datastream, time, value.

    A few megabytes at a time; ``None`` begins with the last segment of the log. Times are
    microseconds since 1970.
    """
    return _tail.newest_rows(data, position)


def plan_in_words(data: Path) -> PlanInWords:
    """What the newest plan knows: its number, the unit of each property, those that are read."""
    return _words.plan_in_words(data)


def status(data: Path) -> StreamStatus:
    """How far the log and the engine are."""
    return _snapshot.status(data)
