"""From rows to readings, levels and alerts: through the log and the engine, in one process."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gongbi.stream import frames
from gongbi.stream import public as stream
from gongbi.stream.engine import Runner, TwoEngines
from gongbi.stream.facts import micros_of
from gongbi.stream.frames import Kind
from gongbi.stream.log_writer import Entry, LogWriter
from gongbi.stream.plans import load_plan, plan_digest

START = datetime(2016, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def series_row(identity: int = 1, **words: Any) -> dict[str, Any]:
    """Sums of minutes, three minutes of lateness, limits 10, 20, 30."""
    return {
        "id": identity, "indicator": "water", "place": "quarter-1", "property": "level",
        "aggregate": "sum", "window_seconds": 60, "lateness_seconds": 180, "direction": "above",
        "notice": 10.0, "warning": 20.0, "alarm": 30.0, "clear_margin": 0.0, "min_windows": 1,
        "missing_windows": 0, **words,
    }  # fmt: skip


class Mill:
    """A log one writes to by hand, and an engine one turns by hand."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.writer = LogWriter(data / "log")
        self.runner = Runner(data)

    def plan(
        self,
        *series: dict[str, Any],
        streams: int = 2,
        days: pa.Table | None = None,
        pairs: dict[int, int] | None = None,
    ) -> None:
        ids = list(range(1, streams + 1)) if pairs is None else list(pairs)
        streams = len(ids)
        every = [(i, s["id"]) for s in series for i in ids if pairs is None or pairs[i] == s["id"]]
        number = stream.write_plan(
            self.data,
            datastreams=pa.table(
                {
                    "id": ids, "name": [f"s{i}" for i in ids], "place": ["q"] * streams,
                    "property": ["level"] * streams, "unit": ["cm"] * streams,
                    "step_seconds": [60] * streams,
                }
            ),
            series=pa.Table.from_pylist(list(series), schema=stream.SERIES),
            days=days,
            members=pa.table(
                {
                    "datastream": pa.array([i for i, _ in every], pa.int64()),
                    "series": pa.array([s for _, s in every], pa.int64()),
                }
            ),
        )  # fmt: skip
        digest = plan_digest(self.data / "plans" / f"{number:06d}")
        self.writer.write([Entry(Kind.PLAN, frames.pack_plan(number, digest), plan=number)])

    def plan_each(self, members: dict[int, int], **words: Any) -> None:
        """A series of its own for each datastream."""
        self.plan(*(series_row(s, **words) for s in members.values()), pairs=members)

    def rows(self, *rows: tuple[float, float], datastream: int = 1) -> None:
        """(minutes after the start, value) …"""
        times = np.array([micros_of(START + m * MINUTE) for m, _ in rows], np.int64)
        values = np.array([value for _, value in rows], float)
        columns = np.full(len(rows), datastream, np.int64), times, values
        parts = frames.pack_batch("", frames.NO_SEQUENCE, 0, columns)
        span = int(times.min()), int(times.max())
        self.writer.write([Entry(Kind.ROWS, parts, rows=len(rows), span=span)])

    def tick(self, minutes: float) -> None:
        micros = micros_of(START + minutes * MINUTE)
        self.writer.write([Entry(Kind.TICK, frames.pack_tick(micros), tick=micros)])

    def turn(self) -> list[stream.FactRow]:
        """Fold what is there; all facts so far."""
        self.runner.fold_some()
        self.runner.show()
        return stream.read_facts(self.data, 0, 10_000)

    def again(self) -> None:
        """Stop with a checkpoint and start anew."""
        self.runner.checkpoint()
        self.runner.release()
        self.runner = Runner(self.data)

    def readings(self, series: int = 1) -> list[tuple[float, Any, int]]:
        table = stream.readings(
            self.data, series=[series], since=START, until=START + timedelta(days=9)
        )
        return [
            ((row["window_start"] - START) / MINUTE, row["value"], row["level"])
            for row in table.to_pylist()
        ]


@pytest.fixture
def mill(tmp_path: Path) -> Iterator[Mill]:
    """A mill."""
    made = Mill(tmp_path)
    yield made
    made.writer.close()
    made.runner.release()


def told(facts: list[stream.FactRow]) -> list[tuple[Any, ...]]:
    """Facts in short: kind, minute of the window, level, and what matters of the kind."""
    short: list[tuple[Any, ...]] = []
    for fact in facts:
        minute = (fact.window_start - START) / MINUTE
        if isinstance(fact, stream.LevelChanged):
            short.append(("level", minute, fact.level, fact.was, fact.corrects))
        elif isinstance(fact, stream.AlertCleared):
            ends = (fact.end - START) / MINUTE
            short.append(("cleared", minute, ends, fact.reason))
        elif isinstance(fact, stream.AlertFact):
            starts = (fact.start - START) / MINUTE
            short.append((type(fact).__name__[5:].lower(), minute, fact.level, starts))
    return short


def test_an_episode_from_rows_to_facts(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    mill.rows((0.1, 5), (1.1, 12), (2.1, 35), (3.1, 4))
    mill.tick(4)
    facts = mill.turn()
    assert told(facts) == [
        ("level", 1.0, 1, 0, False),
        ("level", 2.0, 3, 1, False),
        ("raised", 2.0, 3, 1.0),
        ("level", 3.0, 0, 3, False),
        ("cleared", 3.0, 3.0, "normal"),
    ]
    assert mill.readings() == [(0, 5, 0), (1, 12, 1), (2, 35, 3), (3, 4, 0)]
    newest = stream.latest(mill.data, [1]).to_pylist()
    assert [(row["value"], row["level"], row["provisional"]) for row in newest] == [(4.0, 0, True)]
    assert stream.latest(mill.data, [2]).num_rows == 0
    last = facts[-1]
    assert isinstance(last, stream.AlertCleared)
    assert (last.peak_level, last.peak_value, last.limit) == (3, 35.0, 30.0)


def test_a_late_row_corrects_the_window_and_keeps_the_alert(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    mill.rows((0.5, 5), (1.5, 25))
    mill.tick(2)
    first = mill.turn()
    assert told(first) == [("level", 1.0, 2, 0, False), ("raised", 1.0, 2, 1.0)]
    mill.rows((0.6, 10))
    mill.tick(2.5)
    facts = mill.turn()
    assert told(facts)[2:] == [("level", 0.0, 1, 0, True), ("changed", 1.0, 2, 0.0)]
    names = {fact.alert_id for fact in facts if isinstance(fact, stream.AlertFact)}
    assert len(names) == 1
    assert mill.readings() == [(0, 15, 1), (1, 25, 2)]


def test_a_correction_may_take_an_alert_away(mill: Mill) -> None:
    mill.plan(series_row(aggregate="mean"))
    mill.tick(0)
    mill.rows((0.5, 25))
    mill.tick(1)
    mill.rows((0.6, -25))
    mill.tick(1.2)
    assert told(mill.turn()) == [
        ("level", 0.0, 2, 0, False),
        ("raised", 0.0, 2, 0.0),
        ("level", 0.0, 0, 2, True),
        ("cleared", 0.0, 0.0, "withdrawn"),
    ]


def test_a_row_after_the_bound_is_kept_aside(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    mill.rows((0.5, 5))
    mill.tick(5)
    mill.turn()
    mill.rows((0.6, 99))
    mill.tick(6)
    assert told(mill.turn()) == []
    assert mill.readings() == [(0, 5, 0)]
    assert stream.status(mill.data).late_rows == 1
    mill.runner.engine.outputs.flush()
    assert (mill.data / "engine" / "aside.log").stat().st_size == 40
    rows = stream.observations(
        mill.data, datastream=1, since=START, until=START + MINUTE, limit=10
    )
    assert rows["value"].to_pylist() == [5.0, 99.0]


def test_rows_ahead_of_the_clock_wait_for_it(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    mill.rows(*[(minute + 0.5, float(minute)) for minute in range(40)])
    mill.turn()
    assert len(mill.runner.engine.state.ahead) == 37  # type: ignore[union-attr]
    mill.tick(40)
    mill.turn()
    assert [value for _, value, _ in mill.readings()] == list(range(40))
    assert stream.status(mill.data).late_rows == 0


def test_rows_before_the_first_tick_count(mill: Mill) -> None:
    mill.plan(series_row())
    mill.rows(*[(minute + 0.5, 1.0) for minute in range(30)])
    mill.tick(30)
    mill.turn()
    assert len(mill.readings()) == 30


def test_missing_data_is_a_level_and_ends_an_alert_as_silent(mill: Mill) -> None:
    mill.plan(series_row(missing_windows=2))
    mill.tick(0)
    mill.rows((0.5, 15))
    mill.tick(1)
    mill.tick(3)
    facts = mill.turn()
    assert told(facts) == [
        ("level", 0.0, 1, 0, False),
        ("raised", 0.0, 1, 0.0),
        ("level", 2.0, -1, 1, False),
        ("cleared", 2.0, 2.0, "silent"),
    ]
    missing = facts[2]
    assert isinstance(missing, stream.LevelChanged)
    assert (missing.value, missing.limit, missing.expected_since) == (None, None, START + MINUTE)
    assert mill.readings() == [(0, 15, 1), (2, None, -1)]


def test_a_plan_keeps_what_stays_and_clears_what_goes(mill: Mill) -> None:
    mill.plan(series_row(1), series_row(2))
    mill.tick(0)
    mill.rows((0.5, 15), (1.5, 15))
    mill.tick(1)
    mill.plan(series_row(1, notice=5.0, lateness_seconds=600), series_row(3))
    mill.rows((1.6, 10))
    mill.tick(2)
    facts = mill.turn()
    by_series = {s: told([f for f in facts if f.series == s]) for s in (1, 2, 3)}
    assert by_series[1] == [
        ("level", 0.0, 1, 0, False),
        ("raised", 0.0, 1, 0.0),
        ("level", 1.0, 2, 1, False),
        ("changed", 1.0, 2, 0.0),
    ]
    assert by_series[2] == [
        ("level", 0.0, 1, 0, False),
        ("raised", 0.0, 1, 0.0),
        ("cleared", 0.0, 1.0, "plan"),
    ]
    assert by_series[3] == [("level", 1.0, 1, 0, False), ("raised", 1.0, 1, 1.0)]
    assert mill.readings(1) == [(0, 15, 1), (1, 25, 2)]


def test_a_plan_may_change_the_pace_of_some_and_not_of_others(mill: Mill) -> None:
    """Lateness of one, aggregate of another, nothing of a third: who keeps what it had."""
    mill.plan(*(series_row(identity, aggregate="last") for identity in (1, 2, 3)))
    mill.tick(0)
    mill.rows((0.5, 15), (1.5, 8))
    mill.tick(1)
    mill.plan(
        series_row(1, aggregate="last", lateness_seconds=600),
        series_row(2, aggregate="sum"),
        series_row(3, aggregate="last"),
        series_row(4, aggregate="last"),
    )
    mill.rows((1.4, 99), (1.6, 12))
    mill.again()
    mill.tick(2)
    mill.turn()
    assert mill.readings(1) == mill.readings(3) == [(0, 15, 1), (1, 12, 1)]
    assert mill.readings(2) == [(0, 15, 1), (1, 111, 3)]
    assert mill.readings(4) == [(1, 12, 1)]
    ended = [fact.series for fact in mill.turn() if isinstance(fact, stream.AlertCleared)]
    assert ended == [2]


def test_one_mad_or_silent_clock_neither_stops_nor_hurries_the_others(mill: Mill) -> None:
    """One keeps time, one says next hour, one says yesterday; a fourth says nothing."""
    members = {1: 1, 2: 2, 3: 3, 4: 4}
    mill.plan_each(members, missing_windows=2)
    mill.tick(0)
    for minute in range(6):
        mill.rows((minute + 0.5, 15.0), datastream=1)
        mill.rows((minute + 60.5, 99.0), datastream=2)
        mill.rows((minute - 1440.0, 99.0), datastream=3)
        mill.tick(minute + 1)
    facts = mill.turn()
    steady = [fact for fact in facts if fact.series == 1]
    assert told(steady) == [("level", 0.0, 1, 0, False), ("raised", 0.0, 1, 0.0)]
    assert [value for _, value, _ in mill.readings(1)] == [15.0] * 6
    for other in (2, 3, 4):
        mine = [fact for fact in facts if fact.series == other]
        assert told(mine) == [("level", 1.0, -1, 0, False)]
    assert stream.status(mill.data).late_rows == 6
    mill.tick(66)
    mill.turn()
    assert [value for _, value, _ in mill.readings(2) if value] == [99.0] * 6


def test_hours_go_to_parquet_and_read_the_same(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    for minute in range(200):
        mill.rows((minute + 0.5, float(minute % 7)))
        mill.tick(minute + 1)
    mill.turn()
    before = mill.readings()
    assert len(before) == 200
    assert len(list(mill.data.glob("readings/day=2016-02-06/*.parquet"))) == 3
    for minute in range(3):
        mill.tick(200 + minute / 10)
        mill.turn()
        mill.again()
        assert mill.readings() == before
    names = sorted(p.name for p in mill.data.glob("readings/recent/*"))
    assert names == ["2016-02-06T03.rec"]


def test_provisional_until_the_bound_has_passed(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    mill.rows((0.5, 1), (4.5, 1))
    mill.tick(5)
    mill.turn()
    table = stream.readings(mill.data, series=[1], since=START, until=START + 9 * MINUTE)
    assert table["provisional"].to_pylist() == [False, True]


def test_facts_are_read_in_parts(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    mill.rows((0.5, 15), (1.5, 1), (2.5, 40))
    mill.tick(3)
    whole = mill.turn()
    parts, after = [], 0
    while rows := stream.read_facts(mill.data, after, 2):
        parts += rows
        after = rows[-1].position
    assert parts == whole
    assert len(whole) == 6
    with (mill.data / "engine" / "facts.log").open("ab") as file:
        file.write(b"\x50\x00\x00\x00half")
    assert stream.read_facts(mill.data, after, 9) == []


def test_a_damaged_checkpoint_is_passed_over(mill: Mill) -> None:
    mill.plan(series_row())
    mill.tick(0)
    for minute in range(10):
        mill.rows((minute + 0.5, 3.0 * minute))
        mill.tick(minute + 1)
    whole = mill.turn()
    mill.again()
    path = next(mill.data.glob("engine/checkpoint-*.bin"))
    raw = bytearray(path.read_bytes())
    raw[200] ^= 1
    mill.runner.release()
    path.write_bytes(raw)
    mill.runner = Runner(mill.data)
    assert mill.turn() == whole


def test_a_plan_that_was_changed_on_disk_is_refused(mill: Mill) -> None:
    mill.plan(series_row())
    path = mill.data / "plans" / "000001" / "series.arrow"
    mill.plan(series_row(notice=1.0))
    other = (mill.data / "plans" / "000002" / "series.arrow").read_bytes()
    path.write_bytes(other)
    with pytest.raises(Exception, match="not those put in force"):
        mill.turn()


def test_one_log_one_engine(mill: Mill) -> None:
    with pytest.raises(TwoEngines, match="another data folder"):
        Runner(mill.data)


def test_status_before_anything_has_happened(tmp_path: Path) -> None:
    assert stream.status(tmp_path) == stream.StreamStatus()
    assert stream.read_facts(tmp_path, 0, 9) == []
    assert stream.latest(tmp_path, None).num_rows == 0
    nothing = stream.readings(tmp_path, series=[1], since=START, until=START + MINUTE)
    assert nothing.column_names == [
        "series", "window_start", "count", "value", "level", "expected", "scatter", "provisional",
    ]  # fmt: skip


def test_a_bad_plan_names_every_fault(tmp_path: Path, tables: Callable[..., Any]) -> None:
    bad = tables()
    rows = bad["series"].to_pylist()
    rows[0] |= {"aggregate": "median", "window_seconds": 0}
    rows[1] |= {"direction": "sideways", "min_windows": 0, "lateness_seconds": 90_000_000}
    rows[2] |= {"notice": 40.0, "warning": 30.0, "clear_margin": -1.0}
    rows[3]["id"] = 101
    bad["series"] = pa.Table.from_pylist(rows, schema=stream.SERIES)
    with pytest.raises(stream.BadPlan) as refusal:
        stream.write_plan(tmp_path, **bad)
    said = str(refusal.value)
    for words in ("median", "window_seconds", "sideways", "min_windows", "lateness_seconds",
                  "stricter", "clear_margin", "series id 101 stands 2 times"):  # fmt: skip
        assert words in said
    assert not (tmp_path / "plans").exists()
    strangers = tables()
    strangers["members"] = pa.table({"datastream": [1, 500], "series": [101, 900]})
    with pytest.raises(stream.BadPlan, match="500.*\n.*900"):
        stream.write_plan(tmp_path, **strangers)
    with pytest.raises(stream.BadPlan, match="lacks: place"):
        stream.write_plan(tmp_path, **(tables() | {"series": tables()["series"].drop("place")}))


def test_plans_are_numbered_and_read_back(tmp_path: Path, tables: Callable[..., Any]) -> None:
    assert [stream.write_plan(tmp_path, **tables()) for _ in range(2)] == [1, 2]
    plan = load_plan(tmp_path, 2)
    assert plan.names["urn:town:level:3"] == 3
    assert plan.digest == load_plan(tmp_path, 1).digest


USUAL = {
    "aggregate": "mean", "window_seconds": 3600, "lateness_seconds": 3600, "notice": None,
    "warning": None, "alarm": 90.0, "score_notice": 5.0, "score_margin": 1.0,
    "least_deviation": 5.0, "least_visits": 5,
}  # fmt: skip


def all_days() -> pa.Table:
    """Days of UTC from the start, none of them off."""
    begins = [micros_of(START + timedelta(days=day)) for day in range(60)]
    return pa.table({"begin": begins, "kind": [0] * 60})


def a_week_and_a_burst(mill: Mill, *, stops: bool) -> list[stream.FactRow]:
    """Hours of 10 and 12 on turning days for eight days; then 30 at five in the morning."""
    mill.plan(series_row(**USUAL), days=all_days())
    for hour in range(8 * 24 + 8):
        odd = hour == 8 * 24 + 5
        mill.rows((hour * 60, 30.0 if odd else 10.0 + 2 * (hour // 24 % 2)))
        mill.tick((hour + 1) * 60)
        if stops and hour % 50 == 49:
            mill.turn()
            mill.again()
    return mill.turn()


def test_what_is_unusual_at_this_hour_raises_a_level(mill: Mill) -> None:
    facts = a_week_and_a_burst(mill, stops=False)
    rose, *_ = [fact for fact in facts if isinstance(fact, stream.LevelChanged)]
    assert (rose.level, rose.value, rose.window_start) == (
        1,
        30.0,
        START + 8 * 24 * HOUR + 5 * HOUR,
    )
    assert rose.expected == pytest.approx(11, abs=1)
    assert rose.scatter == pytest.approx(1.5, abs=0.6)
    assert rose.limit == pytest.approx(rose.expected + 5 * rose.scatter)
    shown = stream.readings(
        mill.data, series=[1], since=rose.window_start, until=rose.window_end
    ).to_pylist()
    assert shown[0]["expected"] == pytest.approx(rose.expected)
    first = stream.readings(mill.data, series=[1], since=START, until=START + HOUR).to_pylist()
    assert first[0]["expected"] is None


def test_what_was_learnt_outlives_a_stop(mill: Mill, tmp_path: Path) -> None:
    whole = a_week_and_a_burst(mill, stops=False)
    other = Mill(tmp_path / "other")
    try:
        assert a_week_and_a_burst(other, stops=True) == whole
    finally:
        other.writer.close()
        other.runner.release()


def test_what_was_learnt_is_carried_into_another_plan(mill: Mill) -> None:
    mill.plan(series_row(**USUAL), days=all_days())
    for hour in range(6 * 24):
        mill.rows((hour * 60, 10.0 + 2 * (hour // 24 % 2)))
        mill.tick((hour + 1) * 60)
    mill.turn()
    mill.plan(series_row(2), series_row(1, **USUAL | {"score_notice": 4.0}), days=all_days())
    mill.rows((6 * 24 * 60 + 1, 30.0))
    mill.tick((6 * 24 + 1) * 60)
    rose = [fact for fact in mill.turn() if isinstance(fact, stream.LevelChanged)]
    rose = [fact for fact in rose if fact.series == 1]
    assert [fact.level for fact in rose] == [1]
    assert rose[0].expected == pytest.approx(11, abs=1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"score_warning": 4.0}, "scores must be above 0 and rise"),
        ({"least_deviation": 0.0}, "least_deviation must be above 0"),
        ({"least_visits": 1}, "least_visits must be at least 3"),
        ({"lateness_seconds": 80_000}, "final within 22 hours"),
    ],
)
def test_a_plan_that_cannot_know_the_usual_is_refused(
    mill: Mill, words: dict[str, Any], why: str
) -> None:
    with pytest.raises(stream.BadPlan, match=why):
        mill.plan(series_row(**USUAL | words), days=all_days())


def test_the_usual_needs_a_calendar(mill: Mill) -> None:
    with pytest.raises(stream.BadPlan, match="has no days"):
        mill.plan(series_row(**USUAL))


def test_a_plan_of_version_0_1_is_read(mill: Mill) -> None:
    """It has no days and says nothing of what is usual."""
    mill.plan(series_row())
    folder = mill.data / "plans" / "000001"
    (folder / "days.arrow").unlink()
    old = load_plan(mill.data, 1).series.select(stream.SERIES.names[:14])
    path = str(folder / "series.arrow")
    with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, old.schema) as writer:
        writer.write_table(old)
    plan = load_plan(mill.data, 1)
    assert plan.digest == plan_digest(folder)
    assert plan.days.num_rows == 0
    assert np.isnan(plan.series["score_notice"].to_numpy()).all()
