"""Making webhooks, changing their secret, pausing, resuming, replaying and ending them."""

import secrets as random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gongbi.core import keyring
from gongbi.core.addresses import is_web_address
from gongbi.core.applications.keys import subject
from gongbi.core.events import WebhookChanged
from gongbi.core.journal import publish
from gongbi.core.models import Application, Heard, JournalLine, Notice, Webhook
from gongbi.core.sealed import seal
from gongbi.core.webhooks.hearing import in_parts, unknown_kinds
from gongbi.core.webhooks.noticing import owe
from gongbi.kernel.webhooks import secret_of

BOTH_SECRETS_FOR = timedelta(days=1)
MOST_WEBHOOKS = 8
MOST_REPLAYED = 100_000


class WebhookRefused(Exception):
    """What was asked cannot be done; the sentence says why."""


@transaction.atomic
def make_webhook(
    row: Application, *, url: str, kinds: Iterable[str], by: str
) -> tuple[Webhook, str]:
    """An address that is told from now on, and its secret, which is shown only now."""
    wanted = sorted(set(kinds))
    _check(row, url, wanted)
    heard, _new = Heard.objects.select_for_update().get_or_create(pk=1)
    if not Webhook.objects.filter(ended_at=None).exists():
        # Nobody listened: what happened meanwhile is not owed to the first who does.
        heard.seq = JournalLine.objects.aggregate(last=Max("seq"))["last"] or 0
        heard.save()
    hook = Webhook.objects.create(application=row, url=url, kinds=wanted, made_at=timezone.now())
    secret = _fresh_secret(hook)
    _tell(hook, "made", by)
    return hook, secret


def _check(row: Application, url: str, kinds: list[str]) -> None:
    if row.retired_at is not None:
        raise WebhookRefused(_("The application was retired; its entry is history."))
    if "hear" not in row.scopes or row.place_id is None:
        raise WebhookRefused(
            _("It hears nothing yet: give the application the scope “hear” and a place first.")
        )
    if not is_web_address(url):
        raise WebhookRefused(
            _("The address must begin with https:// or http:// and hold no password.")
        )
    if not kinds or unknown_kinds(kinds):
        raise WebhookRefused(
            _("Choose at least one kind of fact; unknown: %(kinds)s.")
            % {"kinds": ", ".join(unknown_kinds(kinds)) or "–"}
        )
    if row.webhooks.filter(ended_at=None).count() >= MOST_WEBHOOKS:
        raise WebhookRefused(_("It has %(most)d webhooks already.") % {"most": MOST_WEBHOOKS})


def _fresh_secret(hook: Webhook) -> str:
    secret = secret_of(random.token_bytes(32))
    hook.secret_id = seal(hook.key_owner, secret)
    hook.save(update_fields=["secret_id"])
    return secret


@transaction.atomic
def change_secret(hook: Webhook, *, by: str) -> str:
    """A new secret; for a day both sign, so that the receiver can change over without a gap."""
    _need_live(hook)
    hook.old_secret_id, hook.old_until = hook.secret_id, timezone.now() + BOTH_SECRETS_FOR
    hook.save(update_fields=["old_secret_id", "old_until"])
    _tell(hook, "secret", by)
    return _fresh_secret(hook)


@transaction.atomic
def pause(hook: Webhook, *, by: str, why: str = "by_hand") -> None:
    """Send nothing until resumed; what happens meanwhile stays owed."""
    _need_live(hook)
    Webhook.objects.filter(pk=hook.pk).update(paused_at=timezone.now(), paused_why=why)
    _tell(hook, "paused", by)


@transaction.atomic
def resume(hook: Webhook, *, by: str) -> None:
    """Send again, from the first fact that is owed, and also what was set aside."""
    _need_live(hook)
    Webhook.objects.filter(pk=hook.pk).update(
        paused_at=None, paused_why="", failures=0, rest_until=None
    )
    hook.notices.exclude(set_aside_at=None).update(set_aside_at=None, tries=0)
    _tell(hook, "resumed", by)


@transaction.atomic
def replay(hook: Webhook, *, since: datetime, by: str) -> int:
    """Owe again all it may hear since then, under the same ids; how many."""
    _need_live(hook)
    lines = JournalLine.objects.filter(
        recorded_at__gte=since, seq__isnull=False, kind__in=hook.kinds
    )
    found = list(lines.order_by("seq")[: MOST_REPLAYED + 1])
    if len(found) > MOST_REPLAYED:
        raise WebhookRefused(
            _("More than %(most)d facts: choose a later beginning.") % {"most": MOST_REPLAYED}
        )
    owed = owe([hook], found)[hook.pk]
    for some in in_parts(owed):  # what it may hear no more stays as it was told
        hook.notices.filter(line__in=some).update(sent_at=None, set_aside_at=None, tries=0)
    _tell(hook, "replayed", by)
    return len(owed)


@transaction.atomic
def end(hook: Webhook, *, by: str) -> None:
    """Send nothing any more; its secret is destroyed, its history stays."""
    _need_live(hook)
    Webhook.objects.filter(pk=hook.pk).update(ended_at=timezone.now())
    _tell(hook, "ended", by)
    forget_secret(hook)


def forget_secret(hook: Webhook) -> None:
    """Destroy an ended webhook's secret once that it ended is on disk: were it rolled back, it
    would go on and could not sign. What is cut off in between, ``forget_ended`` does."""
    transaction.on_commit(lambda: _destroy_secret(hook), robust=True)


def _destroy_secret(hook: Webhook) -> None:
    keyring.destroy(hook.key_owner)
    Webhook.objects.filter(pk=hook.pk).update(secret_id=None, old_secret_id=None)


def forget_ended() -> int:
    """Destroy secrets of ended webhooks that still have one; returns how many."""
    rows = list(Webhook.objects.exclude(ended_at=None).exclude(secret_id=None)[:MOST_WEBHOOKS])
    for hook in rows:
        _destroy_secret(hook)
    return len(rows)


def try_again(notice: Notice) -> None:
    """Bring one that was set aside back into the queue."""
    Notice.objects.filter(pk=notice.pk).update(set_aside_at=None, tries=0)


def _need_live(hook: Webhook) -> None:
    if hook.ended_at is not None:
        raise WebhookRefused(_("This webhook has ended; make a new one."))


def _tell(hook: Webhook, what: str, by: str) -> None:
    fact = WebhookChanged(application=hook.application.name, webhook=hook.pk, change=what)
    publish(fact, subject=subject(hook.application), actor=by)
