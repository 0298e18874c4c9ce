"""The call in a real browser: what is known appears while one types; a pasted picture is sent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.reports.test_in_browser import check, chromium, phone  # noqa: F401  # fixtures

from gongbi.cases.models import Photo, Signal

pytestmark = pytest.mark.browser
PASTE = """async () => {
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = 40;
  canvas.getContext("2d").fillRect(0, 0, 20, 20);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const held = new DataTransfer();
  held.items.add(new File([blob], "x.png", { type: "image/png" }));
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, cancelable: true }));
}"""


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_hear_look_up_and_open_a_case(
    phone: Any,  # noqa: F811
    live_server: Any,
    signed_in: Callable[..., Client],
    language: str,
    width: int,
) -> None:
    session = signed_in("clerk").cookies["sessionid"].value
    page = phone(language, session, width)
    page.goto(f"{live_server.url}/hotline/")
    check(page)
    page.click("button[value=phone]")
    page.wait_for_load_state()  # what listens to the keys has come
    page.fill("#id_words", "漏水 leak in the street")
    page.wait_for_selector("#known >> text=000-1")
    page.wait_for_selector("#kind-burst-pipe:checked")
    check(page)
    page.evaluate(PASTE)
    page.click("#open-case")
    page.wait_for_selector(".short-number")
    check(page)
    row = Signal.objects.get()
    assert (row.source, row.case.type.code) == ("hotline", "burst-pipe")
    assert Photo.objects.filter(signal=row).count() == 1


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh-hans", 390)])
def test_a_pasted_picture_outlives_a_draft_and_goes_with_the_case(
    phone: Any,  # noqa: F811
    live_server: Any,
    signed_in: Callable[..., Client],
    language: str,
    width: int,
) -> None:
    page = phone(language, signed_in("clerk").cookies["sessionid"].value, width)
    page.goto(f"{live_server.url}/hotline/")
    page.click("button[value=phone]")
    page.wait_for_load_state()
    page.evaluate(PASTE)
    page.click("details:has(#id_chat) > summary")
    page.fill("#id_chat", "张三 2026-03-05 10:01\n漏水 leak in the street")
    page.click("button[formaction$='/chat/']")
    page.wait_for_selector("#pictures")
    check(page)
    page.click("#open-case")
    page.wait_for_selector(".short-number")
    assert Photo.objects.filter(signal=Signal.objects.get()).count() == 1


def test_whoever_hands_a_caller_over_to_nobody_is_led_to_the_name(
    phone: Any,  # noqa: F811
    live_server: Any,
    signed_in: Callable[..., Client],
) -> None:
    page = phone("en", signed_in("clerk").cookies["sessionid"].value, 1440)
    page.goto(f"{live_server.url}/hotline/")
    page.click("button[value=phone]")
    page.click("summary:text-is('Hand the caller over')")
    page.click("button[formaction$='/transfer/']")
    page.wait_for_selector("#id_to[aria-invalid=true]:focus")
