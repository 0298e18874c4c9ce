"""Whoever was promised a call and not reached gets a text message that says so."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from tests.post import Gateway, text_gateway

from gongbi.core.messages.sending import send_due
from gongbi.core.models import Message
from gongbi.reports.hotline.models import CallBack

SAID = {"words": "A secret matter", "place_words": "", "contact": "李娜 138 0013 8000", "aid": ""}


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with text_gateway() as gate:
        settings.GONGBI_SMS_URL, settings.GONGBI_SMS_HOURS = gate.url, "00:00-24:00"
        yield gate


@pytest.fixture
def promised(gateway: Gateway, ring: Callable[..., tuple[Client, str]]) -> tuple[Client, CallBack]:
    clerk, where = ring()
    clerk.post(where + "promise/", {**SAID, "hours": "1"})
    return clerk, CallBack.objects.get()


def rung(clerk: Client, back: CallBack, result: str) -> None:
    answer = clerk.post(f"/hotline/callbacks/{back.pk}/", {"result": result})
    assert answer.status_code == 302, answer.content.decode()


def test_each_attempt_in_vain_is_told_once_and_says_nothing_of_the_matter(
    promised: tuple[Client, CallBack], gateway: Gateway
) -> None:
    clerk, back = promised
    for attempt in (1, 2, 3):
        rung(clerk, back, "no_answer")
        assert send_due("sms") == 1
        assert len(gateway.came) == attempt
    said = [json.loads(body) for _headers, body in gateway.came]
    assert {one["number"] for one in said} == {"+8613800138000"}
    assert len({one["id"] for one in said}) == 3
    assert "下次回电" in said[0]["text"]
    assert "请来电" in said[2]["text"]
    assert not any("secret" in one["text"] or "李娜" in one["text"] for one in said)


def test_who_was_reached_before_it_is_sent_gets_none(
    promised: tuple[Client, CallBack], gateway: Gateway
) -> None:
    clerk, back = promised
    rung(clerk, back, "no_answer")
    clerk.post(f"/hotline/callbacks/{back.pk}/", {"result": "reached", "words": "told"})
    assert send_due("sms") == 1
    assert gateway.came == []
    assert Message.objects.get().dropped_at is not None
