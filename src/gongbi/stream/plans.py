"""The plan: what the pack says of sensing, numbered, in ``plans/<number>/*.arrow``."""

import fcntl
import hashlib
import math
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import AGGREGATES, ring_size
from gongbi.kernel.stream.slots import SlotIndex, build_index, find_slots
from gongbi.kernel.vitals.days import HOUR
from gongbi.kernel.vitals.levels import LONGEST_RUN
from gongbi.kernel.vitals.usual import LONGEST_WAIT, WARM
from gongbi.stream.plan_made import formula_faults, of_rows
from gongbi.stream.plan_surprises import surprise_faults
from gongbi.stream.plan_tables import NOVEL, OPTIONAL, SCORES, TABLES, widened

MOST_CELLS = 512


class PlanMoved(Exception):
    """Another plan was written since; draw yours again from it."""


class BadPlan(ValueError):
    """A plan that cannot be put in force; every fault has a line of its own."""


@dataclass(frozen=True)
class Plan:
    """A plan, its tables sorted by id, read where they lie; what is made of them comes when asked.

    Slots of datastreams are places in their table.
    """

    number: int
    folder: Path
    datastreams: pa.Table
    series: pa.Table
    members: pa.Table
    days: pa.Table
    trusts: pa.Table
    formulas: pa.Table
    wires: pa.Table
    surprises: pa.Table

    @cached_property
    def digest(self) -> str:
        """SHA-256 over its files."""
        return plan_digest(self.folder)

    @cached_property
    def index(self) -> SlotIndex:
        """From a datastream's id to its slot."""
        return build_index(self.ids(self.datastreams))

    def ids(self, table: pa.Table) -> np.ndarray:
        """The ids of a table as an array."""
        return table["id"].to_numpy().astype(np.int64, copy=False)

    @cached_property
    def depths(self) -> np.ndarray:
        """By series: 0 what is folded from rows, else one more than the deepest it is made of."""
        ids = self.series["id"].to_numpy()
        depths = np.zeros(len(ids), np.int64)
        if not len(self.formulas):
            return depths
        index = build_index(ids)
        made = find_slots(index, self.wires["series"].to_numpy())
        rows = set(self.formulas["series"].to_numpy()[of_rows(self.formulas)].tolist())
        own = np.array([one not in rows for one in self.wires["series"].to_pylist()], np.bool_)
        source = find_slots(index, self.wires["source"].to_numpy())
        made, source = made[own], source[own]
        while True:
            deeper = depths.copy()
            np.maximum.at(deeper, made, depths[source] + 1)
            if np.array_equal(deeper, depths):
                return depths
            depths = deeper

    @cached_property
    def novel(self) -> NDArray[np.int64]:
        """By series: the row of its indicator in ``surprises``, -1 where it is not judged so."""
        if not len(self.surprises):
            return np.full(len(self.series), -1)
        found = pc.index_in(self.series["indicator"], self.surprises["indicator"])
        return pc.fill_null(found, -1).to_numpy().astype(np.int64)

    def told_of(self, series: NDArray[np.int64]) -> tuple[list[str], list[str]]:
        """Indicators and places of series."""
        rows = pa.array(np.searchsorted(self.ids(self.series), series))
        indicators, places = (self.series[name].take(rows) for name in ("indicator", "place"))
        return indicators.to_pylist(), places.to_pylist()

    def unit_of(self, datastream: int) -> str | None:
        """In what a datastream is measured, or None where the plan does not know it."""
        slot = int(find_slots(self.index, np.array([datastream], np.int64))[0])
        return self.datastreams["unit"][slot].as_py() if slot >= 0 else None


def write_plan(
    data: Path,
    *,
    datastreams: pa.Table,
    series: pa.Table,
    members: pa.Table,
    after: int | None = None,
    **others: pa.Table | None,
) -> int:
    """Check and write the next plan, and say that it is the newest; return its number.

    With ``after``, PlanMoved when that is not the newest any more.
    """
    tables = {
        "datastreams": _sorted(_shaped("datastreams", datastreams), "id"),
        "series": _sorted(_shaped("series", series), "id"),
        "members": _sorted(_shaped("members", members), "datastream", "series"),
    }
    for name in sorted(OPTIONAL):
        table = others.get(name)
        tables[name] = _shaped(name, TABLES[name].empty_table() if table is None else table)
    tables["days"] = _sorted(tables["days"], "begin")
    faults = list(_faults(tables))
    if faults:
        raise BadPlan("The plan was refused:\n" + "\n".join(faults[:50]))
    plans = data / "plans"
    plans.mkdir(parents=True, exist_ok=True)
    with (plans / ".writing").open("wb") as lock:
        # A pack being loaded and a worker that adds a datastream: one after the other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        newest = newest_plan(data)
        if after is not None and newest != after:
            raise PlanMoved(f"Plan {newest} was written after plan {after}.")
        return _keep(plans, tables)


def _sorted(table: pa.Table, *columns: str) -> pa.Table:
    """The table in order of these columns; millions of rows that are so already are left alone."""
    first = table[columns[0]].to_numpy()
    if (np.diff(first) > 0).all():
        return table
    return table.sort_by([(column, "ascending") for column in columns])


def _keep(plans: Path, tables: dict[str, pa.Table]) -> int:
    number = max((int(p.name) for p in plans.glob("[0-9]" * 6)), default=0) + 1
    building = plans / f".{number:06d}.new"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    for name, table in tables.items():
        path = str(building / f"{name}.arrow")
        with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
        _sync(building / f"{name}.arrow")
    building.rename(plans / f"{number:06d}")
    sign = plans / ".newest.new"
    sign.write_text(str(number))
    _sync(sign)
    sign.replace(plans / "newest")
    _sync(plans)
    return number


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def newest_plan(data: Path) -> int:
    """The number of the newest plan written, 0 when there is none."""
    try:
        return int((data / "plans" / "newest").read_text())
    except FileNotFoundError:
        return 0


def plan_digest(folder: Path) -> str:
    """SHA-256 over the plan's files."""
    sha = hashlib.sha256()
    for name in sorted(TABLES):
        path = folder / f"{name}.arrow"
        if path.exists() or name not in OPTIONAL:  # plans of version 0.1 have no days
            with path.open("rb") as file:
                while piece := file.read(1 << 22):
                    sha.update(piece)
    return sha.hexdigest()


def load_plan(data: Path, number: int) -> Plan:
    """Read a plan back; FileNotFoundError names it when it is not there."""
    folder = data / "plans" / f"{number:06d}"
    if not folder.is_dir():
        raise FileNotFoundError(
            f"Plan {number} is in force but {folder} is not there. Restore it from a backup."
        )
    tables = {name: read_shaped(folder, name) for name in TABLES}
    return Plan(number=number, folder=folder, **tables)


def read_shaped(folder: Path, name: str) -> pa.Table:
    """One table of a plan; what a plan of version 0.1 does not have is filled in."""
    path = folder / f"{name}.arrow"
    if name in OPTIONAL and not path.exists():
        return TABLES[name].empty_table()
    return _shaped(name, read_table(path)).combine_chunks()


def read_table(path: Path) -> pa.Table:
    """An Arrow file as one table of single chunks, read where it lies."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all().combine_chunks()


def _shaped(name: str, table: pa.Table) -> pa.Table:
    schema = TABLES[name]
    table = widened(name, table)
    missing = [column for column in schema.names if column not in table.column_names]
    if missing:
        raise BadPlan(f"The plan's table {name!r} lacks: {', '.join(missing)}.")
    try:
        shaped = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadPlan(f"The plan's table {name!r} does not fit its columns: {error}") from error
    limits = {"notice", "warning", "alarm", *SCORES, *NOVEL}
    for column in schema.names:
        if shaped[column].null_count and column not in limits and name not in OPTIONAL:
            raise BadPlan(f"The plan's table {name!r} has an empty {column!r}.")
    for column in limits & set(schema.names):
        if not shaped[column].null_count:
            continue
        place = schema.get_field_index(column)
        filled = pc.fill_null(shaped[column], float("nan"))
        shaped = shaped.set_column(place, schema.field(column), filled)
    return shaped


def _faults(tables: dict[str, pa.Table]) -> Iterator[str]:
    yield from _repeated(tables["datastreams"], "id", "datastream id")
    yield from _repeated(tables["datastreams"], "name", "datastream name")
    yield from _repeated(tables["series"], "id", "series id")
    yield from _strangers(tables, "datastream", "datastreams")
    yield from _strangers(tables, "series", "series")
    yield from formula_faults(tables)
    yield from surprise_faults(tables["surprises"])
    for row in _kinds_of_series(tables["series"]).to_pylist():
        for fault in [*_series_faults(row), *_usual_faults(row, len(tables["days"]))]:
            yield f"series {row['id']} ({row['indicator']} at {row['place']}): {fault}"


def _kinds_of_series(series: pa.Table) -> pa.Table:
    """One series of each kind that differs in what may be at fault: cities have few kinds."""
    told = ("id", "indicator", "place", "property")
    _, firsts = alike([series[name] for name in series.column_names if name not in told])
    return series.take(pa.array(np.sort(firsts)))


def alike(
    columns: list[pa.ChunkedArray],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number rows by what their columns say together; and where each number first appears."""
    count = len(columns[0])
    codes = np.zeros(count, np.int64)
    for column in columns:
        own = pc.dictionary_encode(column).combine_chunks()
        if len(own.dictionary) > 1:
            both = codes * len(own.dictionary) + own.indices.to_numpy()
            codes = pa.array(both).dictionary_encode().indices.to_numpy().astype(np.int64)
    firsts = np.empty(int(codes.max(initial=-1)) + 1, np.int64)
    firsts[codes[::-1]] = np.arange(count)[::-1]
    return codes, firsts


def _repeated(table: pa.Table, column: str, what: str) -> Iterator[str]:
    counts = pc.value_counts(table[column].combine_chunks())
    for entry in counts.filter(pc.greater(counts.field("counts"), 1))[:10]:
        yield f"{what} {entry['values'].as_py()!r} stands {entry['counts'].as_py()} times"


def _strangers(tables: dict[str, pa.Table], column: str, of: str) -> Iterator[str]:
    ids = tables["members"][column].to_numpy()
    try:
        known = build_index(tables[of]["id"].to_numpy())
    except ValueError:  # an id stands twice, which is told already
        return
    found = find_slots(known, ids)
    for identity in np.unique(ids[found < 0])[:10].tolist():
        yield f"a member names {column} {identity}, which is not in the plan"


def _series_faults(row: dict[str, object]) -> Iterator[str]:
    width, late = int(str(row["window_seconds"])), int(str(row["lateness_seconds"]))
    if row["aggregate"] not in AGGREGATES:
        yield f"aggregate {row['aggregate']!r} is none of {', '.join(AGGREGATES)}"
    if row["direction"] not in {"above", "below"}:
        yield f"direction {row['direction']!r} is neither above nor below"
    if width < 1:
        yield "window_seconds must be at least 1"
    elif late < 0 or ring_size(width, late) > MOST_CELLS:
        yield f"lateness_seconds must be from 0 to {MOST_CELLS - 3} windows"
    if not 1 <= int(str(row["min_windows"])) <= LONGEST_RUN:
        yield f"min_windows must be at least 1 and at most {LONGEST_RUN}"
    if int(str(row["missing_windows"])) < 0:
        yield "missing_windows must not be negative"
    yield from _limit_faults(row)


def _usual_faults(row: dict[str, object], days: int) -> Iterator[str]:
    """What a series lacks that is judged by what is usual."""
    scores = [float(str(row[name])) for name in SCORES]
    known = [score for score in scores if not math.isnan(score)]
    if not known:
        return
    if known != sorted(known) or known[0] <= 0:
        yield "scores must be above 0 and rise from notice to alarm"
    if not float(str(row["least_deviation"])) > 0:
        yield "least_deviation must be above 0"
    if int(str(row["least_visits"])) < WARM:
        yield f"least_visits must be at least {WARM}"
    if not days:
        yield "the plan has no days, so it cannot know what is usual"
    wait = int(str(row["window_seconds"])) + int(str(row["lateness_seconds"]))
    if wait * 1_000_000 > LONGEST_WAIT:
        yield f"a window must be final within {LONGEST_WAIT // HOUR} hours to be judged so"


def _limit_faults(row: dict[str, object]) -> Iterator[str]:
    sign = 1.0 if row["direction"] == "above" else -1.0
    limits = [sign * float(str(row[name])) for name in ("notice", "warning", "alarm")]
    known = [limit for limit in limits if not math.isnan(limit)]
    if known != sorted(known):
        yield "notice, warning and alarm do not get stricter in this order"
    if not float(str(row["clear_margin"])) >= 0:
        yield "clear_margin must be 0 or more"
