"""Levels by how new a value is: through the log and the engine, stops, plans and rehearsals."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.stream.mill import HOUR, START, Mill, all_days, series_row, told
from tests.stream.test_survive import remembered

from gongbi.kernel.vitals.novelty import NOVELTY, TEMPER, empty_novelty, judge_windows
from gongbi.stream import public as stream
from gongbi.stream.engine import Runner
from gongbi.stream.rehearse import rehearse

ASKED = {
    "indicator": "water", "novel_notice": 4.0, "novel_warning": 15.0, "novel_alarm": None,
    "novel_margin": 1.5, "novel_least": 0.01, "novel_side": "both",
}  # fmt: skip
BARE = {"notice": None, "warning": None, "alarm": None}
STEP = 400
MINUTES = 430


def surprises(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([ASKED | row for row in rows or ({},)], schema=stream.SURPRISES)


def values_of(seed: int = 4, jump: float = 9.0) -> np.ndarray:
    """Seven hours of noise about 50, then nine more."""
    values = np.round(50 + np.random.default_rng(seed).standard_normal(MINUTES), 3)
    values[STEP:] += jump
    return values


def play(mill: Mill, values: np.ndarray, *, every: int = 0) -> list[stream.FactRow]:
    """A row a minute; a checkpoint and a new engine every so many minutes."""
    mill.tick(0)
    for minute, value in enumerate(values.tolist()):
        mill.rows((minute + 0.5, value))
        mill.tick(minute + 1)
        if every and minute % every == every - 1:
            mill.turn()
            mill.again()
    mill.tick(len(values) + 5)
    return mill.turn()


def left(mill: Mill) -> tuple[Any, ...]:
    """Facts byte for byte, readings, and the engine's memory."""
    rows = stream.readings(mill.data, series=[1, 2], since=START, until=START + 9 * HOUR)
    facts = (mill.data / "engine" / "facts.log").read_bytes()
    return facts, rows.to_pylist(), remembered(mill.data)


def test_what_is_new_raises_a_level_with_its_why(mill: Mill) -> None:
    mill.plan(series_row(aggregate="mean", **BARE), surprises=surprises())
    facts = play(mill, values_of())
    rose, raised = facts[:2]
    assert told(facts)[:2] == [
        ("level", float(STEP), 1, 0, False),
        ("raised", float(STEP), 1, float(STEP)),
    ]
    # The same figures as the method gives by itself.
    hours = (np.arange(MINUTES) // 60) + int(START.timestamp()) // 3600
    said = np.empty((MINUTES, 2))
    judge_windows(
        empty_novelty(1)[0], empty_novelty(1)[0], values_of(), hours, MINUTES, 0.01, TEMPER, said
    )
    assert (rose.awaited, rose.surprise) == pytest.approx(tuple(said[STEP]), rel=1e-5)
    assert rose.surprise is not None
    assert rose.surprise > 4
    assert (rose.expected, rose.limit) == (None, None)
    assert isinstance(raised, stream.AlertRaised)
    assert raised.start == START + timedelta(minutes=STEP)
    assert raised.surprise == rose.surprise


def test_nothing_is_said_of_who_does_not_ask(mill: Mill) -> None:
    mill.plan(
        series_row(1, aggregate="mean", **BARE),
        series_row(2, aggregate="mean", indicator="other", **BARE),
        surprises=surprises(),
    )
    facts = play(mill, values_of())
    assert {fact.series for fact in facts} == {1}
    assert len(mill.runner.engine.state.novel) == 1  # type: ignore[union-attr]


def test_a_late_row_corrects_what_was_new(mill: Mill) -> None:
    mill.plan(series_row(aggregate="last", **BARE), surprises=surprises())
    values = values_of()
    values[STEP:] = 50.0
    mill.tick(0)
    for minute, value in enumerate(values[:STEP].tolist()):
        mill.rows((minute + 0.5, value))
    mill.tick(STEP)
    mill.rows((STEP + 0.5, 64.0))
    mill.tick(STEP + 1)
    mill.rows((STEP + 0.6, 50.0))
    mill.tick(STEP + 1.5)
    assert [fact[0] for fact in told(mill.turn())] == ["level", "raised", "level", "cleared"]
    assert told(mill.turn())[-1][-1] == "withdrawn"


def test_only_one_side_where_the_plan_says_so(mill: Mill) -> None:
    mill.plan(
        series_row(1, aggregate="mean", indicator="up", **BARE),
        series_row(2, aggregate="mean", indicator="down", **BARE),
        surprises=surprises(
            {"indicator": "up", "novel_side": "above"},
            {"indicator": "down", "novel_side": "below"},
        ),
    )
    facts = play(mill, values_of(jump=-12.0))
    assert {fact.indicator for fact in facts} == {"down"}


@pytest.mark.parametrize(
    "words", [BARE, BARE | {"score_notice": 5.0, "least_deviation": 1.0, "least_visits": 3}]
)
def test_stops_at_any_place_leave_the_same_bytes(
    mill: Mill, tmp_path: Path, words: dict[str, Any]
) -> None:
    """Folded in one go, or killed and taken up every few minutes; by what is usual as well."""

    def run(one: Mill, every: int) -> tuple[Any, ...]:
        row = series_row(**{"aggregate": "mean"} | words)
        one.plan(row, series_row(2, indicator="x"), surprises=surprises(), days=all_days())
        play(one, values_of(), every=every)
        one.again()
        return left(one)

    whole, other = run(mill, 0), Mill(tmp_path / "other")
    try:
        assert run(other, 7) == whole
    finally:
        other.writer.close()
        other.runner.release()
    novel = np.frombuffer(whole[2][1]["novel"], NOVELTY)
    assert novel["seen"].tolist() == [MINUTES]
    assert b'"surprise"' in whole[0]


def test_a_replay_from_the_beginning_says_the_same(mill: Mill) -> None:
    mill.plan(series_row(aggregate="mean", **BARE), surprises=surprises())
    play(mill, values_of(), every=50)
    mill.again()
    first = left(mill)
    mill.runner.release()
    for path in (mill.data / "engine").iterdir():
        path.unlink()
    mill.runner = Runner(mill.data)
    mill.turn()
    mill.again()
    assert left(mill) == first


def test_what_was_learnt_is_carried_into_another_plan(mill: Mill) -> None:
    values = values_of()
    mill.plan(series_row(aggregate="mean", **BARE), surprises=surprises())
    mill.tick(0)
    for minute, value in enumerate(values[:STEP].tolist()):
        mill.rows((minute + 0.5, value))
        mill.tick(minute + 1)
    mill.turn()
    mill.plan(
        series_row(7, indicator="x"),
        series_row(1, aggregate="mean", **BARE),
        surprises=surprises({"novel_notice": 3.0}, {"indicator": "x"}),
    )
    mill.rows((STEP + 0.5, float(values[STEP])))
    mill.tick(STEP + 1)
    mine = [fact for fact in mill.turn() if fact.series == 1]
    assert told(mine)[0] == ("level", float(STEP), 1, 0, False)


def test_an_event_known_ahead_is_no_news(mill: Mill) -> None:
    from tests.stream.test_know_ahead import known, write

    mill.plan(series_row(aggregate="mean", **BARE), surprises=surprises())
    write(mill, known("fair", STEP, 3 * STEP, shift=9.0))
    assert play(mill, values_of()) == []
    assert mill.runner.engine.state.novel["seen"].tolist() == [STEP]  # type: ignore[union-attr]


def test_a_fact_says_what_was_known_ahead_of_what_is_new(mill: Mill) -> None:
    from tests.stream.test_know_ahead import known, write

    mill.plan(series_row(aggregate="mean", **BARE), surprises=surprises())
    write(mill, known("fair", STEP, 3 * STEP, shift=-9.0))
    rose = play(mill, values_of(jump=0.0))[0]
    assert rose.known == [{"event": "fair", "added": -9.0}]
    assert rose.awaited == pytest.approx(50, abs=0.5), "without the event; the fact says the rest"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"novel_notice": None, "novel_warning": None}, "above 0 and rise"),
        ({"novel_notice": 20.0}, "above 0 and rise"),
        ({"novel_least": 0.0}, "novel_least must be above 0"),
        ({"novel_margin": 4.0}, "less than what the first level asks"),
        ({"novel_side": "left"}, "both, above, below"),
    ],
)
def test_a_plan_that_cannot_know_what_is_new_is_refused(
    mill: Mill, said: dict[str, Any], why: str
) -> None:
    with pytest.raises(stream.BadPlan, match=why):
        mill.plan(series_row(), surprises=surprises(said))
    with pytest.raises(stream.BadPlan, match="stands twice"):
        mill.plan(series_row(), surprises=surprises({}, {}))


def test_it_is_tried_on_history_before_it_is_asked(mill: Mill) -> None:
    """In force: no limit. Tried: what surprises. The same alert the engine would have raised."""
    mill.plan(series_row(aggregate="mean", **BARE))
    assert play(mill, values_of()) == []
    found = rehearse(
        mill.data,
        indicator="water",
        changes={"novel_notice": 4.0, "novel_least": 0.01, "novel_margin": 1.5},
        since=START,
        until=START + 8 * HOUR,
    )
    kinds = [(one.kind, one.after and one.after.start) for one in found.differences]
    start = START + timedelta(minutes=STEP)
    assert kinds == [("gained", int(start.timestamp()) * 1_000_000)]
    with pytest.raises(stream.BadPlan, match="novel_least"):
        rehearse(
            mill.data,
            indicator="water",
            changes={"novel_notice": 4.0},
            since=START,
            until=START + 8 * HOUR,
        )


def test_a_rehearsal_by_the_rule_in_force_is_what_was(mill: Mill) -> None:
    mill.plan(series_row(aggregate="mean", lateness_seconds=0, **BARE), surprises=surprises())
    facts = play(mill, values_of())
    found = rehearse(mill.data, indicator="water", changes={}, since=START, until=START + 8 * HOUR)
    [same] = found.differences
    assert (same.kind, same.before) == ("same", same.after)
    assert same.before is not None
    [raised] = [fact for fact in facts if isinstance(fact, stream.AlertRaised)]
    assert same.before.start == int(raised.start.timestamp()) * 1_000_000
