"""Cases' door: what other parts ask, and what each question costs."""

from datetime import timedelta

import pytest
from django.utils.translation import override
from tests.cases.conftest import NOW
from tests.cases.walking import case_of, do

from gongbi.cases import following
from gongbi.cases.public import (
    CaseFilter,
    Refused,
    case_types,
    counts,
    follow,
    give_verdict,
    handover_rows,
    map_points,
    note_alert,
    on_map,
    recent,
    rows,
    suggest_types,
)
from gongbi.core.public import Scope, scope_of


@pytest.fixture
def scope(small_city):
    return scope_of(small_city.people["dispatcher"])


def test_counts(reported, signed_in, scope, small_city):
    first = reported().number
    reported(type="lift-trap")
    reported(type="stall")
    do(signed_in("dispatcher"), first, "wait", reason="works", words="x")
    small_city.clock.now = NOW + timedelta(hours=3)
    found = counts(scope)
    assert (found.open, found.to_dispatch, found.in_hand, found.waiting) == (3, 1, 1, 1)
    assert (found.overdue, found.due_today) == (1, 0)
    assert counts(None) == found
    assert counts(Scope(None)).open == 0
    assert counts(scope_of(small_city.people["dispatcher-w"])).open == 0


def test_rows_and_filters(reported, scope):
    burst, stall = reported().number, reported(type="stall", place="xx-w").number
    assert [row.number for row in rows(scope)] == [burst, stall]
    assert [row.number for row in rows(scope, CaseFilter(group="order"))] == [stall]
    assert [row.number for row in rows(scope, CaseFilter(place_path="/xx/xx-w/"))] == [stall]
    assert [row.number for row in rows(scope, CaseFilter(limit=1, offset=1))] == [stall]
    with override("zh-hans"):
        (row,) = rows(scope, CaseFilter(type="burst-pipe"))
    assert (row.type_name, row.place_name, row.unit, row.overdue) == (
        "水管爆裂", "笔架里", None, False,
    )  # fmt: skip


def test_each_question_costs_a_fixed_number_of_queries(reported, scope, django_assert_num_queries):
    for _ in range(6):
        reported()
    with django_assert_num_queries(1):
        assert len(rows(scope)) == 6
    with django_assert_num_queries(1):
        assert len(map_points(scope)) == 6
    with django_assert_num_queries(1):
        assert len(recent(scope)) == 6
    with django_assert_num_queries(2):
        assert len(handover_rows(scope, NOW)) == 6
    with django_assert_num_queries(2):  # the second asks for the city's zone
        counts(scope)
    with django_assert_num_queries(1):
        assert len(on_map(scope).points) == 6
    with django_assert_num_queries(2):
        assert sum(cell.many for cell in on_map(scope, most=3).cells) == 6


def test_a_report_costs_a_bounded_number_of_queries(reported, django_assert_max_num_queries):
    reported()
    with django_assert_max_num_queries(16):
        reported()


def test_the_silent_come_first_at_handover(reported, scope, small_city):
    old = reported(type="stall").number
    small_city.clock.now = NOW + timedelta(hours=5)
    fresh = reported(at=small_city.clock.now).number
    found = handover_rows(scope, NOW + timedelta(hours=2))
    assert [(one.row.number, one.silent) for one in found] == [(old, True), (fresh, False)]
    assert found[0].last_step


def test_recent_tells_the_newest_first(reported, scope, signed_in):
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    assert [one.verb for one in recent(scope, 5)] == ["dispatch", "open"]


def test_an_alert_s_change_is_written_on_its_case(reported, signed_in):
    number = reported(source="alert", reference="alert-7", words="", level=2).number
    assert note_alert("alert-7", change="higher", level=3, at=NOW) == number
    assert note_alert("alert-8", change="cleared", level=0, at=NOW) is None
    case = case_of(number)
    assert (case.level, case.state) == (3, "open")
    assert case.steps.get(verb="alert").why == {"change": "higher", "level": 3}
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "the alert changed" in page


def test_types_and_suggestions(small_city):
    assert [one.code for one in case_types()] == [
        "burst-pipe", "lift-trap", "stall", "advice", "conduct", "hole",
    ]  # fmt: skip
    best = suggest_types("门口水管爆了")[0]
    assert (best.type, best.words) == ("burst-pipe", ("水管爆",))
    assert suggest_types("") == []


def test_following_by_number_tells_less_than_by_link(reported):
    receipt = reported()
    by_link, by_number = follow(receipt.follow_token), follow(receipt.short_number)
    assert by_link.words.startswith("笔架里")
    assert by_number.words == ""
    assert by_number.number == receipt.number
    assert follow(receipt.short_number.replace("-", " ")).number == receipt.number
    assert follow("no-such-token") is None
    assert follow("") is None
    with override("en"), pytest.raises(Refused, match="not known"):
        give_verdict("no-such-token", True, "")


def test_a_slip_in_a_short_number_is_caught(reported):
    number = reported().short_number.replace("-", "")
    assert following.looks_like_short(number)
    for place in range(10):
        for digit in "0123456789":
            slip = number[:place] + digit + number[place + 1 :]
            assert following.looks_like_short(slip) is (digit == number[place])
    for place in range(9):
        a, b = number[place], number[place + 1]
        if a != b:
            swapped = number[:place] + b + a + number[place + 2 :]
            assert not following.looks_like_short(swapped)


def test_the_history_a_reporter_sees_names_units_not_people(reported, signed_in, small_city):
    receipt = reported()
    do(signed_in("dispatcher"), receipt.number, "accept_suggestion", words="内部")
    with override("zh-hans"):
        shown = follow(receipt.follow_token)
    assert [step.unit for step in shown.steps][-1] == "东区水务"
    assert "内部" not in str(shown)
    assert not any(person.name in str(shown) for person in small_city.people.values())


def test_the_case_page_fragment_equals_a_reload(reported, signed_in):
    from tests.cases.walking import same

    number = reported().number
    browser = signed_in("dispatcher")
    do(browser, number, "accept_suggestion")
    whole = browser.get(f"/cases/{number}/").content.decode()
    part = browser.get(f"/cases/{number}/?seen=2", headers={"HX-Target": "case-now"})
    assert same(part.content.decode()) in same(whole)
    story = browser.get(f"/cases/{number}/?seen=2", headers={"HX-Target": "case-story"})
    assert same(story.content.decode()) in same(whole)
    older = browser.get(f"/cases/{number}/?seen=1", headers={"HX-Target": "case-now"})
    assert "has moved on since you opened it" in older.content.decode()


def test_the_case_page_costs_a_bounded_number_of_queries(
    reported, signed_in, django_assert_max_num_queries
):
    number = reported().number
    browser = signed_in("dispatcher")
    for n in range(8):
        do(browser, number, "note", words=f"note {n}")
    with django_assert_max_num_queries(40) as caught:
        browser.get(f"/cases/{number}/")
    over_both = [
        one["sql"]
        for one in caught.captured_queries
        if "cases_signal" in one["sql"] and '"merged_into_id" = ' in one["sql"]
    ]
    assert not over_both, "one condition over reports and cases reads every report of a city"
