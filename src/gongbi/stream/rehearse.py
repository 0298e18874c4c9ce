"""A changed rule over recorded days: the engine itself, run twice over stored readings.

Each reading is fed as the one row of its window to an engine in a scratch folder, under the plan
in force and under the changed one: limits, margins, durations, usual scores and surprises may
change. Late rows are in the readings already, so an alert comes when its last correction would
bring it. What was known ahead is heard when the windows were judged for the last time.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gongbi.kernel.vitals.episodes import Episode
from gongbi.kernel.vitals.rehearsal import Difference, compare
from gongbi.stream import facts, frames
from gongbi.stream.facts import AlertCleared, AlertFact, micros_of
from gongbi.stream.fold_log import Engine
from gongbi.stream.frames import Frame, Kind
from gongbi.stream.history import LEARNING, history
from gongbi.stream.known_ahead import KnownAhead, pack_known
from gongbi.stream.outputs import Outputs, newest_of
from gongbi.stream.plan_tables import DAYS, NOVEL, SURPRISES
from gongbi.stream.plans import Plan, load_plan, newest_plan, plan_digest, write_plan
from gongbi.stream.recent import READING, unpack_block

CHANGEABLE = (
    "direction", "notice", "warning", "alarm", "clear_margin", "min_windows", "missing_windows",
    "score_notice", "score_warning", "score_alarm", "score_margin", "least_deviation",
    "least_visits",
)  # fmt: skip
NOVELTY = tuple(SURPRISES.names[1:])
MOST_READINGS = 20_000_000
Told = Callable[[float], None]
Known = Sequence[tuple[datetime, KnownAhead]]


@dataclass(slots=True)
class Heard(Outputs):
    """Outputs that keep readings in memory instead of files."""

    rows: list[NDArray[np.void]] = field(default_factory=list)

    def add_block(self, start: int, packed: bytes) -> None:
        """Keep them."""
        self.rows.append(unpack_block(packed))

    def open_hours(self) -> list[int]:
        """None: nothing is to be turned into Parquet."""
        return []


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What differs, with times in microseconds; and the readings with the levels of both rules."""

    since: datetime
    until: datetime
    readings: int
    differences: list[Difference]
    before: NDArray[np.void]
    after: NDArray[np.void]


def rehearse(
    data: Path,
    *,
    indicator: str,
    changes: Mapping[str, Any],
    since: datetime,
    until: datetime,
    series: Sequence[int] | None = None,
    days: pa.Table | None = None,
    known: Known = (),
    told: Told = lambda share: None,
) -> Rehearsal:
    """Run an indicator's rule as it is and as ``changes`` (columns of a plan's series) make it.

    ``days``: the city's calendar, where the plan has none; ``known``: events known ahead, with the
    moment from which each was known. BadPlan where the changed rule is none;
    TooWide where more readings answer than fit. ``told`` hears how much is done, 0 to 1.
    """  # fmt: skip
    unknown = sorted(set(changes) - {*CHANGEABLE, *NOVELTY})
    if unknown:
        raise ValueError(f"{', '.join(unknown)} cannot be tried on readings")
    plan = load_plan(data, newest_plan(data))
    rows = plan.series.filter(pc.equal(plan.series["indicator"], indicator))
    if series is not None:
        rows = rows.filter(pc.is_in(rows["id"], pa.array(list(series), pa.int64())))
    rules = [_rule(plan, rows, indicator, said) for said in ({}, changes)]
    first = since - LEARNING if any(rule.learns for rule in rules) else since
    ids = rows["id"].to_pylist()
    table = history(data, series=ids, since=first, until=until, step="raw", most=MOST_READINGS)
    calendar = plan.days if len(plan.days) else DAYS.empty_table() if days is None else days
    shares = (lambda share: told(share / 2), lambda share: told(0.5 + share / 2))
    spoken = Spoken(table, _heard_when(rows, known), (micros_of(first), micros_of(until)))
    runs = [_run(rule, calendar, spoken, share) for rule, share in zip(rules, shares, strict=True)]
    begin = micros_of(since)
    episodes = [_episodes(found, begin) for found, _ in runs]
    heard = [rows[rows["window_start"] >= begin] for _, rows in runs]
    differences = compare(episodes[0], episodes[1])
    return Rehearsal(since, until, len(table), differences, heard[0], heard[1])


def _with(rows: pa.Table, changes: Mapping[str, Any]) -> pa.Table:
    for name, value in changes.items():
        place, kind = rows.column_names.index(name), rows.schema.field(name).type
        said = float("nan") if value is None and pa.types.is_floating(kind) else value
        column = pa.array([said] * len(rows), kind)
        rows = rows.set_column(place, name, column)
    return rows


def _rule(plan: Plan, rows: pa.Table, indicator: str, changes: Mapping[str, Any]) -> "Rule":
    """The rule in force with ``changes``."""
    novel = {name: value for name, value in changes.items() if name in NOVELTY}
    limits = {name: value for name, value in changes.items() if name not in NOVELTY}
    return Rule(_with(rows, limits), _surprises(plan, indicator, novel))


def _surprises(plan: Plan, indicator: str, changes: Mapping[str, Any]) -> pa.Table:
    """By what surprise an indicator speaks, none where it does not; ``changes`` laid over it."""
    held = plan.surprises.filter(pc.equal(plan.surprises["indicator"], indicator)).to_pylist()
    nothing = dict.fromkeys(NOVEL, float("nan")) | {"novel_margin": 0.0, "novel_least": 0.0}
    row = {"indicator": indicator, **nothing, "novel_side": "both", **(held[0] if held else {})}
    row |= {name: float("nan") if value is None else value for name, value in changes.items()}
    asked = any(not np.isnan(row[name]) for name in NOVEL)
    return pa.Table.from_pylist([row] if asked else [], schema=SURPRISES)


def _heard_when(rows: pa.Table, known: Known) -> list[tuple[int, bytes]]:
    """(moment, line) of what was known ahead, in order.

    Here a window is judged once, at its end; the engine judged it for the last time a lateness
    later, by what was known then: so each is heard a lateness earlier.
    """
    late = int(rows["lateness_seconds"].to_numpy().max(initial=0)) * 1_000_000
    lines = [(micros_of(at) - late, pack_known(one)) for at, one in known]
    lines.sort(key=lambda line: line[0])
    return [(at, orjson.dumps({"number": 0, **said})) for at, said in lines]


@dataclass(frozen=True, slots=True)
class Rule:
    """Series as a plan has them, and by what surprise they speak."""

    series: pa.Table
    surprises: pa.Table

    @property
    def learns(self) -> bool:
        """Whether it is judged by what its series have shown before."""
        names = ("score_notice", "score_warning", "score_alarm")
        rows = self.series
        usual = any(not np.isnan(rows[name].to_numpy()).all() for name in names if len(rows))
        return usual or len(self.surprises) > 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an engine hears: readings, what is known ahead, from when until when."""

    table: pa.Table
    known: list[tuple[int, bytes]]
    span: tuple[int, int]


def _run(
    rule: Rule, days: pa.Table, spoken: Spoken, told: Told
) -> tuple[list[facts.FactRow], NDArray[np.void]]:
    """(facts, readings with their levels) of an engine that hears these readings as rows."""
    with tempfile.TemporaryDirectory(prefix="gongbi-rehearse-") as name:
        folder = Path(name)
        (folder / "engine").mkdir()
        engine = Engine(folder)
        engine.outputs = heard = Heard(folder)
        plan = _plan_of(rule.series)
        number = write_plan(folder, **plan, days=days, surprises=rule.surprises)
        digest = plan_digest(folder / "plans" / f"{number:06d}")
        engine.take(_frame(Kind.PLAN, frames.pack_plan(number, digest)))
        for share, frame in _frames(rule.series, spoken):
            engine.take(frame)
            told(share)
        heard.flush()
        found = facts.read_facts(folder, 0, 1 << 40)
        heard.close()
    return found, _newest(heard.rows)


def _plan_of(series: pa.Table) -> dict[str, pa.Table]:
    """A plan in which each series is heard by one datastream of its own, on time."""
    ids, count = series["id"], len(series)
    rows = _with(series, {"lateness_seconds": 0, "aggregate": "last"})
    streams = {
        "id": ids, "name": pa.array([str(one) for one in ids.to_pylist()]),
        "place": series["place"], "property": series["property"], "unit": [""] * count,
        "step_seconds": series["window_seconds"],
    }  # fmt: skip
    members = pa.table({"datastream": ids, "series": ids})
    return {"datastreams": pa.table(streams), "series": rows, "members": members}


def _frames(series: pa.Table, spoken: Spoken) -> Iterator[tuple[float, Frame]]:
    """Readings as frames of rows, in order of time, each step followed by the clock."""
    table = spoken.table.filter(pc.is_valid(spoken.table["value"]))
    span, known = spoken.span, list(spoken.known)
    start = table["window_start"].cast(pa.int64()).to_numpy()
    order = np.argsort(start, kind="stable")
    ids, start = table["series"].to_numpy()[order], start[order]
    value = table["value"].to_numpy()[order]
    step = int(series["window_seconds"].to_numpy().min(initial=86_400)) * 1_000_000
    begin = span[0] // step * step
    yield 0.0, _frame(Kind.TICK, frames.pack_tick(begin))
    marks = np.arange(begin, span[1] + step, step)
    ends = np.searchsorted(start, marks + step)
    at = 0
    for number, (mark, end) in enumerate(zip(marks.tolist(), ends.tolist(), strict=True)):
        share = (number + 1) / len(marks)
        while known and known[0][0] < mark + step:
            yield share, _frame(Kind.EVENT, frames.pack_event(0, known.pop(0)[1]))
        if end > at:
            columns = ids[at:end].copy(), start[at:end].copy(), value[at:end].copy()
            batch = frames.pack_batch("", frames.NO_SEQUENCE, 0, columns)
            yield share, _frame(Kind.ROWS, batch)
        yield share, _frame(Kind.TICK, frames.pack_tick(mark + step))
        at = end


def _frame(kind: Kind, parts: list[Any]) -> Frame:
    return Frame(kind, 0, 0, memoryview(b"".join(parts)), 0, 0)


def _newest(rows: list[NDArray[np.void]]) -> NDArray[np.void]:
    return newest_of(np.concatenate([np.empty(0, READING), *rows]))


def _episodes(found: list[facts.FactRow], begin: int) -> dict[int, list[Episode]]:
    """Alerts by series as episodes in microseconds, those that ended before ``begin`` left out."""
    alerts: dict[str, tuple[int, Episode]] = {}
    for fact in found:
        if isinstance(fact, AlertFact):
            alerts[fact.alert_id] = (fact.series, _episode(fact))
    by_series: dict[int, list[Episode]] = {}
    for series, one in alerts.values():
        if one.end is None or (one.end > begin and one.end > one.start):
            by_series.setdefault(series, []).append(one)
    return {key: sorted(ones, key=lambda one: one.start) for key, ones in by_series.items()}


def _episode(fact: AlertFact) -> Episode:
    end = micros_of(fact.end) if isinstance(fact, AlertCleared) else None
    peak = float("nan") if fact.peak_value is None else fact.peak_value
    return Episode(micros_of(fact.start), end, fact.level, fact.peak_level, peak)
