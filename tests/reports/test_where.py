"""Which place somebody means."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.reports.where import Named, place_in_words

PLACES = [
    Named("city", "Mingjiang", "明江市", 1),
    Named("east", "East Gate", "东门街道", 2),
    Named("lane", "Lane", "", 3),
    Named("willow", "Willow Lane", "柳巷社区", 3),
    Named("willow-west", "Willow Lane West", "柳巷西社区", 3),
    Named("moon", "Moonridge Quarter", "月岭居民区", 3),
    Named("gate", "East Gate Quarter", "东门社区", 3),
    Named("bridge-a", "Bridge Street", "桥街社区", 3),
    Named("bridge-b", "Bridge Street", "桥街社区", 3),
]


def test_the_deepest_name_wins() -> None:
    assert place_in_words("东门街道柳巷社区门口漏水", PLACES) == "willow"


def test_the_longest_of_equals_wins() -> None:
    assert place_in_words("water in willow lane west", PLACES) == "willow-west"


def test_two_equal_claims_leave_it_open() -> None:
    assert place_in_words("Bridge Street is dark", PLACES) is None
    assert place_in_words("桥街社区路灯不亮", PLACES) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("月岭8号楼", "moon"),
        ("月岭居民区8号楼", "moon"),
        ("Moonridge, building 8", "moon"),
        ("moonridge 8", "moon"),
        ("月岭路上", None),
        ("月岭大道8号", None),
        ("on Moonridge Road", None),
        ("小区东门漏水", None),
        ("东门社区漏水", "gate"),
    ],
)
def test_the_usual_ending_may_be_left_out(said: str, meant: str | None) -> None:
    assert place_in_words(said, PLACES) == meant


def test_a_name_inside_another_word_is_not_a_name() -> None:
    assert place_in_words("the planes are loud", PLACES) is None
    assert place_in_words("nothing of the kind", PLACES) is None


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_words_give_a_known_place_or_none(said: str) -> None:
    assert place_in_words(said, PLACES) in {None, *(place.code for place in PLACES)}
