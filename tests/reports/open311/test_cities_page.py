"""The page of other cities: what stands there, who sees it, and who pauses and asks."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.reports.open311.test_decide_forward import enter_as

from gongbi.core.models import JournalLine
from gongbi.reports.open311 import cities
from gongbi.reports.open311.models import OpenCity

PAGE = "/othercities/"
ROLES = ("dispatcher", "duty_officer", "clerk", "unit_lead", "worker", "referee")


@pytest.fixture
def koeln(town: object) -> OpenCity:
    """A city whose last turn failed."""
    wanted = cities.Wanted(url="https://koeln.example/v2")
    cities.connect("koeln", wanted, actor="command:test")
    OpenCity.objects.update(
        trouble="busy", trouble_said="429 <b>", trouble_at=timezone.now(), tries=3, stored=1234,
        due_at=timezone.now() + timedelta(hours=2), refusals=[["row 2", "no <i>time"]],
        counts={"read": 5, "stored": 2, "followed": 1, "repeated": 1, "refused": 1},
    )  # fmt: skip
    return OpenCity.objects.get()


def press(row: OpenCity, verb: str, browser: Client) -> Any:
    return browser.post(f"{PAGE}{row.pk}/{verb}")


def test_the_page_says_how_reading_fares(koeln: OpenCity) -> None:
    text = enter_as("keeper").get(PAGE).content.decode()
    for words in (
        "koeln", "it asks to be asked later", "429 &lt;b&gt;", "3 attempts", "1,234",
        "5 read = 2 new + 1 followed + 1 repeated + 1 refused", "row 2: no &lt;i&gt;time",
        "every 15 minutes", "Read now", "Pause",
    ):  # fmt: skip
        assert words in text, words


def test_it_is_said_in_chinese_too(koeln: OpenCity) -> None:
    text = enter_as("keeper", language="zh-hans").get(PAGE).content.decode()
    for words in ("其他城市", "对方要求稍后再读", "每 15 分钟", "立即读取", "暂停", "拒收 1"):
        assert words in text, words


def test_without_any_it_says_how_to_connect_one(town: object) -> None:
    assert "gongbi open311 connect" in enter_as("keeper").get(PAGE).content.decode()


def test_it_is_paused_resumed_and_asked_for(koeln: OpenCity) -> None:
    keeper = enter_as("keeper")
    assert press(koeln, "pause", keeper).status_code == 302
    koeln.refresh_from_db()
    assert koeln.paused_at is not None
    page = keeper.get(PAGE).content.decode()
    assert "Resume" in page
    assert "Read now" not in page
    assert (
        "Somebody else changed this"
        in keeper.post(f"{PAGE}{koeln.pk}/pause", follow=True).content.decode()
    )
    press(koeln, "resume", keeper)
    koeln.refresh_from_db()
    assert (koeln.paused_at, koeln.tries) == (None, 0)
    OpenCity.objects.update(due_at=timezone.now() + timedelta(hours=2))
    press(koeln, "now", keeper)
    koeln.refresh_from_db()
    assert koeln.due_at <= timezone.now()
    lines = JournalLine.objects.filter(kind="reports.CityReadingSet")
    assert [line.body["to"] for line in lines.order_by("pk")] == ["pause", "resume", "now"]
    assert all(line.actor.startswith("person:") for line in lines)


def test_ending_is_for_the_command_alone(koeln: OpenCity) -> None:
    assert press(koeln, "end", enter_as("keeper")).status_code == 404
    assert enter_as("keeper").post(f"{PAGE}999/now").status_code == 404
    assert enter_as("keeper").get(f"{PAGE}{koeln.pk}/now").status_code == 405


@pytest.mark.parametrize("role", ROLES)
def test_others_neither_see_nor_press(koeln: OpenCity, role: str) -> None:
    unit = "water" if role in ("unit_lead", "worker") else "centre"
    browser = enter_as(role, unit=unit)
    assert browser.get(PAGE).status_code == 403
    assert press(koeln, "pause", browser).status_code == 403


def test_a_supervisor_sees_and_presses_nothing(koeln: OpenCity) -> None:
    browser = enter_as("supervisor")
    page = browser.get(PAGE).content.decode()
    assert "koeln" in page
    assert "Read now" not in page
    assert press(koeln, "now", browser).status_code == 403


def test_strangers_residents_and_a_district(koeln: OpenCity) -> None:
    assert Client().get(PAGE)["Location"].startswith("/sign-in/")
    assert press(koeln, "pause", Client())["Location"].startswith("/sign-in/")
    assert enter_as("").get(PAGE).status_code == 403
    for role in ("keeper", "supervisor"):
        west = enter_as(role, place="xx-w")
        assert west.get(PAGE).status_code == 403, "it concerns the whole city"
        assert press(koeln, "pause", west).status_code == 403


def test_the_page_costs_the_same_for_many(
    koeln: OpenCity, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        cities.connect(f"c-{n}", cities.Wanted(url="https://c.example"), actor="command:test")
    browser = enter_as("keeper")
    with django_assert_max_num_queries(8):
        assert browser.get(PAGE).content.decode().count("https://c.example") == 20
