"""Sending what is owed, each way by itself: a message is claimed, written, carried, written down.

A claim is a lease: who was killed between carrying and writing down sends once more when the lease
is over, under the same id. So a message goes at least once, and receivers that know ids show one.
"""

import logging
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from gongbi.core.city import city
from gongbi.core.messages.letters import (
    MAIL,
    SMS,
    Letter,
    NotNow,
    NotTaken,
    WayAway,
    Writer,
)
from gongbi.core.messages.mail import mail_line
from gongbi.core.messages.owing import ways_out
from gongbi.core.messages.sms import sms_line
from gongbi.core.models import Message, WayDay, WayOut
from gongbi.core.models.messages import OWED
from gongbi.kernel.webhooks import wait_seconds

LEASE = timedelta(seconds=120)
SET_ASIDE_AFTER = 8
KEPT, MARKS_KEPT = timedelta(days=30), timedelta(days=2)
log = logging.getLogger(__name__)


class Carrier(Protocol):
    """Whatever brings a letter to somebody."""

    def carry(self, letter: Letter, message: Message) -> int:
        """Bring it; in how many parts it went. NotTaken, NotNow or WayAway otherwise."""


CARRIERS: dict[str, Callable[[], AbstractContextManager[Carrier]]] = {
    MAIL: mail_line,
    SMS: sms_line,
}


def send_due(way: str, most: int = 50) -> int:
    """Send what is due by a way; how many were tried. Nothing while the way rests."""
    at = timezone.now()
    if way not in ways_out() or WayOut.objects.filter(code=way, rest_until__gt=at).exists():
        return 0
    due = Message.objects.filter(OWED, way=way, due_at__lte=at).order_by("due_at", "pk")
    wanted = list(due.values_list("pk", flat=True)[:most])
    if not wanted:
        return 0
    done = 0
    with CARRIERS[way]() as carrier:
        for pk in wanted:
            try:
                done += _send(pk, carrier)
            except WayAway as error:
                _rest(way, str(error))
                break
    return done


def _send(pk: int, carrier: Carrier) -> int:
    message = _claimed(pk)
    if message is None:
        return 0
    try:
        letter = _written(message)
        if letter is None:
            Message.objects.filter(pk=pk).update(dropped_at=timezone.now())
            return 1
        parts = carrier.carry(letter, message)
    except WayAway:
        Message.objects.filter(pk=pk).update(due_at=timezone.now(), tries=message.tries - 1)
        raise
    except NotNow as error:
        Message.objects.filter(pk=pk).update(
            due_at=error.until, tries=message.tries - 1, trouble=str(error)
        )
        return 1
    except NotTaken as error:
        _put_off(message, str(error), for_good=error.for_good)
        return 1
    except Exception as error:  # an address that is none must hold up no other letter
        log.exception("message not carried", extra={"reference": pk})
        _put_off(message, type(error).__name__, for_good=False)
        return 1
    _write_down(message, parts)
    return 1


def _claimed(pk: int) -> Message | None:
    """The message, ours for a while; None when somebody else has it, or it is done."""
    at = timezone.now()
    mine = Message.objects.filter(OWED, pk=pk, due_at__lte=at)
    if not mine.update(due_at=at + LEASE, tries=F("tries") + 1):
        return None
    return Message.objects.get(pk=pk)


def _written(message: Message) -> Letter | None:
    writer: Writer = import_module(settings.MESSAGE_WRITERS[message.writer])
    try:
        return writer.write(message.kind, message.subject, message.about, message.said)
    except Exception as error:  # whatever a writer raises, the next message must still go
        log.exception("message not written", extra={"reference": message.pk})
        raise NotTaken(type(error).__name__) from error


@transaction.atomic
def _write_down(message: Message, parts: int) -> None:
    at = timezone.now()
    Message.objects.filter(pk=message.pk).update(sent_at=at, trouble="")
    WayOut.objects.update_or_create(
        code=message.way,
        defaults={"failures": 0, "rest_until": None, "last_sent_at": at, "last_trouble": ""},
    )
    day = at.astimezone(city().zone).date()
    row, _new = WayDay.objects.get_or_create(way=message.way, day=day)
    WayDay.objects.filter(pk=row.pk).update(
        sent=F("sent") + 1, parts=F("parts") + parts, cost=F("cost") + price_of(message.way, parts)
    )


def price_of(way: str, parts: int) -> Decimal:
    """What so many parts cost, at the operator's price of one; mail costs nothing."""
    return Decimal(0) if way == MAIL else parts * Decimal(settings.GONGBI_SMS_PRICE)


def _put_off(message: Message, trouble: str, *, for_good: bool) -> None:
    """Try later, each time later still; set aside what would not be taken ever."""
    at = timezone.now()
    over = for_good or message.tries >= SET_ASIDE_AFTER
    # The draw only spreads retries; nothing rests on its being secret.
    rest = timedelta(seconds=wait_seconds(message.tries, random.random()))
    Message.objects.filter(pk=message.pk).update(
        trouble=trouble[:80], due_at=at + rest, set_aside_at=at if over else None
    )


def _rest(way: str, trouble: str) -> None:
    log.warning("way out away", extra={"way": way, "error": trouble})
    row, _new = WayOut.objects.get_or_create(code=way)
    rest = timedelta(seconds=min(600, wait_seconds(row.failures + 1, random.random())))
    WayOut.objects.filter(pk=way).update(
        failures=F("failures") + 1, rest_until=timezone.now() + rest, last_trouble=trouble[:80]
    )


def try_again(message: Message) -> None:
    """Bring a message that was set aside back, as if it were new."""
    mine = Message.objects.filter(pk=message.pk, sent_at=None, dropped_at=None)
    mine.update(set_aside_at=None, tries=0, due_at=timezone.now())


def drop(message: Message) -> None:
    """Give a message up that was set aside."""
    mine = Message.objects.filter(pk=message.pk).exclude(set_aside_at=None)
    mine.update(dropped_at=timezone.now(), set_aside_at=None)


def forget_old(at: datetime | None = None) -> int:
    """Blank marks of whom messages went to, and delete messages that went a month ago.

    Terms run from the end of a message, so that one that waited long still counts for its number
    and for its reference. ``made_at`` only leads to the rows: it is never after the end.
    """
    at = at or timezone.now()
    rows = Message.objects.filter(made_at__lt=at - MARKS_KEPT)
    ended = _over_since(at - MARKS_KEPT) | Q(set_aside_at__lt=at - MARKS_KEPT)
    unsent = OWED & Q(due_at__lte=at)  # nobody is carrying it; it is marked anew when it goes
    done = rows.filter(ended | unsent).exclude(to_mark="").update(to_mark="")
    old = rows.filter(_over_since(at - KEPT), made_at__lt=at - KEPT)
    gone = list(old.values_list("pk", flat=True)[:1000])
    Message.objects.filter(pk__in=gone).delete()
    return done + len(gone)


def _over_since(moment: datetime) -> Q:
    return Q(sent_at__lt=moment) | Q(dropped_at__lt=moment)
