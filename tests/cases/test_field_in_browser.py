"""A worker's day without a signal, in a real browser: nothing lost, nothing doubled."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from tests.cases.line import Line
from tests.cases.walking import answers_of, case_of, do, picture
from tests.desk.test_in_browser import chromium

from gongbi.cases.models import Photo, Signal, Step
from gongbi.core.packs import load_pack

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
CARD = "article.task"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def phone(chromium: Any, address: str, worker: Any, **how: Any) -> Any:
    """A browser context as on a phone; ``service_workers="block"`` as in some web views."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, **how)
    cookies = {"django_language": "zh-hans", "sessionid": worker.cookies["sessionid"].value}
    context.add_cookies([{"name": k, "value": v, "url": address} for k, v in cookies.items()])
    context.route("**/live", lambda route: route.abort())
    page = context.new_page()
    page.goto(address + "/cases/mine/")
    page.wait_for_selector(CARD)
    return page


@pytest.fixture
def number(transactional_db: None, signed_in: Any, reported: Any) -> str:
    found: str = reported().number
    do(signed_in("dispatcher"), found, "accept_suggestion")
    return found


@pytest.fixture
def pictured(transactional_db: None, signed_in: Any, reported: Any) -> str:
    """A case of a type that asks for a picture afterwards."""
    found: str = reported(type="stall").number
    do(signed_in("dispatcher"), found, "dispatch", unit="water-e")
    return found


@pytest.fixture
def line(live_server: Any) -> Iterator[Line]:
    made = Line(live_server.url)
    yield made
    made.end()


def no_signal(page: Any, line: Line) -> None:
    line.cut()
    page.context.set_offline(True)
    page.wait_for_selector("#field >> text=没有信号")


def signal(page: Any, line: Line) -> None:
    line.mend()
    page.context.set_offline(False)


def work(page: Any) -> None:
    """Accept, arrive and declare with a photo."""
    page.click("article.task form[action$='/accept'] button")
    page.click("article.task form[action$='/arrive'] button")
    page.click("article.task details:has(form[action$='/declare']) summary")
    page.fill("article.task form[action$='/declare'] textarea", "换了新管")
    send(page)
    page.wait_for_selector("#field >> text=3 件")


def send(page: Any) -> None:
    """Send what was written of the work, with a photo."""
    photo = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture("green")}
    page.set_input_files("article.task form[action$='/declare'] input[type=file]", photo)
    page.click("article.task form[action$='/declare'] .button-main")


@pytest.mark.parametrize("helper", ["allow", "block"])
def test_a_day_without_a_signal(
    chromium: Any, line: Line, signed_in: Any, number: str, helper: str
) -> None:
    page = phone(chromium, line.url, signed_in("worker"), service_workers=helper)
    if helper == "allow":
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()  # the page that opens next is kept
        page.wait_for_selector(CARD)
    no_signal(page, line)
    work(page)
    if helper == "allow":
        page.reload()
        page.wait_for_selector("#field >> text=3 件")
    assert case_of(number).state == "in_hand"
    assert not Step.objects.filter(verb="accept").exists()
    signal(page, line)
    page.wait_for_selector("text=没有待办", timeout=20_000)
    case = case_of(number)
    assert case.state == "answered"
    verbs = list(case.steps.order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb in ("accept", "arrive", "declare")] == [
        "accept", "arrive", "declare",
    ]  # fmt: skip
    assert Photo.objects.filter(case=case, kind="after").count() == 1


def test_overtaken_meanwhile_is_told_and_nothing_is_lost(
    chromium: Any, line: Line, signed_in: Any, number: str
) -> None:
    page = phone(chromium, line.url, signed_in("worker"))
    no_signal(page, line)
    page.click("article.task form[action$='/accept'] button")
    page.wait_for_selector("#field >> text=1 件")
    do(signed_in("lead"), number, "accept")
    signal(page, line)
    page.wait_for_selector(".refused")
    assert number in page.inner_text(".refused")
    page.click(".refused [data-settle=note]")
    page.wait_for_selector(".refused", state="detached")
    page.wait_for_selector("#field", state="hidden")
    assert case_of(number).notes.count() == 1
    assert Step.objects.filter(verb="accept").count() == 1


def test_a_card_says_what_was_done_while_it_waits(
    chromium: Any, line: Line, signed_in: Any, number: str
) -> None:
    page = phone(chromium, line.url, signed_in("worker"))
    no_signal(page, line)
    page.click("article.task form[action$='/accept'] button")
    page.wait_for_selector("article.task [data-stands]:text-is('已接单')")
    page.wait_for_selector("article.task [data-waiting]:visible")
    page.click("article.task form[action$='/arrive'] button")
    page.wait_for_selector("article.task [data-stands]:text-is('已到场')")
    assert not Step.objects.filter(verb="accept").exists()


def test_a_photo_that_will_be_asked_for_is_asked_for_on_the_spot(
    chromium: Any, line: Line, signed_in: Any, pictured: str
) -> None:
    page = phone(chromium, line.url, signed_in("worker"))
    no_signal(page, line)
    page.click("article.task form[action$='/accept'] button")
    page.click("article.task details:has(form[action$='/declare']) summary")
    page.fill("article.task form[action$='/declare'] textarea", "换了新管")
    page.click("article.task form[action$='/declare'] .button-main")
    page.wait_for_selector("article.task form[action$='/declare'] input[type=file]:invalid")
    assert page.inner_text("#field [data-said]").endswith("有 1 件待发送。")
    page.check("article.task form[action$='/declare'] input[value=not_possible]")
    page.click("article.task form[action$='/declare'] .button-main")
    page.wait_for_selector("#field >> text=2 件")  # what was not done needs no picture


def test_what_was_refused_for_want_of_something_is_filled_in_and_sent(
    chromium: Any, live_server: Any, signed_in: Any, pictured: str
) -> None:
    page = phone(chromium, live_server.url, signed_in("worker"))
    page.click("article.task form[action$='/accept'] button")
    page.click("article.task details:has(form[action$='/declare']) summary")
    page.fill("article.task form[action$='/declare'] textarea", "换了新管")
    # as by a page that was opened before the type asked for a picture
    page.eval_on_selector("[data-needed]", "one => one.removeAttribute('data-needed')")
    page.click("article.task form[action$='/declare'] .button-main")
    page.click(".refused [data-settle=mend]")
    assert page.input_value("article.task form[action$='/declare'] textarea") == "换了新管"
    assert page.locator(".refused").count() == 1, "nothing is thrown away before it is sent"
    send(page)
    page.wait_for_selector("text=没有待办", timeout=20_000)
    assert page.locator(".refused").count() == 0
    assert case_of(pictured).state == "answered"


def test_what_is_open_stays_when_the_act_before_it_is_taken(
    chromium: Any, live_server: Any, signed_in: Any, number: str
) -> None:
    """The list comes anew later than the answer, or, with a form open, not at all: the card must
    stand where the worker brought it, not fall back and take the form away."""
    page = phone(chromium, live_server.url, signed_in("worker"))
    anew = "**/cases/mine/"
    page.route(
        anew,
        lambda route: (
            route.abort() if "hx-request" in route.request.headers else route.continue_()
        ),
    )
    page.click("article.task form[action$='/accept'] button")
    page.click("article.task details:has(form[action$='/declare']) summary")
    page.fill("article.task form[action$='/declare'] textarea", "换了")
    page.wait_for_selector("#field", state="hidden")
    assert Step.objects.filter(verb="accept").exists()
    assert page.is_visible("article.task form[action$='/declare'] textarea")
    assert page.is_visible("article.task form[action$='/arrive'] button")
    page.unroute(anew)
    send(page)
    page.wait_for_selector("text=没有待办", timeout=20_000)
    assert case_of(number).state == "answered"


def test_what_is_found_without_a_signal_is_entered_once(
    chromium: Any, line: Line, signed_in: Any, number: str
) -> None:
    where = {"latitude": 30.2, "longitude": 122.94, "accuracy": 12}
    page = phone(
        chromium, line.url, signed_in("worker"), geolocation=where,
        permissions=["geolocation"],
    )  # fmt: skip
    no_signal(page, line)
    page.click("#found summary")
    page.fill("#found-form textarea", "路面坑洞,很深")
    page.click("#found-form .button-main")
    page.wait_for_selector("#found-where:invalid")  # where it is is asked on the spot
    page.click("#found-form [data-here]")
    page.wait_for_selector("#found-form >> text=±12")
    photo = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture("green")}
    page.set_input_files("#found-form input[type=file]", photo)
    page.click("#found-form .button-main")
    page.wait_for_selector("#field >> text=1 件")
    assert page.input_value("#found-form textarea") == ""
    assert page.eval_on_selector("#found-form", "one => one.elements.lon.value") == ""
    signal(page, line)
    page.wait_for_selector("#found-list li", state="attached", timeout=20_000)
    found = Signal.objects.get(source="patrol")
    assert (found.lon, found.lat, found.from_person) == (122.94, 30.2, False)
    assert Photo.objects.filter(case=found.case).count() == 1
    assert page.inner_text("#field") == "" or page.is_hidden("#field")


def test_what_the_kind_asks_is_answered_without_a_signal(
    chromium: Any, line: Line, signed_in: Any, number: str, pack_folder: Any
) -> None:
    file = pack_folder / "case_types.toml"
    asks = 'questions = [{code = "deep", kind = "yes_no", name_zh = "深吗"}]'
    said = file.read_text("utf-8").replace("fields = [", f"{asks}\nfields = [", 1)
    file.write_text(said, "utf-8")
    load_pack(pack_folder, by="test")
    page = phone(chromium, line.url, signed_in("worker"))
    no_signal(page, line)
    page.click("#found summary")
    assert page.is_hidden("[data-questions-of=hole]")
    page.select_option("#found-type", "hole")
    page.select_option("[data-questions-of=hole] select", "yes")
    page.select_option("#found-type", "stall")
    assert page.is_hidden("[data-questions-of=hole]")
    page.select_option("#found-type", "hole")
    assert Axe().run(page).response["violations"] == []
    page.fill("#found-form textarea", "路面坑洞")
    page.fill("#found-where", "东区路口")
    page.click("#found-form .button-main")
    page.wait_for_selector("#field >> text=1 件")
    assert page.is_hidden("[data-questions-of=hole]"), "the next find is another"
    signal(page, line)
    page.wait_for_selector("#found-list li", state="attached", timeout=20_000)
    assert answers_of(Signal.objects.get(source="patrol").case) == {"deep": True}


def big_picture() -> bytes:
    """As a phone takes it: 12 megapixels, lying on its side."""
    noise = Image.effect_noise((4000, 3000), 40).convert("RGB")
    exif, kept = Image.Exif(), BytesIO()
    exif[0x0112] = 6  # to be turned by a quarter
    noise.save(kept, "JPEG", quality=95, exif=exif)
    return kept.getvalue()


def test_a_photo_is_made_small_and_stands_upright(
    chromium: Any, live_server: Any, signed_in: Any, number: str
) -> None:
    page = phone(chromium, live_server.url, signed_in("worker"))
    page.click("article.task form[action$='/accept'] button")
    page.click("article.task details:has(form[data-field=note]) summary")
    held = big_picture()
    photo = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": held}
    page.set_input_files("article.task form[data-field=note] input[type=file]", photo)
    with page.expect_request(lambda one: one.url.endswith("/sync")) as asked:
        page.click("article.task form[data-field=note] .form-actions .button")
    assert len(asked.value.post_data_buffer or b"") < len(held) / 2
    page.wait_for_selector("#field", state="hidden")
    kept = Photo.objects.get()
    assert (kept.width, kept.height) == (1536, 2048)


def test_a_photo_that_hangs_holds_up_nobody_s_words(
    chromium: Any, live_server: Any, signed_in: Any, number: str, reported: Any
) -> None:
    other: str = reported(type="lift-trap", reference="other").number
    do(signed_in("dispatcher"), other, "dispatch", unit="water-e")
    page = phone(chromium, live_server.url, signed_in("worker"))
    hung: list[Any] = []

    def hold(route: Any) -> None:
        if b"photo.jpg" in (route.request.post_data_buffer or b"") and not hung:
            hung.append(route)  # neither answered nor refused
        else:
            route.continue_()

    page.context.route("**/cases/mine/sync", hold)
    card = f"article.task[data-case='{number}']"
    page.click(f"{card} details:has(form[data-field=note]) summary")
    photo = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture("green")}
    page.set_input_files(f"{card} form[data-field=note] input[type=file]", photo)
    page.click(f"{card} form[data-field=note] .form-actions .button")
    page.click(f"{card} form[action$='/accept'] button")  # comes after the photo, on the same case
    with page.expect_response("**/cases/mine/sync"):
        page.click(f"article.task[data-case='{other}'] form[action$='/accept'] button")
    page.wait_for_selector("#field >> text=2 件")
    assert case_of(other).steps.filter(verb="accept").exists()
    assert not case_of(number).steps.filter(verb="accept").exists()
    hung[0].abort()
    page.evaluate("document.querySelector('#field [data-send]').click()")
    page.wait_for_selector("#field", state="hidden")
    assert case_of(number).steps.filter(verb="accept").count() == 1
    assert Photo.objects.filter(case=case_of(number)).count() == 1
