"""Counting for an evaluation: five queries whatever the period, grouped by the database."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case as When_
from django.db.models import CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth

from gongbi.cases.evaluating.counted import KINDS, counted, rows_of
from gongbi.cases.evaluating.terms import Terms
from gongbi.cases.models import Case
from gongbi.core.public import children, city, now

Counts = dict[str, int]


def gather(terms: Terms, by: str) -> dict[str, Counts]:
    """Counts of an evaluation by group; ``by`` is one of ``terms.BY``.

    The key of a group is a code, a month, or empty where there is none.
    """
    at, found = now(), defaultdict[str, Counts](dict)
    for kind, conditions in counted(at).items():
        keyed = _keyed(rows_of(kind, terms, at), kind, by, terms.place.code)
        # Under names of their own: a count called like a column would be taken for it.
        named = {f"n_{name}": Count("pk", filter=said) for name, said in conditions.items()}
        for key, *numbers in keyed.values_list("key").annotate(**named).order_by():
            found[_said(key)] |= dict(zip(conditions, numbers, strict=True))
    return dict(found)


def rows_behind(terms: Terms, names: Iterable[str], by: str, group: str | None) -> "QuerySet[Any]":
    """The rows that some counts of one kind were counted from; ``group`` None: of the whole."""
    at, wanted = now(), tuple(names)
    kind, conditions = next((k, c) for k, c in counted(at).items() if wanted[0] in c)
    said = Q(pk__in=())
    for name in wanted:
        said |= conditions[name]
    rows = rows_of(kind, terms, at).filter(said)
    return rows if group is None else _of_group(rows, kind, by, group, terms.place.code)


def cases_of(rows: "QuerySet[Any]") -> "QuerySet[Case]":
    """The cases that rows of any kind belong to, each once."""
    return rows if rows.model is Case else Case.objects.filter(pk__in=rows.values("case"))


def _keyed(rows: "QuerySet[Any]", kind: str, by: str, place: str) -> "QuerySet[Any]":
    """Rows with the group they belong to."""
    case, unit = KINDS[kind]
    keys: dict[str, Any] = {
        "all": lambda: Value("all"),
        "unit": lambda: F(unit),
        "type": lambda: F(f"{case}type__code"),
        "source": lambda: F(f"{case}source"),
        "month": lambda: TruncMonth(f"{case}opened_at", tzinfo=city().zone),
        "place": lambda: _child(f"{case}place_path", place),
    }
    return rows.annotate(key=keys[by]())


def _of_group(
    rows: "QuerySet[Any]", kind: str, by: str, group: str, place: str
) -> "QuerySet[Any]":
    case = KINDS[kind][0]
    if by == "month":
        try:
            first = datetime.strptime(group, "%Y-%m").replace(tzinfo=city().zone)
            following = (first + timedelta(days=32)).replace(day=1)
            first.astimezone(UTC)
        except (ValueError, OverflowError):  # no month, or one that no calendar here holds
            return rows.none()
        return rows.filter(**{f"{case}opened_at__gte": first, f"{case}opened_at__lt": following})
    keyed = _keyed(rows, kind, by, place)
    return keyed.filter(key=group) if group or by == "place" else keyed.filter(key=None)


def _child(path: str, place: str) -> When_:
    """Which of the places right below one a case lies in."""
    whens = [When(**{f"{path}__under": one.path}, then=Value(one.code)) for one in children(place)]
    return When_(*whens, default=Value(""), output_field=CharField())


def _said(key: Any) -> str:
    if isinstance(key, datetime):
        return key.strftime("%Y-%m")
    return str(key or "")


def whole(groups: Iterable[Counts]) -> Counts:
    """All groups as one."""
    total: Counts = defaultdict(int)
    for counts in groups:
        for name, number in counts.items():
            total[name] += number
    return dict(total)
