"""The plan changes: what stays keeps its state, what cannot be is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.stream.mill import Mill, series_row, told

from gongbi.stream import public as stream
from gongbi.stream.plans import load_plan, plan_digest


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


def test_a_plan_that_was_changed_on_disk_is_refused(mill: Mill) -> None:
    mill.plan(series_row())
    path = mill.data / "plans" / "000001" / "series.arrow"
    mill.plan(series_row(notice=1.0))
    other = (mill.data / "plans" / "000002" / "series.arrow").read_bytes()
    path.write_bytes(other)
    with pytest.raises(Exception, match="not those put in force"):
        mill.turn()


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
    assert plan.datastreams["name"][2].as_py() == "urn:town:level:3"
    assert plan.digest == load_plan(tmp_path, 1).digest


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
