"""What is known ahead: runs of slots, what is added, and what is not learnt."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.vitals.ahead import EVENT, added_to, lay_ahead, nothing_ahead, run_from


def events(*rows: tuple[int, int, float, float]) -> Any:
    return np.array(list(rows), EVENT)


def bearing(laid: Any, slot: int) -> list[int]:
    """The events of a slot, as the walk through a band finds them."""
    run = run_from(laid.last, slot)
    if run == len(laid.last) or laid.first[run] > slot:
        return []
    found: list[int] = laid.members[laid.starts[run] : laid.starts[run + 1]].tolist()
    return found


def test_by_hand() -> None:
    """docs/kernel/ahead.md: a festival and works over five series."""
    both = events((0, 100, 1.5, 0.0), (50, 60, 1.0, -2.0))
    laid = lay_ahead(both, [np.array([0, 1, 1, 1, 0], bool), np.array([0, 0, 1, 0, 0], bool)])
    assert [bearing(laid, slot) for slot in range(5)] == [[], [0], [0, 1], [0], []]
    mine = laid.members[laid.starts[1] : laid.starts[2]]
    assert added_to(both, mine, 40, 50, 10.0) == (5.0, True)
    assert added_to(both, mine, 50, 60, 10.0) == (3.0, True)
    assert added_to(both, mine, 55, 65, 10.0) == (3.0, True)
    assert added_to(both, mine, 60, 70, 10.0) == (5.0, True)
    assert added_to(both, mine, 95, 105, 10.0) == (5.0, True)
    assert added_to(both, mine, 100, 110, 10.0) == (0.0, False)
    assert added_to(both, mine, -5, 5, 10.0) == (0.0, True), "touched, but not in force yet"
    added, touched = added_to(both, mine, 50, 60, np.nan)
    assert np.isnan(added)
    assert touched


def test_nothing_bears_on_nobody() -> None:
    assert bearing(nothing_ahead(), 3) == []
    assert bearing(lay_ahead(events(), []), 0) == []


@given(st.integers(1, 12), st.lists(st.integers(0, (1 << 12) - 1), max_size=5))
def test_runs_say_what_the_table_says(count: int, masks: list[int]) -> None:
    bears = [np.array([mask >> slot & 1 for slot in range(count)], bool) for mask in masks]
    laid = lay_ahead(np.zeros(len(masks), EVENT), bears)
    for slot in range(count):
        assert bearing(laid, slot) == [at for at, one in enumerate(bears) if one[slot]]
    assert (laid.first < laid.last).all()
    assert (laid.last[:-1] <= laid.first[1:]).all()
