"""One spelling for all ways in which people copy a code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.assets.codes import MOST, key_of


@pytest.mark.parametrize("said", ["3-0421", "3 0421", "３－０４２１", "30421", "3.0421"])
def test_blanks_and_dashes_are_nothing(said: str) -> None:
    assert key_of(said) == "30421"


def test_letters_are_large() -> None:
    assert key_of("lt-12a") == "LT12A"


@given(st.text(max_size=80))
def test_a_key_is_its_own_key_and_never_too_long(said: str) -> None:
    key = key_of(said)
    assert len(key) <= MOST
    assert key_of(key) == key
