"""What a worker writes on a phone outlives the news that comes in meanwhile."""

import time
from typing import Any

import pytest
from tests.cases.walking import do
from tests.desk.test_in_browser import chromium, enter

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
PHONE = (390, "zh-hans", "light")
NEWS = "document.body.dispatchEvent(new CustomEvent('live:cases'))"
OPEN = "article.task details:has(form[action$='/declare']) summary"
ARRIVE = "article.task form[action$='/arrive'] button"
WORDS = "article.task form[action$='/declare'] textarea"


@pytest.fixture
def page(
    chromium: Any, live_server: Any, transactional_db: None, signed_in: Any, reported: Any
) -> Any:
    """A worker's list with one task in hand."""
    number = reported().number
    do(signed_in("dispatcher"), number, "accept_suggestion")
    do(signed_in("worker"), number, "accept")
    opened = enter(chromium, live_server.url, signed_in("worker"), PHONE)
    opened.goto(live_server.url + "/cases/mine/")
    opened.refetched = []
    return opened


def answer_late(page: Any) -> list[Any]:
    """Hold every refetch of the list back until it is let go."""
    held: list[Any] = []
    page.route(
        "**/cases/mine/",
        lambda route: (
            held.append(route)
            if route.request.headers.get("hx-target") == "tasks"
            else route.continue_()
        ),
    )
    return held


def soon(page: Any, held: list[Any], many: int) -> None:
    for _ in range(50):
        if len(held) >= many:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{many} refetches were expected; there were {len(held)}.")


def test_a_refetch_on_its_way_does_not_close_what_was_opened(page: Any) -> None:
    held = answer_late(page)
    page.evaluate(NEWS)
    soon(page, held, 1)
    page.click(OPEN)
    page.fill(WORDS, "换了新管")
    held[0].continue_()
    page.wait_for_timeout(1_000)
    assert page.input_value(WORDS) == "换了新管"
    page.click("h1")
    page.click(OPEN)
    soon(page, held, 2)


def test_no_refetch_begins_while_something_is_open(page: Any) -> None:
    held = answer_late(page)
    page.click(OPEN)
    page.fill(WORDS, "换了新管")
    page.evaluate(NEWS)
    page.wait_for_timeout(500)
    assert not held
    page.click(OPEN)
    soon(page, held, 1)


def test_news_that_come_while_an_answer_is_on_its_way_are_asked_for_after_it(page: Any) -> None:
    held = answer_late(page)
    page.evaluate(NEWS)
    soon(page, held, 1)
    page.evaluate(NEWS)
    page.wait_for_timeout(2_500)  # longer than the two seconds between two requests
    held[0].continue_()
    soon(page, held, 2)


def test_whoever_walks_by_keyboard_stands_where_they_stood(page: Any) -> None:
    page.evaluate("document.getElementById('tasks').dataset.old = 'yes'")
    page.focus(OPEN)
    page.evaluate(NEWS)
    page.wait_for_selector("#tasks:not([data-old])", state="attached")
    page.keyboard.press("Enter")
    page.wait_for_selector(WORDS)


def test_so_does_whoever_stands_within_a_row_of_the_worklist(
    chromium: Any, live_server: Any, transactional_db: None, signed_in: Any, reported: Any
) -> None:
    reported()
    page = enter(chromium, live_server.url, signed_in("dispatcher"), PHONE)
    page.goto(live_server.url + "/cases/")
    page.evaluate("document.getElementById('queue').dataset.old = 'yes'")
    page.focus("#queue [data-row] summary")
    page.evaluate(NEWS)
    page.wait_for_selector("#queue:not([data-old])", state="attached")
    page.keyboard.press("Enter")
    page.wait_for_selector("#queue .why")


def test_a_list_asked_for_before_does_not_undo_what_the_city_took_meanwhile(page: Any) -> None:
    stale: list[Any] = []
    page.route(
        "**/cases/mine/",
        lambda route: (
            stale.append((route, route.fetch()))
            if route.request.headers.get("hx-target") == "tasks" and not stale
            else route.continue_()
        ),
    )
    page.evaluate("document.getElementById('tasks').dataset.old = 'yes'")
    page.evaluate(NEWS)
    soon(page, stale, 1)
    page.click(ARRIVE)
    page.wait_for_selector("[data-state=on_site]")
    page.wait_for_selector("[data-waiting]", state="hidden")
    route, answer = stale[0]
    route.fulfill(response=answer)
    page.wait_for_selector("#tasks:not([data-old])", state="attached")
    assert not page.is_visible(ARRIVE)


def test_news_are_not_too_many_and_the_last_is_never_dropped(page: Any) -> None:
    """Five at once are two requests: the first goes at once, the last when its time has come."""
    asked: list[float] = []

    def note(request: Any) -> None:
        if request.headers.get("hx-target") == "tasks":
            asked.append(time.monotonic())

    page.on("request", note)
    for _ in range(5):
        page.evaluate(NEWS)
        page.wait_for_timeout(100)
    page.wait_for_timeout(3_500)
    assert len(asked) == 2, asked
    assert asked[1] - asked[0] > 1.5
