"""Shares with their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases.shares import difference, hide_alone, share, stands_above, wilson


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


def test_a_difference_by_hand():
    # Newcombe (1998), table II, method 10: 56/70 less 48/80 and 9/10 less 3/10.
    assert [round(x, 4) for x in difference(56, 70, 48, 80)] == [0.2, 0.0524, 0.3339]
    assert [round(x, 4) for x in difference(9, 10, 3, 10)] == [0.6, 0.1705, 0.809]
    with pytest.raises(ValueError, match="at least one"):
        difference(0, 0, 1, 2)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_a_difference_turned_round_is_its_opposite(a, b, c, d):
    if a + b and c + d:
        gap, low, high = difference(a, a + b, c, c + d)
        assert -1 <= low <= gap <= high <= 1
        assert difference(c, c + d, a, a + b) == pytest.approx((-gap, -high, -low))


def test_standing_out():
    # 40 of 50 against 100 of 450 is far beyond chance; 12 of 50 against 100 of 450 is not.
    assert stands_above(40, 50, 140, 500, among=10)
    assert not stands_above(12, 50, 112, 500)
    assert not stands_above(9, 9, 9, 500), "fewer than ten say nothing"
    assert not stands_above(50, 50, 50, 50), "there is nobody else"


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 200), st.integers(0, 200))
def test_more_groups_never_make_one_stand_out(part, more, rest, rest_more):
    said = (part, part + more, part + rest, part + more + rest + rest_more)
    assert not stands_above(*said, among=30) or stands_above(*said, among=1)


def test_what_is_withheld_alone_is_not_found_by_taking_away():
    few, ten, many = share(3, 9), share(4, 12), share(50, 100)
    hidden = hide_alone([many, few, ten], [100, 9, 12])
    assert [one.withheld for one in hidden] == [False, True, True]
    assert hide_alone([many, ten], [100, 12]) == (many, ten)
    assert hide_alone([few, few, many], [9, 9, 100]) == (few, few, many)
    one = share(1, 1)
    # Two of one each would both be found: one and one is what is left of the whole.
    assert [said.withheld for said in hide_alone([one, one, ten, many], [1, 1, 12, 100])] == [
        True, True, True, False,
    ]  # fmt: skip


@given(st.lists(st.integers(0, 30), max_size=8))
def test_never_one_alone_is_hidden_beside_told_ones(sizes):
    hidden = hide_alone([share(size // 2, size) for size in sizes], sizes)
    told = [one for one in hidden if one.of]
    left = [size for size, one in zip(sizes, hidden, strict=True) if one.withheld]
    assert not left or not told or (len(left) > 1 and sum(left) >= 10)
