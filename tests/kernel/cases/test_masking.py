"""What says who a person is: hidden; what only looks like it: legible."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.cases.check_digits import (
    is_bank_card,
    is_chinese_identity,
    is_day,
    is_taiwan_identity,
)
from gongbi.kernel.cases.masking import MASK, find_personal, mask_contacts, mask_personal


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("请打13812345678找我", f"请打{MASK}找我"),
        ("138 1234 5678 any time", f"{MASK} any time"),
        ("138-1234-5678", MASK),
        ("１３８１２３４５６７８", MASK),
        ("+86 13812345678", MASK),
        ("0086 138 1234 5678", MASK),
        ("021-5555 1234", MASK),
        ("(021)55551234转8", f"{MASK}转8"),
        ("0571 8765 4321", MASK),
        ("電話0912-345-678", f"電話{MASK}"),
        ("台南06-299-1111", f"台南{MASK}"),
        ("一三八一二三四五六七八", MASK),
        ("幺三八〇〇一三八〇〇〇谢谢", f"{MASK}谢谢"),
        ("call (617) 555-0123", f"call {MASK}"),
        ("call (617) 555-2123 now", f"call {MASK} now"),
        ("+44 20 7946 0958", MASK),
        ("电话55551234", f"电话{MASK}"),
        ("5555 1234 找王姐", f"{MASK} 找王姐"),
        ("身份证31010119900101123X", f"身份证{MASK}"),
        ("11010519491231002X 是我", f"{MASK} 是我"),
        ("身分證A123456789", f"身分證{MASK}"),
        ("卡4111 1111 1111 1111", f"卡{MASK}"),
        ("卡号6222020000000000000退款", f"卡号{MASK}退款"),
        ("mail li.na@example.org please", f"mail {MASK} please"),
        ("请发li.na@example.org谢谢", f"请发{MASK}谢谢"),
        ("微信号:lina_1990 联系", f"微信号:{MASK} 联系"),
        ("加我vx lina1990", f"加我vx {MASK}"),
        ("QQ:123456789", f"QQ:{MASK}"),
        ("我姓王,电话13812345678", f"我姓{MASK},电话{MASK}"),
        ("免贵姓李 请回电", f"免贵姓{MASK} 请回电"),
        ("我叫王美娟", f"我叫{MASK}"),
        ("我叫王美娟电话55551234", f"我叫{MASK}电话{MASK}"),
        ("my name is Anna Brown", f"my name is {MASK}"),
        ("My surname is O'Neill and I wait", f"My surname is {MASK} and I wait"),
        ("my name is anna from upstairs", f"my name is {MASK} from upstairs"),
    ],
)
def test_hidden(said, seen):
    assert mask_contacts(said) == seen


@pytest.mark.parametrize(
    "said",
    [
        "3号楼1201室,第2次报修",
        "since 2026-11-24, bus 49",
        "20261124早上开始停水",
        "2026-11-24 08:30 到 2026-11-25",
        "121.4737012, 31.2304",
        "路灯编号01020304不亮",
        "lamp no. 10203040 is dark",
        "案件 20261124-000123",
        "case MJ-000123, meter number 55512345",
        "微信小程序打不开",
        "请打12345或110",
        "400-820-8820打不通",
        "欠费1234567.50元",
        "沪A12345停在人行道",
        "订单号 123456789012",
        "华平路656号、648号",
        "ABC-1234",
        "我叫了三次都没有人来",
        "我叫物业来修,没人理",
        "隔壁那家姓什么不知道",
        "我姓氏写在楼下了",
        "the name is on the sign",
    ],
)
def test_legible(said):
    assert mask_contacts(said) == said


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("沪A12345停在人行道", f"{MASK}停在人行道"),
        ("沪A·D12345", MASK),
        ("粤B-12345", "粤B-12345"),
        ("新能源京AD12345", f"新能源{MASK}"),
        ("車牌ABC-1234佔用", f"車牌{MASK}佔用"),
        ("plate 123-ABC blocks", f"plate {MASK} blocks"),
        ("京东快递", "京东快递"),
    ],
)
def test_plates_are_hidden_from_learning_only(said, seen):
    assert mask_personal(said) == seen


def test_check_digits_by_hand():
    """GB 11643: weights times digits leave 2 of eleven, whose check is X."""
    assert is_chinese_identity("11010519491231002X")
    assert not is_chinese_identity("110105194912310021")
    assert not is_chinese_identity("99010519491231002X")
    assert is_chinese_identity("110105491231002")
    assert is_taiwan_identity("A123456789")
    assert not is_taiwan_identity("A123456788")
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("4111111111111112")
    assert is_day("20240229")
    assert not is_day("20230229")


def test_where_each_stands():
    found = find_personal("电话13812345678,沪A12345,a@b.cn")
    assert [(one.kind, one.begin) for one in found] == [("phone", 2), ("plate", 14), ("mail", 22)]


@settings(max_examples=200)
@given(st.text(max_size=60), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_number_survives(words, number):
    assert number not in mask_contacts(f"{words} {number}")


@settings(max_examples=100)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(["", "+86", "86 ", "+86-"]),
    st.sampled_from(["电话", "请打", "call ", "", ",", "我是老王"]),
)
def test_no_mobile_number_survives_however_it_is_written(number, gap, country, before):
    said = f"{before}{country}{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}。谢谢"
    masked = mask_contacts(said)
    assert number[3:7] not in masked
    assert number[7:] not in masked


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(words):
    once = mask_personal(words)
    assert mask_personal(once) == once


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_what_is_found_does_not_overlap(words):
    found = find_personal(words)
    assert all(a.end <= b.begin for a, b in pairwise(found))


def test_a_full_width_colon_is_a_colon():
    assert mask_contacts("微信号\uff1alina_1990") == f"微信号\uff1a{MASK}"
