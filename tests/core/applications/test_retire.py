"""Retired in one step: keys refuse at once, webhooks stop, the reason and the history stay."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from gongbi.cases.public import SignalIn, receive_signal
from gongbi.config.accounts import make_ingest_key
from gongbi.core import keyring, outbox
from gongbi.core.applications.keys import KeyRefused, add_key
from gongbi.core.applications.registering import NotNow, change, register, retire
from gongbi.core.models import JournalLine, Notice, Webhook
from gongbi.core.public import make_application_key, now
from gongbi.core.webhooks import keeping
from gongbi.core.webhooks.keeping import WebhookRefused, make_webhook
from gongbi.core.webhooks.noticing import take_up
from gongbi.core.webhooks.sending import send_due
from gongbi.stream.public import ingest_keys


def test_everything_ends_in_one_step(
    registered: Callable[..., Any],
    town: Path,
    listener: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    row = registered(scopes=["dispatch", "hear"])
    keys = [add_key(row, by="test") for _ in range(2)]
    hook, _secret = make_webhook(row, url=listener.url, kinds=["cases.CaseOpened"], by="test")
    line = JournalLine.objects.first()
    Notice.objects.create(webhook=hook, line=line)
    make_ingest_key("app")
    with django_capture_on_commit_callbacks(execute=True):
        retire(row, by="test", why="Contract ended")
    for key in keys:
        answer = Client(headers={"authorization": f"Bearer {key}"}).get("/api/queue")
        assert answer.status_code == 401
    assert ingest_keys(town) == []
    assert send_due() == 0
    assert listener.came == []
    assert not keyring.keys_of([hook.key_owner])
    row.refresh_from_db()
    assert row.retired_why == "Contract ended"
    assert row.keys.count() == 2
    assert Webhook.objects.get().ended_at is not None
    assert Notice.objects.count() == 1
    assert JournalLine.objects.filter(kind="core.ApplicationRetired").count() == 1


def ended(hook: Webhook) -> None:
    keeping.end(hook, by="test")


def retired(hook: Webhook) -> None:
    retire(hook.application, by="test", why="over")


@pytest.mark.parametrize("way", [ended, retired])
def test_what_was_rolled_back_can_still_sign(hooked: Any, listener: Any, way: Any) -> None:
    hook, _secret = hooked()
    with pytest.raises(RuntimeError), transaction.atomic():
        way(hook)
        raise RuntimeError("the database went away")
    receive_signal(
        SignalIn(
            source="web", reference="A-1", words="x", lon=None, lat=None, type="burst-pipe",
            place="xx-e", place_words="", at=now(), language="zh",
        )
    )  # fmt: skip
    outbox.order_lines()
    take_up()
    assert send_due() == 1
    assert len(listener.came) == 1


@pytest.mark.parametrize("way", [ended, retired])
def test_killed_after_the_end_the_clock_destroys_the_secret(hooked: Any, way: Any) -> None:
    hook, _secret = hooked()
    way(hook)  # what would run after the commit does not run in this test
    assert keyring.keys_of([hook.key_owner])
    assert keeping.forget_ended() == 1
    assert not keyring.keys_of([hook.key_owner])
    assert keeping.forget_ended() == 0


def test_a_secret_goes_when_its_webhook_ends(
    hooked: Any, django_capture_on_commit_callbacks: Any
) -> None:
    hook, _secret = hooked()
    with django_capture_on_commit_callbacks(execute=True):
        keeping.end(hook, by="test")
    assert not keyring.keys_of([hook.key_owner])
    assert keeping.forget_ended() == 0


def test_again_is_harmless_and_no_reason_is_refused(registered: Callable[..., Any]) -> None:
    row = registered()
    with pytest.raises(NotNow, match="say why"):
        retire(row, by="test", why=" ")
    retire(row, by="test", why="first")
    retire(row, by="test", why="second")
    row.refresh_from_db()
    assert row.retired_why == "first"
    assert JournalLine.objects.filter(kind="core.ApplicationRetired").count() == 1


def test_what_is_retired_stays_so(registered: Callable[..., Any], listener: Any) -> None:
    row = retire(registered(), by="test", why="over")
    with pytest.raises(KeyRefused, match="another name"):
        make_application_key("app", ["report"])
    with pytest.raises(KeyRefused):
        add_key(row, by="test")
    with pytest.raises(NotNow):
        change(row, by="test", contact="x")
    with pytest.raises(NotNow):
        register("app", by="test")
    with pytest.raises(WebhookRefused):
        make_webhook(row, url=listener.url, kinds=["cases.CaseOpened"], by="test")
