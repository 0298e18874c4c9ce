"""Readings, facts and checkpoints as others find them, also after a stop."""

from pathlib import Path

import pytest
from tests.stream.mill import MINUTE, START, Mill, series_row

from gongbi.stream import public as stream
from gongbi.stream.engine import Runner, TwoEngines


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
