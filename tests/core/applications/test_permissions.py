"""Who sees and keeps the register: stranger, resident, other unit, own unit, keeper."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongbi.core.applications.keys import add_key
from gongbi.core.models import Application, JournalLine, Notice, Webhook


@pytest.fixture
def app(registered: Callable[..., Any]) -> Any:
    """One of the water works, with a key and a webhook."""
    row = registered("app")
    add_key(row, by="test")
    hook = Webhook.objects.create(application=row, url="https://x/", made_at=timezone.now())
    Notice.objects.create(webhook=hook, line=JournalLine.objects.first())
    return row


READS = {
    "stranger": 302,
    "resident": 403,
    "worker": 403,
    "other unit": 404,
    "own unit": 200,
    "west supervisor": 404,
    "supervisor": 200,
    "keeper": 200,
}


@pytest.fixture
def browser_of(signed_in: Callable[..., Client]) -> Callable[[str], Client]:
    def open_(who: str) -> Client:
        return {
            "stranger": Client,
            "resident": lambda: signed_in(""),
            "worker": lambda: signed_in("worker", unit="water"),
            "other unit": lambda: signed_in("unit_lead", unit="roads"),
            "own unit": lambda: signed_in("unit_lead", unit="water"),
            "west supervisor": lambda: signed_in("supervisor", place="xx-w"),
            "supervisor": lambda: signed_in("supervisor"),
            "keeper": lambda: signed_in("keeper"),
        }[who]()

    return open_


@pytest.mark.parametrize(("who", "status"), READS.items())
def test_reading_one(app: Any, browser_of: Callable[[str], Client], who: str, status: int) -> None:
    assert browser_of(who).get("/applications/app/").status_code == status


@pytest.mark.parametrize(("who", "status"), READS.items())
def test_reading_the_list(
    app: Any, browser_of: Callable[[str], Client], who: str, status: int
) -> None:
    answer = browser_of(who).get("/applications/")
    assert answer.status_code == (200 if status == 404 else status)
    assert (b"/applications/app/" in answer.content) == (status == 200)


DEEDS = {
    "keys/": {"key-label": ""},
    "keys/{key}/end/": {"why-why": "x"},
    "retire/": {"why-why": "x"},
    "change/": {},
    "webhooks/": {"hook-url": "https://x/", "hook-kinds": ["cases.CaseOpened"]},
    "webhooks/{hook}/pause/": {},
    "webhooks/{hook}/secret/": {},
    "webhooks/{hook}/end/": {},
    "webhooks/{hook}/replay/": {"since-since": "2026-01-01T00:00"},
    "notices/{notice}/try-again/": {},
}


def rows() -> Any:
    return [list(one.objects.order_by("pk").values()) for one in (Application, Webhook)]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("who", [one for one in READS if one != "keeper"])
def test_only_a_keeper_does_anything(
    app: Any, browser_of: Callable[[str], Client], who: str, deed: str
) -> None:
    path = deed.format(
        key=app.keys.get().pk, hook=Webhook.objects.get().pk, notice=Notice.objects.get().pk
    )
    before = rows()
    answer = browser_of(who).post(f"/applications/app/{path}", DEEDS[deed])
    assert answer.status_code in (302, 403, 404)
    assert answer.status_code != 302 or "/sign-in/" in answer["location"]
    assert rows() == before
    assert app.keys.get().retired_at is None


def test_a_districts_keeper_keeps_only_the_districts(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    registered("east", owner_id="roads-e")
    registered("whole", owner_id="water")
    registered("nobodys", owner_id=None)
    client = signed_in("keeper", place="xx-e")
    assert client.get("/applications/east/").status_code == 200
    assert client.get("/applications/whole/").status_code == 404
    assert client.get("/applications/nobodys/").status_code == 404
    entry = {"name": "new", "owner": "water", "per_minute": 0, "per_day": 0}
    assert client.post("/applications/new/", entry).status_code == 403
    moved = {"owner": "water", "per_minute": 0, "per_day": 0}
    assert client.post("/applications/east/change/", moved).status_code == 403
    assert client.post("/applications/new/", entry | {"owner": "roads-e"}).status_code == 302


def test_another_applications_rows_are_not_reached_through_ones_own(
    app: Any, registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    registered("other")
    client, hook = signed_in("keeper"), Webhook.objects.get()
    assert client.post(f"/applications/other/webhooks/{hook.pk}/end/").status_code == 404
    key = app.keys.get()
    deed = client.post(f"/applications/other/keys/{key.pk}/end/", {"why-why": "x"})
    assert deed.status_code == 404
    notice = Notice.objects.get()
    assert client.post(f"/applications/other/notices/{notice.pk}/try-again/").status_code == 404


ENTRY = {"name": "meters", "owner": "roads-e", "per_minute": 5, "per_day": 0}
TOO_FAR = {
    "place": ({"place": "xx"}, "places you keep the register for"),
    "a neighbour": ({"place": "xx-w"}, "places you keep the register for"),
    "dispatch": ({"scopes": ["dispatch"]}, "for the whole city"),
    "work": ({"scopes": ["work", "report"]}, "for the whole city"),
}


@pytest.mark.parametrize("which", TOO_FAR)
def test_a_district_s_keeper_enters_nothing_that_reaches_farther(
    signed_in: Callable[..., Client], which: str
) -> None:
    more, why = TOO_FAR[which]
    answer = signed_in("keeper", place="xx-e").post("/applications/new/", ENTRY | more)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Application.objects.exists()
    assert signed_in("keeper").post("/applications/new/", ENTRY | more).status_code == 302


def test_a_district_s_keeper_enters_what_is_the_district_s(
    signed_in: Callable[..., Client], client: Client
) -> None:
    said = ENTRY | {"place": "xx-e", "scopes": ["hear", "report"]}
    assert signed_in("keeper", place="xx-e").post("/applications/new/", said).status_code == 302
    key = add_key(Application.objects.get(), by="test")
    for address in ("/api/tasks", "/api/queue"):
        answer = client.get(address, headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == 403, address


WIDER = {
    "place": {"place": "xx"},
    "scope": {"scopes": ["hear", "dispatch"], "place": "xx-e"},
}


@pytest.mark.parametrize("which", WIDER)
def test_a_district_s_keeper_widens_nothing_beyond_it(
    registered: Callable[..., Any], signed_in: Callable[..., Client], which: str
) -> None:
    registered("meters", owner_id="roads-e", place_id="xx-e", scopes=["hear"])
    said = ENTRY | {"scopes": ["hear"], "place": "xx-e"} | WIDER[which]
    keeper = signed_in("keeper", place="xx-e")
    assert keeper.post("/applications/meters/change/", said).status_code == 422
    row = Application.objects.get()
    assert (row.place_id, row.scopes) == ("xx-e", ["hear"])


@pytest.mark.parametrize("more", [{"types": "burst-pipe"}, {"scopes": ["dispatch", "hear"]}])
def test_what_the_city_let_it_reach_stays_and_may_be_narrowed(
    registered: Callable[..., Any], signed_in: Callable[..., Client], more: dict[str, Any]
) -> None:
    registered("meters", owner_id="roads-e", place_id="xx", scopes=["dispatch"])
    keeper = signed_in("keeper", place="xx-e")
    said = ENTRY | {"scopes": ["dispatch"], "place": "xx"}
    assert keeper.post("/applications/meters/change/", said | more).status_code == 422
    kept = said | {"contact": "desk 1"}
    assert keeper.post("/applications/meters/change/", kept).status_code == 302
    narrower = said | {"scopes": [], "own_unit_only": "on"}
    assert keeper.post("/applications/meters/change/", narrower).status_code == 302
    row = Application.objects.get()
    assert (row.scopes, row.own_unit_only, row.contact) == ([], True, "")


@pytest.mark.parametrize("scopes", [["work"], ["dispatch", "hear"]])
def test_a_district_s_keeper_takes_no_bound_off_what_works(
    registered: Callable[..., Any], signed_in: Callable[..., Client], scopes: list[str]
) -> None:
    """Without its place a system would work in the whole city, and without its unit for all."""
    registered("meters", owner_id="roads-e", place_id="xx-e", scopes=scopes)
    keeper, at = signed_in("keeper", place="xx-e"), "/applications/meters/change/"
    said = ENTRY | {"scopes": scopes, "place": "xx-e"}
    answer = keeper.post(at, said | {"place": ""})
    assert answer.status_code == 422
    assert "more of the city" in answer.content.decode()
    assert keeper.post(at, said | {"own_unit_only": "on"}).status_code == 302
    Application.objects.update(place=None)
    assert keeper.post(at, said | {"place": ""}).status_code == 422
    assert keeper.post(at, said | {"place": "", "own_unit_only": "on"}).status_code == 302
    assert signed_in("keeper").post(at, said | {"place": ""}).status_code == 302


FAR = {
    "the city": ({"place_id": "xx", "scopes": ["hear"]}, "places you keep the register for"),
    "dispatch": ({"place_id": "xx-e", "scopes": ["dispatch"]}, "for the whole city"),
}
OPENING = {
    "keys/": {"key-label": "more"},
    "webhooks/": {"hook-url": "https://elsewhere.example/", "hook-kinds": "cases.CaseOpened"},
}


@pytest.mark.parametrize("address", OPENING)
@pytest.mark.parametrize("which", FAR)
def test_no_key_and_no_webhook_of_a_district_s_keeper_reaches_beyond_it(
    registered: Callable[..., Any], signed_in: Callable[..., Client], which: str, address: str
) -> None:
    more, why = FAR[which]
    row = registered("meters", owner_id="roads-e", **more)
    keeper = signed_in("keeper", place="xx-e")
    page = keeper.post(f"/applications/meters/{address}", OPENING[address], follow=True)
    assert why in page.content.decode()
    assert not row.keys.exists()
    assert not row.webhooks.exists()
