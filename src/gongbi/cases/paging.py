"""Pages that cost the same wherever they are: a page begins after a row, not after a number of
rows that would all be read first."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from django.db.models import F, Q, QuerySet

from gongbi.cases.models import Case
from gongbi.cases.records_listed import Counted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PRESSING = re.compile(r"(\d{1,5})\.(-?\d{1,17}|x)\.(\d{1,18})")
_NEWEST = re.compile(r"(-?\d{1,17})\.(\d{1,18})")
PRESSING = ("priority", F("due_at").asc(nulls_last=True), "pk")
Rows: TypeAlias = "QuerySet[Case]"
PRESSING_BACK = ("-priority", F("due_at").desc(nulls_first=True), "-pk")


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some rows, how many there are in all (bounded), and where the neighbours begin."""

    rows: Sequence[Case]
    count: Counted
    first: bool
    after: str
    before: str


def page_of(
    found: "QuerySet[Case]",
    count: Counted,
    size: int,
    *,
    after: str = "",
    before: str = "",
    over: bool = False,
    by: str = "changed_at",
) -> CasePage:
    """The rows after one, or before one, or the first; a row that cannot be read is no row.

    ``over``: the newest first, by when they changed or by another instant.
    """
    order: Newest | Pressing = Newest(by) if over else Pressing()
    if before and (edge := order.before(before)) is not None:
        rows = _read(found, found.filter(edge), order.back, size + 1)
        return _page(order, rows[:size][::-1], count, older=True, newer=len(rows) > size)
    edge = order.after(after) if after else None
    begun = found if edge is None else found.filter(edge)
    rows = _read(found, begun, order.along, size + 1)
    return _page(order, rows[:size], count, older=len(rows) > size, newer=edge is not None)


def _read(found: Rows, some: Rows, arranged: Callable[[Rows], Rows], many: int) -> list[Case]:
    """The first of some rows. Which they are is found in an index; read whole are only those, and
    asked nothing else again: a database would look for all that is so, a second time."""
    whole = Case.objects.filter(pk__in=arranged(some).values("pk")[:many])
    whole.query.select_related = found.query.select_related
    whole.query.deferred_loading = found.query.deferred_loading
    return list(arranged(whole))


def _page(
    order: "Pressing | Newest", rows: list[Case], count: Counted, *, older: bool, newer: bool
) -> CasePage:
    return CasePage(
        rows=rows,
        count=count,
        first=not newer,
        after=order.name(rows[-1]) if rows and older else "",
        before=order.name(rows[0]) if rows and newer else "",
    )


class Pressing:
    """Most pressing first: by priority, then by the nearest promise, those without one last."""

    def along(self, rows: "QuerySet[Case]") -> "QuerySet[Case]":
        """In this order."""
        return rows.order_by(*PRESSING)

    def back(self, rows: "QuerySet[Case]") -> "QuerySet[Case]":
        """In the opposite order."""
        return rows.order_by(*PRESSING_BACK)

    def name(self, case: Case) -> str:
        """A row by what it is ordered by."""
        due = "x" if case.due_at is None else _stamp(case.due_at)
        return f"{case.priority}.{due}.{case.pk}"

    def after(self, said: str) -> Q | None:
        """What comes after a named row; None when no row is named so."""
        edge = self._row(said)
        if edge is None:
            return None
        priority, due, pk = edge
        later = Q(due_at=None, pk__gt=pk)
        if due is not None:
            later = Q(due_at__gt=due) | Q(due_at=None) | Q(due_at=due, pk__gt=pk)
        # The first condition says nothing new; an index can begin by it.
        return Q(priority__gte=priority) & (Q(priority__gt=priority) | later)

    def before(self, said: str) -> Q | None:
        """What comes before a named row; None when no row is named so."""
        edge = self._row(said)
        if edge is None:
            return None
        priority, due, pk = edge
        sooner = Q(due_at__isnull=False) | Q(due_at=None, pk__lt=pk)
        if due is not None:
            sooner = Q(due_at__lt=due) | Q(due_at=due, pk__lt=pk)
        return Q(priority__lte=priority) & (Q(priority__lt=priority) | sooner)

    def _row(self, said: str) -> tuple[int, datetime | None, int] | None:
        match = _PRESSING.fullmatch(said)
        if match is None:
            return None
        due = None if match[2] == "x" else _moment(match[2])
        if due is None and match[2] != "x":
            return None
        return int(match[1]), due, int(match[3])


class Newest:
    """Last changed first, for what is over; or by another instant."""

    def __init__(self, by: str = "changed_at") -> None:
        self._by = by

    def along(self, rows: "QuerySet[Case]") -> "QuerySet[Case]":
        """In this order."""
        return rows.order_by(f"-{self._by}", "-pk")

    def back(self, rows: "QuerySet[Case]") -> "QuerySet[Case]":
        """In the opposite order."""
        return rows.order_by(self._by, "pk")

    def name(self, case: Case) -> str:
        """A row by what it is ordered by."""
        return f"{_stamp(getattr(case, self._by))}.{case.pk}"

    def after(self, said: str) -> Q | None:
        """What comes after a named row; None when no row is named so."""
        edge = self._row(said)
        if edge is None:
            return None
        at, pk = edge
        return self._is("lte", at) & (self._is("lt", at) | Q(pk__lt=pk))

    def before(self, said: str) -> Q | None:
        """What comes before a named row; None when no row is named so."""
        edge = self._row(said)
        if edge is None:
            return None
        at, pk = edge
        return self._is("gte", at) & (self._is("gt", at) | Q(pk__gt=pk))

    def _row(self, said: str) -> tuple[datetime, int] | None:
        match = _NEWEST.fullmatch(said)
        at = _moment(match[1]) if match else None
        return (at, int(match[2])) if match and at else None

    def _is(self, than: str, at: datetime) -> Q:
        return Q(**{f"{self._by}__{than}": at})


def _stamp(at: datetime) -> str:
    return str((at - EPOCH) // timedelta(microseconds=1))


def _moment(said: str) -> datetime | None:
    """The instant; None where somebody wrote one that no calendar reaches."""
    try:
        return EPOCH + timedelta(microseconds=int(said))
    except OverflowError:
        return None
