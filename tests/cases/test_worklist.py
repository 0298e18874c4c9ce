"""The dispatcher's worklist."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cases.walking import same

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
     ("?place=nowhere&state=what&page=99", True)],
)  # fmt: skip
def test_filters(signed_in, reported, query, shown):
    number = reported().number
    assert (number in signed_in("dispatcher").get(f"/cases/{query}").content.decode()) is shown


@pytest.mark.parametrize("query", ["state=over&overdue=1", "state=over&today=1"])
def test_nothing_over_is_owed_by_a_date_and_none_is_looked_for(signed_in, reported, query):
    reported()
    with CaptureQueriesContext(connection) as caught:
        page = signed_in("dispatcher").get(f"/cases/?{query}")
    assert page.context["rows"] == []
    closed = [one["sql"] for one in caught.captured_queries if "'closed'" in one["sql"]]
    assert not closed


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
