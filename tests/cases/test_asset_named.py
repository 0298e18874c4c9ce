"""A resident writes the number of the lamp: the case knows it, where the register does."""

import pytest
from tests.cases.assets import LAMP, furnished  # noqa: F401 - fixture
from tests.cases.walking import case_of

WORDS = LAMP | {"asset": "", "place_words": ""}


@pytest.mark.parametrize("words", ["灯杆号 3-0421 不亮", "lamp post 30421 is dark"])
def test_the_words_name_it_near_the_point(furnished, reported, words):  # noqa: F811
    case = case_of(reported(**WORDS | {"words": words, "lon": 122.9401}).number)
    assert case.asset is not None
    assert case.asset.code == "3-0421"
    assert (case.asset_why["by"], case.asset_why["metres"]) == ("words", 10)
    assert "0421" in case.asset_why["said"]
    assert case.route_why["route"] == "whose-lamp", "the routes are told"


def test_far_away_the_same_words_name_nothing(furnished, reported, signed_in):  # noqa: F811
    words = "灯杆号 3-0421 不亮，电话 13812345678"
    number = reported(**WORDS | {"words": words, "lon": 122.85}).number
    case = case_of(number)
    assert (case.asset, case.asset_why) == (None, {"by": "words", "unknown": "lamp"})
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "The words give a code that is not in the register near there." in page


def test_without_a_point_the_place_decides_and_the_asset_gives_the_point(
    furnished,  # noqa: F811
    reported,
):
    said = WORDS | {"lon": None, "lat": None, "words": "灯杆 3-0421 不亮"}
    case = case_of(reported(**said | {"place": "xx-e-1"}).number)
    assert case.asset is not None
    assert (case.lon, case.asset_why.get("metres")) == (122.94, None)
    other = case_of(reported(**said | {"place": "xx-w"}).number)
    assert (other.asset, other.lon) == (None, 122.85)


def test_what_the_sender_chose_is_not_read_anew(furnished, reported):  # noqa: F811
    said = LAMP | {"asset": "lamp:3-0422", "words": "不是 3-0421，是旁边那盏"}
    case = case_of(reported(**said).number)
    assert case.asset is not None
    assert (case.asset.code, case.asset_why["by"]) == ("3-0422", "sender")


def test_a_text_without_a_code_says_nothing(furnished, reported):  # noqa: F811
    case = case_of(reported(**WORDS | {"words": "路灯3天不亮"}).number)
    assert (case.asset, case.asset_why) == (None, None)
