"""A complaint about an office: named on the report page, at the counter and by other systems."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongbi.cases.models import Case
from gongbi.core.models import Unit
from gongbi.core.public import make_application_key


def send(browser: Client, door: str = "/report/", **said: str) -> Any:
    page = browser.get(door).content.decode()
    reference = re.search(r'name="reference" value="([^"]+)"', page)[1]  # type: ignore[index]
    filled = {"words": "路灯报了三次没人来,态度很差", "reference": reference, "asked": "1"}
    return browser.post(door, filled | said)


def test_an_office_named_by_its_name(town: Path, browser: Client) -> None:
    page = browser.get("/report/").content.decode()
    assert "This is a complaint about an office" in page
    answer = send(browser, office="East Lake roads", type="lamp-out")
    case = Case.objects.get()
    assert (case.about_unit_id, case.suggested_unit_id) == ("roads-e", "roads")
    receipt = browser.get(answer["Location"]).content.decode()
    assert "A complaint about East Lake roads" in receipt
    token = re.search(r"/f/([\w-]{32})/", receipt)[1]  # type: ignore[index]
    followed = browser.get(f"/f/{token}/").content.decode()
    assert "A complaint about East Lake roads" in followed


def test_a_complaint_about_the_city_office_stays_with_people(town: Path, browser: Client) -> None:
    answer = send(browser, office="道路", about_unit="roads", type="lamp-out")
    case = Case.objects.get()
    assert (case.about_unit_id, case.suggested_unit_id) == ("roads", None)
    receipt = browser.get(answer["Location"]).content.decode()
    assert "People who hear complaints" in receipt
    assert "operation centre" not in receipt.lower(), "it may be the one complained of"
    assert "lets a crew find it" not in receipt, "no crew goes to an office complained of"


def test_several_of_that_name_are_offered_to_choose_from(town: Path, browser: Client) -> None:
    answer = send(browser, office="road")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "choose one of them" in page
    assert Case.objects.count() == 0
    assert "路灯报了三次没人来" in page, "nothing that was typed is lost"
    offered = re.findall(r'name="about_unit" value="([^"]*)"', page)
    assert offered == ["roads", "roads-e", "-"]
    assert '<details id="complaint" open' in page
    send(browser, office="road", about_unit="roads-e")
    assert Case.objects.get().about_unit_id == "roads-e"


def test_an_unknown_office_may_be_left_to_the_words(town: Path, browser: Client) -> None:
    answer = send(browser, office="ministry of silly walks")
    assert answer.status_code == 422
    assert "No office of that name is known" in answer.content.decode()
    assert send(browser, office="").status_code == 302
    assert Case.objects.get().about_unit_id is None


def test_what_was_chosen_for_other_words_does_not_count(town: Path, browser: Client) -> None:
    answer = send(browser, office="Water works", about_unit="roads")
    assert answer.status_code == 302
    assert Case.objects.get().about_unit_id == "water"
    forged = send(browser, office="Water", about_unit="no-such-unit")
    assert forged.status_code == 302
    assert Case.objects.order_by("pk").last().about_unit_id == "water"


def test_it_is_not_asked_whether_a_complaint_is_an_old_case(town: Path, browser: Client) -> None:
    said = {"type": "lamp-out", "lon": "122.95", "lat": "30.2"}
    send(browser, **said)
    answer = send(browser, **said, office="East Lake roads", asked="")
    assert answer.status_code == 302
    assert Case.objects.count() == 2


def test_the_list_follows_what_is_typed_and_stays_short(town: Path, browser: Client) -> None:
    Unit.objects.bulk_create(
        Unit(code=f"s{n}", kind="school", name_en=f"School {n}", name_zh=f"学校{n}",
             path=f"/s{n}/", place_id="xx", calendar="office")
        for n in range(3000)
    )  # fmt: skip
    page = browser.get("/report/").content.decode()
    assert "School" not in page, "thousands of offices are no list"
    some = browser.post("/report/offices/", {"office": "school"}).content.decode()
    assert some.count('type="radio"') == 9
    assert "Write more of the name" in some
    one = browser.post("/report/offices/", {"office": "学校 2999"}).content.decode()
    assert one.count('type="radio"') == 2
    assert "checked" in one
    assert browser.post("/report/offices/", {"office": ""}).content.decode().strip() == ""


def test_the_clerk_at_the_counter_may_name_it(
    town: Path, signed_in: Callable[..., Client]
) -> None:
    answer = send(signed_in("clerk"), "/counter/", office="Water works")
    assert answer.status_code == 302
    assert Case.objects.get().about_unit_id == "water"


@pytest.fixture
def app(town: Path) -> Client:
    key = make_application_key("app", ["report"])
    return Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})


def test_other_systems_name_it_by_its_code(app: Client) -> None:
    said = {"source": "app", "reference": "1", "words": "漏水没人管", "about_unit": "water"}
    taken = app.post("/api/reports", said, content_type="application/json")
    assert taken.status_code == 201
    case = Case.objects.get()
    assert (case.about_unit_id, case.suggested_unit_id) == ("water", None)
    wrong = app.post(
        "/api/reports", said | {"reference": "2", "about_unit": "x"}, "application/json"
    )
    assert wrong.status_code == 422
    assert "no unit 'x'" in wrong.json()["error"]


@pytest.mark.parametrize("unit", ["water", "roads"])
def test_its_own_people_find_nothing_of_it(
    town: Path, browser: Client, signed_in: Callable[..., Client], unit: str
) -> None:
    send(browser, office="Water works", type="burst-pipe")
    number = Case.objects.get().number
    worker, lead = (signed_in(role, unit=unit, name=role) for role in ("worker", "unit_lead"))
    hears = signed_in("supervisor", unit="roads", name="hears")
    accused = signed_in("supervisor", unit="water", name="accused")
    dispatcher = signed_in("dispatcher", unit="roads", name="sends")
    answers = [one.get(f"/cases/{number}/").status_code
               for one in (worker, lead, accused, dispatcher, Client(), hears)]  # fmt: skip
    assert answers == [404, 404, 404, 404, 302, 200]


def test_none_of_these_is_none(town: Path, browser: Client) -> None:
    """Also where one office alone is called so: who says it is another is believed."""
    answer = send(browser, office="Water works", about_unit="-")
    assert answer.status_code == 302
    assert Case.objects.get().about_unit_id is None
