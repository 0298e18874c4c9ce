"""What was done with the matters of a period: how many, how long, whose word; no persons."""

from datetime import datetime

import numpy as np
from django.db.models import Count, Min, Q, QuerySet

from gongbi.cases import states
from gongbi.cases.access import visible_cases
from gongbi.cases.models import Case, Deadline, Outcome, Step, Task, Verdict
from gongbi.cases.promises import OF_TYPE
from gongbi.cases.records import SpanRecord, WorkRecord
from gongbi.core.public import Scope, in_language

MOST_TYPES = 8
CONTACTS = ("accept", "arrive")


def work_between(
    scope: Scope | None, place_path: str, since: datetime, until: datetime
) -> WorkRecord:
    """The cases opened in [since, until) at or below a place, as they stand now. Nine queries."""
    opened = visible_cases(scope).filter(
        place_path__startswith=place_path, opened_at__gte=since, opened_at__lt=until
    )
    rows = dict(opened.values_list("pk", "opened_at"))
    return WorkRecord(
        **_counts(opened),
        contact=_span(rows, _first_contact(opened)),
        on_site=_span(rows, _arrivals(opened)),
        closed_in=_span(rows, _closings(opened)),
        **_promises(opened),
        **_words(opened),
        types=_types(opened),
    )


def _counts(opened: "QuerySet[Case]") -> dict[str, int]:
    return opened.aggregate(
        opened=Count("pk"),
        from_alerts=Count("pk", filter=Q(source="alert")),
        live=Count("pk", filter=Q(state__in=states.LIVE)),
        closed=Count("pk", filter=Q(state=states.CLOSED)),
        merged=Count("pk", filter=Q(state=states.MERGED)),
        cancelled=Count("pk", filter=Q(state=states.CANCELLED)),
        reopened=Count("pk", filter=Q(reopened__gt=0)),
        returned=Count("pk", filter=Q(returned__gt=0)),
    )


def _first_contact(opened: "QuerySet[Case]") -> dict[int, datetime]:
    steps = Step.objects.filter(case__in=opened.values("pk"), verb__in=CONTACTS)
    return dict(steps.values_list("case").annotate(first=Min("at")))


def _arrivals(opened: "QuerySet[Case]") -> dict[int, datetime]:
    tasks = Task.objects.filter(case__in=opened.values("pk")).exclude(arrived_at=None)
    return dict(tasks.values_list("case").annotate(first=Min("arrived_at")))


def _closings(opened: "QuerySet[Case]") -> dict[int, datetime]:
    closed = opened.filter(state=states.CLOSED).values_list("pk", "closed_at")
    return {pk: at for pk, at in closed if at is not None}


def _span(opened_at: dict[int, datetime], then: dict[int, datetime]) -> SpanRecord:
    hours = [(at - opened_at[pk]).total_seconds() / 3600 for pk, at in then.items()]
    if not hours:
        return SpanRecord(0, None, None)
    return SpanRecord(len(hours), float(np.median(hours)), float(np.quantile(hours, 0.9)))


def _promises(opened: "QuerySet[Case]") -> dict[str, int]:
    """Promises to people kept, missed, or neither yet; a moved one is no promise."""
    rows = Deadline.objects.filter(case__in=opened.values("pk"), kind__in=OF_TYPE)
    missed = Q(missed_at__isnull=False) | Q(ended_as="late")
    return rows.aggregate(
        promises_kept=Count("pk", filter=Q(ended_as="met") & ~missed),
        promises_missed=Count("pk", filter=missed),
        promises_running=Count("pk", filter=Q(ended_at=None) & ~missed),
        cases_late=Count("case", filter=missed, distinct=True),
    )


def _words(opened: "QuerySet[Case]") -> dict[str, int]:
    """The handler's word and the resident's: two figures, over all rounds of these cases."""
    within = {"case__in": opened.values("pk")}
    done = Outcome.objects.filter(**within).aggregate(
        declared_done=Count("pk", filter=Q(declared="done")),
        declared_not_possible=Count("pk", filter=Q(declared="not_possible")),
    )
    asked = Verdict.objects.filter(**within).exclude(asked_at=None)
    said = asked.aggregate(
        asked=Count("pk"),
        solved=Count("pk", filter=Q(said="solved")),
        not_solved=Count("pk", filter=Q(said="not_solved")),
        unanswered=Count("pk", filter=Q(said="unanswered")),
    )
    return done | said


def _types(opened: "QuerySet[Case]") -> tuple[tuple[str, int], ...]:
    rows = opened.exclude(type=None).order_by()
    counted = rows.values_list("type__code", "type__name_en", "type__name_zh")
    ranked = counted.annotate(many=Count("pk")).order_by("-many", "type__code")[:MOST_TYPES]
    return tuple((in_language(en, zh), many) for _code, en, zh, many in ranked)
