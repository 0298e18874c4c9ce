"""A profile learns what is usual, slowly, and not from what was called abnormal."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.days import DAY, HOUR, NODES, between, days_from, node_of
from gongbi.kernel.vitals.usual import (
    ADOPT,
    TO_SIGMA,
    empty_learning,
    empty_profile,
    expect,
    learn,
)

DAYS = days_from(np.arange(400) * DAY, np.arange(400) % 7 < 5)


@dataclass
class Pupil:
    """One series; windows of five minutes unless said."""

    width: int = HOUR // 12
    floor: float = 0.5
    profile: np.ndarray = field(default_factory=lambda: empty_profile(1))
    learning: np.ndarray = field(default_factory=lambda: empty_learning(1))
    touched: np.ndarray = field(default_factory=lambda: np.zeros(NODES, np.int8))

    def expects(self, begin: int, least: int = 3) -> tuple[float, float]:
        where = between(DAYS, begin, self.width)
        found = expect(self.profile, self.learning, 0, where, self.floor, least)
        return float(found[0]), float(found[1])

    def sees(self, begin: int, value: float, *, abnormal: bool = False) -> None:
        where = between(DAYS, begin, self.width)
        expected = self.expects(begin)[0]
        learn(self.profile, self.learning, DAYS, 0, where, value, expected, abnormal, self.touched)


def hourly(values: list[float], abnormal: tuple[int, ...] = ()) -> Pupil:
    """One value at eight o'clock of each working day; the hour after settles it."""
    pupil = Pupil(width=HOUR)
    working = [day for day in range(400) if day % 7 < 5]
    for number, value in enumerate(values):
        eight = working[number] * DAY + 8 * HOUR
        pupil.sees(eight, value, abnormal=number in abnormal)
        pupil.sees(eight + HOUR, 0.0)
    return pupil


def test_four_mornings_by_hand() -> None:
    """docs/kernel/usual.md: 10, 12, 11, then 20, which counts no further than 3 scatters."""
    said = []
    for count in (1, 2, 3, 4):
        node = hourly([10.0, 12.0, 11.0, 20.0][:count]).profile[8, 0]
        said.append((float(node["level"]), float(node["scatter"])))
    expected = [(10, 0), (11, 1.2533), (11, 0.8355), (11.6267, 1.4120)]
    for found, wanted in zip(said, expected, strict=True):
        assert found == pytest.approx(wanted, abs=1e-4)


def test_too_few_days_expect_nothing() -> None:
    pupil = hourly([10.0, 12.0])
    assert np.isnan(pupil.expects(8 * HOUR, least=3)).all()
    assert pupil.expects(8 * HOUR, least=2) == pytest.approx((11, 1.2533), abs=1e-4)


def test_working_days_say_nothing_of_days_off() -> None:
    pupil = hourly([10.0] * 6)
    assert pupil.expects(8 * HOUR) == (10.0, 0.5)
    assert np.isnan(pupil.expects(5 * DAY + 8 * HOUR)).all()


def test_a_straight_line_is_met_between_the_hours() -> None:
    """Values that rise by 12 in an hour have no scatter once the line is known."""
    pupil = Pupil(floor=0.0)
    for day in range(40):
        for step in range(12 * 6):
            begin = day * DAY + 6 * HOUR + step * pupil.width
            pupil.sees(begin, 100.0 + step)
    expected, scatter = pupil.expects(8 * HOUR)
    assert expected == pytest.approx(124.0, abs=0.2)
    assert scatter < 1.0


def test_what_was_abnormal_is_not_learnt_until_it_is_the_usual() -> None:
    calm = hourly([10.0] * 6)
    odd = hourly([10.0] * 6 + [90.0] * (ADOPT - 1), abnormal=tuple(range(6, 6 + ADOPT - 1)))
    assert odd.expects(8 * HOUR) == calm.expects(8 * HOUR)
    assert odd.profile[8, 0]["refused"] == ADOPT - 1
    adopted = hourly([10.0] * 6 + [90.0] * ADOPT, abnormal=tuple(range(6, 6 + ADOPT)))
    assert np.isnan(adopted.expects(8 * HOUR)).all()
    anew = hourly([10.0] * 6 + [90.0] * (ADOPT + 3), abnormal=tuple(range(6, 6 + ADOPT)))
    assert anew.expects(8 * HOUR)[0] == 90.0


def test_a_gap_loses_nothing_that_was_gathered() -> None:
    pupil = Pupil(width=HOUR)
    for day in range(4):
        pupil.sees(day * DAY + 8 * HOUR, 7.0)  # silence until the next morning settles it
    pupil.sees(7 * DAY, 0.0)
    assert pupil.profile[8, 0]["visits"] == 4
    assert pupil.expects(7 * DAY + 8 * HOUR)[0] == 7.0


def test_what_is_learnt_today_is_used_tomorrow() -> None:
    pupil = hourly([10.0] * 6)
    ninth = 8 * DAY + 8 * HOUR
    before = pupil.expects(ninth)
    for step in range(12):
        pupil.sees(ninth, 14.0 + step % 2)
        assert pupil.expects(ninth) == before


def test_the_drift_follows_a_whole_day_two_days_later() -> None:
    """Weather lifts all hours of a day by 3; the next day still expects what it did."""
    pupil = Pupil(width=HOUR)
    for hour in range(13 * 24):
        lifted = 3.0 if hour // 24 == 11 else 0.0
        pupil.sees(hour * HOUR, 10.0 + lifted + (-1.0) ** (hour // 24))
    drift = pupil.learning[0]
    assert drift["day"] == 12
    assert abs(drift["drift"]) < 0.6
    assert 0.5 < drift["coming"] < 3.0
    evening = 13 * DAY + 20 * HOUR
    line = float(pupil.profile[node_of(DAYS, 13 * 24 + 20), 0]["level"])
    assert pupil.expects(evening, least=1)[0] == pytest.approx(line + float(drift["coming"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=30))
def test_a_profile_stays_within_what_it_has_seen(values: list[float]) -> None:
    node = hourly(values).profile[8, 0]
    low, high = min(values), max(values)
    room = 1e-4 * max(1.0, abs(low), abs(high))
    assert low - room <= node["level"] <= high + room
    assert 0 <= node["scatter"] <= TO_SIGMA * (high - low) + room
    assert node["visits"] == len(values)


def test_a_recorded_month() -> None:
    """A peak of 60 above 40 on working days, noise of 5: found again after five weeks."""
    rng = np.random.default_rng(7)
    pupil = Pupil(width=HOUR // 6, floor=0.0)
    for step in range(35 * 144):
        begin = step * pupil.width
        hour, works = begin % DAY / HOUR, begin // DAY % 7 < 5
        peak = 60 * np.exp(-((hour - 8) ** 2) / 8) if works else 0.0
        pupil.sees(begin, 40 + peak + 5 * rng.standard_normal())
    eight = pupil.expects(35 * DAY + 8 * HOUR)
    sunday = pupil.expects(34 * DAY + 8 * HOUR)
    assert eight == pytest.approx((100.0, 5.0), abs=1.5)
    assert sunday == pytest.approx((40.0, 5.0), abs=1.5)
    assert node_of(DAYS, 0) == 0
