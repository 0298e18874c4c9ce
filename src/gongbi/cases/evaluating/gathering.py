"""Counting for an evaluation: five queries whatever the period, grouped by the database."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case as When_
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncMonth

from gongbi.cases import states
from gongbi.cases.access import visible_cases
from gongbi.cases.models import Deadline, Outcome, Step, Verdict
from gongbi.core.public import Scope, children, city, now

BY = ("all", "unit", "place", "type", "month")
LONG_PAUSE = timedelta(days=7)
Counts = dict[str, int]


def gather(
    scope: Scope | None, place: str, path: str, since: datetime, until: datetime, by: str
) -> dict[str, Counts]:
    """Counts of the cases opened in [since, until) at or below a place, by group.

    ``place`` is its code and ``path`` its path; ``by`` is one of ``BY``. The key of a group is a
    code, a month, or empty where there is none.
    """
    opened = visible_cases(scope).filter(
        place_path__under=path, opened_at__gte=since, opened_at__lt=until
    )
    inside = {"case__in": opened.values("pk")}
    found: dict[str, Counts] = defaultdict(dict)
    for rows, counts, unit in (
        (opened, _OF_CASES, "unit"),
        (Deadline.objects.filter(**inside), _OF_PROMISES, "case__unit"),
        (Outcome.objects.filter(**inside), _OF_OUTCOMES, "unit"),
        (Verdict.objects.filter(**inside).exclude(asked_at=None), _OF_VERDICTS, "outcome__unit"),
        (_pauses(inside), _OF_PAUSES, "case__unit"),
    ):
        keyed = _keyed(rows, by, unit, "" if rows is opened else "case__", place)
        # Under names of their own: a count called like a column would be taken for it.
        named = {f"n_{name}": count for name, count in counts.items()}
        for key, *numbers in keyed.values_list("key").annotate(**named).order_by():
            found[_said(key)] |= dict(zip(counts, numbers, strict=True))
    return dict(found)


def _keyed(rows: "QuerySet[Any]", by: str, unit: str, case: str, place: str) -> "QuerySet[Any]":
    """Rows with the group they belong to."""
    keys: dict[str, Any] = {
        "all": lambda: Value("all"),
        "unit": lambda: F(unit),
        "type": lambda: F(f"{case}type__code"),
        "month": lambda: TruncMonth(f"{case}opened_at", tzinfo=city().zone),
        "place": lambda: _child(f"{case}place_path", place),
    }
    return rows.annotate(key=keys[by]())


def _child(path: str, place: str) -> When_:
    """Which of the places right below one a case lies in."""
    whens = [When(**{f"{path}__under": one.path}, then=Value(one.code)) for one in children(place)]
    return When_(*whens, default=Value(""), output_field=CharField())


def _said(key: Any) -> str:
    if isinstance(key, datetime):
        return key.strftime("%Y-%m")
    return str(key or "")


def _pauses(inside: dict[str, Any]) -> "QuerySet[Any]":
    """Each pause with when it ended, or now."""
    ends = Step.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"), source=states.WAITING)
    until = Coalesce(Subquery(ends.order_by("pk").values("at")[:1]), Value(now()))
    return Step.objects.filter(verb="wait", **inside).annotate(until=until)


def _n(**said: Any) -> Count:
    return Count("pk", filter=Q(**said))


_DECLARED = Exists(Outcome.objects.filter(case=OuterRef("pk")))
_OF_CASES = {
    "cases": Count("pk"),
    "declared_cases": Count("pk", filter=Q(_DECLARED)),
    "reopened": Count("pk", filter=Q(_DECLARED, reopened__gt=0)),
    "returned": _n(returned__gt=0),
    "returned_again": _n(returned__gt=1),
    "repeated": _n(signals_count__gt=1),
    "cancelled": _n(state=states.CANCELLED),
}
_MISSED = Q(missed_at__isnull=False) | Q(ended_as="late")


def _promises(kind: str) -> dict[str, Count]:
    return {
        f"{kind}_kept": Count("pk", filter=Q(kind=kind, ended_as="met") & ~_MISSED),
        f"{kind}_missed": Count("pk", filter=Q(kind=kind) & _MISSED),
    }


_OF_PROMISES = _promises("first_contact") | _promises("solve")
_OF_OUTCOMES = {
    "outcomes": Count("pk"),
    "done": _n(declared="done"),
    "not_possible": _n(declared="not_possible"),
}
_OF_VERDICTS = {
    "solved": _n(said="solved"),
    "not_solved": _n(said="not_solved"),
    "unanswered": _n(said="unanswered"),
    "done_denied": _n(said="not_solved", outcome__declared="done"),
    "done_answered": _n(said__in=("solved", "not_solved"), outcome__declared="done"),
}
_OF_PAUSES = {
    "pauses": Count("pk"),
    "long_pauses": Count("pk", filter=Q(until__gt=F("at") + Value(LONG_PAUSE))),
}


def whole(groups: Iterable[Counts]) -> Counts:
    """All groups as one."""
    total: Counts = defaultdict(int)
    for counts in groups:
        for name, number in counts.items():
            total[name] += number
    return dict(total)
