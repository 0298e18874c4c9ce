"""A code that is said to be one: read off a line, and what it can mean."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.assets.said import meant, read_said


@dataclass(frozen=True)
class Row:
    """A row of the register."""

    kind: str
    code: str


LAMP, OTHER, COVER = Row("lamp", "3-0421"), Row("lamp", "30-421"), Row("manhole", "30421")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("3-0421", ("", "3-0421")),
        (" lamp:3-0421 ", ("lamp", "3-0421")),
        ("ｌａｍｐ：３-0421", ("lamp", "3-0421")),
        ("https://city.example/report/?asset=lamp:3-0421", ("lamp", "3-0421")),
        ("https://city.example/report/?asset=lamp%3A3-0421&x=1", ("lamp", "3-0421")),
        ("Pole: 7", ("", "Pole: 7")),
        ("", ("", "")),
    ],
)
def test_a_code_is_read_as_people_give_it(said: str, read: tuple[str, str]) -> None:
    assert read_said(said) == read


def test_none_the_one_or_several() -> None:
    assert meant("3-0421", []) == []
    assert meant("3 0421", [LAMP]) == [LAMP]
    assert meant("30421", [LAMP, OTHER]) == [LAMP, OTHER]


def test_what_the_matter_is_about_goes_before_what_it_is_not() -> None:
    assert meant("30421", [LAMP, COVER], {"lamp"}) == [LAMP]
    assert meant("30421", [LAMP, COVER], {"lift"}) == [LAMP, COVER]


def test_written_so_goes_before_written_otherwise() -> None:
    assert meant("3-0421", [LAMP, OTHER]) == [LAMP]
    assert meant("30421", [LAMP, COVER]) == [LAMP, COVER], "not between kinds"


@given(
    st.text(max_size=30),
    st.lists(st.builds(Row, st.sampled_from("ab"), st.sampled_from(["1", "1-"]))),
    st.sets(st.sampled_from("abc")),
)
def test_what_is_there_is_never_lost_nor_made_up(
    code: str, rows: list[Row], wanted: set[str]
) -> None:
    found = meant(code, rows, wanted)
    assert bool(found) == bool(rows)
    assert all(one in rows for one in found)


@given(st.text(max_size=300))
def test_any_text_is_read(said: str) -> None:
    kind, code = read_said(said)
    assert len(kind) <= 32
    assert code == code.strip()
