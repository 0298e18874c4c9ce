"""The daily list: an officer asks for what is due, and gets it by mail at their hour.

A list holds numbers, types, places by name and times, as the worklist does; no word of a reporter.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongbi.cases.models import DailyList
from gongbi.cases.news.asking import delete_addresses, digest_of, stop_token
from gongbi.core.public import (
    MAIL,
    Letter,
    Owed,
    city,
    now,
    owe_messages,
    scope_of,
    seal,
    unseal,
)

HOURS = tuple(range(5, 12))
SHOWN = 50


@transaction.atomic
def ask_daily(person: Any, *, address: str, hour: int, language: str) -> None:
    """Send the list from the next such hour on; today's too where the hour is to come."""
    at = now().astimezone(city().zone)
    delete_addresses(DailyList.objects.filter(person=person))
    DailyList.objects.update_or_create(
        person=person,
        defaults={
            "address_id": seal(f"daily:{person.pk}", address),
            "hour": hour,
            "language": language,
            "asked_at": now(),
            "ended_at": None,
            "last_day": at.date() if at.hour >= hour else None,
            "stop_digest": digest_of(stop_token(f"person:{person.pk}")),
        },
    )


def daily_of(person: Any) -> tuple[str, int] | None:
    """Where the list goes and at which hour; None when it goes nowhere."""
    row = DailyList.objects.filter(person=person, ended_at=None).first()
    return (unseal(row.address_id) or "", row.hour) if row else None


def owe_daily(at: datetime) -> int:
    """Owe today's lists whose hour has come; how many."""
    here = at.astimezone(city().zone)
    due = DailyList.objects.filter(
        Q(last_day=None) | Q(last_day__lt=here.date()), ended_at=None, hour__lte=here.hour
    )
    return sum(_owe(row, here) for row in due[:500])


@transaction.atomic
def _owe(row: DailyList, here: datetime) -> int:
    mine = DailyList.objects.filter(pk=row.pk, last_day=row.last_day, ended_at=None)
    if not mine.update(last_day=here.date()):
        return 0
    day = here.date().isoformat()
    return owe_messages(
        [Owed(f"daily:{row.person_id}:{day}", MAIL, "cases", "daily", str(row.person_id))]
    )


def write(subject: str) -> Letter | None:
    """The list as it is now; None for who may see no case any more, or wants no list."""
    person = get_user_model().objects.filter(pk=subject, is_active=True).first()
    row = DailyList.objects.filter(person=person, ended_at=None).first() if person else None
    address = unseal(row.address_id) if row else None
    scope = scope_of(person)
    if row is None or address is None or not scope.can("cases.see"):
        return None
    with translation.override(row.language), timezone.override(city().zone):
        return _letter(row, address, scope)


def _letter(row: DailyList, address: str, scope: Any) -> Letter:
    from gongbi.cases.queries import rows
    from gongbi.cases.records_listed import CaseFilter

    late = rows(scope, CaseFilter(overdue=True, limit=SHOWN + 1))
    today = rows(scope, CaseFilter(due_today=True, limit=SHOWN + 1))
    stop = settings.GONGBI_PUBLIC_URL + reverse(
        "news-stop", args=[stop_token(f"person:{row.person_id}")]
    )
    parts = [
        _("Overdue: %(n)s. Due today: %(m)s.") % {"n": _many(late), "m": _many(today)},
        *_asked_of(scope),
        *_listed(pgettext("cases", "Overdue"), late),
        *_listed(_("Due today"), today),
        _("To get this list no more: %(stop)s") % {"stop": stop},
    ]
    title = _("%(city)s: %(n)s overdue, %(m)s due today") % {
        "city": city().name,
        "n": _many(late),
        "m": _many(today),
    }
    return Letter(address, row.language, "\n\n".join(parts) + "\n", title, stop)


def _asked_of(scope: Any) -> list[str]:
    """What waits for the reader's own word, in a line with the way to it."""
    from gongbi.cases.asked import number

    many = number(scope)
    if not many or not scope.can("cases.asked"):
        return []
    link = settings.GONGBI_PUBLIC_URL + reverse("asked")
    said = {"n": f"{many}+" if many.more else many, "link": link}
    return [_("Asked of you, and waiting: %(n)s. %(link)s") % said]


def _many(found: list[Any]) -> str:
    return f"{SHOWN}+" if len(found) > SHOWN else str(len(found))


def _listed(head: str, found: list[Any]) -> list[str]:
    if not found:
        return []
    return ["\n".join([head, *(_line(row) for row in found[:SHOWN])])]


def _line(row: Any) -> str:
    due = date_format(timezone.localtime(row.due_at), "SHORT_DATETIME_FORMAT")
    what = " · ".join(filter(None, (row.number, row.type_name, row.place_name, due)))
    return f"- {what}\n  {settings.GONGBI_PUBLIC_URL}/cases/{row.number}/"
