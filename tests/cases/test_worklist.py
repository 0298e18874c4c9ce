"""The dispatcher's worklist."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.walking import do, same

from gongbi.cases.models import Case


def test_shows_what_where_by_when_and_why(signed_in, reported):
    reported()
    page = signed_in("dispatcher").get("/cases/").content.decode()
    assert "Burst pipe · Penrack" in page
    assert "Send to East water" in page
    assert "Water of the place. (rule water; true: its type)" in page
    assert "Rule water-high does not fire: the level of the alert does not fit." in page
    assert "13812345678" not in page
    assert "▇▇▇" in page


def test_speaks_chinese(signed_in, reported):
    reported()
    page = signed_in("dispatcher", "zh-hans").get("/cases/").content.decode()
    assert "水管爆裂 · 笔架里" in page
    assert "东区水务" in page
    assert "属地水务负责" in page


def test_the_fragment_equals_a_reload(signed_in, reported):
    reported()
    reported(type=None, words="不知道该找谁")
    browser = signed_in("dispatcher")
    whole = browser.get("/cases/?state=live").content.decode()
    part = browser.get("/cases/?state=live", headers={"HX-Target": "queue"}).content.decode()
    assert same(part) in same(whole)


def test_one_key_sorts_and_sends_and_the_row_leaves_the_queue(signed_in, reported):
    number = reported(type=None, words="stall in the way, fruit stall, 占道").number
    case = Case.objects.get(number=number)
    browser = signed_in("dispatcher")
    answer = browser.post(
        f"/cases/{number}/do/accept_suggestion",
        {"seen": case.version, "next": "/cases/?state=open"},
        headers={"HX-Target": "queue", "HX-Request": "true"},
        follow=True,
    )
    assert f"row-{number}" not in answer.content.decode()
    case.refresh_from_db()
    assert (case.state, case.unit_id, case.type.code) == ("in_hand", "order", "stall")


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", True), ("?place=xx-e", True), ("?place=xx-w", False), ("?state=in_hand", False),
     ("?overdue=1", False), ("?today=1", True), ("?reopened=1", False),
     ("?group=water", True), ("?group=order", False),
     ("?type=burst-pipe", True), ("?type=stall", False), ("?type=nonsense", True),
     ("?source=web", True), ("?source=hotline", False), ("?source=nonsense", True),
     ("?priority=1", True), ("?priority=2", False), ("?priority=x", True),
     ("?state=live&unit=water", False), ("?unit=nobody", True),
     ("?type=burst-pipe&source=web&priority=1&place=xx-e", True),
     ("?place=nowhere&state=what&page=99", True)],
)  # fmt: skip
def test_filters(signed_in, reported, query, shown):
    number = reported().number
    assert (number in signed_in("dispatcher").get(f"/cases/{query}").content.decode()) is shown


def test_what_nobody_has_is_found_by_the_unit_it_is_suggested_to(signed_in, reported):
    number = reported().number
    for unit, shown in (("water-e", True), ("water", True), ("lifts", False)):
        page = signed_in("dispatcher").get(f"/cases/?unit={unit}").content.decode()
        assert (number in page) is shown, unit


def test_a_unit_is_it_and_those_below_it(signed_in, reported):
    number = reported().number
    browser = signed_in("dispatcher")
    do(browser, number, "accept_suggestion")
    for unit, shown in (("water-e", True), ("water", True), ("lifts", False)):
        page = browser.get(f"/cases/?state=live&unit={unit}").content.decode()
        assert (number in page) is shown, unit


def test_each_filter_can_be_taken_off_and_all_at_once(signed_in, reported):
    number = reported().number
    query = "state=live&place=xx-e&type=stall&unit=water&source=hotline&priority=3&overdue=1"
    browser = signed_in("dispatcher")
    page = browser.get(f"/cases/?{query}")
    body = page.content.decode()
    assert number not in body
    off = {one.words: one.without for one in page.context["filters"]}
    assert set(off) == {"Place: East", "Type: Stall in the way", "Unit: Water", "Source: hotline",
                        "Urgency: normal", "Overdue only"}  # fmt: skip
    assert "type=" not in off["Type: Stall in the way"]
    assert "unit=water" in off["Type: Stall in the way"]
    assert body.count("data-take-off") == 6
    assert 'href="?state=live" data-take-all-off' in body
    assert "data-take-off" not in browser.get("/cases/?state=live").content.decode()
    chinese = signed_in("dispatcher", "zh-hans").get(f"/cases/?{query}").content.decode()
    assert "类型：占道经营" in chinese
    assert "取消全部筛选" in chinese


def test_a_resident_s_unit_lists_the_units_one_may_ask_about(signed_in, reported):
    reported()
    for name, offered in (("dispatcher", {"water", "water-e", "lifts"}), ("lead", {"water"})):
        body = signed_in(name).get("/cases/").content.decode()
        select = body.partition('name="unit"')[2].partition("</select>")[0]
        assert offered == {code for code in ("water", "water-e", "lifts") if f'"{code}"' in select}


@pytest.mark.parametrize("query", ["state=over&overdue=1", "state=over&today=1"])
def test_nothing_over_is_owed_by_a_date_and_none_is_looked_for(signed_in, reported, query):
    reported()
    with CaptureQueriesContext(connection) as caught:
        page = signed_in("dispatcher").get(f"/cases/?{query}")
    assert page.context["rows"] == []
    closed = [one["sql"] for one in caught.captured_queries if "'closed'" in one["sql"]]
    assert not closed


def test_filters_cost_no_query_more(signed_in, reported, django_assert_max_num_queries):
    reported()
    browser = signed_in("dispatcher")
    query = "state=live&place=xx-e&type=burst-pipe&unit=water&source=web&priority=1"
    browser.get(f"/cases/?{query}")
    with django_assert_max_num_queries(22):
        browser.get(f"/cases/?{query}")


def test_its_cost_does_not_grow_with_its_rows(signed_in, reported, django_assert_max_num_queries):
    browser = signed_in("dispatcher")
    for _ in range(3):
        reported()
    with django_assert_max_num_queries(22):
        browser.get("/cases/")
    for _ in range(12):
        reported()
    with django_assert_max_num_queries(22):
        browser.get("/cases/")


@pytest.mark.parametrize("seen", ["²", "9" * 5000, "-1", "x", ""])
def test_a_version_that_is_none_is_passed_over(signed_in, reported, seen):
    number = reported().number
    assert signed_in("dispatcher").get(f"/cases/{number}/", {"seen": seen}).status_code == 200
