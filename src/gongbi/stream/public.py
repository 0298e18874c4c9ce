"""What sensing offers to other parts: plans in; facts, readings, rows and status out.

Everything here reads files; it asks neither the ingest process nor the engine, and never waits.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from gongbi.stream import facts as _facts
from gongbi.stream import keys as _keys
from gongbi.stream import latest as _latest
from gongbi.stream import plans as _plans
from gongbi.stream import readings as _readings
from gongbi.stream import sensors as _sensors
from gongbi.stream import snapshot as _snapshot
from gongbi.stream.facts import (
    AlertChanged,
    AlertCleared,
    AlertFact,
    AlertRaised,
    FactRow,
    LevelChanged,
)
from gongbi.stream.plan_tables import (
    DATASTREAMS,
    DAYS,
    FORMULAS,
    MEMBERS,
    SERIES,
    TRUSTS,
    WIRES,
)
from gongbi.stream.plans import BadPlan
from gongbi.stream.sensors import SensorTrouble
from gongbi.stream.snapshot import StreamStatus

__all__ = [
    "DATASTREAMS",
    "DAYS",
    "FORMULAS",
    "MEMBERS",
    "SERIES",
    "TRUSTS",
    "WIRES",
    "AlertChanged",
    "AlertCleared",
    "AlertFact",
    "AlertRaised",
    "BadPlan",
    "FactRow",
    "LevelChanged",
    "SensorTrouble",
    "StreamStatus",
    "keep_ingest_key",
    "latest",
    "observations",
    "read_facts",
    "read_troubles",
    "readings",
    "status",
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
) -> int:
    """Write the next plan and return its number; BadPlan lists every fault.

    The ingest process puts it in force within a second, and before it refuses a row whose
    datastream it does not know. Series that keep their id, window
    and aggregate keep their state.
    """
    others = {"days": days, "trusts": trusts, "formulas": formulas, "wires": wires}
    return _plans.write_plan(
        data, datastreams=datastreams, series=series, members=members, **others
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


def read_troubles(data: Path, after: int, limit: int) -> list[SensorTrouble]:
    """Up to ``limit`` troubles of sensors, begun or ended, after a position; as ``read_facts``."""
    return _sensors.read_troubles(data, after, limit)


def readings(data: Path, *, series: Sequence[int], since: datetime, until: datetime) -> pa.Table:
    """Readings of windows that begin in [since, until), by series and time.

    Columns: series, window_start, count, value (null when empty), level, provisional. A window
    without rows appears only where it changed a level.
    """
    return _readings.readings(data, series=series, since=since, until=until)


def latest(data: Path, series: Sequence[int] | None) -> pa.Table:
    """The newest reading of each series that has one (None: of all), as the engine has it now."""
    return _latest.read_latest(data, series)


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
