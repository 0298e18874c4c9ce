"""Entering a system while somebody else enters one of the same name."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.forms import once

from gongbi.core.models import Application, JournalLine

ENTRY = {"name": "meters", "owner": "water", "per_minute": 5, "per_day": 0}


@pytest.fixture
def posted(
    real_database: None, town: Path, signed_in: Callable[..., Client]
) -> Callable[..., list[Any]]:
    """Two keepers (or one, twice) press at the same moment; both answers."""

    def press(*said: dict[str, Any], one: Client | None = None) -> list[Any]:
        start, found = Barrier(len(said)), []
        browsers = (
            [one, one] if one else [signed_in("keeper", unit=u) for u in ("centre", "water")]
        )

        def run(browser: Client, entry: dict[str, Any]) -> None:
            start.wait(10)
            try:
                found.append(browser.post("/applications/new/", entry))
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


def test_one_keeper_who_presses_twice_at_once(
    posted: Callable[..., list[Any]], signed_in: Callable[..., Client]
) -> None:
    keeper = signed_in("keeper")
    said = ENTRY | once(keeper, "/applications/new/")
    one, two = posted(said, said, one=keeper)
    assert one["Location"] == two["Location"] == "/applications/meters/"
    assert Application.objects.count() == 1
