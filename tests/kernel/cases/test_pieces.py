"""Pieces by which a text is found again."""

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.cases.pieces import blind, holds, pieces, plain


def test_by_hand():
    assert pieces("路燈壞了") == {"路灯", "灯坏", "坏了"}
    assert pieces("Lamp 12, 138") == {"lam", "amp", "138"}
    assert pieces("树 ab") == frozenset()
    assert holds("門口的路燈", "口的路灯")
    assert plain("ＡＢ　c") == "ab c"


WORDS = st.text(alphabet="路灯燈坏了水管abcABC123 ,。", max_size=30)


@given(WORDS, WORDS, WORDS)
def test_a_text_that_holds_words_holds_their_pieces(before, words, after):
    whole = before + words + after
    inner = {piece for piece in pieces(words) if piece in plain(words)}
    # A run may go on beyond the words; every piece inside them is a piece of the whole.
    assert inner <= pieces(whole)


@given(st.binary(min_size=32, max_size=32), st.text(min_size=1, max_size=4))
def test_a_mark_is_a_signed_number_of_32_bits_that_depends_on_the_key(key, piece):
    assert -(2**31) <= blind(key, piece) < 2**31
    assert blind(key, piece) == blind(key, piece)
    assert blind(bytes(32), "路灯") != blind(bytes([1] * 32), "路灯")
