"""Marks of ways to reach reporters: who asks what is held of them is found by their own way.

A mark is an HMAC of the way in its one spelling, under a key that lies in the keyring: whoever has
the tables alone cannot try telephone numbers through.
"""

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from gongbi.core.public import secret_for, unseal_many
from gongbi.kernel.contacts import ways_in

if TYPE_CHECKING:
    from gongbi.cases.models import Signal

PURPOSE = "find:contacts"
SHOWN_HEX = 32


def marks_of(contact: str) -> list[str]:
    """A mark for each way in what somebody left."""
    key = _key(str(settings.GONGBI_DATA))
    ways = ways_in(contact, settings.GONGBI_SMS_COUNTRY)
    said = [f"{way.kind}\x1f{way.address}".encode() for way in ways]
    return [hmac.new(key, one, hashlib.sha256).hexdigest()[:SHOWN_HEX] for one in said]


def mark_contacts(left: Iterable[tuple["Signal", str]]) -> None:
    """Write the marks of contacts that were just kept."""
    from gongbi.cases.models import ContactMark

    found = {(row.pk, one) for row, contact in left if contact for one in marks_of(contact)}
    if found:
        rows = [ContactMark(signal_id=pk, mark=one) for pk, one in sorted(found)]
        ContactMark.objects.bulk_create(rows)


def mark_anew(signal_id: int) -> None:
    """Marks of the ways that are held of a reporter now, and of no other they once left."""
    from gongbi.cases.models import News, Signal

    row = Signal.objects.get(pk=signal_id)
    told = News.objects.filter(signal=row, ended_at=None).first()
    opened = unseal_many([row.contact_id, told.address_id if told else None])
    unmark_contacts(signal_id)
    mark_contacts((row, said) for said in opened.values())


def unmark_contacts(signal_id: int) -> None:
    """Take a reporter's marks away with their contact."""
    from gongbi.cases.models import ContactMark

    ContactMark.objects.filter(signal=signal_id).delete()


def mark_older(most: int = 1000) -> int:
    """Mark contacts that were kept before there were marks; how many reports were looked at."""
    from gongbi.cases.models import Signal

    rows = Signal.objects.filter(
        contact_id__isnull=False, forgotten_at=None, contact_marks=None
    ).order_by("pk")
    done = 0
    after = 0
    while found := list(rows.filter(pk__gt=after)[:most]):
        opened = unseal_many(row.contact_id for row in found)
        mark_contacts((row, opened.get(row.contact_id or 0, "")) for row in found)
        done, after = done + len(found), found[-1].pk
    return done


@lru_cache(maxsize=4)
def _key(_data: str) -> bytes:
    """One a data folder; it lies in the keyring, not beside the marks."""
    return secret_for(PURPOSE)
