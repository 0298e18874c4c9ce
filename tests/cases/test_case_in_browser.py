"""A case of several units in a real browser: axe finds nothing, nothing overflows."""

import os
from pathlib import Path
from typing import Any

import pytest
from tests.cases.test_sub_types import sorted_stalls
from tests.cases.walking import case_of, do
from tests.desk.test_in_browser import LOOKS, chromium, enter

__all__ = ["chromium", "sorted_stalls"]
pytestmark = pytest.mark.browser
SHOWN = os.environ.get("GONGBI_PICTURES")  # a folder, to look at what was drawn


@pytest.fixture
def busy(transactional_db: None, signed_in: Any, reported: Any) -> str:
    """Sent, helped, supervised, with more time asked and an appeal to decide; and one more."""
    reported(type="stall")
    number = reported().number
    dispatcher, lead = signed_in("dispatcher"), signed_in("lead")
    do(dispatcher, number, "accept_suggestion")
    do(dispatcher, number, "call_in", unit="lifts", words="请关停3号楼电梯", needed="on")
    helper = case_of(number).tasks.get(role="help").pk
    do(dispatcher, number, "call_in", unit="order", words="清扫路面", needed="on", after=[helper])
    do(signed_in("worker"), number, "accept")
    do(signed_in("worker"), number, "stage", stage="found")
    do(signed_in("supervisor"), number, "supervise", within="4 hours", words="为何还没有人到场?")
    do(lead, number, "extend", more="1 working_days", reason="works", words="等阀门")
    do(lead, number, "appeal", words="管线归燃气")
    assert case_of(number).tasks.count() == 3
    return number


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_page_of_a_busy_case_for_each_who_works_on_it(
    chromium, live_server, busy, signed_in, look
):
    from axe_playwright_python.sync_playwright import Axe

    for who, path in (
        ("dispatcher", f"/cases/{busy}/"),
        ("supervisor", f"/cases/{busy}/"),
        ("supervisor", "/cases/supervise/"),
        ("supervisor", "/cases/asked/"),
        ("dispatcher", "/cases/?state=live&unit=water&priority=1"),
        ("lead", f"/cases/{busy}/"),
        ("lifter", "/cases/mine/"),
    ):
        page = enter(chromium, live_server.url, signed_in(who), look)
        page.goto(live_server.url + path)
        for summary in page.query_selector_all("details > summary"):
            if summary.is_visible():
                summary.evaluate("one => one.parentElement.open = true")
        found = Axe().run(page).response["violations"]
        assert not [(who, one["id"], one["nodes"][0]["html"]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), who
        assert not page.troubles
        if SHOWN:
            name = f"{who}-{look[0]}-{look[1]}{path.rstrip('/').replace('/', '-')}.png"
            page.screenshot(path=str(Path(SHOWN) / name), full_page=True)
        page.context.close()


def test_few_verbs_stand_open_and_the_rest_is_one_press_away(
    chromium, live_server, busy, signed_in
):
    page = enter(chromium, live_server.url, signed_in("supervisor"), LOOKS[1])
    page.goto(f"{live_server.url}/cases/{busy}/")
    assert page.locator("#do .acts > .act:visible, #do .acts > .act-plain:visible").count() <= 5
    page.focus("#do .more > summary")
    page.keyboard.press("Enter")
    page.click("#do .more .act:has(form[action$='/park']) summary")
    assert page.is_visible("form[action$='/park'] input[type=date]")


def test_whoever_filled_in_something_wrong_begins_where_it_is(
    chromium, live_server, busy, signed_in
):
    page = enter(chromium, live_server.url, signed_in("supervisor"), LOOKS[1])
    page.goto(f"{live_server.url}/cases/{busy}/")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.fill("form[action$='/merge'] input[name=into]", "CN-999999")
    page.click("form[action$='/merge'] .form-actions button")
    page.wait_for_selector(".form-errors")
    at = page.locator(":focus").bounding_box()
    assert page.locator(".form-errors:focus").count() == 1
    assert 0 <= at["y"] <= page.viewport_size["height"]


def sub_types_of(page: Any) -> list[str]:
    listed = "#do-sort [name=sub_type] option"
    return page.eval_on_selector_all(listed, "all => all.map(one => one.value)")


def test_sub_types_follow_the_type_and_stand_grouped_without_script(
    transactional_db, chromium, live_server, sorted_stalls, signed_in, reported
):
    number = reported(type="stall").number
    page = enter(chromium, live_server.url, signed_in("dispatcher"), LOOKS[0])
    page.goto(f"{live_server.url}/cases/{number}/?do=sort")
    assert page.evaluate("document.getElementById('do-sort').open")
    page.select_option("#do-sort [name=type]", "stall")
    assert sub_types_of(page) == ["", "stall:food", "stall:goods"]
    page.select_option("#do-sort [name=sub_type]", "stall:goods")
    page.select_option("#do-sort [name=type]", "hole")
    assert sub_types_of(page) == [""]
    assert page.is_disabled("#do-sort [name=sub_type]")
    assert page.input_value("#do-sort [name=sub_type]") == ""
    page.select_option("#do-sort [name=type]", "stall")
    page.select_option("#do-sort [name=sub_type]", "stall:food")
    page.click("#do-sort button")
    page.wait_for_load_state()
    assert case_of(number).sub_type == "food"
    assert not page.troubles
    page.context.close()
    plain = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert '<optgroup label="Stall in the way">' in plain
