"""Levels by what is usual at the hour: learnt, kept through stops and plans, or refused."""

from pathlib import Path
from typing import Any

import pytest
from tests.stream.mill import HOUR, START, USUAL, Mill, all_days, series_row

from gongbi.stream import public as stream


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
