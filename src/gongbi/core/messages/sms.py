"""Carrying text messages: a signed POST to the gateway the operator names, whatever stands behind.

The body is JSON ``{"number", "text", "language", "id"}``; it is signed as webhooks are (Standard
Webhooks), so that the gateway knows the city and takes an id once. Nobody is disturbed at night,
and nobody more often a day than the operator allows.
"""

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import orjson
from django.conf import settings
from django.utils import timezone

from gongbi.core.city import city
from gongbi.core.keyring import key_for
from gongbi.core.messages.letters import SMS, Letter, NotNow, NotTaken, WayAway, id_of
from gongbi.core.models import Message
from gongbi.core.worktime import minutes_of
from gongbi.kernel.short_messages import not_at_night, parts_of
from gongbi.kernel.webhooks import sign

TIMEOUT_SECONDS = 15.0
DAY = timedelta(hours=24)
AWAY = frozenset({401, 403, 404, 408, 425, 429, 502, 503, 504})
"""Answers that speak of the gateway or our account there, not of this message."""


class SmsCarrier:
    """An open line to the gateway."""

    def __init__(self, line: httpx.Client) -> None:
        self.line = line

    def carry(self, letter: Letter, message: Message) -> int:
        """Send one text; in how many parts it goes."""
        _need_day(timezone.now())
        _need_room(letter.to, message)
        id = id_of(message)
        said = {"number": letter.to, "text": letter.text, "language": letter.language, "id": id}
        body, stamp = orjson.dumps(said), int(time.time())
        headers = {"content-type": "application/json", "webhook-id": id,
                   "webhook-timestamp": str(stamp)}  # fmt: skip
        if settings.GONGBI_SMS_SECRET:
            headers["webhook-signature"] = sign([settings.GONGBI_SMS_SECRET], id, stamp, body)
        try:
            # What it says is not read: an answer without end would hold the turn.
            with self.line.stream(
                "POST", settings.GONGBI_SMS_URL, content=body, headers=headers
            ) as answer:
                _judge(answer.status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WayAway(type(error).__name__) from error
        return parts_of(letter.text)


def _judge(status: int) -> None:
    if 200 <= status < 300:
        return
    if status in AWAY:
        raise WayAway(str(status))
    raise NotTaken(str(status), for_good=400 <= status < 500)


def _need_day(at: datetime) -> None:
    """NotNow while people sleep, by the city's clock."""
    begin, end = minutes_of(settings.GONGBI_SMS_HOURS)
    here = at.astimezone(city().zone)
    then = not_at_night(here, begin, end)
    if then != here:
        raise NotNow("night", then)


def _need_room(number: str, message: Message) -> None:
    """NotNow when this number got its day's messages; the mark by which that is known is keyed."""
    mark = hmac.new(key_for("messages:numbers"), number.encode(), hashlib.sha256).hexdigest()
    at, most = timezone.now(), int(settings.GONGBI_SMS_A_DAY)
    sent = Message.objects.filter(way=SMS, to_mark=mark, sent_at__gt=at - DAY).order_by(
        "-sent_at", "-pk"
    )
    newest = [one for one in sent.values_list("sent_at", flat=True)[:most] if one]
    if len(newest) >= most:
        raise NotNow("enough-today", newest[-1] + DAY)
    Message.objects.filter(pk=message.pk).update(to_mark=mark)


@contextmanager
def sms_line() -> Iterator[SmsCarrier]:
    """A carrier for one turn. A proxy of the environment must not read what a city tells."""
    with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as line:
        yield SmsCarrier(line)
