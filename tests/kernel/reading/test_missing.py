"""Words that may be danger words: by hand, and as properties."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.reading.missing import missing_words
from gongbi.kernel.reading.urgency import know_danger, urgency_of

RAISED = ["楼道里有人撒老鼠药", "小孩捡到老鼠药", "树下有老鼠藥", "狗吃了东西不动了"]
CALM = ["楼道里堆东西", "小孩太吵", "树下有垃圾", "路灯不亮", "狗叫一夜", "门口停车"]


def test_by_hand():
    """老鼠药 in three of four raised and no calm one: (3.5 / 5) / (0.5 / 7) = 9.8."""
    (one,) = missing_words(RAISED, CALM)
    assert (one.words, one.raised, one.calm) == ("老鼠药", 3, 0)
    assert one.lift == pytest.approx(9.8)


def test_what_stands_everywhere_is_not_offered():
    assert missing_words(["门口 停车"] * 5, ["门口 停车"] * 50) == []
    assert missing_words([], CALM) == []


@settings(max_examples=60)
@given(
    st.lists(st.text(alphabet="老鼠药火門门 ab12", max_size=12), max_size=12),
    st.lists(st.text(alphabet="老鼠药火門门 ab12", max_size=12), max_size=12),
)
def test_counts_are_counts_and_no_number_is_offered(raised, calm):
    for one in missing_words(raised, calm):
        assert 3 <= one.raised <= len(raised)
        assert 0 <= one.calm <= len(calm)
        assert not any(letter.isdigit() for letter in one.words)


def test_a_city_s_own_words_in_either_script_and_what_only_sounds_like_them():
    words = know_danger(["老鼠藥", "rat poison"], ["断崖"], ["老鼠药广告"])
    assert urgency_of("树下有老鼠药", words).level == 1
    assert urgency_of("RAT  poison here", words).words == ("RAT  poison",)
    assert urgency_of("没有老鼠药", words).level == 0
    assert urgency_of("贴了老鼠药广告", words).level == 0
    assert urgency_of("前面是斷崖", words).level == 2
    assert urgency_of("树下有老鼠药").level == 0


def test_a_city_s_word_is_no_pattern():
    words = know_danger(["a.c", "漏(气"])
    assert urgency_of("abc", words).level == 0
    assert urgency_of("a.c", words).level == 1
