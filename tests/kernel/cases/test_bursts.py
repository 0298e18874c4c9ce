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


def test_a_sliding_hour_is_lowered_by_the_chances_it_has():
    """Five where one is expected may be filled by any of four more: log10(4) is taken off."""
    once, sliding = bursts.judge(5, 1.0, 0.05), bursts.judge(5, 1.0, 0.05, looks=12)
    assert sliding.surprise == pytest.approx(once.surprise - np.log10(4), abs=1e-3)
    assert bursts.judge(40, 1.0, 0.05, looks=12).surprise == pytest.approx(
        bursts.judge(40, 1.0, 0.05).surprise - np.log10(12), abs=1e-3
    )


@pytest.mark.parametrize("rate", [0.3, 2.0, 8.0])
def test_a_sliding_hour_is_high_by_chance_no_more_often_than_its_surprise_says(rate):
    """Ten thousand drawn days without any event: a surprise of 2 is said once in 100 hours."""
    rng = np.random.default_rng(7)
    slots = rng.poisson(rate / 12, 10_000 * 24 * 12)
    sums = np.convolve(slots, np.ones(12, dtype=np.int64), "valid")
    high = {
        looks: np.array(
            [bursts.judge(n, rate, 1e-6, looks=looks).surprise >= 2 for n in range(sums.max() + 1)]
        )[sums]
        for looks in (1.0, 12.0)
    }
    said = {looks: int((over[1:] & ~over[:-1]).sum()) for looks, over in high.items()}
    assert 0 < said[12.0] <= 0.01 * 10_000 * 24 < 1.5 * said[1.0], "without it, it is said more"


def test_a_place_counts_twice_at_most():
    assert bursts.counted(["a"] * 40 + ["b"]) == (3, 2)


def test_two_kinds_that_rise_together_by_hand():
    """Surprises of 6 and 3: x = 9 ln 10, chance e^-x (1 + x) for each of the ten pairs of five."""
    known = {kind: bursts.Judged(0, 0.1, 0.0) for kind in ("noise", "lamps", "dirt")}
    known |= {
        "quake": bursts.Judged(2, 0.0004, 6.0),
        "wires": bursts.Judged(2, 0.02, 3.0),
    }
    where = {"quake": [1, 2], "wires": [3, 4]}
    found = bursts.together(known, where)
    x = 9 * np.log(10)
    assert found.kinds == ("quake", "wires")
    assert (found.seen, found.places) == (4, 4)
    assert found.surprise == pytest.approx(-np.log10(np.exp(-x) * (1 + x) * 10), abs=1e-3)
    assert found.rises
    assert bursts.together(known, where | {"wires": [3, 3]}) is None, "one place said twice"


def test_a_kind_never_seen_is_expected_hardly_ever_not_never():
    found = usual(np.zeros((DAYS, 24), dtype=np.int64))
    assert found.level == (pytest.approx(0.5 / DAYS), pytest.approx(0.5 / DAYS))
    assert found.spread == pytest.approx(bursts.UNSURE_SPREAD + 2.0)
    assert bursts.expected(found, False, 4.0) == pytest.approx(0.5 / DAYS / 24)


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
    assert bursts.LEAST_SPREAD <= found.spread <= bursts.UNSURE_SPREAD + 2.0
