"""Asked of me: what waits for one person's word is on one page, in the head and in their mail."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.conftest import CAST, NOW
from tests.cases.walking import case_of, do, same

from gongbi.cases.models import Appeal, Case
from gongbi.cases.public import run_due

PAGE = "/cases/asked/"
SEES = {"dispatcher", "dispatcher-w", "supervisor", "officer", "lead", "worker", "lifter",
        "referee"}  # fmt: skip
MORE = {"more": "4 hours", "reason": "works", "words": "等材料"}
LETTER = {"within": "4 hours", "words": "为何还没有人到场?"}


@pytest.fixture
def in_hand(signed_in, reported):
    """A burst pipe in the east, in the hands of East water."""

    def make(**changes) -> str:
        number = reported(**changes).number
        do(signed_in("dispatcher"), number, "accept_suggestion")
        return number

    return make


@pytest.fixture
def holds(signed_in):
    """Whether somebody's page has a case in a group."""

    def look(name: str, group: str, number: str) -> bool:
        groups = signed_in(name).get(PAGE).context["groups"]
        found = [row for one in groups if one.code == group for row in one.rows]
        return number in [row.case.number for row in found]

    return look


def who_has(holds, group: str, number: str) -> set[str]:
    return {name for name in CAST if name in SEES and holds(name, group, number)}


def number_in_head(page: str) -> str:
    """What the head says beside the way to the page; empty when nothing waits."""
    _before, _found, rest = page.partition('id="nav-asked"')
    return rest.partition("</span>")[0].partition(">")[2].split("<")[0].strip()


def test_who_may_look(signed_in):
    assert signed_in("").get(PAGE).status_code == 302
    for name in CAST:
        assert signed_in(name).get(PAGE).status_code == (200 if name in SEES else 403), name
        way = f'href="{PAGE}"' in signed_in(name).get("/").content.decode()
        assert way is (name in SEES), name


def test_when_nothing_is_asked_the_page_says_that_all_is_done(signed_in):
    page = signed_in("referee").get(PAGE).content.decode()
    assert "Nothing waits for you" in page
    assert number_in_head(page) == ""
    chinese = signed_in("referee", "zh-hans").get(PAGE).content.decode()
    assert "待我处理" in chinese
    assert "没有待您处理的事" in chinese


def test_an_appeal_reaches_the_referee_who_was_named_and_nobody_else(
    signed_in, in_hand, holds, small_city
):
    number = in_hand()
    do(signed_in("lead"), number, "appeal", words="管线归燃气")
    named = Appeal.objects.get().referee_id
    who = next(name for name, one in small_city.people.items() if one.pk == named)
    assert who_has(holds, "appeals", number) == {who}
    page = signed_in(who).get("/").content.decode()
    assert number_in_head(page) == "1"
    page = signed_in(who).get(PAGE).content.decode()
    assert f'href="/cases/{number}/?do=decide#do-decide"' in page
    small_city.clock.now = NOW + timedelta(minutes=61)
    assert who_has(holds, "appeals", number) == {"referee", "supervisor"}
    do(signed_in(who), number, "decide", decided="kept", words="x")
    assert who_has(holds, "appeals", number) == set()


def test_more_time_reaches_the_supervisors_of_the_place(signed_in, in_hand, holds):
    number = in_hand()
    do(signed_in("lead"), number, "extend", **MORE)
    assert who_has(holds, "extensions", number) == {"supervisor"}
    page = signed_in("supervisor").get(PAGE).content.decode()
    assert "4 hours more, asked by East water" in page
    assert f'href="/cases/{number}/?do=grant#do-grant"' in page
    do(signed_in("supervisor"), number, "grant")
    assert who_has(holds, "extensions", number) == set()


def test_supervision_reaches_the_head_of_the_unit_that_has_the_case(signed_in, in_hand, holds):
    number = in_hand()
    do(signed_in("supervisor"), number, "supervise", **LETTER)
    assert who_has(holds, "answers", number) == {"lead"}
    do(signed_in("lead"), number, "answer", words="正在等阀门钥匙")
    assert who_has(holds, "answers", number) == set()


def test_an_urging_reaches_everybody_of_the_unit(signed_in, in_hand, holds):
    number = in_hand()
    for _ in range(2):
        do(signed_in("dispatcher"), number, "urge", words="再催一次")
    assert who_has(holds, "urged", number) == {"lead", "worker"}
    assert "urged 2 times" in signed_in("worker").get(PAGE).content.decode()
    assert "urged 2 times" in signed_in("worker").get("/cases/mine/").content.decode()
    assert "urged 2 times" in signed_in("dispatcher").get("/cases/?state=live").content.decode()
    assert "urged 2 times" in signed_in("lead").get(f"/cases/{number}/").content.decode()
    do(signed_in("worker"), number, "declare", declared="done", words="好了")
    assert who_has(holds, "urged", number) == set()


def test_a_promise_reaches_whom_its_ladder_names_step_by_step(
    signed_in, in_hand, holds, small_city
):
    number = in_hand()
    do(signed_in("worker"), number, "accept")  # the handler from now on; four hours to solve it
    told = [(0, set()), (2, {"worker"}), (3.5, {"lead", "worker"})]
    told += [(4.5, {"lead", "worker", "dispatcher", "supervisor", "officer"})]
    for hours, reached in told:
        small_city.clock.now = NOW + timedelta(hours=hours)
        run_due(small_city.clock.now)
        assert who_has(holds, "told", number) == reached, hours
    page = signed_in("lead").get(PAGE).content.decode()
    assert "its time has come" in page
    assert number_in_head(page) == "", "what is told asks for no word"
    do(signed_in("worker"), number, "declare", declared="done", words="好了")
    assert case_of(number).told_whom == 0
    assert who_has(holds, "told", number) == set()


def test_another_place_and_a_complaint_reach_nobody_who_may_not_see_them(
    signed_in, reported, holds, small_city
):
    from gongbi.core.models import Post

    number = reported(type="conduct", about_unit="lifts").number
    do(signed_in("supervisor"), number, "dispatch", unit="water-e")
    do(signed_in("lead"), number, "extend", **MORE)
    assert who_has(holds, "extensions", number) == {"supervisor"}
    Post.objects.filter(role="supervisor").update(place="xx-w")
    assert who_has(holds, "extensions", number) == set()
    Post.objects.filter(role="supervisor").update(place="xx", unit="lifts")
    assert who_has(holds, "extensions", number) == set(), "of the unit complained of"


def test_the_way_opens_the_form(signed_in, in_hand):
    number = in_hand()
    do(signed_in("lead"), number, "extend", **MORE)
    page = signed_in("supervisor").get(f"/cases/{number}/?do=refuse").content.decode()
    assert '<details class="act" id="do-refuse" open>' in page
    page = signed_in("supervisor").get(f"/cases/{number}/?do=no-such-verb").content.decode()
    assert '<details class="act" id="do-refuse">' in page


def test_its_cost_does_not_grow_and_the_head_costs_one(signed_in, in_hand, small_city):
    number = in_hand()
    do(signed_in("lead"), number, "extend", **MORE)
    costs, browser = [], signed_in("supervisor")
    for _ in range(2):
        for _ in range(3):
            do(signed_in("lead"), in_hand(), "extend", **MORE)
        small_city.clock.now += timedelta(hours=5)
        run_due(small_city.clock.now)
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(PAGE).status_code == 200
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 14
    with CaptureQueriesContext(connection) as caught:
        assert browser.get("/cases/daily/").status_code == 200
    asking = [one for one in caught.captured_queries if "cases_extension" in one["sql"]]
    assert len(asking) == 1


def test_many_are_counted_to_a_bound_and_the_most_pressing_shown(signed_in, in_hand, monkeypatch):
    from gongbi.cases import asked

    monkeypatch.setattr(asked, "MOST", 2)
    monkeypatch.setattr(asked, "SHOWN", 1)
    for _ in range(3):
        do(signed_in("lead"), in_hand(), "extend", **MORE)
    page = signed_in("supervisor").get(PAGE)
    assert len(page.context["groups"][0].rows) == 1
    assert number_in_head(page.content.decode()) == "2+"
    assert page.context["groups"][0].rest == "1+"


def test_the_number_in_the_head_is_fetched_anew_alone(signed_in, in_hand):
    browser = signed_in("supervisor")
    assert same(browser.get(f"{PAGE}number").content.decode()) in same(
        browser.get("/").content.decode()
    )
    do(signed_in("lead"), in_hand(), "extend", **MORE)
    assert number_in_head(browser.get(f"{PAGE}number").content.decode()) == "1"
    assert signed_in("clerk").get(f"{PAGE}number").status_code == 403
    assert signed_in("").get(f"{PAGE}number").status_code == 302


def test_what_is_told_is_kept_as_the_promises_are(signed_in, in_hand, small_city):
    """Merged, nothing is owed; taken apart again, the same people are told as before."""
    first, second = in_hand(), in_hand()
    small_city.clock.now = NOW + timedelta(hours=5)
    run_due(small_city.clock.now)
    told = case_of(second).told_whom
    assert told
    do(signed_in("dispatcher"), second, "merge", into=first)
    assert case_of(second).told_whom == 0
    do(signed_in("dispatcher"), second, "unmerge")
    assert case_of(second).told_whom == told
    assert Case.objects.filter(told_whom__gt=0).count() == 2
