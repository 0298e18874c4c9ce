"""Figures made of figures and of rows, from the door to the files others read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.stream.conftest import START, Town, plan_tables
from tests.stream.test_watch_sensors import say

from gongbi.stream import public as stream
from gongbi.stream.public import BadPlan

MINUTE = timedelta(minutes=1)


def figures(town: Town, series: int) -> list[tuple[int, float | None]]:
    table = stream.readings(
        town.data, series=[series], since=START, until=START + timedelta(hours=2)
    )
    minutes = [(one - START) // MINUTE for one in table["window_start"].to_pylist()]
    return list(zip(minutes, table["value"].to_pylist(), strict=True))


def test_rate_quantile_ratio_and_composite(
    make_town: Callable[..., Town], rows_to_body: Callable[..., bytes]
) -> None:
    town = make_town()
    town.start_door()
    draw = np.random.default_rng(5)
    seen: list[float] = []
    for minute in range(12):
        rows: list[Any] = [(2, START + (minute + 0.25) * MINUTE, 100.0 + 30 * minute)]
        for _ in range(20):
            value = float(round(draw.gamma(2, 10), 3))
            rows.append((16, START + (minute + draw.random()) * MINUTE, value))
            seen += [value] if 5 <= minute < 10 else []
        say(town, minute + 1, rows_to_body(rows))
    say(town, 30, rows_to_body([(2, START + 29 * MINUTE, 10.0)]))
    town.fold_to_end()
    # Counter 2 grows by 30 a minute; the first row of a counter tells no growth.
    rates = dict(figures(town, 205))
    assert [rates[minute] for minute in range(1, 12)] == pytest.approx([0.5] * 11)
    assert rates[29] == pytest.approx(10 / 60), "it began again at nothing"
    exact = np.quantile(seen, 0.95, method="lower")
    assert dict(figures(town, 206))[5] == pytest.approx(exact, rel=0.021)
    highest, lowest, ratio = (dict(figures(town, one)) for one in (103, 104, 201))
    assert ratio[5] == pytest.approx(highest[5] / lowest[5])
    facts = [one for one in stream.read_facts(town.data, 0, 5000) if one.series == 201]
    assert [one["series"] for one in facts[0].inputs] == [103, 104]
    sign = [one for one in stream.read_facts(town.data, 0, 5000) if one.series == 204]
    assert {part["part"] for one in sign if one.inputs for part in one.inputs} <= {"a", "b"}


def test_a_series_made_of_itself_is_refused(make_town: Callable[..., Town]) -> None:
    town, tables = make_town(), plan_tables()
    round_about = tables["wires"].to_pylist()
    round_about += [{**round_about[0], "series": 201, "source": 203}]
    tables["wires"] = pa.Table.from_pylist(round_about, schema=stream.WIRES)
    with pytest.raises(BadPlan, match="series 201 .*made of itself"):
        stream.write_plan(town.data, **tables)
