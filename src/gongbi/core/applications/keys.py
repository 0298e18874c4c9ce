"""Keys of applications: made and shown once, several at a time, ended at once."""

import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gongbi.core.applications.counting import count_call
from gongbi.core.applications.finding import live_key
from gongbi.core.events import ApplicationKeyMade, ApplicationKeyRetired
from gongbi.core.journal import publish
from gongbi.core.models import Application, ApplicationKey, ApplicationUse
from gongbi.core.records import ApplicationRecord

KNOWN_SCOPES = ("dispatch", "hear", "report", "work")
MOST_KEYS = 8


class KeyRefused(Exception):
    """A key cannot be made or ended; the sentence says why and what to do."""


def application(request: HttpRequest) -> ApplicationRecord | None:
    """The application whose key the request carries as a bearer token, or None.

    The call is counted against its quotas; TooMany when they are spent.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return application_by_key(request, key.strip() if scheme.lower() == "bearer" else "")


def application_by_key(request: HttpRequest, key: str) -> ApplicationRecord | None:
    """The application of a key that came some other way; counted once a request."""
    held: ApplicationRecord | None = getattr(request, "gongbi_application", None)
    if held is not None or not key:
        return held
    row = live_key(digest_of(key))
    if row is None:
        return None
    record = record_of(row.application, row.scopes)
    request.gongbi_application = record  # type: ignore[attr-defined]
    count_call(row)
    return record


def record_of(row: Application, key_scopes: Iterable[str] | None = None) -> ApplicationRecord:
    """What crosses the door: a key never opens more than its application may."""
    own = frozenset(row.scopes)
    return ApplicationRecord(
        name=row.name,
        scopes=own if key_scopes is None else own & frozenset(key_scopes),
        place_path=row.place.path if row.place else "",
        unit_path=row.owner.path if row.owner and row.own_unit_only else "",
        types=tuple(row.types),
    )


def make_application_key(name: str, scopes: list[str]) -> str:
    """A new key for an application, registered if it was not; its older keys end. Shown once.

    KeyRefused for an application that was retired: its name is history.
    """
    with transaction.atomic():
        row, _new = Application.objects.get_or_create(
            name=name, defaults={"made_at": timezone.now(), "made_by": "command"}
        )
        _need_live(row)
        Application.objects.filter(pk=row.pk).update(scopes=sorted(scopes))
        row.scopes = sorted(scopes)
        row.keys.filter(retired_at=None).update(
            retired_at=timezone.now(), retired_why="replaced by a new key"
        )
        return add_key(row, by="command")


@transaction.atomic
def add_key(
    row: Application, *, by: str, label: str = "", scopes: Iterable[str] | None = None
) -> str:
    """One more key beside the others, so that a system can change over without a gap."""
    _need_live(row)
    wanted = set(row.scopes if scopes is None else scopes)
    if not wanted <= set(row.scopes):
        raise KeyRefused(_("A key cannot open more than its application may."))
    if row.keys.filter(retired_at=None).count() >= MOST_KEYS:
        told = _("%(name)s has %(most)d keys already; end one of them first.")
        raise KeyRefused(told % {"name": row.name, "most": MOST_KEYS})
    ApplicationUse.objects.get_or_create(application=row)
    key = secrets.token_urlsafe(32)
    made = ApplicationKey.objects.create(
        application=row, label=label, digest=digest_of(key), scopes=sorted(wanted), made_by=by
    )
    publish(ApplicationKeyMade(application=row.name, key=made.pk), subject=subject(row), actor=by)
    return key


@transaction.atomic
def end_key(key: ApplicationKey, *, by: str, why: str) -> None:
    """End one key, at once and for ever."""
    ended = ApplicationKey.objects.filter(pk=key.pk, retired_at=None).update(
        retired_at=timezone.now(), retired_why=why
    )
    if ended:
        fact = ApplicationKeyRetired(application=key.application.name, key=key.pk)
        publish(fact, subject=subject(key.application), actor=by)


def subject(row: Application) -> str:
    """Under which subject the journal tells of it."""
    return f"application:{row.name}"


def digest_of(key: str) -> str:
    """What is kept of a key: 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _need_live(row: Application) -> None:
    if row.retired_at is not None:
        told = _(
            "The application %(name)s was retired; register the new system under another name."
        )
        raise KeyRefused(told % {"name": row.name})
