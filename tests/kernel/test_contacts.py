"""Ways to reach somebody, found in what they left, in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.contacts import Way, can_take_text, e164, shadow_of, ways_in


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("李娜 13812345678", ["+8613812345678"]),
        ("138 1234 5678", ["+8613812345678"]),
        ("+86-138-1234-5678", ["+8613812345678"]),
        ("0086 13812345678", ["+8613812345678"]),
        ("8613812345678", ["+8613812345678"]),
        ("１３８１２３４５６７８", ["+8613812345678"]),
        ("021-6612 3456", ["+862166123456"]),
        ("(021) 66123456", ["+862166123456"]),
        ("+49 (89) 123456", ["+4989123456"]),
        ("Anna.Li@Example.ORG", ["anna.li@example.org"]),
        ("mail a@b.cn，电话13812345678", ["a@b.cn", "+8613812345678"]),
        ("13812345678@qq.com", ["13812345678@qq.com"]),
        ("a@b.cn a@B.cn", ["a@b.cn"]),
        ("门口3号", []),
        ("", []),
    ],
)
def test_worked_examples(said: str, found: list[str]) -> None:
    assert [way.address for way in ways_in(said)] == found


def test_another_country_reads_its_own_numbers() -> None:
    assert e164("0912 345 678", "886") == "+886912345678"
    assert e164("+8613812345678", "886") == "+8613812345678"
    assert can_take_text("+886912345678", "886")
    assert not can_take_text("+862166123456")
    assert can_take_text("+4915112345678")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "-", " ", "."]))
def test_a_mobile_has_one_spelling_however_it_is_written(number: str, gap: str) -> None:
    spelt = {
        way.address
        for said in (number, f"+86{number}", f"0086{number}",
                     gap.join((number[:3], number[3:7], number[7:])))
        for way in ways_in(f"电话：{said}。")
    }  # fmt: skip
    assert spelt == {f"+86{number}"}


@given(st.text(max_size=200))
def test_nothing_that_is_written_breaks_it_and_reading_again_finds_the_same(said: str) -> None:
    for way in ways_in(said):
        assert ways_in(way.address) == [way]


def test_a_shadow_shows_its_owner_enough_and_others_little() -> None:
    assert shadow_of(Way("mail", "anna.li@example.org")) == "a…@example.org"
    assert shadow_of(Way("phone", "+8613812345678")) == "+86…678"
