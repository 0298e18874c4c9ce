"""The front doors in a real browser: by keyboard alone, drafts kept, double taps harmless."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.cases.walking import answers_of
from tests.reports.exports import as_csv

from gongbi.cases import actions
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case, Signal
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.core.packs import load_pack
from gongbi.core.public import now

pytestmark = pytest.mark.browser
CHROMIUM = os.environ.get("GONGBI_CHROMIUM", "/usr/bin/chromium")
DRAWING = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader",
           "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]  # fmt: skip


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


@pytest.fixture
def phone(
    transactional_db: None, town: Path, chromium: Any, live_server: Any
) -> Callable[..., Any]:
    """A page as on a phone of 390 px, with everything it complained of in ``troubles``."""

    def open_page(language: str = "en", session: str = "", width: int = 390) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 844})
        cookies = {"django_language": language} | ({"sessionid": session} if session else {})
        context.add_cookies(
            [{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()]
        )
        # The test server answers one by one: an endless stream would hold it.
        context.route("**/live", lambda route: route.abort())
        page = context.new_page()
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        return page

    return open_page


def check(page: Any) -> None:
    """No barrier that axe knows, nothing wider than the screen, nothing thrown."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.troubles == []


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until something has the focus, as one does without a mouse."""
    for _press in range(60):
        if page.evaluate("s => document.activeElement?.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is out of the keyboard's reach.")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_is_it_this_one_by_keyboard_alone(phone: Any, live_server: Any, language: str) -> None:
    page = phone(language)
    for sent, words in enumerate(("桥头水管爆管,漏水", "桥头爆管,一直漏水")):
        page.goto(f"{live_server.url}/report/")
        tab_to(page, "#id_words")
        page.keyboard.type(words)
        page.wait_for_selector("#kind-burst-pipe:checked")
        page.evaluate("""() => {
            const of = document.querySelector("[data-report]").elements;
            [of.lon.value, of.lat.value] = ["122.95", "30.2"];
        }""")
        tab_to(page, "[data-send]")
        page.keyboard.press("Enter")
        if not sent:
            page.wait_for_url("**/receipt/")
    page.wait_for_selector("[data-same-asked]")
    check(page)
    assert page.evaluate("document.activeElement.id") == "same-title", "the question is read out"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    check(page)
    assert (Case.objects.count(), Signal.objects.count()) == (1, 2)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_questions_are_answered_by_keyboard_and_kept_while_words_grow(
    phone: Any, live_server: Any, town: Path, language: str
) -> None:
    file = town.parent / "pack" / "case_types.toml"
    asks = 'questions = [{code = "hot", kind = "yes_no", name_en = "Warm?", name_zh = "热吗"}]'
    said = file.read_text("utf-8").replace('words = ["爆管"', f'{asks}\nwords = ["爆管"')
    file.write_text(said, "utf-8")
    load_pack(file.parent, by="test")
    page = phone(language)
    page.goto(f"{live_server.url}/report/")
    tab_to(page, "#id_words")
    page.keyboard.type("桥头爆管")
    page.wait_for_selector("#questions [value=yes]")
    check(page)
    tab_to(page, "#questions [name=answer_hot]")
    page.keyboard.press("ArrowRight")  # from *I do not know*, the last, round to the first
    assert page.is_checked("#questions [value=yes]")
    page.focus("#id_words")
    with page.expect_response("**/report/questions/") as drawn:
        page.keyboard.type(",一直漏水")
    assert drawn.value.status == 204
    page.wait_for_selector("#questions [value=yes]:checked")
    tab_to(page, "[data-send]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    assert answers_of(Case.objects.get()) == {"hot": True}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_report_and_follow_by_keyboard_alone(phone: Any, live_server: Any, language: str) -> None:
    page = phone(language)
    page.goto(f"{live_server.url}/report/")
    check(page)
    tab_to(page, "#id_words")
    page.keyboard.type("桥头漏水 leak")
    page.wait_for_selector("#kind-burst-pipe:checked")
    tab_to(page, "#id_place_words")
    page.keyboard.type("东湖区小学对面")
    tab_to(page, "[data-send]")
    check(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    check(page)
    number = page.inner_text(".short-number")
    page.goto(f"{live_server.url}/follow/")
    tab_to(page, "#id_number")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/f/**")
    check(page)
    assert Signal.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_complaint_names_its_office_by_keyboard(
    phone: Any, live_server: Any, language: str
) -> None:
    page = phone(language)
    page.goto(f"{live_server.url}/report/")
    tab_to(page, "#id_words")
    page.keyboard.type("路灯报了三次没人来")
    tab_to(page, "#complaint > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#id_office")
    page.keyboard.type("道路")
    page.wait_for_selector("#offices input[value=roads-e]")
    check(page)
    tab_to(page, "#offices input[type=radio]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "[data-send]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")
    check(page)
    assert Case.objects.get().about_unit_id == "roads-e"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_who_must_answer_does_so_on_the_page(phone: Any, live_server: Any, language: str) -> None:
    said = SignalIn(
        source="web", reference="r-1", words="桥头漏水", type="burst-pipe", lon=122.95, lat=30.2,
        place=None, place_words="", at=now(), language="zh-hans",
    )  # fmt: skip
    receipt, officer = receive_signal(said), Actor("person", str(uuid.uuid4()))
    page, case = phone(language), Case.objects.get()
    actions.wait(case, officer, reason="resident", words="请问是几号楼?")
    page.goto(f"{live_server.url}/f/{receipt.follow_token}/")
    check(page)
    page.fill("#question textarea", "三号楼")
    page.click("#question button")
    page.wait_for_selector("#question", state="detached")
    case.refresh_from_db()
    assert case.state == "open"
    actions.cancel(case, officer, reason="not_a_matter", words="私有管道,请找物业。")
    page.reload()
    check(page)
    page.fill("#ended textarea", "是公共管道")
    page.click("#ended button")
    page.wait_for_selector("#ended", state="detached")
    case.refresh_from_db()
    assert case.state == "open"


def test_the_draft_stays_until_it_is_sent(phone: Any, live_server: Any) -> None:
    page = phone()
    page.goto(f"{live_server.url}/report/")
    page.fill("#id_words", "a leak at the bridge")
    page.goto(f"{live_server.url}/follow/")
    page.goto(f"{live_server.url}/report/")
    assert page.input_value("#id_words") == "a leak at the bridge"
    assert page.is_visible("[data-drop-draft]")
    page.click("[data-send]")
    page.wait_for_url("**/receipt/")
    page.goto(f"{live_server.url}/report/")
    assert page.input_value("#id_words") == ""


def test_a_double_tap_reports_once(phone: Any, live_server: Any) -> None:
    page = phone()
    page.goto(f"{live_server.url}/report/")
    page.fill("#id_words", "a leak at the bridge")
    page.dblclick("[data-send]")
    page.wait_for_url("**/receipt/")
    page.reload()
    page.go_back()
    page.fill("#id_words", "a leak at the bridge")
    page.click("[data-send]")
    page.wait_for_url("**/receipt/")
    assert Signal.objects.count() == 1


def test_a_choice_by_hand_survives_more_typing(phone: Any, live_server: Any) -> None:
    page = phone()
    page.goto(f"{live_server.url}/report/")
    page.select_option("#kind-list", "lamp-out")
    with page.expect_response("**/report/suggest/"):
        page.type("#id_words", "there is a leak")
    page.wait_for_selector("#kind-burst-pipe")
    assert page.is_checked("#kind-other")
    assert page.input_value("#kind-list") == "lamp-out"


def test_it_works_without_script(phone: Any, chromium: Any, live_server: Any) -> None:
    plain = chromium.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{live_server.url}/report/")
    plain.fill("#id_words", "漏水")
    plain.click("[data-send]")
    plain.wait_for_url("**/receipt/")
    assert Signal.objects.count() == 1


@pytest.mark.parametrize("width", [390, 1440])
def test_an_officer_takes_a_file_in(
    phone: Any, live_server: Any, signed_in: Callable[..., Client], width: int
) -> None:
    officer = signed_in("dispatcher")
    page = phone(session=officer.cookies["sessionid"].value, width=width)
    page.goto(f"{live_server.url}/intake/")
    check(page)
    page.set_input_files(
        "#id_file", {"name": "export.csv", "mimeType": "text/csv", "buffer": as_csv()}
    )
    page.click("main form .button-main")
    page.wait_for_url("**/intake/*-*/")
    check(page)
    page.click("button[value=take]")
    page.wait_for_selector("a.button-main[href='/cases/']")
    check(page)
    assert "6" in page.inner_text(".reconciled")
    assert Signal.objects.count() == 3


def test_what_is_missing_is_where_one_goes_on(phone: Any, live_server: Any) -> None:
    page = phone()
    page.goto(f"{live_server.url}/report/")
    page.click(".form-actions button")
    page.wait_for_selector(".form-errors:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link of the summary leads to the field
    assert page.evaluate("document.activeElement.id") == "id_words"
