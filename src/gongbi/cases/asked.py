"""Asked of me 待我处理: what waits for one person's word, and the promises they were told of.

The number in the head counts what waits for a word; what is told asks for none.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from gongbi.cases import counting, queries
from gongbi.cases.access import TOLD_BY, asked_of, told_to
from gongbi.cases.models import Case
from gongbi.cases.records_listed import Counted
from gongbi.core.public import Scope, now

MOST, SHOWN = 99, 20
OF_A_CASE = ("urged", "told")
WITH = ("type", "place", "unit")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Things of one kind: the most pressing, how many in all (bounded), how many more."""

    code: str
    rows: list[Any]
    count: Counted
    rest: str


def number(scope: Scope) -> Counted:
    """How many things wait for this person's word, up to a bound. One query, by indexes."""
    return _sum(counting.bounded(asked_of(scope, now()), MOST))


def waiting(scope: Scope) -> list[Waiting]:
    """All of the page, kind by kind; the empty kinds left out. One query, and one a kind."""
    kinds = asked_of(scope, now()) | {"told": told_to(scope)}
    counts = counting.bounded(kinds, MOST)
    return [_of_kind(code, rows, counts[code]) for code, rows in kinds.items() if counts[code]]


def _of_kind(code: str, rows: "QuerySet[Any]", count: Counted) -> Waiting:
    found = list(_pressing(code, rows)[:SHOWN])
    more = count - len(found)
    rest = f"{more}+" if count.more else str(more) if more else ""
    return Waiting(code, found, count, rest)


def _pressing(code: str, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """By their own deadline, the nearest first, with all that a row shows."""
    if code in OF_A_CASE:
        nearest = rows.order_by("due_at", "pk").values("pk")[:SHOWN]
        whole = Case.objects.filter(pk__in=nearest)
        return whole.select_related(*WITH).defer("place__geometry").order_by("due_at", "pk")
    near = "was_due_at" if code == "extensions" else "due_at"
    held = rows.select_related("unit", *(f"case__{name}" for name in WITH))
    if code == "appeals":
        held = held.select_related("referee", "to_unit")
    return held.defer("case__place__geometry").order_by(near, "pk")


def told_of(rows: list[Case], scope: Scope) -> dict[int, str]:
    """The step of each case that this person was told of last. One query."""
    whom = frozenset(who for who, verb in TOLD_BY.items() if scope.can(verb))
    return queries.last_told([case.pk for case in rows], whom)


def _sum(counts: dict[str, Counted]) -> Counted:
    said = Counted.up_to(MOST, sum(counts.values()))
    said.more = said.more or any(count.more for count in counts.values())
    return said
