"""How well a reader reads: figures by hand, bounds that hold, and drift."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.reading.drift import drift, share, shifted
from gongbi.kernel.reading.judging import (
    accuracy,
    calibration_error,
    differences,
    macro_recall,
)

TRUTH = np.array([0, 0, 0, 1])
SAID = np.array([0, 0, 1, 1])


def test_figures_by_hand():
    assert accuracy(TRUTH, SAID) == 3 / 4
    assert macro_recall(TRUTH, SAID) == (2 / 3 + 1) / 2


def test_calibration_error_by_hand():
    """Two said 0.9, one of them right: off by 0.4. Two said 0.6, both right: off by 0.4."""
    confidence = np.array([0.9, 0.9, 0.6, 0.6])
    assert calibration_error(confidence, np.array([True, False, True, True])) == pytest.approx(0.4)


def test_a_reader_beats_itself_by_nothing():
    for span in differences(TRUTH, SAID, SAID, rounds=50):
        assert (span.value, span.low, span.high) == (0, 0, 0)


def test_bounds_hold_the_figure_and_shrink_with_rows():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 4000)
    good = np.where(rng.random(4000) < 0.8, truth, 0)
    bad = np.where(rng.random(4000) < 0.6, truth, 0)
    few = differences(truth[:400], good[:400], bad[:400])[0]
    many = differences(truth, good, bad)[0]
    assert many.low < many.value < many.high
    assert many.high - many.low < few.high - few.low
    assert many.low > 0


def test_a_share_by_hand():
    """Wilson's bounds of 8 in 10."""
    found = share(8, 10)
    assert (found.low, found.high) == (
        pytest.approx(0.490, abs=1e-3),
        pytest.approx(0.943, abs=1e-3),
    )
    assert (share(0, 0).low, share(0, 0).high) == (0, 1)


def test_shares_that_moved():
    assert shifted({"a": 10, "b": 10}, {"a": 1, "b": 1}) == 0
    assert shifted({"a": 10}, {"b": 3}) == 1
    assert shifted({"a": 3, "b": 1}, {"a": 1, "b": 1}) == 0.25


def test_drift_needs_rows_and_more_than_chance():
    told = {"agreed_told": 0.9, "to_person_told": 0.2, "moved": 0.1}
    assert drift(share(20, 40), to_person=share(8, 40), **told).reasons == ()
    assert drift(share(700, 1000), to_person=share(200, 1000), **told).reasons == ("agreement",)
    worse = drift(share(880, 1000), to_person=share(400, 1000), **(told | {"moved": 0.4}))
    assert worse.reasons == ("person", "types")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_figures_are_shares(rows):
    truth, said = (np.array(one) for one in zip(*rows, strict=True))
    assert 0 <= accuracy(truth, said) <= 1
    assert 0 <= macro_recall(truth, said) <= 1
