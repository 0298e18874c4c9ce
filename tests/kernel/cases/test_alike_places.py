"""Houses and roads that words name: by hand, by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases.alike_places import named_in, same_place_said


@pytest.mark.parametrize(
    ("words", "houses", "roads"),
    [
        ("苇菱路靠近梅港65号楼", {("梅港", "65")}, {"苇菱"}),
        ("power cut on Ninggui Street near Liuze No. 60", {("liuze", "60")}, {"ninggui"}),
        ("建東街54巷30號 妨害安寧", {("巷", "30")}, {"建东"}),
        ("马路上全是水,道路不平", set(), set()),
        ("2号电梯困人,路灯编号L12", set(), set()),
        ("lamp no. 12 on the road", set(), set()),
        ("", set(), set()),
    ],
)
def test_what_is_named(words, houses, roads):
    found = named_in(words)
    assert (set(found.houses), set(found.roads)) == (houses, roads)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("梅港65号楼门口", "在梅港65号楼下", "same_house"),
        ("梅港65号楼门口", "梅港66号楼", "other_house"),
        ("梅港65号楼门口", "outside Meigang No. 65", "same_number"),
        ("梅港65号楼门口", "outside Meigang No. 66", "other_number"),
        ("苇菱路路口", "苇菱路上", "same_road"),
        ("苇菱路路口", "棠观路上", "other_road"),
        ("苇菱路路口", "on Tangguan Road", "unsaid"),
        ("苇菱路路口", "梅港65号楼", "unsaid"),
    ],
)
def test_how_two_go_together(one, other, said):
    assert same_place_said(named_in(one), named_in(other)) == said


@given(st.text(alphabet="梅港路街号楼0123456789 noroadstreet.", max_size=40), st.text(max_size=40))
def test_it_is_the_same_both_ways_and_never_other_than_oneself(one, other):
    mine, theirs = named_in(one), named_in(other)
    assert same_place_said(mine, theirs) == same_place_said(theirs, mine)
    assert same_place_said(mine, mine) in ("unsaid", "same_house", "same_road")
