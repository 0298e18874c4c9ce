"""What a machine said is shown in the reader's language; what people wrote, as they wrote it."""

import pytest
from tests.cases.walking import do

MACHINE = "笔架里的水压：0.1 MPa，警报。\nWater pressure at Penrack: 0.1 MPa, alarm."


@pytest.mark.parametrize(
    ("language", "shown", "hidden"),
    [
        ("zh-hans", "笔架里的水压：0.1 MPa", "Water pressure at Penrack"),
        ("en", "Water pressure at Penrack: 0.1 MPa", "笔架里的水压"),
    ],
)
def test_a_machines_words_in_one_language(signed_in, reported, language, shown, hidden):
    number = reported(source="alert", words=MACHINE, contact="").number
    for address in ("/cases/", f"/cases/{number}/"):
        page = signed_in("dispatcher", language).get(address).content.decode()
        assert shown in page
        assert hidden not in page


@pytest.mark.parametrize("said", ["水压低。", "一。\n二。\n三。"])
def test_a_machine_of_other_manners_is_shown_whole(signed_in, reported, said):
    number = reported(source="alert", words=said, contact="").number
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert said in page


def test_two_lines_of_a_person_stay_two(signed_in, reported):
    number = reported(words="水管爆了\nwater everywhere").number
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "水管爆了\nwater everywhere" in page


def test_where_it_is_reaches_whoever_goes_there(signed_in, reported):
    """The place said apart from the words is no use sealed: the crew would not find it."""
    number = reported(words="路灯不亮", place_words="东门第二根灯杆，找王姐13812345678").number
    browser = signed_in("dispatcher", "zh-hans")
    do(browser, number, "accept_suggestion")
    for name, address in (
        ("dispatcher", "/cases/?state=live"),
        ("dispatcher", f"/cases/{number}/"),
        ("worker", f"/cases/{number}/"),
        ("worker", "/cases/mine/"),
    ):
        page = signed_in(name, "zh-hans").get(address).content.decode()
        assert "所说地点：东门第二根灯杆" in page, address
        assert "13812345678" not in page
    other = signed_in("lifter").get(f"/cases/{number}/")
    assert other.status_code == 404


def test_a_place_said_in_the_words_is_not_said_twice(signed_in, reported):
    number = reported(words="笔架里3号门口水管爆了", place_words="3号门口").number
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "Where, as said" not in page
