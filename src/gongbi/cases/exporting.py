"""A filtered list whole, as lines of a table: what, where, who, by when; no word anybody wrote."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongbi.cases import queries, states, wording
from gongbi.cases.actors import Actor
from gongbi.cases.events import CasesExported
from gongbi.cases.models import Case, Outcome
from gongbi.cases.paging import Newest, Pressing
from gongbi.cases.records_listed import CaseFilter
from gongbi.core.public import Scope, city, now, publish, unarmed

ROWS_A_CHUNK = 2_000


def head() -> str:
    """The first line, in the reader's language, with the mark by which spreadsheets know UTF-8."""
    return "\ufeff" + _line([
        _("Number"), _("Type"), _("Type, code"), _("State"), _("Priority"), _("Source"),
        _("Place"), _("Place, code"), _("Unit"), _("Unit, code"),
        pgettext("column", "Opened"), _("Promised"), pgettext("column", "Overdue"),
        _("Over since"), _("Reports"), _("Reopened"), _("Returned"), _("Ended as"),
        _("Sub-type"), _("Asset"), _("Longitude"), _("Latitude"),
        pgettext("column", "Declared"), pgettext("column", "Verdict"), _("National codes"),
    ])  # fmt: skip


def chunk(scope: Scope, wanted: CaseFilter, after: str) -> tuple[str, str]:
    """The lines after a row, and the row to go on after; empty when there are no more.

    Each chunk asks anew, through the same gate: nothing is held open while a slow reader reads.
    """
    over = set(wanted.states) <= states.ENDS
    order: Newest | Pressing = Newest() if over else Pressing()
    at, found = now(), queries.filtered(scope, wanted, now())
    edge = order.after(after) if after else None
    if edge is not None:
        found = found.filter(edge)
    rows = list(order.along(found.select_related("asset"))[:ROWS_A_CHUNK])
    said = _said(rows)
    zone = city().zone

    def shown(moment: datetime | None) -> str:
        return moment.astimezone(zone).isoformat(timespec="minutes") if moment else ""

    lines = "".join(
        _line((*_cells(case, at, shown), *_more_cells(case), *said.get(case.pk, ("", "")),
               _codes(case)))
        for case in rows
    )  # fmt: skip
    return lines, order.name(rows[-1]) if len(rows) == ROWS_A_CHUNK else ""


def _cells(case: Case, at: datetime, shown: Callable[[datetime | None], str]) -> Iterable[object]:
    row = queries.case_row(case, at)
    yield from (row.number, row.type_name, row.type or "", row.state_name, row.priority)
    yield from (str(wording.SOURCES.get(row.source, row.source)), row.place_name, row.place or "")
    yield from (row.unit_name, row.unit or "", shown(row.opened_at), shown(row.due_at))
    yield from (int(row.overdue), shown(case.closed_at), row.signals, row.reopened, row.returned)
    yield str(wording.ENDED_AS.get(case.ended_as) or case.ended_as)


def _more_cells(case: Case) -> Iterable[object]:
    """Kind within its type, asset, and the point where one is known."""
    yield from (case.sub_type_name, str(case.asset) if case.asset else "")
    point = ("", "") if case.lon is None or case.is_vague else (case.lon, case.lat)
    yield from point


def _codes(case: Case) -> str:
    """Its type's codes in other standards."""
    codes = case.type.codes if case.type else {}
    return "; ".join(f"{name} {code}" for name, code in sorted(codes.items()))


def _said(cases: list[Case]) -> dict[int, tuple[str, str]]:
    """The two last words on each: the unit's and the resident's. One query."""
    rows = Outcome.objects.filter(case__in=[case.pk for case in cases]).order_by("pk")
    found = rows.values_list("case", "declared", "verdict__said")
    return {
        case: (str(wording.DECLARED.get(declared, declared)),
               str(wording.SAID.get(said, "")) if said else "")
        for case, declared, said in found
    }  # fmt: skip


def _line(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(unarmed(cell) for cell in cells)
    return out.getvalue()


@transaction.atomic
def write_down(scope: Scope, actor: Actor, query: str) -> None:
    """That somebody took a list out, and which, before the first line leaves."""
    place_path = min(scope.place_paths("cases.see"), key=len, default="")
    fact = CasesExported(filter=query[:128])
    publish(fact, subject="cases:export", actor=str(actor), place_path=place_path)
