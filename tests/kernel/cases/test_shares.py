"""Shares with their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases.shares import share, wilson


def test_by_hand():
    # 15 of 148, as in R: prop.test(15, 148, correct = FALSE), rounded to four places.
    low, high = wilson(15, 148)
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == 1.0
    with pytest.raises(ValueError, match="part"):
        wilson(3, 2)


def test_few_are_withheld():
    assert share(3, 9).withheld
    assert share(3, 9).part is None
    assert not share(3, 10).withheld
    assert share(0, 0).share is None


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_interval_holds_the_share_and_narrows(part, more):
    of = part + more
    low, high = wilson(part, of)
    assert 0 <= low <= high <= 1
    if of:
        assert low <= part / of <= high
        narrow = wilson(4 * part, 4 * of)
        assert narrow[1] - narrow[0] <= high - low
