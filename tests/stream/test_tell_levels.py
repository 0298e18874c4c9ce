"""From rows to readings, levels and alerts: through the log and the engine, in one process."""

from tests.stream.mill import MINUTE, START, Mill, series_row, told

from gongbi.stream import public as stream


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
