"""A pasted conversation becomes a draft without names."""

from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.reports.chats import draft_of, read_chat

WECHAT = """王小明 2026/11/25 10:02:33
小区门口路灯不亮
[图片]
李姐 2026/11/25 10:03
哪个门？
王小明 2026/11/25 10:04
北门，第二根杆
"""
WHATSAPP = """[25/11/2026, 10:02:11] Ann Lee: The lamp at the north gate is out
[25/11/2026, 10:03:00] Bo: Which pole?
[25/11/2026, 10:03:30] Ann Lee: The second one"""


def test_names_and_times_above_what_was_said() -> None:
    found = read_chat(WECHAT)
    assert [one.speaker for one in found] == ["A", "B", "A"]
    assert draft_of(found) == "小区门口路灯不亮\n[B: 哪个门？]\n北门，第二根杆"
    assert "王小明" not in draft_of(found)


def test_time_and_speaker_in_front() -> None:
    found = read_chat(WHATSAPP)
    assert found[0].at == "25/11/2026, 10:02:11"
    assert draft_of(found) == (
        "The lamp at the north gate is out\n[B: Which pole?]\nThe second one"
    )


def test_a_picture_that_a_copy_leaves_out_is_left_out() -> None:
    assert read_chat("张三 10:02\n[图片]\n张三 10:03\n漏水") == read_chat("张三 10:03\n漏水")


def test_plain_text_is_one_message() -> None:
    assert draft_of(read_chat("路灯不亮\n在北门")) == "路灯不亮\n在北门"
    assert draft_of(read_chat("")) == ""


@given(st.text(max_size=500))
def test_no_word_is_invented(text: str) -> None:
    for one in read_chat(text):
        for line in one.words.splitlines():
            assert line.strip() in text or line in text
