"""Entering a system while somebody else enters one of the same name."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.forms import once, twice

from gongbi.core.models import Application, JournalLine

ENTRY = {"name": "meters", "owner": "water", "per_minute": 5, "per_day": 0}


@pytest.fixture
def posted(
    real_database: None, town: Path, signed_in: Callable[..., Client]
) -> Callable[..., list[Any]]:
    """Two keepers (or one, twice) press at the same moment; both answers."""

    def press(
        *said: dict[str, Any], one: Client | None = None, where: str = "/applications/new/"
    ) -> list[Any]:
        start, found = Barrier(len(said)), []
        browsers = (
            [one, one] if one else [signed_in("keeper", unit=u) for u in ("centre", "water")]
        )

        def run(browser: Client, entry: dict[str, Any]) -> None:
            start.wait(10)
            try:
                found.append(browser.post(where, entry))
            finally:
                connection.close()

        threads = [Thread(target=run, args=pair) for pair in zip(browsers, said, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(found, key=lambda answer: answer.status_code)

    return press


def test_one_that_is_there_by_the_time_it_is_stored(
    town: Path, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.core.applications.forms import RegisterForm

    Application.objects.create(name="meters", made_at=timezone.now(), made_by="test")
    monkeypatch.setattr(RegisterForm, "clean_name", lambda form: form.cleaned_data["name"])
    answer = signed_in("keeper").post("/applications/new/", ENTRY)
    assert answer.status_code == 422
    assert b"There is an application meters already." in answer.content


def test_two_keepers_at_once(posted: Callable[..., list[Any]]) -> None:
    one, two = posted(ENTRY, ENTRY | {"owner": "roads"})
    assert (one.status_code, two.status_code) == (302, 422)
    assert b"There is an application" in two.content
    assert Application.objects.count() == 1
    assert JournalLine.objects.filter(kind="core.ApplicationRegistered").count() == 1


def drawn(browser: Client, address: str) -> dict[str, str]:
    """The hidden fields of the page that changes an entry, as it stands."""
    page = browser.get(address).content.decode()
    return {
        name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("once", "seen")
    }


def test_a_stale_page_gives_no_scope_back(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    registered("meters", scopes=["report", "work"])
    where = "/applications/meters/change/"
    one, two = signed_in("keeper"), signed_in("keeper", unit="water")
    mine, theirs = drawn(one, where), drawn(two, where)
    entry = {"owner": "water", "place": "xx", "per_minute": 0, "per_day": 0}
    stale = entry | {"scopes": ["report", "work"], "contact": "desk 5"} | theirs
    narrower = entry | {"scopes": ["report"]} | mine
    assert one.post(where, narrower).status_code == 302
    told = two.post(where, stale)
    assert told.status_code == 409
    text = told.content.decode()
    assert "Somebody changed this entry since you opened it" in text
    assert "What it may do</a>: It now says: report" in text
    assert text.count("It now says:") == 4, "above and beside: the scopes, their own new contact"
    assert 'value="desk 5"' in text, "what they typed stays"
    row = Application.objects.get()
    assert (row.scopes, row.contact) == (["report"], "")
    assert JournalLine.objects.filter(kind="core.ApplicationChanged").count() == 1
    again = stale | {"scopes": ["report"]} | drawn(two, where)
    assert two.post(where, again).status_code == 302
    assert Application.objects.get().contact == "desk 5"


def test_a_change_pressed_twice_is_one(
    registered: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    registered("meters")
    keeper, where = signed_in("keeper"), "/applications/meters/change/"
    said = {"owner": "water", "per_minute": 7, "per_day": 0} | drawn(keeper, where)
    for answer in twice(keeper, where, said):
        assert (answer.status_code, answer["Location"]) == (302, "/applications/meters/")
    assert JournalLine.objects.filter(kind="core.ApplicationChanged").count() == 1


def test_two_keepers_change_one_entry_at_the_same_moment(
    registered: Callable[..., Any], posted: Callable[..., list[Any]], signed_in: Any
) -> None:
    registered("meters", scopes=["report", "work"])
    where = "/applications/meters/change/"
    entry = {"owner": "water", "place": "xx", "per_minute": 0, "per_day": 0} | drawn(
        signed_in("keeper", unit="roads"), where
    )
    one, two = posted(
        entry | {"scopes": ["report"]},
        entry | {"scopes": ["work"], "contact": "desk 5"},
        where=where,
    )
    assert (one.status_code, two.status_code) == (302, 409)
    assert JournalLine.objects.filter(kind="core.ApplicationChanged").count() == 1


def test_one_keeper_who_presses_twice_at_once(
    posted: Callable[..., list[Any]], signed_in: Callable[..., Client]
) -> None:
    keeper = signed_in("keeper")
    said = ENTRY | once(keeper, "/applications/new/")
    one, two = posted(said, said, one=keeper)
    assert one["Location"] == two["Location"] == "/applications/meters/"
    assert Application.objects.count() == 1
