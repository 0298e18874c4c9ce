"""The cases behind a share, a page at a time, and which of them moved since it was counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gongbi.cases.counting import MOST, bounded
from gongbi.cases.evaluating.gathering import cases_of, rows_behind
from gongbi.cases.evaluating.measures import measure_of
from gongbi.cases.evaluating.terms import Asked, Terms
from gongbi.cases.paging import page_of
from gongbi.cases.queries import LIST_FIELDS, case_row
from gongbi.cases.records_listed import CaseRow, Counted
from gongbi.core.public import now
from gongbi.kernel.cases.shares import FEWEST

PAGE_ROWS = 30


class NotListed(Exception):
    """The share is withheld, or its cases are listed for nobody."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Some of the cases behind a share, last changed first; what is counted (cases, promises,
    outcomes, verdicts or pauses) may be more than the cases, which each stand once.

    ``moved`` are the numbers of those that changed after the instant asked about.
    """

    rows: tuple[CaseRow, ...]
    figure: Counted
    cases: Counted
    moved: frozenset[str]
    after: str
    before: str


def cases_behind(
    terms: Terms, asked: Asked, stands: Mapping[str, str], counted_at: datetime | None = None
) -> Behind:
    """A page of the cases; ``stands`` may say after or before which row. Two queries.

    NotListed where the share is withheld, or its cases are not listed for anybody.
    """
    measure = measure_of(asked.measure)
    if not measure.listed:
        raise NotListed(asked.measure)
    whole = rows_behind(terms, measure.of, asked.by, asked.group)
    rows = whole
    if asked.which == "part":
        rows = rows_behind(terms, measure.part, asked.by, asked.group)
    found = cases_of(rows)
    counts = bounded({"figure": rows, "cases": found, "whole": whole}, MOST)
    if 0 < counts["whole"] < FEWEST:
        raise NotListed(asked.measure)
    shown = found.select_related(*LIST_FIELDS).defer("place__geometry")
    page, at = page_of(shown, counts["cases"], PAGE_ROWS, over=True, **stands), now()
    return Behind(
        rows=tuple(case_row(case, at) for case in page.rows),
        figure=counts["figure"],
        cases=counts["cases"],
        moved=frozenset(
            case.number for case in page.rows if counted_at and case.changed_at > counted_at
        ),
        after=page.after,
        before=page.before,
    )
