"""What a type hides in words stays hidden wherever they are read: merged, to split, found."""

import pytest
from tests.cases.walking import do

from gongbi.core.packs import load_pack

PLATE, SAID = "沪A12345", "摊贩用沪A12345占道,老槐树旁"


@pytest.fixture
def stall(reported, pack_folder, settings):
    """A report of a type that hides number plates, which others show."""
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    file = pack_folder / "case_types.toml"
    said = 'solve = "5 working_days"\nmask = {work = ["phone", "plate"], outside = ["phone"]}'
    text = file.read_text("utf-8").replace('solve = "5 working_days"', said, 1)
    file.write_text(text, "utf-8")
    load_pack(pack_folder, by="test")
    return reported(type="stall", words=SAID)


def page_of(signed_in, number):
    return signed_in("dispatcher").get(f"/cases/{number}/").content.decode()


def test_merged_words_are_masked_by_their_own_type_too(signed_in, reported, stall):
    root = reported(words="水管爆了")
    do(signed_in("dispatcher"), stall.number, "merge", into=root.number)
    page = page_of(signed_in, root.number)
    assert "占道" in page
    assert 'name="signals"' in page, "the reports to choose from stand there, too"
    assert PLATE not in page


def test_merged_words_are_masked_by_the_type_of_the_case_they_are_on_now(
    signed_in, reported, stall
):
    gone = reported(type="hole", words="路面坑洞,沪A12345 压的")
    assert do(signed_in("dispatcher"), gone.number, "merge", into=stall.number).status_code == 302
    page = page_of(signed_in, stall.number)
    assert "路面坑洞" in page
    assert PLATE not in page


def found(signed_in, said):
    answer = signed_in("dispatcher").post("/search/", {"q": said}).content.decode()
    assert "<mark>" in answer
    return answer


def test_an_excerpt_is_masked_by_the_type(signed_in, stall):
    assert PLATE not in found(signed_in, "老槐树")


def test_an_excerpt_of_a_merged_case_is_masked_by_both(signed_in, reported, stall):
    gone = reported(type="hole", words="路面坑洞,沪A12345 压的,银杏旁")
    assert PLATE in found(signed_in, "银杏旁")
    assert do(signed_in("dispatcher"), gone.number, "merge", into=stall.number).status_code == 302
    assert PLATE not in found(signed_in, "银杏旁")


def test_an_excerpt_shows_what_its_type_does_not_hide(signed_in, reported):
    reported(words="水管爆了,沪A12345 压的,银杏旁 13812345678")
    page = found(signed_in, "银杏旁")
    assert PLATE in page
    assert "13812345678" not in page
