"""When a limit is crossed: by hand, whatever the unit, and on a city's power."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.crossing import Crossing, CrossingRule, foretell_crossing

SURE = CrossingRule(least_probability=1e-9)


def wave(seed: int, windows: int = 200) -> np.ndarray:
    """Values that rise and fall, with chance in them."""
    chance = np.random.default_rng(seed)
    return 10 * np.sin(np.arange(windows) / 8) + chance.normal(0, 1, windows).cumsum() / 4


def test_a_straight_rise_by_hand() -> None:
    """docs/kernel/crossing.md: one more in each window; the slope kept is 0.95 of it each time.

    Five short of the limit, with 0.95 + 0.95² + … foretold and the same missing at each earlier
    window, all futures are the true line: they reach the limit in the fifth window.
    """
    said = foretell_crossing(np.arange(100.0), 104.0)
    assert said is not None
    assert (said.windows, said.soonest, said.latest) == (5, 5, 5)
    assert said.probability == pytest.approx(1.0)
    assert said.futures == 100 - 12 - 12 + 1
    assert said.path[0] == pytest.approx(99 + 0.95)


def test_nothing_is_said_where_nothing_can_be() -> None:
    rise = np.arange(100.0)
    assert foretell_crossing(rise, 99.0) is None, "it is reached already"
    assert foretell_crossing(rise, 500.0) is None, "far away"
    assert foretell_crossing(rise, np.nan) is None, "there is no limit"
    assert foretell_crossing(rise[:50], 52.0) is None, "too short a past"
    assert foretell_crossing(np.full(100, 3.0), 4.0) is None, "nothing moves"
    assert foretell_crossing(np.append(rise, np.nan), 104.0) is None, "the newest is missing"
    rise[::5] = np.nan
    assert foretell_crossing(np.append(rise, 100.0), 104.0) is None, "too much is missing"


def test_a_known_course_tells_of_a_rise_that_has_not_begun() -> None:
    """A rise at the same hour each day, and the course that says so."""
    day = np.where(np.arange(48) < 40, 0.0, 10.0)
    values = np.tile(day, 6)[: 5 * 48 + 34]
    course = np.tile(day, 7)[: len(values) + 12]
    said = foretell_crossing(values, 9.0, courses=[course])
    assert said is not None
    assert (said.windows, said.course) == (7, 0)
    blind = foretell_crossing(values, 9.0, courses=[np.full(len(course), np.nan)])
    assert blind is None or blind.course == -1


def test_a_limit_of_its_own_for_each_window() -> None:
    limits = np.full(12, 1000.0)
    limits[7] = 50.0
    said = foretell_crossing(np.arange(100.0) / 2, limits)
    assert said is not None
    assert said.windows == 8


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 500), st.floats(1, 15), st.floats(0.01, 1000), st.floats(-500, 500))
def test_the_unit_does_not_matter(seed: int, limit: float, scale: float, shift: float) -> None:
    values = wave(seed)
    one = foretell_crossing(values, limit, rule=SURE)
    two = foretell_crossing(values * scale + shift, limit * scale + shift, rule=SURE)
    assert words(one) == pytest.approx(words(two), abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 500), st.floats(1, 15))
def test_below_is_above_turned_over(seed: int, limit: float) -> None:
    values = wave(seed)
    one = foretell_crossing(values, limit, rule=SURE)
    two = foretell_crossing(-values, -limit, above=False, rule=SURE)
    assert words(one) == words(two)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 500), st.floats(0, 10), st.floats(0, 10))
def test_a_further_limit_is_never_likelier(seed: int, near: float, more: float) -> None:
    values = wave(seed)
    one = foretell_crossing(values, values[-1] + 0.1 + near, rule=SURE)
    two = foretell_crossing(values, values[-1] + 0.1 + near + more, rule=SURE)
    assert words(one)[0] >= words(two)[0] - 1e-12


def words(said: Crossing | None) -> tuple[float, int, int, int]:
    if said is None:
        return 0.0, 0, 0, 0
    return said.probability, said.windows, said.soonest, said.latest


def test_senseless_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="ahead"):
        CrossingRule(ahead=0)
    with pytest.raises(ValueError, match="likeness"):
        CrossingRule(likeness=0)


def test_recorded_instance_power_of_a_city(shared_data: Callable[[str], Path]) -> None:
    """Tetouan's first zone, every ten minutes, twenty days of March 2017, limit 36 MW."""
    with (shared_data("tetouan-power-2017") / "tetouan_power_2017.csv").open() as file:
        values = np.array([float(row["Zone1"]) for row in csv.DictReader(file)])
    limit, came, brier, base = 36_000.0, [], [], []
    for place in range(60 * 144, 80 * 144, 3):
        if values[place] >= limit:
            continue
        begin = place + 1 - 432
        day = values[begin - 144 : begin - 144 + 432 + 12]
        said = foretell_crossing(values[begin : place + 1], limit, courses=[day], rule=SURE)
        coming = bool((values[place + 1 : place + 13] >= limit).any())
        chance = words(said)[0]
        brier.append((chance - coming) ** 2)
        base.append(coming)
        if chance >= 0.5:
            came.append(coming)
    assert (len(came), np.mean(came), np.mean(brier), np.mean(base)) == pytest.approx(
        RECORDED, abs=0.01
    )


RECORDED = (114, 0.772, 0.034, 0.125)
"""Crossings said, how many of them came, the Brier score, and that of never saying any."""
