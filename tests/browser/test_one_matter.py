"""One matter from the sensor to the resident's word, in two languages, by keyboard alone."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.browser.walking import Sensors, account, press, reach, sign_in, until, wait, write
from tests.config.conftest import Installation

pytestmark = pytest.mark.browser
START = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
WORDS = {
    "zh-hans": "水管爆了,路面冒水,快来人!找李阿姨 13912345678",
    "en": "burst pipe, water gushing over the road! ask for Auntie Li 13912345678",
}
BURST = re.compile("水管爆裂|Burst water pipe")
CONTACT = "13912345678"
NAMES = {"zh-hans": "李阿姨", "en": "Auntie Li"}
WHERE = """
from gongbi.cases.models import Case
case = Case.objects.get(number=%r)
print(case.lon, case.lat)
"""


class Cast:
    """Everyone in the story, each with a browser of their own."""

    def __init__(self, chromium: Any, town: Installation, language: str) -> None:
        self.chromium, self.town, self.language = chromium, town, language
        self.troubles: list[str] = []

    def enter(self, role: str = "", unit: str = "", width: int = 1440, **extra: Any) -> Any:
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900},
            locale={"zh-hans": "zh-CN", "en": "en-GB"}[self.language],
            **extra,
        )
        cookie = {"name": "django_language", "value": self.language, "url": self.town.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        if role:
            password = account(self.town, role, role, unit)
            sign_in(page, self.town, role, password)
        return page


def alert_becomes_a_case(sensors: Sensors, town: Installation, dispatcher: Any) -> str:
    """The pressure falls; the case stands in the worklist by itself.

    The town's other sensors say nothing meanwhile: of that there is a case too, before or after.
    """
    sensors.say(0.30, 30)
    sensors.say(0.10, 30)
    dispatcher.goto(f"{town.url}/cases/")
    rows = dispatcher.locator("#queue [data-row]", has_text=BURST)
    until(dispatcher, lambda: rows.count() > 0)
    return str(rows.first.get_attribute("id")).removeprefix("row-")


def report(resident: Any, town: Installation, words: str, known: str) -> tuple[str, str]:
    """Say it once, on a phone, without an account, and that it is the case which the city knows
    already; (case number, follow link)."""
    resident.goto(f"{town.url}/report/")
    write(resident, "#id_words", words)
    reach(resident, "#kind-burst-pipe")
    resident.keyboard.press("Space")
    press(resident, "[data-locate]")
    wait(resident, lambda: resident.locator("[name=lon]").input_value() != "")
    press(resident, "main form summary >> nth=-1")
    write(resident, "[name=contact]", CONTACT)
    press(resident, "[data-send]")
    # A sensor told of it before: the page asks whether it is that one.
    resident.wait_for_selector("[data-same-asked]")
    # On a slow machine a second alert of the same water may have a case of its own by now.
    press(resident, f"[data-same-asked] [name=joins][value='{known}']")
    resident.wait_for_url("**/receipt/**")
    text = resident.inner_text("main")
    number = re.search(r"[A-Z]+-\d+", text)
    assert number, text
    return number.group(), str(resident.locator("a.link-box").get_attribute("href"))


def dispatch(dispatcher: Any, town: Installation, number: str) -> None:
    """One key to accept the suggestion; again where it is said that the case changed meanwhile."""
    for _ in range(3):
        dispatcher.goto(f"{town.url}/cases/")
        row, refused = dispatcher.locator(f"#row-{number}"), dispatcher.locator(".message-error")
        row.wait_for()
        for _ in range(50):
            dispatcher.keyboard.press("j")
            if row.evaluate("row => row === document.activeElement"):
                break
        dispatcher.keyboard.press("a")
        wait(dispatcher, lambda row=row, refused=refused: not row.count() or refused.count() > 0)
        if not row.count():
            return
    raise AssertionError(f"{number} was refused three times")


def work(worker: Any, town: Installation, number: str, words: str, photo: Path) -> None:
    """Accept, be there, show it, say done: on a phone."""
    task = f"article.task:has-text('{number}')"
    worker.goto(f"{town.url}/cases/mine/")
    for verb in ("accept", "arrive"):
        press(worker, f"{task} form[action$='/{verb}'] button")
        # the page comes anew: what is opened on the old one would be closed again
        worker.wait_for_selector(f"{task} form[action$='/{verb}']", state="hidden")
    press(worker, f"{task} details:has(form[action$='/declare']) summary")
    write(worker, f"{task} form[action$='/declare'] textarea", words)
    worker.locator(f"{task} form[action$='/declare'] [name=photo]").set_input_files(photo)
    press(worker, f"{task} form[action$='/declare'] button")
    worker.wait_for_selector(task, state="detached")


def answer(resident: Any, link: str, solved: bool) -> None:
    """The system asks; the resident says."""
    resident.goto(link)
    until(resident, lambda: resident.locator("#ask").count() == 1)
    press(resident, f"#ask button[value={'yes' if solved else 'no'}]")
    resident.wait_for_selector("#ask button[value=yes]", state="detached")


def state_of(town: Installation, number: str) -> str:
    return town.python(
        "from gongbi.cases.models import Case\n"
        f"case = Case.objects.get(number={number!r})\n"
        "print(case.state, case.reopened)"
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_matter(
    chromium: Any, living_town: Installation, picture: Path, language: str
) -> None:
    town, cast = living_town, Cast(chromium, living_town, language)
    sensors = Sensors(town, START)
    dispatcher = cast.enter("dispatcher", "centre")
    number = alert_becomes_a_case(sensors, town, dispatcher)

    lon, lat = map(float, town.python(WHERE % number).split())
    here = {"latitude": lat, "longitude": lon, "accuracy": 10}
    resident = cast.enter(width=390, geolocation=here, permissions=["geolocation"])
    said, link = report(resident, town, WORDS[language], number)
    assert said == number, "the report joins the case its alert has opened"

    dispatch(dispatcher, town, number)
    worker = cast.enter("worker", "water", width=390, has_touch=True)
    work(worker, town, number, "Clamp set, pressure is back.", picture)
    assert state_of(town, number) == "answered 0"
    answer(resident, link, solved=False)
    assert state_of(town, number) == "open 1"
    dispatch(dispatcher, town, number)
    work(worker, town, number, "Pipe replaced.", picture)
    answer(resident, link, solved=True)
    assert state_of(town, number) == "closed 1"

    seal_holds(cast, town, number, worker)
    handover_prints(cast, town)
    forget(resident, town, link, NAMES[language])
    assert not cast.troubles
    assert '"level": "error"' not in town.logs()


def seal_holds(cast: Cast, town: Installation, number: str, worker: Any) -> None:
    """The unit sees the matter, never who reported it."""
    worker.goto(f"{town.url}/cases/{number}/")
    page = worker.content()
    assert CONTACT not in page
    refused = worker.request.post(f"{town.url}/cases/{number}/reporter")
    assert refused.status in (403, 404)
    assert CONTACT not in refused.text()


def handover_prints(cast: Cast, town: Installation) -> None:
    """The shift's list is a page of paper with the case's words on it."""
    officer = cast.enter("duty_officer", "centre")
    officer.goto(f"{town.url}/handover/")
    officer.wait_for_load_state("load")
    officer.emulate_media(media="print")
    assert len(officer.pdf(format="A4")) > 5_000
    assert officer.locator("h1").is_visible()


def forget(resident: Any, town: Installation, link: str, name: str) -> None:
    """The reporter is deleted: no page, table, file or log shows the words any more."""
    resident.goto(link)
    press(resident, "a[href$='/forget/']")
    resident.wait_for_url("**/forget/")
    press(resident, "main form button.button-danger")
    resident.wait_for_load_state("load")
    for needle in (CONTACT, name):
        for file in (path for path in town.data.rglob("*") if path.is_file()):
            assert needle.encode() not in file.read_bytes(), f"{needle} is in {file.name}"
