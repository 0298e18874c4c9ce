"""The desk is told what is probably the same matter; one key merges; never silently in danger."""

import math
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases.models import Case, Likely, Step
from gongbi.cases.public import follow, run_due
from gongbi.core.models import Post

PIPE = "笔架里3号门口水管爆了,水喷得老高"


@pytest.fixture
def twice(reported, small_city):
    """One burst pipe reported by two neighbours; the clock has looked."""
    first = reported(words=PIPE, contact="")
    small_city.clock.now = NOW + timedelta(minutes=5)
    second = reported(words="3号门口水管爆裂,马路上全是水", contact="", lon=122.94005,
                      at=NOW + timedelta(minutes=5))  # fmt: skip
    run_due(small_city.clock.now)
    return first, second


def test_the_worklist_says_so_and_one_key_merges(signed_in, twice):
    first, second = twice
    dispatcher = signed_in("dispatcher")
    page = dispatcher.get("/cases/").content.decode()
    assert "perhaps the same as" in page
    assert page.count("data-merge") == 1
    assert f'name="into" value="{first.number}"' in page
    do(dispatcher, second.number, "merge", into=first.number)
    assert "data-merge" not in dispatcher.get("/cases/").content.decode()


def test_the_case_page_says_why(signed_in, twice):
    first, second = twice
    dispatcher = signed_in("dispatcher")
    assert (
        f'hx-get="/cases/{first.number}/same"'
        in dispatcher.get(f"/cases/{first.number}/").content.decode()
    )
    with CaptureQueriesContext(
        connection,
    ) as told:
        page = dispatcher.get(f"/cases/{first.number}/same", headers={"hx-request": "true"})
    said = page.content.decode()
    assert second.number in said
    for words in (
        "5 minutes apart",
        "the same type",
        "words alike by",
        "data-merge",
        "A plus speaks",
    ):
        assert words in said
    assert f'action="/cases/{second.number}/do/merge"' in said, "the later goes into the earlier"
    assert len(told) <= 26, len(told)


def test_the_parts_add_up_to_the_sum_and_the_sum_to_the_chance(signed_in, twice):
    """What is shown under why, with the constant and what is not known, is the sum beside it."""
    page = signed_in("dispatcher").get(f"/cases/{twice[0].number}/same")
    [row] = page.context["rows"]
    assert row.why[-1][0] == "where every pair begins"
    assert round(sum(float(weight) for _said, weight in row.why), 1) == float(row.sum)
    chance = 1 / (1 + math.exp(-float(row.sum)))
    assert abs(100 * chance - row.percent) <= 2
    body = page.content.decode()
    assert f'Sum: <span class="number">{row.sum}</span>' in body
    assert "A sum of 0 is 50 of 100" in body


def test_without_scripts_it_is_a_page(signed_in, twice):
    page = signed_in("dispatcher", "zh-hans").get(f"/cases/{twice[0].number}/same")
    assert "是同一件事吗" in page.content.decode()


def test_said_to_be_another_matter_it_is_not_proposed_again(signed_in, twice):
    first, second = twice
    dispatcher = signed_in("dispatcher")
    answer = dispatcher.post(f"/cases/{second.number}/same/deny", {"other": first.number})
    assert answer.status_code == 302
    assert "perhaps the same" not in dispatcher.get("/cases/").content.decode()
    for number in (first.number, second.number):
        panel = dispatcher.get(f"/cases/{number}/same").content.decode()
        assert "No case at work is likely the same matter" in panel
    assert Likely.objects.get().denied_by.startswith("person:")


def test_other_street_other_kind_is_not_the_same(signed_in, reported, small_city):
    reported(words=PIPE)
    reported(words="占道摆摊", type="stall", place="xx-e-1-b", lon=122.96)
    run_due(small_city.clock.now)
    assert not Likely.objects.exists()


@pytest.mark.parametrize(
    ("who", "see", "deny"),
    [("", 302, 302), ("stranger", 404, 404), ("dispatcher-w", 404, 404), ("worker", 404, 404),
     ("clerk", 200, 403), ("supervisor", 200, 302)],
)  # fmt: skip
def test_who_may(signed_in, twice, who, see, deny):
    first, second = twice
    browser = signed_in(who)
    assert browser.get(f"/cases/{first.number}/same").status_code == see
    answer = browser.post(f"/cases/{first.number}/same/deny", {"other": second.number})
    assert answer.status_code == deny
    assert Likely.objects.exclude(denied_at=None).exists() == (who == "supervisor")


def test_one_who_does_not_see_the_other_case_is_not_told_of_it(signed_in, twice):
    first, second = twice
    do(signed_in("dispatcher"), second.number, "accept_suggestion")
    page = signed_in("worker").get(f"/cases/{second.number}/same").content.decode()
    assert first.number not in page


def test_people_in_danger_are_never_joined_silently(signed_in, reported, small_city):
    alert = reported(source="alert", type="lift-trap", words="电梯停在3层")
    inside = reported(type="lift-trap", words="我被困在电梯里了", contact="")
    also = reported(type="lift-trap", words="救命 被困电梯", contact="", joins=inside.number)
    assert len({alert.number, inside.number, also.number}) == 3
    assert not inside.joined
    assert not also.joined
    run_due(small_city.clock.now)
    dispatcher = signed_in("dispatcher")
    panel = dispatcher.get(f"/cases/{also.number}/same").content.decode()
    assert "two people in two lifts are two cases" in panel
    assert "data-merge" not in panel
    page = dispatcher.get("/cases/?state=in_hand").content.decode()
    assert "data-merge" not in page
    do(dispatcher, also.number, "merge", into=inside.number)
    assert case_of(also.number).merged_into == case_of(inside.number), "a person may, knowing it"


def test_complaints_are_neither_searched_nor_found(signed_in, reported, small_city):
    reported(words=PIPE)
    complaint = reported(words=PIPE, about_unit="water")
    run_due(small_city.clock.now)
    assert not Likely.objects.exists()
    page = signed_in("supervisor").get(f"/cases/{complaint.number}/same").content.decode()
    assert "No case at work" in page


def test_said_on_the_earlier_case_it_is_not_proposed_on_the_later(signed_in, twice):
    first, second = twice
    dispatcher = signed_in("dispatcher")
    assert "perhaps the same as" in dispatcher.get("/cases/").content.decode()
    dispatcher.post(f"/cases/{first.number}/same/deny", {"other": second.number})
    assert "perhaps the same as" not in dispatcher.get("/cases/").content.decode()
    assert second.number not in dispatcher.get(f"/cases/{first.number}/same").content.decode()


def test_another_matter_is_one_key_and_both_histories_tell_it(signed_in, twice):
    first, second = twice
    dispatcher = signed_in("dispatcher")
    panel = dispatcher.get(f"/cases/{second.number}/same").content.decode()
    assert panel.count('data-apart aria-keyshortcuts="n"') == 1
    for _ in range(2):  # a second tap changes nothing
        dispatcher.post(f"/cases/{second.number}/same/deny", {"other": first.number})
    signed_in("supervisor").post(f"/cases/{first.number}/same/deny", {"other": second.number})
    for one, other in ((first, second), (second, first)):
        steps = case_of(one.number).steps.filter(verb="apart")
        assert [step.why for step in steps] == [{"other": other.number}]
        page = signed_in("dispatcher", "zh-hans").get(f"/cases/{one.number}/").content.decode()
        assert f"案件 {other.number}" in page
        assert "经核与疑似同一的案件并非同一件事" in page
    assert not [s for s in follow(second.follow_token).steps if first.number in s.what + s.words]


def test_two_in_danger_can_be_said_to_be_two(signed_in, reported, small_city):
    reported(type="lift-trap", words="我被困在电梯里了", contact="")
    also = reported(type="lift-trap", words="救命 被困电梯", contact="")
    run_due(small_city.clock.now)
    dispatcher = signed_in("dispatcher")
    panel = dispatcher.get(f"/cases/{also.number}/same").content.decode()
    assert "data-merge" not in panel
    assert "/same/deny" in panel


def test_after_an_undone_merge_the_pair_is_not_proposed_again(signed_in, twice):
    first, second = twice
    dispatcher = signed_in("dispatcher")
    do(dispatcher, second.number, "merge", into=first.number)
    do(dispatcher, second.number, "unmerge")
    assert "perhaps the same as" not in dispatcher.get("/cases/").content.decode()
    for number in (first.number, second.number):
        assert "No case at work" in dispatcher.get(f"/cases/{number}/same").content.decode()
    do(dispatcher, second.number, "merge", into=first.number)
    assert case_of(second.number).state == "merged", "who knows better still can"


def test_whoever_says_so_may_merge_both(signed_in, twice, small_city):
    first, second = twice
    assert denied(signed_in("supervisor"), first, first) == 404, "itself"
    Case.objects.filter(number=first.number).update(place_path="/xx/xx-w/")
    west = small_city.people["dispatcher-w"]
    Post.objects.create(person=west, role="clerk", unit_id="centre", place_id="xx-e")
    assert denied(signed_in("dispatcher-w"), first, second) == 403, "sees it, and no more"
    assert not Likely.objects.exclude(denied_at=None).exists()
    assert not Step.objects.filter(verb="apart").exists()


def denied(browser, one, other):
    return browser.post(f"/cases/{one.number}/same/deny", {"other": other.number}).status_code
