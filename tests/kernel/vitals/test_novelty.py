"""A value is surprising by what its own series has shown, once, in any unit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.novelty import (
    NOVELTY,
    TEMPER,
    Temper,
    empty_novelty,
    follow_novelty,
    judge_windows,
    step_novelty,
)

PLAIN = Temper(
    follow=0.5, rare=0.5, forget=0.0, doubt=1.0, fresh=1.0, usual=0.0, fade=0.0, calm=1.0,
    again=1.0, warm=3.0, most=90.0,
)  # fmt: skip


def run(
    values: list[float] | np.ndarray, hours: np.ndarray | None = None, temper: Temper = TEMPER
) -> np.ndarray:
    """(surprise, told, held) of each value; five minutes apart unless said."""
    values = np.asarray(values, float)
    hours = np.arange(len(values)) // 12 if hours is None else hours
    out = np.empty((len(values), 3))
    follow_novelty(empty_novelty(1)[0], values, hours, 0.0, temper, out)
    return out


def noise(rows: int, seed: int = 5) -> np.ndarray:
    return 50 + np.random.default_rng(seed).standard_normal(rows)


def test_four_values_by_hand() -> None:
    """docs/kernel/novelty.md: 10, 12, 10, then 20."""
    state = empty_novelty(1)[0]
    said = [step_novelty(state, value, 0, 0.0, PLAIN) for value in (10.0, 12.0, 10.0)]
    assert said == [(0.0, 0.0)] * 3
    assert state["level"] == 10.5
    assert state["mean"].tolist() == [1.0, 0.5]
    assert state["bar"].tolist() == [6.0, 1.0]
    assert (state["excess"].tolist(), state["passed"].tolist()) == ([2.0, 1.0], [1.0, 1.0])
    surprise, told = step_novelty(state, 20.0, 0, 0.0, PLAIN)
    assert surprise == told == pytest.approx(3.5 / 1.5)
    assert state["expected"] == 10.5
    assert state["level"] == 15.25


def test_a_step_is_told_once_and_at_once() -> None:
    values = noise(2000)
    values[1500:] += 40
    told = np.flatnonzero(run(values)[:, 1] > 10)
    assert told[0] == 1500
    assert set(told) <= {1500, 1501, 1502}  # and again only while it grows


def test_what_comes_every_day_is_no_news() -> None:
    """A pump at eight each morning for a week, then the same at three in the afternoon."""
    values = noise(12 * 24 * 10)
    for day in range(10):
        values[day * 288 + 96 : day * 288 + 99] += 15
    values[9 * 288 + 180 : 9 * 288 + 183] += 15
    found = run(values)[:, 0]
    at_eight = [found[day * 288 + 96 : day * 288 + 99].max() for day in range(1, 10)]
    at_three = found[9 * 288 + 180 : 9 * 288 + 183].max()
    assert max(at_eight[2:]) < at_three / 2


def test_a_floor_makes_small_things_small() -> None:
    values = noise(1000)
    values[900] += 8
    loud, quiet = np.empty((1000, 3)), np.empty((1000, 3))
    hours = np.arange(1000) // 12
    follow_novelty(empty_novelty(1)[0], values, hours, 0.0, TEMPER, loud)
    follow_novelty(empty_novelty(1)[0], values, hours, 4.0, TEMPER, quiet)
    assert quiet[900, 0] < 2
    assert loud[900, 0] > 5


def test_a_constant_series_is_calm_and_its_first_change_is_not() -> None:
    found = run([7.0] * 500 + [8.0])
    assert found[:500].max() == 0
    assert found[500, 0] == pytest.approx(TEMPER.fresh * TEMPER.most, rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([-20, -3, 5, 30]), st.integers(-1000, 1000))
def test_unit_and_zero_do_not_matter(seed: int, power: int, shift: int) -> None:
    """Kelvin or Celsius, millimetres or metres: the same surprise."""
    values = np.round(noise(600, seed) * 64) / 64
    values[400] += 9
    plain, other = run(values), run((values + shift) * 2.0**power)
    assert np.allclose(plain, other, rtol=2e-3, atol=2e-3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=400))
def test_surprise_is_bounded_and_the_state_stays_finite(values: list[float]) -> None:
    out, state = np.empty((len(values), 3)), empty_novelty(1)
    hours = np.arange(len(values)) // 3
    follow_novelty(state[0], np.array(values), hours, 0.0, TEMPER._replace(warm=2.0), out)
    assert ((out >= 0) & (out <= TEMPER.most)).all()
    assert ((out[:, 1] == 0) | (out[:, 1] == out[:, 0])).all()
    for name in NOVELTY.names or ():
        assert np.isfinite(state[name]).all()
    for side in (0, 1):
        assert (state["bar"][:, side] >= 0).all()


def test_the_state_is_small_and_all_there_is() -> None:
    """Stopped anywhere and gone on from the bytes, nothing differs."""
    assert NOVELTY.itemsize == 160
    values, hours = noise(900), np.arange(900) // 12
    whole, halves, state = run(values), np.empty((900, 3)), empty_novelty(1)
    follow_novelty(state[0], values[:450], hours[:450], 0.0, TEMPER, halves[:450])
    again = np.frombuffer(state.tobytes(), NOVELTY).copy()
    follow_novelty(again[0], values[450:], hours[450:], 0.0, TEMPER, halves[450:])
    assert (whole == halves).all()


def test_missing_windows_change_nothing() -> None:
    """A gap is another matter (missing data); the next value is judged by what was known."""
    values = noise(800)
    hours = np.arange(800) // 12
    gap = np.where(np.arange(800) < 600, hours, hours + 240)  # ten days of silence, same clock
    assert (run(values, hours)[:600] == run(values, gap)[:600]).all()
    assert run(values, gap)[600:, 0].max() < 6


def test_a_recorded_month() -> None:
    """Thirty days of a daily curve with noise; a drop on day 20, a stuck high hour on day 25."""
    rng = np.random.default_rng(11)
    step = np.arange(30 * 288)
    values = 100 + 30 * np.sin(2 * np.pi * step / 288) + 3 * rng.standard_normal(step.size)
    values[20 * 288 + 50 : 20 * 288 + 62] = 20
    values[25 * 288 + 200 : 25 * 288 + 212] += 90
    told = np.flatnonzero(run(values)[:, 1] > 6)
    days = sorted(set((told // 288).tolist()))
    assert days == [20, 25]
    assert told[0] == 20 * 288 + 50


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 4), min_size=5, max_size=40))
def test_provisional_windows_are_judged_again_and_teach_nothing(
    seed: int, steps: list[int]
) -> None:
    """However often open windows are judged, with whatever in them, the final word is the same."""
    rng = np.random.default_rng(seed)
    temper = TEMPER._replace(warm=5.0)
    truth = np.where(rng.random(200) < 0.1, np.nan, noise(200, seed))
    hours, told, state, spare = np.arange(200) // 6, [], empty_novelty(1)[0], empty_novelty(1)[0]
    begin = 0
    for final in steps:
        window = slice(begin, begin + final + 3)  # three more are open, and still wrong
        values, out = truth[window].copy(), np.empty((final + 3, 2))
        values[final:] += 100 * rng.random(3)
        judge_windows(state, spare, values, hours[window], final, 0.0, temper, out)
        told += out[:final, 1].tolist()
        begin += final
    seen = ~np.isnan(truth[:begin])
    straight = run(truth[:begin][seen], hours[:begin][seen], temper)[:, 0]
    assert np.array(told)[seen].tolist() == straight.tolist()


def test_a_copy_is_whole() -> None:
    """Every field of the state reaches the copy that open windows are judged on."""
    state, spare = empty_novelty(1), empty_novelty(1)
    values = noise(300)
    judge_windows(
        state[0], spare[0], values, np.arange(300) // 12, 299, 0.0, TEMPER, np.empty((300, 2))
    )
    step_novelty(state[0], values[299], 299 // 12)
    assert spare.tobytes() == state.tobytes()
