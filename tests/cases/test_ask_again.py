"""A reporter whose case was cancelled reads why, is told, and may ask once for another look."""

import pytest
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.evaluating.evaluate import evaluate
from gongbi.cases.public import Terms, follow, forget_reporter, held
from gongbi.core.models import Person, Post
from gongbi.core.public import place

WHY = "不属城市管理范围,详询李科长13900001111"


@pytest.fixture
def cancelled(signed_in, reported):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "cancel", reason="not_a_matter", words=WHY)
    return receipt


def again(browser, receipt, words="还在漏,请再看看"):
    return browser.post(f"/f/{receipt.follow_token}/again/", {"words": words})


def test_the_reason_and_the_sentence_stand_on_their_page(signed_in, cancelled):
    page = signed_in("").get(f"/f/{cancelled.follow_token}/").content.decode()
    ended = page[page.index('id="ended"') :]
    assert "no matter for the city" in ended
    assert "不属城市管理范围" in ended
    assert "13900001111" not in page
    assert "Ask for another look" in ended


def test_asked_once_it_is_open_again_with_their_words_and_new_promises(signed_in, cancelled):
    browser = signed_in("")
    assert again(browser, cancelled, " ").status_code == 422
    assert again(browser, cancelled).status_code == 302
    case = case_of(cancelled.number)
    assert (case.state, case.reopened, case.ended_as, case.closed_at) == ("open", 1, "", None)
    assert case.suggested_unit_id == "water-e"
    assert case.deadlines.get(ended_at=None).rule.startswith("reopened:")
    page = signed_in("supervisor").get(f"/cases/{cancelled.number}/").content.decode()
    assert "还在漏,请再看看" in page
    assert "the reporter asked for another look" in page
    do(signed_in("supervisor"), cancelled.number, "cancel", reason="other", words="已核实")
    twice = again(browser, cancelled)
    assert twice.status_code == 409
    assert "once" in twice.content.decode()
    assert "Ask for another look" not in twice.content.decode()
    assert case_of(cancelled.number).state == "cancelled"


def test_who_cancelled_it_leaves_the_second_word_to_a_colleague(signed_in, cancelled):
    again(signed_in(""), cancelled)
    said = {"reason": "other", "words": "x"}
    refused = do(signed_in("dispatcher"), cancelled.number, "cancel", **said)
    assert refused.status_code == 422
    assert "a colleague decides" in refused.content.decode()
    assert do(signed_in("supervisor"), cancelled.number, "cancel", **said).status_code == 302


def test_where_there_is_no_colleague_the_same_person_may(signed_in, cancelled):
    again(signed_in(""), cancelled)
    Post.objects.filter(role__in=("supervisor", "dispatcher")).exclude(
        person__username="dispatcher").delete()  # fmt: skip
    said = {"reason": "other", "words": "x"}
    assert do(signed_in("dispatcher"), cancelled.number, "cancel", **said).status_code == 302


def test_only_whoever_holds_the_link_and_only_what_was_cancelled(signed_in, reported, cancelled):
    assert again(signed_in(""), reported()).status_code == 409
    stranger = signed_in("stranger").post(f"/f/{'A' * 32}/again/", {"words": "x"})
    assert stranger.status_code == 404
    for name in ("supervisor", "worker"):
        answer = do(signed_in(name), cancelled.number, "ask_again", words="x")
        assert answer.status_code == 404, name


def test_their_words_go_with_them(signed_in, cancelled):
    again(signed_in(""), cancelled)
    told = held(cancelled.follow_token, "person:x")
    assert [one["words"] for one in told["asked_again"]] == ["还在漏,请再看看"]
    forget_reporter(cancelled.follow_token)
    page = signed_in("supervisor").get(f"/cases/{cancelled.number}/").content.decode()
    assert "还在漏" not in page


def test_the_evaluation_counts_it(signed_in, reported, cancelled, small_city):
    for _ in range(10):
        do(signed_in("dispatcher"), reported().number, "cancel", reason="test", words="x")
    again(signed_in(""), cancelled)
    day = NOW.replace(hour=0)
    small_city.clock.now = NOW.replace(hour=20)
    found = evaluate(Terms(None, place("xx"), day, small_city.clock.now))
    share = found.whole.shares["asked_again"]
    assert (share.part, share.of) == (1, 11)


def test_one_who_was_dismissed_keeps_nothing_back(signed_in, cancelled):
    """The hotline: what a caller adds to a cancelled case asks for another look."""
    clerk = signed_in("clerk")
    where = clerk.post("/hotline/", {"line": "phone"})["Location"]
    shown = clerk.get(f"{where}progress/", {"number": cancelled.short_number}).content.decode()
    assert "不属城市管理范围" in shown
    said = {"words": "还在漏", "number": cancelled.short_number}
    clerk.post(f"{where}add/", said)
    assert follow(cancelled.follow_token).state == "open"
    assert Person.objects.count()
