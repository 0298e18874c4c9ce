"""What a row says of the sensor that sent it: by hand, by property, and on a recorded road."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.troubles import (
    EVENT,
    KINDS,
    new_sensors,
    stuck_bound,
    trust,
    watch_rows,
)

SECOND = 1_000_000
MINUTE = 60 * SECOND
START = 1_700_000_000 * SECOND


@dataclass
class Watched:
    """One sensor; rows arrive at the moment they tell of unless ``clock`` says otherwise."""

    rule: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trusts, self.kinds = trust(**self.rule), np.zeros(1, np.uint16)
        self.sensors, self.on = new_sensors(1), np.zeros(1, np.uint16)
        self.left_out: list[int] = []

    def hear(self, *rows: tuple[float, float], clock: int | None = None) -> list[tuple[str, int]]:
        """(minute, value) rows; returns (kind, 1 begun | 0 ended)."""
        self.events = []
        for minute, value in rows:
            time = np.array([START + round(minute * MINUTE)], np.int64)
            events, left = np.zeros(9, EVENT), np.zeros(1, np.int8)
            put = watch_rows(
                np.zeros(1, np.int64), time, np.array([value]),
                int(time[0]) if clock is None else clock,
                self.trusts, self.kinds, self.sensors, self.on, events, left,
            )  # fmt: skip
            self.left_out.append(int(left[0]))
            self.events += [event.copy() for event in events[:put]]
        return [(KINDS[int(one["kind"])], int(one["begun"])) for one in self.events]


def test_out_of_range_at_once_and_over_after_twenty_good_rows() -> None:
    sensor = Watched({"low": 0.0, "high": 2.0, "leave_out": 1})
    assert sensor.hear((0, 0.3), (1, 0.31)) == []
    assert sensor.hear((2, -0.1)) == [("range", 1)]
    event = sensor.events[0]
    assert (event["figure"], event["bound"], event["value"]) == (-0.1, 0.0, -0.1)
    told = sensor.hear(*[(3 + n, 0.3 + n / 1000) for n in range(19)])
    assert told == []
    assert sensor.hear((22, 0.5)) == [("range", 0)]
    # In trouble until a score of 20 has gone down by one a row: that row counts again.
    assert sensor.left_out == [0, 0] + [1] * 20 + [0]


def test_a_jump_no_water_makes() -> None:
    sensor = Watched({"most_change": 0.01})  # MPa a second
    assert sensor.hear((0, 0.30), (1, 0.25)) == []
    assert sensor.hear((1 + 1 / 60, 0.35)) == [("jump", 1)]
    assert sensor.events[0]["figure"] == pytest.approx(0.1, rel=1e-3)


def test_spikes_are_learnt_and_a_burst_that_stays_is_none() -> None:
    draw = np.random.default_rng(1)
    usual = [(n, 0.3 + draw.normal(0, 0.003)) for n in range(100)]
    sensor = Watched()
    assert sensor.hear(*usual) == []
    # The pipe bursts: far away, and it stays there.
    assert sensor.hear(*[(100 + n, 0.1 + draw.normal(0, 0.003)) for n in range(50)]) == []
    # A bad contact: away and back within one row, three times.
    flicker = [(150 + n, 0.1 + (0.4 if n % 4 == 1 else draw.normal(0, 0.003))) for n in range(12)]
    assert sensor.hear(*flicker) == [("spikes", 1)]


def test_stuck_by_hand() -> None:
    # Twenty runs of one row: p = 1 − 1 / (1 + 1/20) = 1/21, ln(1e-9) / ln(1/21) = 6.8 rows,
    # but never less than 12: the thirteenth row of one value is one too many.
    sensor = Watched()
    sensor.hear(*[(n, float(n % 7)) for n in range(21)])
    assert stuck_bound(sensor.sensors[0]) == 12.0
    assert sensor.hear(*[(21 + n, 3.5) for n in range(12)]) == []
    assert sensor.hear((33, 3.5)) == [("stuck", 1)]
    event = sensor.events[0]
    assert (event["since"], event["figure"]) == (START // SECOND * SECOND + 21 * MINUTE, 720.0)
    assert sensor.hear((34, 3.5)) == []
    assert sensor.hear((35, 3.6)) == [("stuck", 0)]


def test_a_habit_of_long_runs_and_a_resting_value_are_no_trouble() -> None:
    slow = Watched()
    assert slow.hear(*[(n, float(n // 30)) for n in range(30 * 40)]) == []
    assert stuck_bound(slow.sensors[0]) > 500
    rain = Watched({"resting": 0.0, "stuck": 3600})
    assert rain.hear(*[(n, 0.0) for n in range(5000)]) == []
    assert rain.hear(*[(5000 + n, 1.2) for n in range(62)]) == [("stuck", 1)]


def test_clocks() -> None:
    ahead = Watched({"future": 120})
    told = ahead.hear((10, 1), (11, 2), (12, 3), (13, 4), clock=START)
    assert told == [("future", 1)]
    assert ahead.events[0]["figure"] == 12 * 60
    back = Watched()
    back.hear((100, 1))
    told = back.hear(*[(99 - n, n) for n in range(6)], clock=START + 100 * MINUTE)
    assert told == [("backwards", 1)]
    twice = Watched()
    assert twice.hear((0, 1), (0, 1)) == []
    assert twice.hear(*[(0, 1)] * 6) == [("duplicate", 1)]


def test_a_zone_forgotten_is_an_offset_of_eight_hours() -> None:
    sensor = Watched()
    told = []
    for minute in range(60):
        clock = START + minute * MINUTE
        told += sensor.hear((minute - 480, minute % 5), clock=clock)
        figures = [float(e["figure"]) for e in sensor.events]
        assert figures in ([], [pytest.approx(480 * 60, abs=1)])
    assert told == [("offset", 1)]


def test_a_gateway_that_saves_rows_is_no_offset() -> None:
    sensor = Watched()
    told = []
    for hour in range(1, 100):
        rows = [(60 * (hour - 1) + n, (n * 7) % 11 + hour) for n in range(60)]
        told += sensor.hear(*rows, clock=START + hour * 60 * MINUTE)
    assert told == []


rows_of_any_kind = st.lists(
    st.tuples(
        st.integers(-50, 400), st.sampled_from([0.0, 1.0, 1.5, 7.0, 99.0, -4.0]), st.booleans()
    ),
    max_size=300,
)


@settings(deadline=None)  # the first call compiles
@given(rows_of_any_kind, st.integers(1, 50))
def test_each_trouble_begins_and_ends_in_turn_however_rows_are_cut(
    story: list[tuple[int, float, bool]], cut: int
) -> None:
    rule = trust(low=0.0, high=50.0, most_change=1.0, leave_out=1)
    times = np.array([START + minute * MINUTE for minute, *_ in story], np.int64)
    values = np.array([value for _, value, _ in story], np.float64)
    slots = np.array([int(which) for *_, which in story], np.int64)

    def run(size: int) -> tuple[bytes, bytes]:
        sensors, on = new_sensors(2), np.zeros(2, np.uint16)
        found = [np.zeros(0, EVENT)]
        for at in range(0, len(story), size):
            part = slice(at, at + size)
            events, left = np.zeros(9 * size, EVENT), np.zeros(size, np.int8)
            put = watch_rows(
                slots[part], times[part], values[part], START + 100 * MINUTE, rule,
                np.zeros(2, np.uint16), sensors, on, events, left,
            )  # fmt: skip
            found.append(events[:put])
        all_of_them = np.concatenate(found)
        is_on = {(slot, kind): 0 for slot in range(2) for kind in range(9)}
        for event in all_of_them:
            key = int(event["sensor"]), int(event["kind"])
            assert is_on[key] != event["begun"]
            is_on[key] = int(event["begun"])
        for (slot, kind), now in is_on.items():
            assert int(on[slot]) >> kind & 1 == now
        return all_of_them.tobytes(), sensors.tobytes()

    assert run(cut) == run(1000)


def test_a_recorded_weather_station(shared_data: Callable[[str], Path]) -> None:
    """Minneapolis–St Paul, hourly: hours at 0 K in 2014, and 9,831 mm of rain in one hour."""
    home = shared_data("interstate94-traffic-2012-2018")
    path = home / "Metro_Interstate_Traffic_Volume.csv"
    heat = Watched({"low": 220.0, "high": 330.0, "stuck": -1})
    rain = Watched({"low": 0.0, "high": 400.0, "resting": 0.0, "stuck": -1})
    told: dict[str, list[tuple[str, str]]] = {"temp": [], "rain_1h": []}
    seen = set[str]()
    with path.open() as file:
        for row in csv.DictReader(file):
            if row["date_time"] in seen:
                continue
            seen.add(row["date_time"])
            moment = datetime.strptime(row["date_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            minute = (moment.timestamp() * SECOND - START) / MINUTE
            for name, sensor in (("temp", heat), ("rain_1h", rain)):
                for kind, begun in sensor.hear((minute, float(row[name]))):
                    if begun:
                        told[name].append((kind, row["date_time"][:10]))
    assert told == {
        "temp": [("range", "2014-01-31")],
        "rain_1h": [("range", "2016-07-11")],
    }
