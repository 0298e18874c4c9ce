"""The benchmark's score: nothing is 0, perfect is 100, and the sweep equals counting by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.scoring import (
    LOW_FALSE,
    LOW_MISSED,
    STANDARD,
    Profile,
    Worth,
    join,
    judge,
    judge_at,
    sigmoid,
    weigh,
)

PROFILES = [STANDARD, LOW_FALSE, LOW_MISSED]


def at(rows: int, *alerts: int) -> np.ndarray:
    """Score 1 at these rows."""
    found = np.zeros(rows)
    found[list(alerts)] = 1
    return found


def test_one_window_by_hand() -> None:
    """docs/kernel/novelty.md: 100 rows, a window from row 40 to 49; alerts at 30, 44 and 52."""
    known = weigh(100, [(40, 49)])
    assert known.worth[30] == -1.0
    assert known.worth[44] == pytest.approx(0.9174, abs=1e-4)  # position -0.6
    assert known.worth[52] == pytest.approx(-0.6823, abs=1e-4)  # position 3 / 9
    points = 0.9174 - 0.11 * (1 + 0.6823)
    found = judge(at(100, 30, 44, 52), known)
    assert found.score == pytest.approx(100 * (points + 1) / 2, abs=0.01)
    assert (found.threshold, found.found, found.false) == (1.0, 1, 2)


def test_the_sigmoid_of_the_benchmark() -> None:
    assert float(sigmoid(-1.0)) == pytest.approx(0.98661, abs=1e-5)
    assert float(sigmoid(-0.5)) == pytest.approx(0.84828, abs=1e-5)
    assert float(sigmoid(0.0)) == 0.0
    assert float(sigmoid(3.0)) == -1.0


@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_is_0_and_perfect_is_100(profile: Profile) -> None:
    known = weigh(400, [(100, 139), (300, 339)])
    assert judge(np.zeros(400), known, profile).score == 0.0
    assert judge(at(400, 100, 300), known, profile).score == pytest.approx(100.0)


def test_the_beginning_is_not_judged() -> None:
    known = weigh(1000, [(500, 549)])
    assert known.judged.sum() == 850
    assert weigh(10_000, []).judged.sum() == 9250
    assert judge(at(1000, 10, 149, 500), known).score == pytest.approx(100.0)


def test_series_are_joined_by_windows() -> None:
    one, two = weigh(100, [(40, 49)]), weigh(100, [(50, 59), (80, 89)])
    both = join([one, two])
    assert both.window.max() == 2
    assert judge(np.concatenate([at(100, 40), at(100, 50, 80)]), both).score == pytest.approx(100)


def test_a_threshold_chosen_elsewhere() -> None:
    known = weigh(100, [(40, 49)])
    scores = np.where(np.arange(100) == 40, 0.9, np.where(np.arange(100) == 90, 0.5, 0.0))
    assert judge_at(scores, known, 0.8, STANDARD).score == pytest.approx(100.0)
    assert judge_at(scores, known, 0.4, STANDARD).score == pytest.approx(94.5, abs=0.01)


def counted(scores: np.ndarray, known: Worth, limit: float, profile: Profile) -> float:
    """The score of one threshold, counted window by window."""
    alerts = (scores >= limit) & known.judged
    points = 0.0
    windows = sorted(set(known.window[known.judged].tolist()) - {-1})
    for number in windows:
        inside = known.worth[alerts & (known.window == number)]
        points += inside.max() * profile.found if inside.size else -profile.missed
    points += profile.false * known.worth[alerts & (known.window == -1)].sum()
    nothing = -profile.missed * len(windows)
    return float(100 * (points - nothing) / (profile.found * len(windows) - nothing))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(PROFILES))
def test_the_sweep_finds_the_best_threshold(seed: int, profile: Profile) -> None:
    rng = np.random.default_rng(seed)
    known = join([weigh(60, [(15, 22), (40, 49)]), weigh(40, [(20, 29)])])
    scores = rng.integers(0, 6, 100) / 5
    found = judge(scores, known, profile)
    best = max(counted(scores, known, limit, profile) for limit in (*set(scores), np.inf))
    assert found.score == pytest.approx(best, abs=1e-9)
    assert counted(scores, known, found.threshold, profile) == pytest.approx(best, abs=1e-9)
