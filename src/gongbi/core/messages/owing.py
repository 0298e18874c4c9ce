"""Owing messages: written in the transaction of what they tell of, each once."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from gongbi.core.messages.letters import MAIL, SMS, Owed
from gongbi.core.models import Message


def ways_out() -> tuple[str, ...]:
    """The ways the operator has set up."""
    named = ((MAIL, settings.GONGBI_MAIL_URL), (SMS, settings.GONGBI_SMS_URL))
    return tuple(way for way, address in named if address)


def owe_messages(owed: Iterable[Owed]) -> int:
    """Owe messages by ways that are set up; one that is owed already is not owed again."""
    at, open_ways = timezone.now(), ways_out()
    rows = [
        Message(
            reference=one.reference,
            way=one.way,
            writer=one.writer,
            kind=one.kind,
            subject=one.subject,
            about=one.about,
            place_path=one.place_path,
            said=one.said or {},
            made_at=at,
            due_at=one.not_before or at,
        )
        for one in owed
        if one.way in open_ways
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
