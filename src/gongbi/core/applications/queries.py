"""What the pages of the register need; the cost of each in SQL is asserted in a test."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone

from gongbi.core.applications.access import visible_applications
from gongbi.core.applications.keys import subject
from gongbi.core.applications.registering import key_keepers, today_of_contracts
from gongbi.core.models import (
    Application,
    ApplicationHour,
    ApplicationKey,
    JournalLine,
    Notice,
    Webhook,
)
from gongbi.core.models.webhooks import NOT_HEARD
from gongbi.core.scope import Scope

STATES = ("live", "trouble", "silent", "over", "retired", "all")
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list: words in names, titles and purposes; a state; a scope."""

    words: str = ""
    state: str = "live"
    scope: str = ""


def listed(scope: Scope | None, wanted: Wanted) -> "QuerySet[Any]":
    """Applications one may see, narrowed, with their last call and their last 24 hours."""
    rows = _named(visible_applications(scope), wanted.words).filter(_in_state(wanted.state))
    if wanted.scope:
        # As text, because SQLite cannot look into JSON; no scope is part of another's name.
        rows = rows.filter(scopes__icontains=f'"{wanted.scope}"')
    return (
        rows.select_related("owner", "applicationuse")
        .annotate(**{f"day_{name}": _in_a_day(name) for name in ("calls", "refused", "errors")})
        .annotate(stuck=Exists(_stuck_webhooks()))
    )


def counts(scope: Scope) -> dict[str, int]:
    """How many are in each state. One query."""
    seen = visible_applications(scope)
    return seen.aggregate(**{state: Count("pk", filter=_in_state(state)) for state in STATES})


def _named(rows: "QuerySet[Application]", words: str) -> "QuerySet[Application]":
    for word in words.split()[:8]:
        found = Q()
        for field in ("name", "title_en", "title_zh", "purpose_en", "purpose_zh"):
            found |= Q(**{f"{field}__icontains": word})
        found |= Q(owner__name_en__icontains=word) | Q(owner__name_zh__icontains=word)
        rows = rows.filter(found)
    return rows


def _in_state(state: str) -> Q:
    live = Q(retired_at=None)
    match state:
        case "trouble":
            return live & (_bad_now() | Exists(_bad_hours()) | Exists(_stuck_webhooks()))
        case "silent":
            return live & Q(applicationuse__last_call_at=None)
        case "over":
            return live & Q(contract_until__lt=today_of_contracts())
        case "retired":
            return ~live
        case "all":
            return Q()
    return live


def _hours() -> "QuerySet[ApplicationHour]":
    since = timezone.now() - timedelta(hours=24)
    return ApplicationHour.objects.filter(application=OuterRef("pk"), began_at__gte=since)


def _bad_hours() -> "QuerySet[ApplicationHour]":
    return _hours().filter(Q(errors__gt=0) | Q(refused__gt=0))


def _bad_now() -> Q:
    bad = Q(applicationuse__errors__gt=0) | Q(applicationuse__refused__gt=0)
    return bad & Q(applicationuse__hour__gte=timezone.now() - timedelta(hours=24))


def _stuck_webhooks() -> "QuerySet[Webhook]":
    aside = Notice.objects.filter(webhook=OuterRef("pk"), sent_at=None).exclude(set_aside_at=None)
    aside = aside.exclude(trouble=NOT_HEARD)  # as it should be
    stuck = Exists(aside) | (Q(paused_at__isnull=False) & ~Q(paused_why="by_hand"))
    return Webhook.objects.filter(stuck, application=OuterRef("pk"), ended_at=None)


def _in_a_day(field: str) -> CombinedExpression:
    """Hours that are over, and the running one (or the last, when it was within a day)."""
    added = _hours().order_by().values("application").annotate(many=Sum(field)).values("many")
    recent = Q(applicationuse__hour__gte=timezone.now() - timedelta(hours=24))
    running = Case(When(recent, then=F(f"applicationuse__{field}")), default=0)
    return Coalesce(Subquery(added), 0) + running


@dataclass(frozen=True, slots=True)
class Health:
    """How an application fares: its last 24 hours by the hour, oldest first, and their sums."""

    by_hour: list[int]
    calls: int
    refused: int
    errors: int
    keys_elsewhere: int


def health(row: Application) -> Health:
    """One query, and a look at keys kept elsewhere."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    since = hour - timedelta(hours=23)
    found: dict[Any, Any] = {one.began_at: one for one in row.hours.filter(began_at__gte=since)}
    use = getattr(row, "applicationuse", None)
    if use and use.hour and use.hour >= since:
        found[use.hour] = use
    hours = [found.get(since + timedelta(hours=step)) for step in range(24)]
    return Health(
        by_hour=[one.calls if one else 0 for one in hours],
        calls=sum(one.calls for one in found.values()),
        refused=sum(one.refused for one in found.values()),
        errors=sum(one.errors for one in found.values()),
        keys_elsewhere=sum(keeper.held_by(row.name) for keeper in key_keepers()),
    )


def webhooks_of(row: Application) -> "QuerySet[Any]":
    """Its webhooks, with how much each is owed and how much was set aside. One query."""
    owed = Q(notices__sent_at=None, notices__set_aside_at=None, notices__pk__isnull=False)
    aside = Q(notices__sent_at=None, notices__set_aside_at__isnull=False)
    return row.webhooks.annotate(
        owed=Count("notices", filter=owed),
        aside=Count("notices", filter=aside),
        sent=Count("notices", filter=Q(notices__sent_at__isnull=False)),
    ).order_by(F("ended_at").asc(nulls_first=True), "pk")


def set_aside(row: Application) -> "QuerySet[Notice]":
    """What could not be told, newest first."""
    rows = Notice.objects.filter(webhook__application=row, webhook__ended_at=None, sent_at=None)
    rows = rows.exclude(set_aside_at=None).select_related("line")
    return rows.order_by("-set_aside_at", "-pk")[:MOST_SHOWN]


def keys_of(row: Application) -> "QuerySet[ApplicationKey]":
    """Its keys, those that work first."""
    return row.keys.order_by(F("retired_at").asc(nulls_first=True), "-made_at", "-pk")


def history(row: Application) -> list[dict[str, Any]]:
    """What was done with its entry, newest first."""
    lines = JournalLine.objects.filter(subject=subject(row)).order_by("-pk")[:MOST_SHOWN]
    return [
        {
            "what": line.kind.split(".")[1],
            "body": line.body,
            "by": line.actor,
            "at": line.recorded_at,
        }
        for line in lines
    ]
