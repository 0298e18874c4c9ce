"""Types from words: by hand, as properties, and on sentences as people write them."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cases.suggest import one_slip, suggest

LEXICON = {
    "burst-pipe": ["爆管", "水管爆", "burst pipe", "pipe burst", "water"],
    "no-water": ["停水", "没水", "no water", "water"],
    "lift-trap": ["电梯困人", "电梯", "trapped", "lift", "elevator"],
}


def test_the_page_s_example_by_hand():
    """docs/kernel/suggest.md: 电梯困人 weighs 1, 停水 a half, none of these a half."""
    first, second = suggest("停水了,电梯困人!", LEXICON)
    assert (first.type, first.words, first.score) == ("lift-trap", ("电梯困人",), 1 / 2)
    assert (second.type, second.words, second.score) == ("no-water", ("停水",), 1 / 4)


def test_a_word_many_types_list_says_less():
    guesses = suggest("the water", LEXICON)
    assert [guess.type for guess in guesses] == ["burst-pipe", "no-water"]
    assert guesses[0].score == guesses[1].score < 0.5


def test_latin_words_are_whole_words_and_may_have_one_slip():
    assert not suggest("shoplifting", LEXICON)
    assert suggest("PEOPLE TRAPED IN THE LIFTS", LEXICON)[0].words == ("trapped", "lift")


@pytest.mark.parametrize(
    ("said", "meant", "same"),
    [
        ("watre", "water", True),
        ("wter", "water", True),
        ("waater", "water", True),
        ("wader", "water", True),
        ("wad", "water", False),
        ("tawer", "water", False),
    ],
)
def test_one_slip(said, meant, same):
    assert one_slip(said, meant) is same


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_scores_are_shares_and_every_word_named_was_there(text):
    guesses = suggest(text, LEXICON)
    assert sum(guess.score for guess in guesses) < 1
    assert all(set(guess.words) <= set(LEXICON[guess.type]) for guess in guesses)


@settings(max_examples=60)
@given(st.text(alphabet="停水电梯困人爆管 ab", max_size=30))
def test_width_and_case_change_nothing(text):
    wide = "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in text)
    assert suggest(text, LEXICON) == suggest(wide, LEXICON) == suggest(text.upper(), LEXICON)


def test_recorded_sentences():
    recorded = json.loads((Path(__file__).parent / "data/sentences.json").read_text("utf-8"))
    for row in recorded:
        best = suggest(row["words"], LEXICON, most=1)
        assert (best[0].type if best else None) == row["type"], row
