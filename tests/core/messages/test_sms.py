"""Text messages to a real gateway: signed, once, not at night, not too many to one number."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests.core.messages.conftest import KEY, Writer

from gongbi.core.messages import sending
from gongbi.core.messages.letters import id_of
from gongbi.core.messages.sending import send_due
from gongbi.core.models import Message, WayDay, WayOut
from gongbi.kernel.webhooks import verify


def due() -> None:
    Message.objects.update(due_at=timezone.now())
    WayOut.objects.update(rest_until=None)


def test_it_is_signed_says_what_it_must_and_is_counted(owe, gateway) -> None:
    message = owe("a", "sms")
    assert send_due("sms") == 1
    ((headers, body),) = gateway.came
    assert json.loads(body) == {
        "number": "+8613812345678",
        "text": "水管：a https://x.example/f/1",
        "language": "zh-hans",
        "id": id_of(message),
    }
    stamp = int(headers["webhook-timestamp"])
    assert verify(KEY, id_of(message), stamp, body, headers["webhook-signature"], now=stamp)
    assert headers["webhook-id"] == id_of(message)
    day = WayDay.objects.get()
    assert (day.sent, day.parts, day.cost) == (1, 1, Decimal("0.045"))


def test_nobody_is_woken(owe, gateway, settings, monkeypatch) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    settings.GONGBI_SMS_HOURS = "08:00-21:00"
    night = datetime(2026, 11, 24, 23, 0, tzinfo=zone)
    monkeypatch.setattr("gongbi.core.clock.timezone.now", lambda: night)
    message = owe("a", "sms")
    assert send_due("sms") == 1
    message.refresh_from_db()
    assert gateway.came == []
    assert message.due_at == datetime(2026, 11, 25, 8, 0, tzinfo=zone)
    assert (message.tries, message.trouble) == (0, "night")
    monkeypatch.setattr("gongbi.core.clock.timezone.now", lambda: message.due_at)
    assert send_due("sms") == 1
    assert len(gateway.came) == 1


def test_a_number_gets_its_day_s_messages_and_the_rest_tomorrow(owe, gateway, settings) -> None:
    settings.GONGBI_SMS_A_DAY = 2
    for subject in "abc":
        owe(subject, "sms")
    assert send_due("sms") == 3
    assert len(gateway.came) == 2
    late = Message.objects.get(sent_at=None)
    assert late.trouble == "enough-today"
    assert timedelta(hours=23) < late.due_at - timezone.now() <= timedelta(hours=24)
    Writer.to = "+8613900000000"
    owe("d", "sms")
    assert send_due("sms") == 1
    marks = {*Message.objects.values_list("to_mark", flat=True)} - {late.to_mark}
    assert not any("13812345678" in mark or len(mark) != 64 for mark in marks)
    sending.forget_old(timezone.now() + timedelta(days=3))
    assert set(Message.objects.values_list("to_mark", flat=True)) == {""}


def test_one_that_waited_for_days_counts_for_its_number_when_it_goes(
    owe, gateway, settings
) -> None:
    settings.GONGBI_SMS_A_DAY = 1
    first = owe("a", "sms")
    Message.objects.filter(pk=first.pk).update(made_at=timezone.now() - timedelta(days=3))
    assert send_due("sms") == 1
    assert sending.forget_old() == 0
    owe("b", "sms")
    assert send_due("sms") == 1
    assert len(gateway.came) == 1
    late = Message.objects.get(sent_at=None)
    assert (late.trouble, late.to_mark) == ("enough-today", "")
    assert sending.forget_old(timezone.now() + timedelta(hours=49)) == 1
    assert set(Message.objects.values_list("to_mark", flat=True)) == {""}


def test_the_mark_of_one_that_nobody_takes_goes_too(owe, gateway) -> None:
    message = owe("a", "sms")
    gateway.answers = [400]
    send_due("sms")
    message.refresh_from_db()
    assert (bool(message.set_aside_at), len(message.to_mark)) == (True, 64)
    assert sending.forget_old(timezone.now() + timedelta(hours=47)) == 0
    assert sending.forget_old(timezone.now() + timedelta(hours=49)) == 1


@pytest.mark.parametrize(
    ("answers", "aside", "away"),
    [([400], True, False), ([422], True, False), ([500], False, False), ([429], False, True),
     ([503], False, True), ([401], False, True), ([302], False, False)],
)  # fmt: skip
def test_what_a_gateway_says_is_the_message_s_fault_or_its_own(
    owe, gateway, answers, aside, away
) -> None:
    message = owe("a", "sms")
    gateway.answers = list(answers)
    send_due("sms")
    message.refresh_from_db()
    assert bool(message.set_aside_at) is aside
    assert WayOut.objects.filter(failures=1).exists() is away
    assert message.tries == (0 if away else 1)
    due()
    assert send_due("sms") == (0 if aside else 1)
    assert len(gateway.came) == (1 if aside else 2)


def test_a_gateway_that_is_away_rests_the_way(owe, gateway, settings) -> None:
    settings.GONGBI_SMS_URL = "http://127.0.0.1:9/send"
    message = owe("a", "sms")
    assert send_due("sms") == 0
    message.refresh_from_db()
    assert (message.tries, WayOut.objects.get().last_trouble) == (0, "ConnectError")
