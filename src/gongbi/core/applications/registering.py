"""Entering a system into the register, changing its entry, and retiring it in one step."""

from datetime import date
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongbi.core.applications.keys import subject
from gongbi.core.events import ApplicationChanged, ApplicationRegistered, ApplicationRetired
from gongbi.core.journal import publish
from gongbi.core.models import Application, Webhook
from gongbi.core.webhooks.keeping import forget_secret

CHANGEABLE = frozenset(
    {"title_en", "title_zh", "purpose_en", "purpose_zh", "owner", "place", "own_unit_only",
     "types", "contact", "scopes", "per_minute", "per_day", "contract_until"}
)  # fmt: skip


class KeyKeeper(Protocol):
    """Keys an application holds elsewhere (to send readings); named in ``KEY_KEEPERS``."""

    def held_by(self, name: str) -> int:
        """How many keys the application holds there."""

    def end_all(self, name: str) -> int:
        """End them; how many there were."""


class NotNow(Exception):
    """What was asked cannot be done with this entry; the sentence says why."""


@transaction.atomic
def register(name: str, *, by: str, **said: Any) -> Application:
    """Enter a system; its keys are made apart."""
    try:
        with transaction.atomic():  # two may enter one name at the same moment
            row = Application.objects.create(name=name, made_at=timezone.now(), made_by=by, **said)
    except IntegrityError as error:
        told = _("There is an application %(name)s already.") % {"name": name}
        raise NotNow(told) from error
    publish(ApplicationRegistered(application=name), subject=subject(row), actor=by)
    return row


def stand_of(row: Application) -> str:
    """By which it is known whether somebody changed an entry since."""
    return row.changed_at.isoformat() if row.changed_at else ""


class Changed(NotNow):
    """Somebody changed the entry since it was read; the sentence says so."""


@transaction.atomic
def change(row: Application, *, by: str, seen: str | None = None, **said: Any) -> Application:
    """Change the entry; narrower scopes hold for all its keys at once.

    ``seen`` is how it stood (``stand_of``) when whoever changes it read it, ``row`` otherwise.
    Changed where somebody was quicker: what they took away is not given back unseen.
    """
    seen = stand_of(row) if seen is None else seen
    row = Application.objects.select_for_update().get(pk=row.pk)
    if stand_of(row) != seen:
        raise Changed(_("Somebody changed this entry since you opened it; please look again."))
    if row.retired_at is not None:
        raise NotNow(_("The application was retired; its entry is history."))
    assert set(said) <= CHANGEABLE, said
    changed = sorted(name for name, value in said.items() if getattr(row, name) != value)
    if changed:
        for name in changed:
            setattr(row, name, said[name])
        row.changed_at = timezone.now()
        row.save(update_fields=[*changed, "changed_at"])
        fact = ApplicationChanged(application=row.name, fields=tuple(changed))
        publish(fact, subject=subject(row), actor=by)
    return row


@transaction.atomic
def retire(row: Application, *, by: str, why: str) -> Application:
    """End all its keys and stop all its webhooks, at once and for ever; history stays.

    Doing it again is harmless. Keys kept elsewhere go first: if this is cut off in the middle,
    the system has lost its keys and is not yet marked, never the other way round.
    """
    if not why.strip():
        raise NotNow(_("Please say why: whoever looks later must understand it."))
    for keeper in key_keepers():
        keeper.end_all(row.name)
    at = timezone.now()
    first = Application.objects.filter(pk=row.pk, retired_at=None).update(
        retired_at=at, retired_by=by, retired_why=why.strip()[:400]
    )
    row.keys.filter(retired_at=None).update(retired_at=at, retired_why="application retired")
    for hook in Webhook.objects.filter(application=row, ended_at=None):
        Webhook.objects.filter(pk=hook.pk).update(ended_at=at)
        forget_secret(hook)
    if first:
        publish(ApplicationRetired(application=row.name), subject=subject(row), actor=by)
    row.refresh_from_db()
    return row


def key_keepers() -> list[KeyKeeper]:
    """Who else keeps keys of applications."""
    return [import_module(name) for name in settings.KEY_KEEPERS]


def today_of_contracts() -> date:
    """The day contracts are compared with: the wall's, in the city's zone."""
    from gongbi.core.city import city

    return timezone.now().astimezone(city().zone).date()
