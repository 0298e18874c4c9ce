"""Retired in one step: keys refuse at once, webhooks stop, the reason and the history stay."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongbi.config.accounts import make_ingest_key
from gongbi.core import keyring
from gongbi.core.applications.keys import KeyRefused, add_key
from gongbi.core.applications.registering import NotNow, change, register, retire
from gongbi.core.models import JournalLine, Notice, Webhook
from gongbi.core.public import make_application_key
from gongbi.core.webhooks.keeping import WebhookRefused, make_webhook
from gongbi.core.webhooks.sending import send_due
from gongbi.stream.public import ingest_keys


def test_everything_ends_in_one_step(
    registered: Callable[..., Any], town: Path, listener: Any
) -> None:
    row = registered(scopes=["dispatch", "hear"])
    keys = [add_key(row, by="test") for _ in range(2)]
    hook, _secret = make_webhook(row, url=listener.url, kinds=["cases.CaseOpened"], by="test")
    line = JournalLine.objects.first()
    Notice.objects.create(webhook=hook, line=line)
    make_ingest_key("app")
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
