"""Danger, place, things and wishes in words: tables of cases in both languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.reading.asking import things_of, wishes_of
from gongbi.kernel.reading.folding import fold
from gongbi.kernel.reading.placing import PlaceName, know_places, place_of
from gongbi.kernel.reading.urgency import urgency_of


@pytest.mark.parametrize(
    ("said", "level", "words"),
    [
        ("楼道里有煤气味,快来人", 1, ("煤气味",)),
        ("有人被困電梯", 1, ("被困",)),
        ("地下室着火了,冒烟", 1, ("着火", "冒烟")),
        ("Smell of gas on the stairs", 1, ("Smell of gas",)),
        ("people trapped in the lift", 1, ("trapped",)),
        ("电梯里关了人,快点", 1, ("电梯里关了人",)),
        ("the lift is stuck with a person inside", 1, ("stuck with a person inside",)),
        ("電線掉落在人行道", 2, ("電線掉",)),
        ("井盖没了,很危险", 2, ("井盖没了", "很危险")),
        ("sinkhole opened on 5th street", 2, ("sinkhole",)),
        ("路灯不亮", 0, ()),
        ("吵死了,火大", 0, ()),
        ("去火车站的车不来", 0, ()),
        ("the fire hydrant is painted the wrong colour", 0, ()),
        ("firefly park needs a bench", 0, ()),
        ("没有人受伤,但是车堵住了", 0, ()),
        ("没有着火,只是有灰", 0, ()),
        ("there is no smoke any more", 0, ()),
        ("楼里在搞火灾演习", 0, ()),
        ("fire drill at noon was loud", 0, ()),
    ],
)
def test_danger(said, level, words):
    found = urgency_of(said)
    assert (found.level, found.words) == (level, words)


def test_what_was_denied_is_told_as_held_back():
    assert urgency_of("没有着火").held_back == ("着火",)
    assert urgency_of("no smoke").held_back == ("smoke",)


@settings(max_examples=100)
@given(st.text(alphabet="着火没有煤氣味路燈fire smoke,。 ", max_size=40))
def test_script_does_not_matter_and_words_are_the_writer_s(text):
    found, folded = urgency_of(text), urgency_of(fold(text))
    assert found.level == folded.level
    assert all(word in text for word in (*found.words, *found.held_back))


PLACES = know_places(
    [
        PlaceName("c", "/c/", ("明江市", "Mingjiang")),
        PlaceName("e", "/c/e/", ("东区", "East District")),
        PlaceName("w", "/c/w/", ("西区", "West District")),
        PlaceName("e-1", "/c/e/e-1/", ("东门街道", "East Gate")),
        PlaceName("e-1-a", "/c/e/e-1/e-1-a/", ("柳巷社区", "Willow Lane")),
        PlaceName("e-b", "/c/e/e-1/e-b/", ("桥街社区", "Bridge Street")),
        PlaceName("w-b", "/c/w/w-b/", ("桥街社区", "Bridge Street")),
        PlaceName("e-w", "/c/e/e-w/", ("柳巷西社区", "Willow Lane West")),
    ]
)


@pytest.mark.parametrize(
    ("said", "code", "candidates", "words"),
    [
        ("东门街道柳巷社区门口漏水", "e-1-a", ("e-1-a",), ("东门街道", "柳巷社区")),
        ("東門街道柳巷漏水", "e-1-a", ("e-1-a",), ("東門街道", "柳巷")),
        ("water in willow lane west", "e-w", ("e-w",), ("willow lane west",)),
        ("柳巷西路灯不亮", "e-w", ("e-w",), ("柳巷西",)),
        ("桥街社区路灯不亮", None, ("e-b", "w-b"), ("桥街社区",)),
        ("西区桥街路灯不亮", "w-b", ("w-b",), ("西区", "桥街")),
        (
            "Bridge Street, East District: dark",
            "e-b",
            ("e-b",),
            ("Bridge Street", "East District"),
        ),
        ("Bridge Streets are dark", None, (), ()),
        ("哪里都没有", None, (), ()),
    ],
)
def test_place(said, code, candidates, words):
    found = place_of(said, PLACES)
    assert (found.code, found.candidates, found.words) == (code, candidates, words)


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("路灯不亮,中山路12号之3", "中山路12号之3"),
        ("在解放大道三段25巷4弄6號", "解放大道三段25巷4弄6號"),
        ("dark at 12 Elm Street since monday", "12 Elm Street"),
        ("住在中山路的人说,解放路12号漏水", "解放路12号"),
        ("墨香里三號樓楼道有味,在中山路", "中山路"),
        ("路灯不亮,路面有坑,街道办不管,人行道堵", ""),
        ("没有地址", ""),
    ],
)
def test_address(said, address):
    assert place_of(said, PLACES).address == address


@settings(max_examples=60)
@given(st.text(max_size=100))
def test_a_place_is_always_one_of_the_candidates(text):
    found = place_of(text, PLACES)
    assert found.code is None or found.candidates == (found.code,)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("路灯编号 A-1024 不亮", [("lamp", "A-1024")]),
        ("12号电梯停了", [("lift", "12")]),
        ("lift 3 is stuck", [("lift", "3")]),
        ("lamp post no. 20417 flickers", [("lamp", "20417")]),
        ("3號電梯旁路燈編號:88", [("lift", "3"), ("lamp", "88")]),
        ("公交站 2 天没有车", []),
        ("路灯坏了三天", []),
        ("the lift has been broken for 3 days", []),
    ],
)
def test_things(said, found):
    assert [(one.kind, one.number) for one in things_of(said)] == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("请不要打电话给我", [("no_call", None)]),
        ("please do not call", [("no_call", None)]),
        ("请下午3点以后联系", [("call_after", 900)]),
        ("晚上八点半后再打电话", [("call_after", 1230)]),
        ("call me after 5:30 pm", [("call_after", 1050)]),
        ("call before 9", [("call_before", 540)]),
        ("三点后再打电话", [("call_after", 900)]),
        ("希望匿名,发短信给我", [("anonymous", None), ("write", None)]),
        ("请回电", [("call", None)]),
        ("电话打不通", []),
        ("路灯坏了", []),
    ],
)
def test_wishes(said, found):
    assert [(one.kind, one.minute) for one in wishes_of(said)] == found


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_any_words_are_read(text):
    for wish in wishes_of(text):
        assert wish.words in text
    for thing in things_of(text):
        assert thing.words in text
