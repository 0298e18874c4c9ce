"""Contacts in words: what is hidden and what must stay legible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cases.masking import MASK, mask_contacts


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("请打13812345678找我", f"请打{MASK}找我"),
        ("138 1234 5678 any time", f"{MASK} any time"),
        ("021-5555 1234", MASK),
        ("身份证31010119900101123X", f"身份证{MASK}"),
        ("mail li.na@example.org please", f"mail {MASK} please"),
        ("微信号:lina_1990 联系", f"微信号:{MASK} 联系"),
        ("3号楼1201室,第2次报修", "3号楼1201室,第2次报修"),
        ("since 2026-11-24, bus 49", "since 2026-11-24, bus 49"),
        ("121.4737012, 31.2304", "121.4737012, 31.2304"),
    ],
)
def test_mask(said, seen):
    assert mask_contacts(said) == seen


@settings(max_examples=100)
@given(st.text(max_size=60), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_number_survives(words, number):
    assert number not in mask_contacts(f"{words} {number}")


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(words):
    once = mask_contacts(words)
    assert mask_contacts(once) == once


def test_a_full_width_colon_is_a_colon():
    assert mask_contacts("微信号\uff1alina_1990") == f"微信号\uff1a{MASK}"
