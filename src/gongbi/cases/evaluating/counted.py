"""What is counted, each by one condition: the same counts a figure and lists what is behind it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField as Instant
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from gongbi.cases import states
from gongbi.cases.access import visible_cases
from gongbi.cases.evaluating.terms import Terms
from gongbi.cases.models import Case, Deadline, Outcome, Satisfaction, Step, Verdict

LONG_PAUSE, LONG_PARK = timedelta(days=7), timedelta(days=30)
STOPS = ("wait", "park")
AGAIN_WITHIN = timedelta(days=14)
AT_ONCE = timedelta(minutes=10)
NEAR_DEGREES = 0.001  # about a hundred metres
ALL = Q(pk__gt=0)
MISSED = Q(missed_at__isnull=False) | Q(ended_as="late")
NOT_CALLED = Q(said="solved") & ~Q(channel="call_back")
Conditions = dict[str, Q]

# Kind of rows: the way from a row to its case, and to the unit it is counted for.
KINDS = {
    "cases": ("", "unit"),
    "promises": ("case__", "case__unit"),
    "outcomes": ("case__", "unit"),
    "verdicts": ("case__", "outcome__unit"),
    "satisfactions": ("case__", "outcome__unit"),
    "pauses": ("case__", "case__unit"),
}


def rows_of(kind: str, terms: Terms, at: datetime) -> "QuerySet[Any]":
    """All rows of a kind that an evaluation looks at; ``at`` is now."""
    opened = visible_cases(terms.scope).filter(
        place_path__under=terms.place.path, opened_at__gte=terms.since, opened_at__lt=terms.until
    )
    rows = opened if kind == "cases" else _ROWS[kind](at).filter(case__in=opened.values("pk"))
    if terms.unit is None:
        return rows
    return rows.filter(**{f"{KINDS[kind][1]}__path__under": terms.unit.path})


def _pauses(at: datetime) -> "QuerySet[Any]":
    """Each pause, and each time of being parked, with when it ended, or now."""
    ends = Step.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("pk"), source=states.WAITING)
    ends = ends.exclude(target=states.WAITING)  # what happened within it
    until = Coalesce(Subquery(ends.order_by("pk").values("at")[:1]), Value(at))
    return Step.objects.filter(verb__in=STOPS).annotate(until=until)


_ROWS: dict[str, Callable[[datetime], "QuerySet[Any]"]] = {
    "promises": lambda _at: Deadline.objects.all(),
    "outcomes": lambda _at: Outcome.objects.all(),
    "verdicts": lambda _at: Verdict.objects.exclude(asked_at=None),
    "satisfactions": lambda _at: Satisfaction.objects.all(),
    "pauses": _pauses,
}


def counted(at: datetime) -> dict[str, Conditions]:
    """By kind of rows: each count by its name, and which rows it counts."""
    return {
        "cases": _of_cases(at),
        "promises": _promises("first_contact") | _promises("solve") | _kept_by_a_clock(),
        "outcomes": {
            "outcomes": ALL,
            "done": Q(declared="done"),
            "not_possible": Q(declared="not_possible"),
        },
        "verdicts": _of_verdicts(),
        "satisfactions": {f"satisfied_{said}": Q(said=said) for said in ("yes", "fairly", "no")},
        "pauses": _longer("wait", "pauses", LONG_PAUSE) | _longer("park", "parkings", LONG_PARK),
    }


def _of_cases(at: datetime) -> Conditions:
    declared = Q(Exists(Outcome.objects.filter(case=OuterRef("pk"))))
    # Of the city itself every second lamp would be the same one: its place is not known.
    over_for_long = Q(
        state=states.CLOSED, closed_at__lte=at - AGAIN_WITHIN, place__parent__isnull=False
    )
    return {
        "cases": ALL,
        "declared_cases": declared,
        "reopened": declared & Q(reopened__gt=0),
        "parked": _stepped(verb="park"),
        "returned": Q(returned__gt=0),
        "returned_again": Q(returned__gt=1),
        "several": Q(signals_count__gt=1),
        "cancelled": Q(state=states.CANCELLED),
        "once_cancelled": _stepped(target=states.CANCELLED),
        "asked_again": _stepped(verb="ask_again"),
        "once_closed": _stepped(target=states.CLOSED),
        "closed_reopened": _stepped(source=states.CLOSED, target=states.OPEN),
        "over_for_long": over_for_long,
        "repeated": over_for_long & _again(),
        "urgent": Q(priority=states.URGENT),
        "overtaken": Q(priority=states.URGENT) & _stepped(verb=states.OVERTAKEN),
    }


def _stepped(**said: str) -> Q:
    return Q(Exists(Step.objects.filter(case=OuterRef("pk"), **said)))


def _again() -> Q:
    """A later case of the same type at the same place, soon after this one was closed.

    A place may be a whole quarter: where both reports brought a point, they lie near each other.
    """
    closed = OuterRef("closed_at")
    end = ExpressionWrapper(closed + Value(AGAIN_WITHIN), output_field=Instant())
    later = Case.objects.filter(
        type__code=OuterRef("type__code"),
        place=OuterRef("place"),
        opened_at__gt=closed,
        opened_at__lte=end,
    ).exclude(state__in=(states.MERGED, states.CANCELLED))
    near = Q(
        lat__gte=OuterRef("lat") - NEAR_DEGREES,
        lat__lte=OuterRef("lat") + NEAR_DEGREES,
        lon__gte=OuterRef("lon") - NEAR_DEGREES,
        lon__lte=OuterRef("lon") + NEAR_DEGREES,
    )
    return Q(Exists(later.filter(Q(cell=None) | near))) | Q(Exists(later), cell=None)


def _promises(kind: str) -> Conditions:
    return {
        f"{kind}_kept": Q(kind=kind, ended_as="met") & ~MISSED,
        f"{kind}_missed": Q(kind=kind) & MISSED,
    }


def _kept_by_a_clock() -> Conditions:
    """Promises to solve that were kept after more time, or while their clock stood still."""
    kept = Q(kind="solve", ended_as="met") & ~MISSED
    stopped = Exists(Step.objects.filter(case=OuterRef("case"), verb__in=STOPS))
    return {
        "kept_extended": kept & Q(case__extended__gt=0),
        "kept_stopped": kept & Q(stopped),
    }


def _longer(verb: str, name: str, span: timedelta) -> Conditions:
    return {
        name: Q(verb=verb),
        f"long_{name}": Q(verb=verb, until__gt=F("at") + Value(span)),
    }


def _of_verdicts() -> Conditions:
    return {
        "solved": Q(said="solved"),
        "not_solved": Q(said="not_solved"),
        "unanswered": Q(said="unanswered"),
        "done_denied": Q(said="not_solved", outcome__declared="done"),
        "done_answered": Q(said__in=("solved", "not_solved"), outcome__declared="done"),
        "prompted": Q(said="solved", prompted=True),
        "solved_by_oneself": NOT_CALLED,
        "solved_at_once": NOT_CALLED & Q(said_at__lte=F("asked_at") + Value(AT_ONCE)),
    }
