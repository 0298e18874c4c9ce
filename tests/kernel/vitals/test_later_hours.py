"""Hours after the next one: by hand, as a property, and beside what then came."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.vitals.later_hours import foretell_later

WEEK = 168


def weeks_of(count: int) -> np.ndarray:
    """Each hour of the week has 100 and its number; week after week the same."""
    return np.tile(100.0 + np.arange(WEEK), count)


def test_by_hand():
    """docs/kernel/forecast.md: one week brought 200 where four brought 100; 100 is the middle."""
    values = weeks_of(6)
    values[WEEK : 2 * WEEK] *= 2
    said = foretell_later(values, 3)
    np.testing.assert_allclose(said.usual, [100, 101, 102])
    assert said.weeks.tolist() == [6, 6, 6]
    # Of the last six weeks one is twice the usual of the week before it, the next one half of
    # the mean of both: nine in ten of the departures lie between.
    assert (said.low <= said.usual).all()
    assert (said.usual <= said.high).all()
    assert said.high[0] < 201


def test_of_two_weeks_there_is_a_usual_but_few_departures():
    said = foretell_later(weeks_of(1), 2)
    np.testing.assert_allclose(said.usual, [100, 101])
    assert np.isnan(said.low).all(), "nothing has departed from anything yet"
    assert said.weeks.tolist() == [1, 1]


def test_nothing_is_said_of_an_hour_never_seen():
    values = weeks_of(4)
    values[::WEEK] = np.nan
    said = foretell_later(values, 2)
    assert np.isnan(said.usual[0])
    assert (said.weeks[0], said.usual[1]) == (0, 101)


@given(st.integers(0, 1000), st.integers(1, 24))
def test_the_future_changes_nothing_and_bounds_are_in_order(seed, count):
    rng = np.random.default_rng(seed)
    values = rng.poisson(weeks_of(5)).astype(float)
    said, again = foretell_later(values, count), foretell_later(values, WEEK)
    np.testing.assert_array_equal(said.usual, again.usual[:count])
    np.testing.assert_array_equal(said.high, again.high[:count])
    assert (said.low <= said.high).all()
    assert (said.low >= 0).all()


def test_bounds_hold_as_often_as_they_say():
    rng = np.random.default_rng(7)
    values = rng.poisson(np.tile(weeks_of(1), 14)).astype(float)
    inside = []
    for begin in range(10 * WEEK, 13 * WEEK, 6):
        said = foretell_later(values[:begin], 6)
        came = values[begin : begin + 6]
        inside += ((said.low <= came) & (came <= said.high)).tolist()
    assert 0.75 < np.mean(inside) < 0.87, "recorded: 0.81"


@pytest.mark.parametrize("count", [0, 169])
def test_as_many_hours_as_a_week_has(count):
    with pytest.raises(ValueError, match="from 1 to 168"):
        foretell_later(weeks_of(2), count)
