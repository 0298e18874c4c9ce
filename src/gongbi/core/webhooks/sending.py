"""Sending what is owed: in order for each webhook, several webhooks at a time.

Threads only speak HTTP; what came of it is written here, so that a kill in between sends once
more and never loses. Redirects are not followed: they would carry a city's facts to an address
nobody has entered.
"""

import random
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from gongbi.core.city import city
from gongbi.core.events import WebhookChanged
from gongbi.core.journal import publish
from gongbi.core.models import Notice, Webhook
from gongbi.core.models.webhooks import NOT_HEARD
from gongbi.core.sealed import unseal_many
from gongbi.core.webhooks.hearing import about_lines, in_parts
from gongbi.core.webhooks.noticing import heard_by
from gongbi.kernel.webhooks import event, sign, wait_seconds

TIMEOUT_SECONDS = 5.0
TURN_SECONDS = 10.0
MOST_HOOKS, MOST_EACH, THREADS = 64, 50, 8
SET_ASIDE_AFTER = 8
PAUSE_AFTER = 12
GONE = 410


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event, ready to be sent."""

    notice: int
    id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Came:
    """What came of sending one: no trouble means it was taken."""

    notice: int
    trouble: str = ""
    gone: bool = False


def send_due() -> int:
    """Send what is owed and not resting; returns how many were sent or tried."""
    hooks = _due(timezone.now())
    if not hooks:
        return 0
    parcels, withdrawn = _parcels(hooks)
    secrets = unseal_many(one for hook in hooks for one in (hook.secret_id, hook.old_secret_id))
    # trust_env=False: a proxy of the environment must not read what a city tells.
    with (
        httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        tried = [
            (hook, pool.submit(_send, client, hook.url, _signing(hook, secrets), some))
            for hook, some in parcels
        ]
        return withdrawn + sum(_write_down(hook, future.result()) for hook, future in tried)


def _due(at: datetime) -> list[Webhook]:
    owed = Notice.objects.filter(webhook=OuterRef("pk"), sent_at=None, set_aside_at=None)
    rows = Webhook.objects.filter(
        Q(rest_until=None) | Q(rest_until__lte=at),
        Exists(owed),
        ended_at=None,
        paused_at=None,
        application__retired_at=None,
    )
    # Who was tried longest ago comes first, or a few busy ones would keep all others waiting.
    rows = rows.order_by(F("last_tried_at").asc(nulls_first=True), "pk")
    rows = rows.select_related("application__owner", "application__place")
    return list(rows.defer("application__place__geometry")[:MOST_HOOKS])


def _signing(hook: Webhook, opened: dict[int, str]) -> list[str]:
    found = [opened[hook.secret_id]] if hook.secret_id in opened else []
    if hook.old_until and hook.old_until > timezone.now() and hook.old_secret_id in opened:
        found.append(opened[hook.old_secret_id])
    return found


def _parcels(hooks: list[Webhook]) -> tuple[list[tuple[Webhook, list[Parcel]]], int]:
    """What each is sent now; and how many were set aside: asked again here, because a right may
    have gone since they were owed, and what is paused is owed for long."""
    owed = {hook.pk: _owed(hook) for hook in hooks}
    lines = {row.line_id: row.line for some in owed.values() for row in some}
    # Rights are asked again, not whom it concerned: a case may have gone on since it was owed.
    about = {
        pk: replace(what, also=(*what.also, *what.ever))
        for pk, what in about_lines(list(lines.values())).items()
    }
    parcels, withdrawn = [], []
    for hook in hooks:
        rows = owed[hook.pk]
        may = set(heard_by(hook, [row.line for row in rows], about))
        parcels.append((hook, [_parcel(row) for row in rows if row.line_id in may]))
        withdrawn += [row.pk for row in rows if row.line_id not in may]
    for some in in_parts(withdrawn):
        Notice.objects.filter(pk__in=some).update(set_aside_at=timezone.now(), trouble=NOT_HEARD)
    return parcels, len(withdrawn)


def _owed(hook: Webhook) -> list[Notice]:
    rows = Notice.objects.filter(webhook=hook, sent_at=None, set_aside_at=None)
    return list(rows.select_related("line").order_by("line__seq")[:MOST_EACH])


def _parcel(row: Notice) -> Parcel:
    line = row.line
    id = f"{city().code}-{line.pk}"
    said = event(
        id=id,
        source=f"{settings.GONGBI_PUBLIC_URL}/journal",
        type=f"gongbi.{line.kind}",
        subject=line.subject,
        time=line.at,
        sequence=line.seq or 0,
        data=line.body,
    )
    return Parcel(row.pk, id, orjson.dumps(said))


def _send(
    client: httpx.Client, url: str, secrets: list[str], parcels: Iterable[Parcel]
) -> list[Came]:
    """Send in order until one is not taken or the turn is over."""
    came: list[Came] = []
    until = time.monotonic() + TURN_SECONDS
    for parcel in parcels:
        came.append(_post(client, url, secrets, parcel))
        if came[-1].trouble or time.monotonic() > until:
            break
    return came


def _post(client: httpx.Client, url: str, secrets: list[str], parcel: Parcel) -> Came:
    if not secrets:
        return Came(parcel.notice, "its secret cannot be read")
    stamp = int(time.time())
    headers = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secrets, parcel.id, stamp, parcel.body),
    }
    try:
        with client.stream("POST", url, content=parcel.body, headers=headers) as answer:
            # What it says is not read: an answer without end would hold the turn.
            if answer.is_success:
                return Came(parcel.notice)
            return Came(parcel.notice, str(answer.status_code), answer.status_code == GONE)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Came(parcel.notice, type(error).__name__)


@transaction.atomic
def _write_down(hook: Webhook, came: list[Came]) -> int:
    at = timezone.now()
    taken = [one.notice for one in came if not one.trouble]
    if taken:
        Notice.objects.filter(pk__in=taken).update(sent_at=at, trouble="")
        Webhook.objects.filter(pk=hook.pk).update(
            failures=0, rest_until=None, last_tried_at=at, last_sent_at=at, last_trouble=""
        )
        hook.failures = 0
    for one in came:
        if one.trouble:
            _fail(hook, one, at)
    return len(came)


def _fail(hook: Webhook, came: Came, at: datetime) -> None:
    failures = hook.failures + 1
    # The draw only spreads retries; nothing rests on its being secret.
    rest = timedelta(seconds=wait_seconds(failures, random.random()))
    Notice.objects.filter(pk=came.notice).update(tries=F("tries") + 1, trouble=came.trouble)
    worn = Notice.objects.filter(pk=came.notice, tries__gte=SET_ASIDE_AFTER)
    worn.update(set_aside_at=at)
    Webhook.objects.filter(pk=hook.pk).update(
        failures=failures, rest_until=at + rest, last_tried_at=at, last_trouble=came.trouble
    )
    if came.gone or failures >= PAUSE_AFTER:
        why = "gone" if came.gone else "failing"
        Webhook.objects.filter(pk=hook.pk).update(paused_at=at, paused_why=why)
        fact = WebhookChanged(
            application=hook.application.name, webhook=hook.pk, change=f"paused:{why}"
        )
        publish(fact, subject=f"application:{hook.application.name}", actor="system:webhooks")
