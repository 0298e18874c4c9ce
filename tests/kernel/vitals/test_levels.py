"""Limits, hysteresis, duration and missing data as a machine, against its words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.vitals.levels import RULE, by_novelty, step_empty, step_value

START = (0, 0, 0, 0, 0)


def make_rule(
    limits: tuple[float, float, float] = (10.0, 20.0, 30.0),
    *,
    sign: float = 1.0,
    margin: float = 0.0,
    least: int = 1,
    missing: int = 0,
) -> np.ndarray:
    """One rule."""
    rule = np.zeros(1, RULE)
    rule[["sign", "notice", "warning", "alarm"]] = (sign, *limits)
    rule[["margin", "min_windows", "missing_windows"]] = (margin, least, missing)
    return rule


def levels(values: list[float | None], rule: np.ndarray) -> list[int]:
    """The level after each window."""
    standing, found = START, []
    for value in values:
        standing = (
            step_empty(standing, rule[0])
            if value is None
            else step_value(standing, value, rule[0])
        )
        found.append(standing[0])
    return found


def test_a_day_by_hand() -> None:
    """docs/kernel/levels.md: limits 10, 20, 30, margin 2, two windows to raise, two to miss."""
    rule = make_rule(margin=2.0, least=2, missing=2)
    values = [
        9.0,
        10.0,
        11.0,
        8.5,
        7.9,
        31.0,
        32.0,
        28.0,
        27.9,
        None,
        31.0,
        31.0,
        None,
        None,
        12.0,
        12.0,
    ]
    assert levels(values, rule) == [0, 0, 1, 1, 0, 0, 3, 3, 2, 2, 2, 3, 3, -1, 0, 1]


def test_below_is_above_mirrored() -> None:
    above = make_rule(margin=1.0, least=2, missing=3)
    below = make_rule((-10.0, -20.0, -30.0), sign=-1.0, margin=1.0, least=2, missing=3)
    values = [9.0, 12.0, 25.0, 31.0, 33.0, None, 19.5, 18.0, 2.0]
    assert levels(values, above) == levels([None if v is None else -v for v in values], below)


def test_a_limit_that_is_none_is_never_reached() -> None:
    rule = make_rule((float("nan"), 20.0, float("nan")))
    assert levels([15.0, 25.0, 99.0, 15.0], rule) == [0, 2, 2, 0]


VALUES = st.lists(st.none() | st.integers(0, 40).map(float), max_size=40)


@settings(max_examples=150, deadline=None)
@given(VALUES, st.integers(1, 3), st.integers(0, 3), st.sampled_from([0.0, 3.0]))
def test_the_words_hold(
    values: list[float | None], least: int, missing: int, margin: float
) -> None:
    """Each level is explained by the values alone, whatever came before."""
    rule = make_rule(margin=margin, least=least, missing=missing)
    found = levels(values, rule)
    limits = (10.0, 20.0, 30.0)
    for at, level in enumerate(found):
        before = found[at - 1] if at else 0
        empty = _empty_run(values, at)
        if missing and empty >= missing:
            assert level == -1
            continue
        if values[at] is None:
            assert level == before
            continue
        raised = max(
            [0, *[k + 1 for k in range(3) if _run(values, at, limits[k], missing) >= least]]
        )
        held = max([0, *[k + 1 for k in range(3) if values[at] >= limits[k] - margin]])
        assert level == max(raised, min(max(before, 0), held))


def _empty_run(values: list[float | None], at: int) -> int:
    run = 0
    while at - run >= 0 and values[at - run] is None:
        run += 1
    return run


def _run(values: list[float | None], at: int, limit: float, missing: int) -> int:
    """Windows in a row up to ``at`` that reach the limit; begun anew after missing data."""
    run, empty = 0, 0
    for value in reversed(values[: at + 1]):
        if value is None:
            empty += 1
            if missing and empty >= missing:
                break
        elif value >= limit:
            run, empty = run + 1, 0
        else:
            break
    return run


@pytest.mark.parametrize("least", [1, 2, 5])
def test_never_raised_before_its_time_nor_lowered_within_the_margin(least: int) -> None:
    rule = make_rule(margin=2.0, least=least)
    found = levels([35.0] * least + [28.0] * 10, rule)
    assert found[: least - 1] == [0] * (least - 1)
    assert found[least - 1 :] == [3] * 11


def test_the_limit_that_is_met_first_counts() -> None:
    """Expected 8 with a scatter of 1: 3, 5 and 8 scatters are 11, 13, 16; alarm stays 15."""
    rule = make_rule((np.nan, 20.0, 15.0), margin=2.0)
    rule[["score_notice", "score_warning", "score_alarm", "score_margin"]] = (
        3.0, 5.0, 8.0, 1.0,
    )  # fmt: skip

    def level(value: float, before: int = 0) -> int:
        standing = (before, 0, 0, 0, 0)
        found: int = step_value(standing, value, rule[0], 8.0, 1.0)[0]
        return found

    assert [level(value) for value in (10.9, 11.0, 12.9, 13.0, 14.9, 15.0)] == [0, 1, 1, 2, 2, 3]
    assert [level(value, 3) for value in (13.0, 12.9, 12.0, 11.9, 10.0, 9.9)] == [3, 2, 2, 1, 1, 0]
    assert levels([14.9, 15.0], rule) == [0, 3]


def test_what_is_new_reaches_a_level_once_and_holds_it() -> None:
    """5 and 20 by novelty, margin 2: told, lasting, told before, lasting a little less."""
    rule = np.zeros(1, RULE)[0]
    for name in ("notice", "warning", "alarm", "score_notice", "score_warning", "score_alarm"):
        rule[name] = np.nan
    rule["sign"], rule["min_windows"] = 1.0, 2
    rule["novel_notice"], rule["novel_warning"], rule["novel_alarm"] = 5.0, 20.0, np.nan
    rule["novel_margin"] = 2.0
    standing, levels = (0, 0, 0, 0, 0), []
    for surprise, told in ((4, 4), (6, 6), (7, 0), (21, 21), (21, 0), (4, 0), (2.9, 0), (6, 0)):
        news, lasts = by_novelty(standing, rule, float(surprise), float(told))
        standing = step_value(standing, 1.0, rule, np.nan, np.nan, news, lasts)
        levels.append(standing[0])
    # The second in a row raises; what was told before raises nothing when it comes again.
    assert levels == [0, 0, 1, 1, 2, 1, 0, 0]
