"""A sensor's ordinary day, reckoned by hand; and the same rows however the day is cut."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernel.simulation.small_world import MONDAY, streams, world

from gongbi.kernel.simulation.effects import readings
from gongbi.kernel.simulation.rhythms import ordinary, rhythm, sample_times, settle


def test_the_hill_is_one_at_its_peak_and_goes_around_the_clock() -> None:
    hours = np.array([23.0, 1.0, 3.0, 11.0])
    hill = rhythm(hours, np.full(4, 23.0), np.full(4, np.nan))
    assert hill == pytest.approx(np.exp(-0.5 * (np.array([0, 2, 4, 12]) / 2) ** 2))


def test_a_gauge_at_its_peak_on_a_working_day_and_on_a_day_of_rest() -> None:
    row, eight = np.zeros(2, dtype=np.int64), 8 * 3600
    seconds = np.array([MONDAY + eight, MONDAY - 86_400 + eight])
    assert ordinary(streams(), row, seconds, offset=0, seed=1) == pytest.approx([0.4, 0.35])
    east = ordinary(streams(), row, seconds - eight, offset=eight, seed=1)
    assert east == pytest.approx([0.4, 0.35]), "the city's clock counts, not Greenwich's"


def test_a_sensor_speaks_once_a_step() -> None:
    rows, seconds = sample_times(streams(), MONDAY, MONDAY + 600, seed=3)
    assert np.bincount(rows).tolist() == [10, 10, 10, 20, 2]
    assert np.all(np.diff(seconds) >= 0)


def test_counts_are_whole_and_bounds_hold() -> None:
    rows, at = np.array([4, 4, 0]), np.full(3, MONDAY)
    said = settle(streams(), rows, at, np.array([2.6, -3.0, 7.0]), seed=1)
    assert said.tolist() == [3.0, 0.0, 1.0]


@given(st.integers(0, 86_400), st.lists(st.integers(1, 1_799), max_size=4), st.integers(0, 99))
def test_a_span_cut_anywhere_gives_the_same_rows(begin: int, cuts: list[int], seed: int) -> None:
    start = MONDAY + begin
    edges = [start, *sorted({start + cut for cut in cuts}), start + 1_800]
    whole = readings(world(0.02).streams, [], edges[0], edges[-1], offset=0, seed=seed)
    parts = [
        readings(world(0.02).streams, [], since, until, offset=0, seed=seed)
        for since, until in pairwise(edges)
    ]
    for name in ("rows", "seconds", "values"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(joined, getattr(whole, name))
