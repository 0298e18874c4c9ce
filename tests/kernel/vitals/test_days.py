"""Hours are those of the city's day; kinds of day are those of its calendar."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.vitals.days import (
    DAY,
    HOUR,
    NODES,
    begin_of,
    between,
    days_from,
    hour_at,
    node_of,
)


def week() -> np.ndarray:
    """Seven days from 1970-01-05, a Monday; Saturday is made a working day, Friday is off."""
    works = np.array([True, True, True, True, False, True, False])
    return days_from(np.arange(7) * DAY + 4 * DAY, works)


def test_where_windows_lie_by_hand() -> None:
    """docs/kernel/usual.md: a window's middle says how far it lies between two nodes."""
    days = week()
    monday = 4 * DAY
    assert between(days, monday + 8 * HOUR, 300_000_000) == (8, 8, 9, 150 / 3600)
    assert between(days, monday + 8 * HOUR + HOUR // 2, HOUR // 2) == (8, 8, 9, 0.75)
    assert between(days, monday + 8 * HOUR, HOUR) == (8, 8, 9, 0.0)
    hour, node, after, fraction = between(days, monday + 4 * DAY - HOUR // 2, HOUR // 2)
    assert (hour, node, after, fraction) == (95, 23, 24, 0.75)
    assert node_of(days, hour_at(days, monday + 5 * DAY)) == 0


def test_a_short_day_jumps_and_a_long_day_waits() -> None:
    short = days_from(np.array([0, 23 * HOUR]), np.array([True, False]))
    assert [hour_at(short, h * HOUR) for h in (22, 23, 24)] == [22, 24, 25]
    long = days_from(np.array([0, 25 * HOUR]), np.array([True, False]))
    assert [hour_at(long, h * HOUR) for h in (23, 24, 25)] == [23, 23, 24]
    assert between(long, 24 * HOUR, HOUR // 4)[3] == 1.0


def test_hours_go_on_beyond_the_days_known() -> None:
    days = week()
    assert hour_at(days, 4 * DAY - HOUR) == -1
    assert hour_at(days, 11 * DAY + 5 * HOUR) == 7 * 24 + 5
    assert node_of(days, -1) == 23
    assert node_of(days, 7 * 24 + 5) == 5


@given(st.integers(0, 20 * DAY), st.integers(1, HOUR - 1))
def test_a_window_lies_within_its_hour(begin: int, width: int) -> None:
    days = week()
    hour, node, after, fraction = between(days, begin, width)
    assert begin_of(days, hour) <= begin + width // 2 < begin_of(days, hour + 1)
    assert 0 <= fraction < 1
    assert {node, after} <= set(range(NODES))


def test_days_must_follow_each_other() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        days_from(np.array([5, 5]), np.array([True, True]))
