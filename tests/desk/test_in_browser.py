"""Pages of the desk in a real browser: axe finds nothing, nothing is refused or overflows."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.desk import checking

pytestmark = pytest.mark.browser
CHROMIUM = os.environ.get("GONGBI_CHROMIUM", "/usr/bin/chromium")
DRAWING = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
LOOKS = [
    (1440, "zh-hans", "light"),
    (1440, "en", "dark"),
    (390, "zh-hans", "dark"),
    (390, "en", "light"),
]
PAGES = [
    *("/", "/sign-in/", "/centre/", "/handover/", "/brief/", "/brief/opened/"),
    *("/search/?q=x", "/search/?q=water", "/evaluation/", "/evaluation/public/"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"No Chromium at {CHROMIUM}; set GONGBI_CHROMIUM.")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django would take it for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=DRAWING)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def enter(chromium: Any, address: str, officer: Client, look: tuple[int, str, str]) -> Any:
    """A page as the officer sees it, with everything it complained of in ``troubles``."""
    width, language, scheme = look
    context = chromium.new_context(
        viewport={"width": width, "height": 860}, color_scheme=scheme, locale="en"
    )
    cookies = {"django_language": language, "sessionid": officer.cookies["sessionid"].value}
    context.add_cookies([{"name": k, "value": v, "url": address} for k, v in cookies.items()])
    # The test server answers one by one: an endless stream would hold it.
    context.route("**/live", lambda route: route.abort())
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda said: _note(page, said))
    return page


def _note(page: Any, said: Any) -> None:
    if said.type == "error" and "/live" not in said.text + str(said.location):
        page.troubles.append(said.text)


@pytest.fixture
def busy(transactional_db: None, signed_in: Any, report: Any, sensing: Any) -> Client:
    report("xx-e-1-a")
    report("xx-w-1-a", kind="lamp-out")
    return signed_in("officer")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_pages_are_accessible(chromium, live_server, busy, look):
    from axe_playwright_python.sync_playwright import Axe

    page = enter(chromium, live_server.url, busy, look)
    for path in PAGES:
        page.goto(live_server.url + path)
        found = Axe().run(page).response["violations"]
        assert not [(path, one["id"], one["nodes"][0]["html"]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert not page.troubles


@pytest.fixture
def examined(transactional_db: None, signed_in: Any, report: Any, settings: Any) -> Client:
    checking.alerts(checking.measure(settings.GONGBI_DATA), 4)
    report("xx-w-1-a")
    return signed_in("officer")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_check_up_is_accessible(chromium, live_server, examined, look):
    from axe_playwright_python.sync_playwright import Axe

    page = enter(chromium, live_server.url, examined, look)
    for path in ("/checkup/", "/checkup/xx-w/?period=2026-W47", "/checkup/xx/?period=2026-11"):
        page.goto(live_server.url + path)
        found = Axe().run(page).response["violations"]
        assert not [(path, one["id"], one["nodes"][0]["html"]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert not page.troubles


def test_the_map_draws_and_tells(chromium, live_server, busy):
    page = enter(chromium, live_server.url, busy, LOOKS[1])
    page.goto(live_server.url + "/centre/")
    page.wait_for_selector("[data-map][data-ready=yes]", timeout=30_000)
    assert page.text_content("[data-map-note]") == "1 alerts and 2 cases shown"
    page.click("[data-theme-switch]")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert not page.troubles


def test_a_fragment_fetches_itself_on_news(chromium, live_server, busy, report):
    page = enter(chromium, live_server.url, busy, LOOKS[1])
    page.goto(live_server.url + "/centre/")
    assert page.text_content("#part-figures .figure-value").strip() == "2"
    report("xx-e-1-a")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:cases'))")
    page.wait_for_selector("#part-figures .figure-value:has-text('3') >> nth=0")


def test_a_line_is_acknowledged_by_keyboard(chromium, live_server, busy):
    page = enter(chromium, live_server.url, busy, LOOKS[3])
    page.goto(live_server.url + "/handover/")
    page.focus("form[action$='/take/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#seen")
    page.focus(".line-seen button >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#seen:has-text('1 of 3')")
    assert not page.troubles


def test_a_refusal_is_said_in_words(chromium, live_server, busy):
    page = enter(chromium, live_server.url, busy, LOOKS[1])
    page.goto(live_server.url + "/centre/")
    page.route("**/centre/part/*", lambda route: route.fulfill(status=500, body="no"))
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:cases'))")
    page.wait_for_selector("#messages .message-error")
    assert "500" in page.text_content("#messages .message-error")
    assert page.locator("#messages .message-error").count() == 1


@pytest.mark.parametrize(
    ("language", "day", "file"),
    [("zh-hans", "2026年11月24日星期二", "选择文件"), ("en", "Tuesday", "Choose a file")],
)
def test_a_browsers_own_controls_speak_the_pages_language(
    chromium, live_server, busy, tmp_path, language, day, file
):
    page = enter(chromium, live_server.url, busy, (390, language, "light"))
    page.goto(live_server.url + "/brief/?day=2026-11-24")
    assert day in page.inner_text("label[for=choose-day]")
    page.goto(live_server.url + "/report/")
    assert file in page.inner_text(".file")
    photo = tmp_path / "lamp.png"
    photo.write_bytes(b"x")
    page.set_input_files("#id_photo", photo)
    assert "lamp.png" in page.inner_text(".file")
    page.focus("#id_photo")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.file .button')).outlineStyle")
        == "solid"
    )
    assert not page.troubles
