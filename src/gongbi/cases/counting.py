"""Counting without reading a whole city: each count stops at a bound, all in one statement."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from gongbi.cases import states
from gongbi.cases.access import visible_cases
from gongbi.cases.models import Case, Outcome, Step, Verdict
from gongbi.cases.records_listed import CaseCounts, Counted, LiveCounts
from gongbi.core.public import Scope, city, now

MOST = 10_000
UNSOLVED = tuple(state for state in states.LIVE if state != states.ANSWERED)
MOST_STEPS = 32_000


def bounded(rows: Mapping[str, "QuerySet[Any]"], most: int) -> dict[str, Counted]:
    """How many rows each query has, at most ``most`` and a plus. One statement for all."""
    parts, params = ["SELECT 1"], list[Any]()
    for found in rows.values():
        try:
            sql, said = found.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, said = "SELECT 1 WHERE 1 = 0", ()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")
        params += said
    with connection.cursor() as cursor:
        cursor.execute(", ".join(parts), params)
        counts = cursor.fetchone()[1:]
    return {name: Counted.up_to(most, n) for name, n in zip(rows, counts, strict=True)}


def live_queries(scope: Scope | None) -> dict[str, "QuerySet[Case]"]:
    """The rows behind each figure of what is not over."""
    at = now()
    seen = visible_cases(scope)
    live = seen.filter(state__live_in=states.LIVE)
    return {
        "open": live,
        "to_dispatch": seen.filter(state__live_in=[states.OPEN]),
        "in_hand": seen.filter(state__live_in=[states.IN_HAND]),
        "waiting": seen.filter(state__live_in=[states.WAITING]),
        "waiting_verdict": seen.filter(state__live_in=[states.ANSWERED]),
        "overdue": live.filter(due_at__lte=at),
        "due_today": live.filter(due_at__gt=at, due_at__lt=midnight_after(at)),
        "unsolved": seen.filter(state__live_in=UNSOLVED, reopened__above=0),
    }


def live_counts(scope: Scope | None, most: int = MOST) -> LiveCounts:
    """Figures of what a person sees and is not over; of the whole city for None. One query."""
    return LiveCounts(**bounded(live_queries(scope), most))


def counts(scope: Scope | None, most: int = MOST) -> CaseCounts:
    """The same, and the handler's word and the residents' as two figures. One query."""
    seen = Q() if scope is None else Q(case__in=visible_cases(scope).values("pk"))
    said = Verdict.objects.filter(seen)
    words: dict[str, QuerySet[Any]] = {
        "declared_done": Outcome.objects.filter(seen, declared="done"),
        "confirmed_solved": said.filter(said="solved"),
        "confirmed_not_solved": said.filter(said="not_solved"),
        "unanswered": said.filter(said="unanswered"),
    }
    return CaseCounts(**bounded({**live_queries(scope), **words}, most))


def open_now() -> int:
    """Every case that is not over, to the last one: for who watches the house."""
    return Case.objects.filter(state__live_in=states.LIVE).count()


def midnight_after(at: datetime) -> datetime:
    """The end of an instant's day in the city's zone."""
    zone = city().zone
    return datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), zone)


def count_steps(
    scope: Scope | None, begin: datetime, end: datetime, most: int = MOST_STEPS
) -> tuple[dict[str, int], bool]:
    """Steps by verb in [begin, end), the newest ``most`` of them; whether older were left out."""
    steps = Step.objects.filter(at__gte=begin, at__lt=end)
    if scope is not None:
        steps = steps.filter(case__in=visible_cases(scope).values("pk"))
    newest = steps.order_by("-at", "-pk").values("verb")[:most]
    try:
        sql, params = newest.query.sql_with_params()
    except EmptyResultSet:
        return {}, False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT verb, COUNT(*) FROM ({sql}) told GROUP BY verb", params)
        found = dict(cursor.fetchall())
    return found, sum(found.values()) >= most
