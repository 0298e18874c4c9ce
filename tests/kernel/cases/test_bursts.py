"""A rise against what is usual: by hand, by property, and a dead feed that is no calm city."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases import bursts

DAYS = 28
RESTING = np.array([day % 7 >= 5 for day in range(DAYS)])
LEARN = np.ones((DAYS, 24), dtype=bool)


def usual(counts):
    shape = bursts.shape_of(counts, RESTING, LEARN)
    return bursts.usual_of(counts, RESTING, LEARN, shape)


def steady(a_day: int = 24) -> np.ndarray:
    return np.full((DAYS, 24), a_day // 24, dtype=np.int64)


def test_the_worked_example():
    """One an hour, each hour alike: one is expected in an hour, six in six."""
    found = usual(steady())
    assert found.level == (24.0, 24.0)
    assert bursts.expected(found, False, 12.0) == pytest.approx(1.0)
    assert bursts.expected(found, False, 3.0, 6) == pytest.approx(6.0)
    assert found.spread == bursts.LEAST_SPREAD
    # Negative binomial with size 20 and mean 1: P(N >= 1) = 1 - (20/21)^20.
    judged = bursts.judge(1, 1.0, 0.05)
    assert judged.surprise == pytest.approx(-np.log10(1 - (20 / 21) ** 20), abs=1e-3)


def test_last_month_s_storm_does_not_become_usual():
    counts = steady()
    counts[10] = 40
    assert usual(counts).level[0] == pytest.approx(24.0)


def test_many_calls_about_one_place_are_no_burst():
    assert not bursts.judge(40, 0.3, 0.25, places=1).rises
    assert bursts.judge(40, 0.3, 0.25, places=12).rises


def test_a_small_thing_is_none():
    assert not bursts.judge(3, 0.02, 0.25, places=3).rises


def test_it_opens_once_and_ends_when_it_was_calm_for_hours():
    calm, high = bursts.judge(1, 1.0, 0.1), bursts.judge(30, 1.0, 0.1, places=20)
    running, told = None, []
    for hour, judged in enumerate([calm, high, high, calm, high] + [calm] * 8):
        running, said = bursts.step(running, hour * 3600.0, judged)
        told.append(said)
    assert [at for at, said in enumerate(told) if said] == [1, 11]
    assert (told[1], told[11]) == ("opened", "ended")


def test_nothing_at_all_where_much_is_expected_is_a_broken_feed():
    assert bursts.broken(60.0, 0.05)
    assert not bursts.broken(5.0, 0.05)


@given(st.integers(0, 300), st.floats(0.02, 100), st.floats(0.05, 2.0))
def test_more_is_never_less_surprising(seen, mean, spread):
    assert (
        bursts.judge(seen + 1, mean, spread).surprise >= bursts.judge(seen, mean, spread).surprise
    )
    assert bursts.judge(seen, mean * 2, spread).surprise <= (
        bursts.judge(seen, mean, spread).surprise + 1e-6
    )


@given(st.floats(0, 24), st.integers(1, 24))
def test_the_hours_of_a_day_add_up_to_its_level(hour, length):
    found = usual(steady(48))
    parts = sum(bursts.expected(found, False, hour - step) for step in range(length))
    assert bursts.expected(found, False, hour, length) == pytest.approx(parts)
    assert bursts.expected(found, False, hour, 24) == pytest.approx(48.0)


def test_only_the_city_s_own_words_are_told():
    lexicon = {"power": ["停电", "没电", "电"], "name": ["张三丰来了"]}
    texts = ["东街停电", "西街停电了 张三家", "停电!张三", "张三说没电"]
    assert bursts.telling_words(texts, lexicon) == [("停电", 3)]


@given(st.lists(st.integers(0, 50), min_size=DAYS * 24, max_size=DAYS * 24))
def test_any_counts_give_something_sane(numbers):
    counts = np.array(numbers, dtype=np.int64).reshape(DAYS, 24)
    found = usual(counts)
    assert np.allclose(found.shape.sum(axis=1), 1.0)
    assert min(found.level) >= 0.0
    assert bursts.LEAST_SPREAD <= found.spread <= bursts.MOST_SPREAD
