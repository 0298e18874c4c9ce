"""Asking for news, and wanting no more."""

import base64
import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gongbi.cases.errors import Incomplete
from gongbi.cases.models import DailyList, News, Signal
from gongbi.cases.records import NewsRecord
from gongbi.cases.search.contacts import mark_anew
from gongbi.cases.still_held import still_held
from gongbi.core.public import MAIL, SMS, delete_sealed, now, seal, unseal, ways_out
from gongbi.kernel.contacts import Way, can_take_text, shadow_of, ways_in

KINDS = {MAIL: "mail", SMS: "phone"}


def way_to(said: str) -> tuple[str, str] | None:
    """The first way in what somebody left that the city can go: (way, address)."""
    country = settings.GONGBI_SMS_COUNTRY
    for way in ways_in(said, country):
        if way.kind == "mail" and MAIL in ways_out():
            return MAIL, way.address
        if way.kind == "phone" and SMS in ways_out() and can_take_text(way.address, country):
            return SMS, way.address
    return None


def no_way() -> str:
    """The sentence for an address nobody can be told at."""
    if ways_out() == (MAIL,):
        return _("Write an e-mail address to be told, such as name@example.org.")
    if ways_out() == (SMS,):
        return _("Write the number of a mobile telephone to be told.")
    return _("Write an e-mail address or the number of a mobile telephone to be told.")


@transaction.atomic
def stop_daily(person: Any) -> None:
    """Send an officer the list no more."""
    _end(DailyList.objects.filter(person=person))


@transaction.atomic
def ask_news(signal: Signal, said: str, language: str) -> NewsRecord:
    """Tell a reporter how it goes from now on; Incomplete when nothing can reach them.

    An address they had left for it before is deleted.
    """
    found = way_to(said)
    if found is None:
        raise Incomplete("address", no_way())
    way, address = found
    with still_held(signal, alone=True):
        delete_addresses(News.objects.filter(signal=signal))
        News.objects.update_or_create(
            signal=signal,
            defaults={
                "way": way,
                "address_id": seal(signal.contact_owner, address),
                "language": language,
                "asked_at": now(),
                "ended_at": None,
                "stop_digest": digest_of(stop_token(f"signal:{signal.uuid}")),
            },
        )
    mark_anew(signal.pk)
    return NewsRecord(way, shadow_of(Way(KINDS[way], address)))


def news_of(signal: Signal) -> NewsRecord | None:
    """How a reporter is told; None when they are not."""
    row = News.objects.filter(signal=signal, ended_at=None).first()
    address = unseal(row.address_id) if row else None
    if row is None or address is None:
        return None
    return NewsRecord(row.way, shadow_of(Way(KINDS[row.way], address)))


@transaction.atomic
def stop_news(signal: Signal) -> None:
    """Tell them no more."""
    _end_news(News.objects.filter(signal=signal))


def _end_news(rows: "QuerySet[News]") -> list[News]:
    """End messages to reporters; who gives that address from now on finds nothing by it."""
    known = _end(rows)
    for row in known:
        mark_anew(row.signal_id)
    return known


def _end(rows: "QuerySet[Any]") -> list[Any]:
    """End messages, and delete the addresses they went to."""
    known = delete_addresses(rows)
    rows.filter(ended_at=None).update(ended_at=now())
    return known


def delete_addresses(rows: "QuerySet[Any]") -> list[Any]:
    """Delete addresses that messages went to; nobody changes the rows meanwhile."""
    known = list(rows.select_for_update().order_by("pk"))
    rows.model._default_manager.filter(pk__in=[row.pk for row in known]).update(address_id=None)
    delete_sealed(row.address_id for row in known)
    return known


def stop_token(owner: str) -> str:
    """The secret in the link that ends messages, drawn from whom they are for."""
    digest = salted_hmac("gongbi.cases.news", owner, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def digest_of(token: str) -> str:
    """What is kept of it: 192 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def stop_by(token: str) -> bool:
    """End what a link ends; False when there is nothing it could end. Twice is as good as once."""
    digest = digest_of(token)
    told = _end_news(News.objects.filter(stop_digest=digest))
    listed = _end(DailyList.objects.filter(stop_digest=digest))
    return bool(told or listed)


def is_stop(token: str) -> bool:
    """Whether a link ends anything."""
    digest = digest_of(token)
    return any(m.objects.filter(stop_digest=digest).exists() for m in (News, DailyList))


def signal_of(subject: str) -> Signal | None:
    """The reporter a message is for, while they may still be told."""
    rows = Signal.objects.select_related("case__merged_into")
    found = rows.filter(uuid=UUID(subject), forgotten_at=None, follow_until__gt=now())
    return found.first()
