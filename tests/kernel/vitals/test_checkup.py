"""The score: the worked example of docs/kernel/checkup.md, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.vitals.checkup import Score, burdens_of, fold, score
from gongbi.kernel.vitals.comparing import changed, stand

HOUR = 3600.0
# A day of a quarter: water pressure at two places, a lift, a smoke alarm that heard nothing.
SIGNS = np.array([0, 0, 1])
SECONDS = HOUR * np.array([[24, 0, 0, 0], [18, 0, 4, 2], [12, 6, 0, 0]], float)
DUE = HOUR * np.array([24, 24, 24], float)


def test_worked_example():
    """Burdens 0, 1/6, 1/15; pressure folds to 1/8, the lift to 1/15; the place to 53/480."""
    assert burdens_of(SECONDS) == pytest.approx([0, 1 / 6, 1 / 15])
    found = score(SIGNS, SECONDS, DUE)
    assert found.burdens == pytest.approx([1 / 8, 1 / 15])
    assert found.points == pytest.approx(100 - 5300 / 480)  # 88.958
    assert found.lost == pytest.approx([9.375, 5 / 3])
    assert found.lost_by_series == pytest.approx([0, 9.375, 5 / 3])
    assert found.measured == pytest.approx(66 / 72)
    # Six hours of the lift are missing: all alarm would be a burden of 0.3, all normal 0.05.
    assert found.low == pytest.approx(100 * (1 - (0.75 * 0.3 + 0.25 * 0.125)))
    assert found.high == pytest.approx(100 * (1 - (0.75 * 0.125 + 0.25 * 0.05)))


def test_without_data_there_is_no_score():
    nothing = score(SIGNS, np.zeros((3, 4)), DUE)
    assert (nothing.points, nothing.low, nothing.high, nothing.measured) == (None, None, None, 0)
    empty = score(np.empty(0, np.int64), np.empty((0, 4)), np.empty(0))
    assert empty.points is None
    little = score(SIGNS, SECONDS * 0.4, DUE)
    assert little.points is None
    assert little.measured < 0.5


def test_one_sign_of_one_place():
    assert score(np.array([4]), np.array([[10.0, 0, 0, 0]]), np.array([10.0])).points == 100
    assert score(np.array([4]), np.array([[0, 0, 0, 10.0]]), np.array([10.0])).points == 0


spans = st.integers(0, 50)
rows = st.lists(
    st.tuples(st.integers(0, 4), spans, spans, spans, spans, spans), min_size=1, max_size=40
)


def drawn(told) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    signs = np.array([row[0] for row in told])
    seconds = np.array([row[1:5] for row in told], float)
    return signs, seconds, seconds.sum(axis=1) + np.array([row[5] for row in told])


@given(rows)
def test_what_was_lost_adds_up_and_gaps_bound_it(told):
    found = score(*drawn(told))
    assert found.lost.sum() == pytest.approx(found.lost_by_series.sum())
    if found.points is None:
        return
    assert found.points + found.lost.sum() == pytest.approx(100)
    assert 0 <= found.points <= 100 + 1e-9
    assert found.low <= found.points + 1e-9
    assert found.points <= found.high + 1e-9


@given(rows, st.randoms(use_true_random=False))
def test_no_order_matters(told, chance):
    mixed = list(told)
    chance.shuffle(mixed)
    ours, theirs = score(*drawn(told)), score(*drawn(mixed))
    assert (ours.points is None) == (theirs.points is None)
    if ours.points is not None:
        assert ours.points == pytest.approx(theirs.points)
        assert ours.lost == pytest.approx(theirs.lost)


@given(rows, st.data())
def test_more_alarm_never_improves_it(told, data):
    """Seconds moved to a higher level, or from nothing heard to alarm where readings come."""
    signs, seconds, due = drawn(told)
    at = data.draw(st.integers(0, len(told) - 1))
    low = data.draw(st.integers(0, 2))
    high = data.draw(st.integers(low + 1, 3))
    worse = seconds.copy()
    many = data.draw(st.integers(0, int(seconds[at, low])))
    worse[at, low] -= many
    worse[at, high] += many
    before, after = score(signs, seconds, due), score(signs, worse, due)
    assert (before.points is None) == (after.points is None)
    if before.points is not None:
        assert after.points <= before.points + 1e-9
        filled = worse.copy()
        if seconds[at].sum() > 0:
            filled[at, 3] += due[at] - worse[at].sum()
            assert score(signs, filled, due).points <= after.points + 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_fold_lies_between_mean_and_worst(burdens):
    value, weights = fold(np.array(burdens))
    assert weights.sum() == pytest.approx(1)
    assert np.mean(burdens) - 1e-9 <= value <= max(burdens) + 1e-9


def of(points: float, gap: float = 0.0) -> Score:
    nothing = np.empty(0)
    return Score(points, points - gap, points + gap, 1.0, np.empty(0, np.int64), *[nothing] * 3)


def test_standing_among_peers():
    """Peers 90, 92, 94, 96: median 93, deviations 3, 1, 1, 3: scatter 2.9652."""
    found = stand(of(88), [of(90), of(92), of(94), of(96)])
    assert found.median == 93
    assert found.distance == pytest.approx(-5 / 2.9652)
    assert (found.rank, found.rank_best, found.rank_worst, found.among) == (5, 5, 5, 5)
    wide = stand(of(91, gap=2.5), [of(90), of(92), of(94), of(96)])
    assert (wide.rank, wide.rank_best, wide.rank_worst) == (4, 3, 5)
    assert stand(of(91), [of(90), of(92)]) is None


def test_a_change_is_sure_only_when_large_and_regular():
    before, now = np.linspace(97, 98, 7), np.linspace(90, 91, 7)
    assert changed(90.5, 97.5, now, before).sure
    assert not changed(97.5, 97.5, before, before).sure
    assert not changed(97.2, 97.3, before - 0.1, before + 0.0).sure
    flat = np.full(7, 100.0)
    assert changed(100, 100, flat, flat).chance == 1
    assert changed(90, 97, np.full(7, np.nan), before).chance == 1
