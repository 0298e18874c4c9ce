"""The register's pages: searched, narrowed, paged; a keeper's deeds; nothing secret twice."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.forms import once, twice

from gongbi.core.applications.keys import add_key
from gongbi.core.models import Application, ApplicationKey, ApplicationUse, Notice, Webhook

MOST_QUERIES = 10


@pytest.fixture
def many(town: object) -> None:
    """As many as a very large city has."""
    Application.objects.bulk_create(
        Application(
            name=f"app-{n:04d}", title_en=f"System {n}", title_zh=f"系统{n}", owner_id="water",
            purpose_en="Reads meters" if n % 10 == 0 else "Shows queues", made_at=timezone.now(),
            made_by="pack", scopes=["report"] if n % 2 else ["hear", "work"],
        )
        for n in range(1150)
    )  # fmt: skip
    ApplicationUse.objects.bulk_create(
        ApplicationUse(application=row, last_call_at=timezone.now(), hour=timezone.now(), calls=5)
        for row in Application.objects.all()[:200]
    )


def test_a_ninth_key_is_refused_in_the_readers_language(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    row = registered("meters")
    for n in range(8):
        add_key(row, by="test", label=str(n))
    keeper = signed_in("keeper")
    for language, said in (("en", "keys already; end one"), ("zh-hans", "已有 8 个密钥")):
        reads = {"accept-language": language}
        answer = keeper.post("/applications/meters/keys/", {"key-label": "x"}, headers=reads)
        assert said in keeper.get(answer["Location"], headers=reads).content.decode()


def test_1150_are_searched_and_paged(many: None, signed_in: Callable[..., Client]) -> None:
    client = signed_in("keeper")
    page = client.get("/applications/")
    assert b"1150 applications" in page.content
    assert page.content.count(b'class="item-title"') == 50
    found = client.get("/applications/?q=meters system 110")
    assert b"3 applications" in found.content  # 110, 1100 and 1110
    assert b"575 applications" in client.get("/applications/?scope=hear").content
    assert b"950 applications" in client.get("/applications/?state=silent").content
    last = client.get("/applications/?page=23")
    assert b"app-1149" in last.content


def test_its_cost_is_the_same_for_one_and_for_1150(
    registered: Callable[..., Any],
    signed_in: Callable[..., Client],
    request: pytest.FixtureRequest,
) -> None:
    registered()
    client = signed_in("keeper")
    client.get("/applications/")
    with CaptureQueriesContext(connection) as one:
        client.get("/applications/")
    request.getfixturevalue("many")
    with CaptureQueriesContext(connection) as all_of_them:
        client.get("/applications/")
    assert len(all_of_them) == len(one) <= MOST_QUERIES


@pytest.mark.parametrize(
    ("state", "expected"),
    [("live", 5), ("trouble", 2), ("silent", 4), ("over", 1), ("retired", 1), ("all", 6)],
)
def test_each_state_finds_its_own(
    registered: Callable[..., Any], signed_in: Callable[..., Client], state: str, expected: int
) -> None:
    at = timezone.now()
    registered("calm")
    registered("over", contract_until=timezone.localdate() - timedelta(days=2))
    registered("later", contract_until=timezone.localdate() + timedelta(days=2))
    failing = registered("failing")
    ApplicationUse.objects.create(application=failing, hour=at, errors=1, last_call_at=at)
    stuck = registered("stuck")
    Webhook.objects.create(
        application=stuck, url="https://x/", made_at=at, paused_at=at, paused_why="failing"
    )
    registered("gone", retired_at=at, retired_why="x")
    page = signed_in("keeper").get(f"/applications/?state={state}").content.decode()
    assert re.search(rf"\b{expected} applications?\b", page)


def test_a_system_is_entered_given_a_key_and_retired(
    signed_in: Callable[..., Client], town: object
) -> None:
    client = signed_in("keeper")
    said = {
        "name": "bike-app", "title_en": "Bikes", "title_zh": "单车", "owner": "roads",
        "contact": "Desk 12345", "scopes": ["report", "hear"], "place": "xx", "per_minute": 60,
        "per_day": 1000, "contract_until": "2027-12-31", "types": "lamp-out lamp-out",
    }  # fmt: skip
    assert client.post("/applications/new/", said).status_code == 302
    row = Application.objects.get()
    assert (row.owner_id, row.types, row.scopes) == ("roads", ["lamp-out"], ["hear", "report"])
    page = client.post("/applications/bike-app/keys/", {"key-label": "first"})
    key = re.search(r'value="([\w-]{43})"', page.content.decode())[1]  # type: ignore[index]
    assert key not in client.get("/applications/bike-app/").content.decode()
    done = client.post(
        "/applications/bike-app/change/", said | {"per_minute": 5, "owner": "water"}
    )
    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.per_minute, row.owner_id) == (5, "water")
    client.post("/applications/bike-app/retire/", {"why-why": "Over"})
    row.refresh_from_db()
    assert row.retired_why == "Over"
    shown = client.get("/applications/bike-app/").content.decode()
    assert "Retired: Over" in shown
    assert "Make a key" not in shown
    assert "entry changed: Code of the unit that answers for it, Calls a minute" in shown


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "Bad Name", "Use a-z"),
        ("name", "app", "There is an application of this name"),
        ("owner", "nobody", "There is no unit of this code"),
        ("place", "nowhere", "There is no place of this code"),
        ("per_minute", "-1", "greater than or equal to 0"),
        ("scopes", ["everything"], "everything"),
    ],
)
def test_a_wrong_entry_is_named(
    registered: Callable[..., Any],
    signed_in: Callable[..., Client],
    field: str,
    value: Any,
    sentence: str,
) -> None:
    registered()
    said = {"name": "new", "owner": "water", "per_minute": 1, "per_day": 0, field: value}
    page = signed_in("keeper").post("/applications/new/", said)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert Application.objects.count() == 1


def test_a_name_that_no_text_can_hold_is_not_there(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    registered()
    client = signed_in("keeper")
    assert client.get("/applications/no%00such/").status_code == 404
    assert client.get("/applications/?q=%00&scope=%00&state=%00&page=%00").status_code == 200


def test_a_key_is_ended_with_a_reason(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    row = registered()
    add_key(row, by="test")
    key, client = ApplicationKey.objects.get(), signed_in("keeper")
    client.post(f"/applications/app/keys/{key.pk}/end/", {"why-why": ""})
    key.refresh_from_db()
    assert key.retired_at is None
    client.post(f"/applications/app/keys/{key.pk}/end/", {"why-why": "leaked"})
    key.refresh_from_db()
    assert key.retired_why == "leaked"
    assert client.post("/applications/app/keys/999/end/", {"why-why": "x"}).status_code == 404


def test_a_webhook_is_made_paused_resumed_replayed_and_ended(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    registered()
    client = signed_in("keeper")
    said = {"hook-url": "https://x.example/hook", "hook-kinds": ["cases.CaseOpened"]}
    page = client.post("/applications/app/webhooks/", said).content.decode()
    assert re.search(r'value="whsec_[\w+/=]+"', page)
    hook = Webhook.objects.get()
    base = f"/applications/app/webhooks/{hook.pk}/"
    states = []
    for verb in ("pause", "resume"):
        assert client.post(f"{base}{verb}/").status_code == 302
        hook.refresh_from_db()
        states.append(hook.paused_at is not None)
    assert states == [True, False]
    assert b"whsec_" in client.post(f"{base}secret/").content
    replayed = client.post(f"{base}replay/", {"since-since": "2026-11-01T08:00"}, follow=True)
    assert b"0 facts are told again" in replayed.content
    for since in ("0001-01-01T00:00", "9999-12-31T23:59"):
        answer = client.post(f"{base}replay/", {"since-since": since}, follow=True)
        assert answer.status_code in (200, 422), since
    client.post(f"{base}end/")
    hook.refresh_from_db()
    assert hook.ended_at is not None
    assert b"has ended" in client.post(f"{base}pause/", follow=True).content


def test_what_was_set_aside_is_shown_and_tried_again(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    from gongbi.core.models import JournalLine

    row, at = registered(), timezone.now()
    hook = Webhook.objects.create(application=row, url="https://x/", made_at=at)
    line = JournalLine.objects.first()
    notice = Notice.objects.create(
        webhook=hook, line=line, tries=8, set_aside_at=at, trouble="503"
    )
    client = signed_in("keeper")
    assert b"503" in client.get("/applications/app/").content
    client.post(f"/applications/app/notices/{notice.pk}/try-again/")
    notice.refresh_from_db()
    assert notice.set_aside_at is None


def test_the_page_of_one_costs_the_same_with_much_history(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    row, client = registered(), signed_in("keeper")
    client.get("/applications/app/")
    with CaptureQueriesContext(connection) as few:
        client.get("/applications/app/")
    for _ in range(6):
        add_key(row, by="test")
    with CaptureQueriesContext(connection) as many:
        client.get("/applications/app/")
    assert len(many) == len(few) <= 12


def test_both_languages(registered: Callable[..., Any], signed_in: Callable[..., Client]) -> None:
    registered(title_zh="共享单车", title_en="Bikes")
    client = signed_in("keeper")
    for path in ("/applications/", "/applications/app/", "/applications/new/"):
        page = client.get(path, headers={"accept-language": "zh-hans"})
        assert 'lang="zh-Hans"' in page.content.decode()
        assert "应用" in page.content.decode()


@pytest.mark.parametrize("url", ["http://[x", "https://x:99999/", "ftp://x"])
def test_an_address_of_a_webhook_that_is_none_is_said(
    registered: Callable[..., Any], signed_in: Callable[..., Client], url: str
) -> None:
    registered()
    said = {"hook-url": url, "hook-kinds": ["cases.CaseOpened"]}
    answer = signed_in("keeper").post("/applications/app/webhooks/", said, follow=True)
    assert answer.status_code == 200
    assert b"must begin with https://" in answer.content
    assert not Webhook.objects.exists()


def test_a_key_pressed_for_twice_is_one_key(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    registered()
    keeper, address = signed_in("keeper"), "/applications/app/keys/"
    said = {"key-label": "new"} | once(keeper, "/applications/app/", address)
    first, again = twice(keeper, address, said)
    assert (first.status_code, again.status_code) == (200, 302)
    assert again["Location"] == "/applications/app/"
    assert ApplicationKey.objects.count() == 1
    assert b"You had sent this already" in keeper.get("/applications/app/").content


def test_what_was_refused_is_not_taken_for_done(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    row = registered()
    for _ in range(8):
        add_key(row, by="test")
    keeper, address = signed_in("keeper"), "/applications/app/keys/"
    said = {"key-label": "new"} | once(keeper, "/applications/app/", address)
    assert keeper.post(address, said)["Location"] == "/applications/app/"
    ApplicationKey.objects.first().delete()
    assert keeper.post(address, said).status_code == 200


ENTRY = {"name": "meters", "owner": "roads-e", "per_minute": 5, "per_day": 0}


def test_entered_twice_it_leads_to_the_entry(signed_in: Callable[..., Client]) -> None:
    keeper, address = signed_in("keeper"), "/applications/new/"
    said = ENTRY | once(keeper, address)
    first, again = twice(keeper, address, said)
    assert first["Location"] == again["Location"] == "/applications/meters/"
    assert Application.objects.count() == 1
