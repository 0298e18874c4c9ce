"""Codes of assets in what people write: found, confirmed only near by, or said to be unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.assets.codes import key_of
from gongbi.kernel.assets.naming import NEAR_METRES, Candidate, Kind, Known, Named, Namer, settle

LAMP = Kind("lamp", ("lamp post", "street lamp", "lamp", "路灯", "灯杆"), ("9-9999",))
LIFT = Kind("lift", ("lift", "elevator", "电梯"), ("AA999999",))
BENCH = Kind("bench", ("bench", "长椅"))
NAMER = Namer([LAMP, LIFT, BENCH])


def keys(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.key) for one in NAMER.candidates(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("灯杆号 3-0421 不亮了", [("lamp", "30421")]),
        ("lamp post 30421 is dark", [("lamp", "30421")]),
        ("Street Lamp No. 3 0421", [("lamp", "30421")]),
        ("路灯编号：３－０４２１坏了", [("lamp", "30421")]),
        ("3-0421号路灯", [("lamp", "30421")]),
        ("门口 3-0421 一直闪", [("lamp", "30421")]),
        ("电梯编号LT000012又停了", [("lift", "LT000012")]),
        ("the elevator lt-000012", []),
        ("lift LT000012 and lamp 3-0421", [("lift", "LT000012"), ("lamp", "30421")]),
        ("长椅编号 7 断了", [("bench", "7")]),
        ("bench 12", [("bench", "12")]),
        ("路灯3天不亮", []),
        ("bench 3 days broken", []),
        ("电梯停在3楼", []),
        ("电话13812345678", []),
        ("lamps out in 12 places", []),
        ("", []),
    ],
)
def test_codes_are_found_in_both_languages(text: str, found: list[tuple[str, str]]) -> None:
    assert keys(text) == found


DIGITS = st.text("0123456789", min_size=5, max_size=5)
BEFORE = st.sampled_from(["", "你好，", "At the gate the ", "笔架里门口", "The very old "])
WORD = st.sampled_from(["灯杆", "路灯", "lamp post", "Street lamp"])
LINK = st.sampled_from(["", " ", "号", "编号:", "编号是", " no. ", " number ", "#", "："])
PART = st.sampled_from(["-", "", " ", "－"])
AFTER = st.sampled_from(["", "坏了", "。", " is out", ", since yesterday"])


@given(BEFORE, WORD, LINK, DIGITS, PART, AFTER)
def test_a_code_behind_its_word_is_found_however_it_is_parted(
    before: str, word: str, link: str, digits: str, part: str, after: str
) -> None:
    text = f"{before}{word}{link}{digits[0]}{part}{digits[1:]}{after}"
    assert ("lamp", digits) in keys(text)


@given(st.text(max_size=300))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    for one in NAMER.candidates(text):
        assert one.key in key_of(text) or len(key_of(text)) == 64
        assert any(sign.isdigit() for sign in one.key)


@given(st.text(alphabet="路灯杆电梯编号坏了lamp post.,# \n", max_size=80))
def test_without_a_digit_nothing_is_named(text: str) -> None:
    assert keys(text) == []


ONE = Candidate("lamp", "30421", "灯杆号 3-0421", True)
DIM = Candidate("bench", "7", "bench 7", False)


def row(number: int, metres: float | None = None, inside: bool | None = None) -> Known:
    return Known(number, "lamp", "30421", metres, inside)


@pytest.mark.parametrize(
    ("rows", "id_"),
    [
        ([row(1, 20.0)], 1),
        ([row(1, NEAR_METRES + 1)], None),
        ([row(1, 20.0), row(2, 300.0)], 1),
        ([row(1, 200.0), row(2, 300.0)], None),
        ([row(1, None, True), row(2, None, False)], 1),
        ([row(1, None, False)], None),
        ([row(1, None, True), row(2, None, True)], None),
        ([row(1)], 1),
        ([row(1), row(2)], None),
        ([], None),
    ],
)
def test_the_register_confirms_near_by_or_not_at_all(rows: list[Known], id_: int | None) -> None:
    assert settle([ONE], rows) == Named(id_, "lamp", ONE.said)


def test_what_may_count_something_else_is_not_called_unknown() -> None:
    assert settle([DIM], []) == Named()
    assert settle([], [row(1, 3.0)]) == Named()
    assert settle([DIM, ONE], [row(1, 3.0)]).id == 1


ROWS = st.lists(
    st.builds(row, st.integers(1, 9), st.none() | st.floats(0, 2_000), st.none() | st.booleans()),
    max_size=6,
)


@given(ROWS)
def test_no_asset_is_taken_that_is_far_away_or_outside(rows: list[Known]) -> None:
    named = settle([ONE], rows)
    if named.id is None:
        return
    chosen = [one for one in rows if one.id == named.id]
    assert any(
        (one.metres is not None and one.metres <= NEAR_METRES)
        or (one.metres is None and one.in_place is not False)
        for one in chosen
    )


@given(ROWS)
def test_the_order_of_the_register_says_nothing(rows: list[Known]) -> None:
    by_id = {one.id: one for one in rows}
    unique = list(by_id.values())
    assert settle([ONE], unique).id == settle([ONE], unique[::-1]).id
