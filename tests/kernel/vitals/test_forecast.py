"""One hour ahead: by hand, without a look ahead, and on Auckland's counters."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.forecast import (
    WEEK,
    HourRule,
    foretell_hours,
    lean,
    usual_of,
)


def town(weeks: int, series: int = 2, seed: int = 0) -> np.ndarray:
    """Counts with a day's shape and a crowd now and then."""
    chance = np.random.default_rng(seed)
    hours = np.arange(weeks * WEEK)
    shape = 100 + 80 * np.sin(2 * np.pi * hours / 24)
    crowd = np.where(chance.random(len(hours)) < 0.02, 4.0, 1.0)
    return chance.poisson((shape * crowd)[:, None] * np.arange(1, series + 1)).astype(float)


def no_holidays(values: np.ndarray) -> np.ndarray:
    return np.zeros(len(values) + 24, bool)


def test_the_usual_is_the_median_of_eight_weeks_by_hand() -> None:
    """Mondays at 0 o'clock of 10, 12, 11, 90: the fifth is foretold 11.5 by its usual."""
    values = np.full((5 * WEEK, 1), 5.0)
    values[[0, WEEK, 2 * WEEK, 3 * WEEK], 0] = 10, 12, 11, 90
    usual = usual_of(values)
    assert np.isnan(usual[0, 0])
    assert usual[[WEEK, 2 * WEEK, 3 * WEEK, 4 * WEEK], 0].tolist() == [10, 11, 11, 11.5]


def test_leaning_on_the_last_hour_by_hand() -> None:
    """docs/kernel/forecast.md: 300 where 100 is usual; the fourth such hour is foretold 300.

    Leaning by share s has cost 5 s of doubt and 200 (1 - s) / 110 for each such hour before:
    after two, not leaning costs 3.64 and leaning 5; after three, 5.45 and 5.
    """
    usual = np.full((WEEK + 6, 1), 100.0)
    values, expected = usual.copy(), usual.copy()
    values[WEEK:, 0] = 300
    found = lean(values, expected, usual)
    assert found[WEEK:, 0].tolist() == [100, 100, 100, 100, 300, 300]


def test_what_never_varies_is_foretold() -> None:
    hours = np.arange(12 * WEEK)
    values = np.repeat((50.0 + hours % 24)[:, None], 2, axis=1)
    said = foretell_hours(values, 0, no_holidays(values))
    assert said.expected[10 * WEEK :] == pytest.approx(values[10 * WEEK :])
    assert np.isnan(said.expected[:WEEK]).all()


def test_a_crowd_that_goes_on_is_followed() -> None:
    """Hours that stay at three times the usual once they are there."""
    values = np.full((40 * WEEK, 3), 100.0)
    for week in range(10, 39, 2):
        values[week * WEEK + 30 : week * WEEK + 42] = 300
    said = foretell_hours(values, 0, no_holidays(values))
    late = 38 * WEEK + 35
    assert (said.expected[late] > 180).all(), "and the usual alone says 100"


@settings(max_examples=15, deadline=None)
@given(
    st.integers(10 * WEEK, 12 * WEEK - 1),
    st.integers(0, WEEK - 1),
    st.integers(0, 5),
    st.sampled_from([0.0, np.nan, 5000.0]),
)
def test_nothing_later_is_used(row: int, first: int, seed: int, other: float) -> None:
    """Whatever comes from a row on changes nothing of what was foretold up to that row."""
    values = town(12, seed=seed)
    free = np.random.default_rng(seed).random(len(values) + 24) < 0.05
    changed = values.copy()
    changed[row:] = other
    one, two = foretell_hours(values, first, free), foretell_hours(changed, first, free)
    np.testing.assert_array_equal(one.expected[: row + 1], two.expected[: row + 1])
    np.testing.assert_array_equal(one.bounds[:, : row + 1], two.bounds[:, : row + 1])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 50))
def test_bounds_are_in_order_and_counts_are_none_below_zero(seed: int) -> None:
    values = town(6, seed=seed)
    values[np.random.default_rng(seed).random(values.shape) < 0.1] = np.nan
    said = foretell_hours(values, 0, no_holidays(values))
    known = np.isfinite(said.expected)
    assert (said.expected[known] >= 0).all()
    assert (np.diff(said.bounds, axis=0)[:, known] >= 0).all()


def test_the_order_of_series_does_not_matter() -> None:
    values = town(12, series=3)
    one = foretell_hours(values, 5, no_holidays(values)).expected
    two = foretell_hours(values[:, ::-1].copy(), 5, no_holidays(values)).expected[:, ::-1]
    np.testing.assert_allclose(one, two, rtol=1e-6)


def test_senseless_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="pace"):
        HourRule(pace=1.0)
    with pytest.raises(ValueError, match="half_life"):
        HourRule(half_life=0)
    with pytest.raises(ValueError, match="free"):
        foretell_hours(np.zeros((48, 1)), 0, np.zeros(48, bool))


def test_recorded_instance_auckland(shared_data: Callable[[str], Path]) -> None:
    """Eight thousand hours of 2019; scored on the last thousand."""
    bench = pytest.importorskip("bench.forecast")
    folder = shared_data("akl-ped-2019-2023")
    times, values, _ = bench.counters(folder.parent)
    assert len(times) == len(values) == 43_824, "the hour trap undone: no hour twice, none lost"
    free, first = bench.public_holidays(times[:8000]), int((times[0] - bench.MONDAY).astype(int))
    values = values[:8000]
    said = foretell_hours(values, first, free).expected
    late = np.isfinite(values + said + bench.ago(values, 1)) & (np.arange(8000) >= 7000)[:, None]
    errors = [
        100 * np.abs(guess - values)[late].sum() / values[late].sum()
        for guess in (said, bench.ago(values, 1), bench.six_terms(times[:8000], values, 7000))
    ]
    assert errors == pytest.approx(RECORDED, abs=0.05)
    assert errors[0] < min(errors[1:])


RECORDED = [11.02, 28.38, 11.99]
"""WAPE in per cent: ours, last hour, the ridge of six terms."""
