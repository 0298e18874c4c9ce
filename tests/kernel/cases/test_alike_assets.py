"""What the register knows of two reports' assets decides, where it knows both."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases.alike import Likeness, Told, compare

ONE = Told(at=0.0, lon=122.94, lat=30.2, type="dark", group="roads", words="路灯不亮")
OTHER = Told(at=86_400.0, lon=122.9403, lat=30.2, type="dark", group="roads", words="灯又黑了")


def asset_of(found: Likeness) -> tuple[str, float]:
    part = next(part for part in found.parts if part.name == "asset")
    return part.level, part.weight


def compared(mine: str, theirs: str, words: str = "路灯不亮") -> Likeness:
    return compare(replace(ONE, asset=mine, words=words), replace(OTHER, asset=theirs))


def test_the_same_asset_is_strong_and_another_of_its_kind_strong_against() -> None:
    unsaid, same = compared("", ""), compared("lamp:1", "lamp:1")
    other = compared("lamp:1", "lamp:2")
    assert [asset_of(one)[0] for one in (unsaid, same, other)] == ["unsaid", "same", "other"]
    assert same.chance > 0.9 > unsaid.chance > 0.1 > other.chance


def test_two_kinds_say_nothing_and_one_that_is_known_neither() -> None:
    assert asset_of(compared("lamp:1", "cabinet:2"))[0] == "unsaid"
    assert asset_of(compared("lamp:1", ""))[0] == "unsaid"


def test_the_register_overrules_the_numbers_in_the_words() -> None:
    mine = replace(ONE, asset="lamp:1", words="路灯编号L0123不亮")
    theirs = replace(OTHER, asset="lamp:1", words="路灯编号L0124不亮")
    assert asset_of(compare(mine, theirs))[0] == "same"
    assert asset_of(compare(replace(mine, asset=""), theirs))[0] == "other"


REFS = st.sampled_from(["", "lamp:1", "lamp:2", "lift:1"])


@given(REFS, REFS)
def test_it_is_the_same_both_ways(mine: str, theirs: str) -> None:
    assert asset_of(compared(mine, theirs)) == asset_of(compared(theirs, mine))
