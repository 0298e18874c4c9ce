"""Modes of places by their page: set with a reason and an end, shown on every page, kept."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from tests.forms import once, twice

from gongbi.core import modes
from gongbi.core.models import JournalLine, ModeSpan, Person, Post

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)  # noon in the city
STORM = {
    "place": "xx-e",
    "mode": "emergency",
    "basis": "Order 7 of the flood office",
    "reason": "Storm over the east",
    "ends_at": "2026-07-01T20:00",
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    told = SimpleNamespace(now=NOW)
    monkeypatch.setattr(timezone, "now", lambda: told.now)
    return told


@pytest.fixture
def enter(small_city: int, clock: SimpleNamespace) -> Any:
    """A browser of somebody with a role in a place; "" has no post, None is nobody."""

    def sign_in(
        role: str | None = "supervisor", place: str = "xx", language: str = "en"
    ) -> Client:
        client = Client(headers={"accept-language": language})
        client.cookies["django_language"] = language
        if role is None:
            return client
        person, new = Person.objects.get_or_create(username=f"{role}-{place}", name=f"{role} 某")
        if new and role:
            unit = "water-e" if role in ("worker", "unit_lead") else "centre"
            Post.objects.create(person=person, role=role, unit_id=unit, place_id=place)
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def page(browser: Client, address: str = "/modes/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_set_it_is_in_force_and_every_page_says_so(enter: Any) -> None:
    browser = enter()
    assert "Everything is ordinary" in page(browser)
    assert browser.post("/modes/set", STORM).status_code == 302
    text = page(browser)
    assert "Storm over the east" in text
    assert "Order 7 of the flood office" in text
    assert 'class="mode-strip is-alarm"' in text
    assert "Emergency · East" in text
    assert 'class="mode-strip' in page(enter("worker", "xx-e"), "/")
    assert "应急 · 东区" in page(enter(language="zh-hans"))
    line = JournalLine.objects.get(kind="core.ModeSet")
    assert line.place_path == "/xx/xx-e/"
    assert (line.body["place"], line.body["mode"]) == ("xx-e", "emergency")
    assert "Storm" not in str(line.body)


def test_the_head_is_for_who_works_there_above_or_below(enter: Any) -> None:
    enter().post("/modes/set", STORM)
    for role, place, told in (
        ("dispatcher", "xx", True),
        ("dispatcher", "xx-e", True),
        ("dispatcher", "xx-w", False),
        ("", "xx", False),
        (None, "xx", False),
    ):
        assert ("mode-strip" in page(enter(role, place), "/")) is told, (role, place)


def test_it_ends_by_itself_and_stays_in_the_history(enter: Any, clock: SimpleNamespace) -> None:
    enter().post("/modes/set", STORM)
    clock.now = NOW + timedelta(hours=8)
    text = page(enter())
    assert "mode-strip" not in text
    assert "Everything is ordinary" in text
    assert "by itself, as it was decided" in text
    assert "Storm over the east" in text


def test_ended_before_its_time_with_a_reason_once(enter: Any, clock: SimpleNamespace) -> None:
    browser = enter()
    browser.post("/modes/set", STORM)
    span = ModeSpan.objects.get()
    clock.now = NOW + timedelta(hours=1)
    assert (
        "Please say why" in browser.post(f"/modes/{span.pk}/end", {}, follow=True).content.decode()
    )
    browser.post(f"/modes/{span.pk}/end", {"why": "The storm passed"})
    text = browser.post(f"/modes/{span.pk}/end", {"why": "Again"}, follow=True).content.decode()
    assert "It was over already" in text
    assert "The storm passed" in text
    span.refresh_from_db()
    assert (span.over_at, span.ends_at) == (clock.now, NOW + timedelta(hours=8))
    assert JournalLine.objects.filter(kind="core.ModeEnded").count() == 1


def test_another_mode_of_the_same_place_ends_the_one_before(
    enter: Any, clock: SimpleNamespace
) -> None:
    enter().post("/modes/set", STORM)
    clock.now = NOW + timedelta(minutes=30)
    enter().post("/modes/set", STORM | {"mode": "alert", "reason": "It calms down"})
    spans = modes.modes_then(clock.now, clock.now)
    assert [one.mode for one in spans] == ["alert"]
    first = ModeSpan.objects.get(mode="emergency")
    assert (first.over_at, first.ended_why) == (clock.now, "It calms down")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ends_at": "2026-07-01T11:00"}, "It must end, within 30 days"),
        ({"ends_at": "2026-08-02T12:00"}, "renewing is a new decision"),
        ({"ends_at": ""}, "This field is required"),
        ({"reason": ""}, "This field is required"),
        ({"basis": ""}, "This field is required"),
        ({"mode": "ordinary"}, "Select a valid choice"),
        ({"place": "xx-none"}, "Select a valid choice"),
    ],
)
def test_no_mode_without_an_end_a_reason_and_an_order(
    enter: Any, changed: dict[str, str], sentence: str
) -> None:
    answer = enter().post("/modes/set", STORM | changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ModeSpan.objects.exists()


@pytest.mark.parametrize(
    ("role", "see", "may_set"),
    [
        ("supervisor", 200, 302),
        ("duty_officer", 200, 403),
        ("dispatcher", 200, 403),
        ("keeper", 200, 403),
        ("clerk", 403, 403),
        ("unit_lead", 403, 403),
        ("worker", 403, 403),
        ("", 403, 403),
    ],
)
def test_who_sees_and_who_sets(enter: Any, role: str, see: int, may_set: int) -> None:
    enter().post("/modes/set", STORM)
    browser, span = enter(role), ModeSpan.objects.get()
    assert browser.get("/modes/").status_code == see
    assert browser.post("/modes/set", STORM).status_code == may_set
    assert browser.post(f"/modes/{span.pk}/end", {"why": "x"}).status_code == may_set


def test_a_district_sets_its_own_and_sees_what_bears_on_it(enter: Any) -> None:
    west = enter("supervisor", "xx-w")
    assert west.post("/modes/set", STORM).status_code == 422
    assert west.post("/modes/set", STORM | {"place": "xx-w"}).status_code == 302
    enter().post("/modes/set", STORM | {"place": "xx", "mode": "alert", "reason": "All of it"})
    enter().post("/modes/set", STORM)
    text = page(west)
    assert "All of it" in text
    assert "Storm over the east" in text  # its own decision has the same words
    spans = {one.place_id: one.pk for one in ModeSpan.objects.all()}
    assert west.post(f"/modes/{spans['xx']}/end", {"why": "x"}).status_code == 403
    assert west.post(f"/modes/{spans['xx-e']}/end", {"why": "x"}).status_code == 404
    assert enter(None).get("/modes/")["Location"].startswith("/sign-in/")


def test_the_page_costs_the_same_for_a_long_history(
    enter: Any, clock: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        enter().post("/modes/set", STORM)
        clock.now += timedelta(minutes=1)
    browser = enter()
    with django_assert_max_num_queries(11):
        page(browser)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_it_at_once_one_is_in_force(enter: Any, clock: SimpleNamespace) -> None:
    """The second waits for the first: both would find that nothing is in force yet."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time.")
    first, second = enter(), enter("supervisor", "xx-e")
    calm = STORM | {"mode": "alert", "reason": "It calms down"}
    answers: list[int] = []

    def post() -> None:
        try:
            answers.append(second.post("/modes/set", calm).status_code)
        finally:
            connection.close()

    other = Thread(target=post)
    with transaction.atomic():
        assert first.post("/modes/set", STORM).status_code == 302
        other.start()
        other.join(2)  # on PostgreSQL it would be through by now
    other.join(30)
    assert answers == [302]
    assert [row.mode for row in modes.in_force(clock.now)] == ["alert"]
    assert ModeSpan.objects.get(mode="emergency").ended_why == "It calms down"


def test_pressed_twice_it_is_one_decision(enter: Any) -> None:
    browser = enter()
    said = STORM | once(browser, "/modes/")
    for answer in twice(browser, "/modes/set", said):
        assert answer.status_code == 302
    assert ModeSpan.objects.count() == 1
