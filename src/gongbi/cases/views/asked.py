"""Asked of me: whatever waits for this person's word, each with the way to its form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy, npgettext
from django.views.decorators.http import require_GET

from gongbi.cases import asked
from gongbi.cases.asked import Waiting
from gongbi.cases.models import Case
from gongbi.cases.views import asking
from gongbi.core.public import Scope, nav_number, now, scope_of

ADDRESS = "/cases/asked/"
TITLES = {
    "appeals": gettext_lazy("Appeals to decide"),
    "extensions": gettext_lazy("Extensions to grant or refuse"),
    "answers": gettext_lazy("Supervision to answer"),
    "urged": gettext_lazy("Urged cases of your unit"),
    "told": gettext_lazy("Promises you were told of"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing: the case, what is asked, by when, and where it is answered."""

    case: Case
    what: str
    note: str
    due_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind, under their heading."""

    code: str
    title: str
    rows: list[Row]
    rest: str


@require_GET
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The page; htmx gets the lists alone."""
    scope = _scope(request)
    fragment = request.headers.get("HX-Target") == "asked-of-me"
    template = "cases/_asked.html" if fragment else "cases/asked.html"
    groups = [_group(one, scope) for one in asked.waiting(scope)]
    return render(request, template, {"groups": groups, "now": now()})


@require_GET
@login_required
def number(request: HttpRequest) -> HttpResponse:
    """The number in the head alone, for a page that stays open."""
    told = {"number": nav_number(ADDRESS, _scope(request))}
    return render(request, "core/_nav_number.html", told)


def _scope(request: HttpRequest) -> Scope:
    scope = scope_of(request.user)
    if not scope.can("cases.asked"):
        raise PermissionDenied
    return scope


def _group(found: Waiting, scope: Scope) -> Group:
    rows = _told(found.rows, scope) if found.code == "told" else ROWS[found.code](found.rows)
    return Group(found.code, str(TITLES[found.code]), rows, found.rest)


def _asked(verb: str, line: Callable[[Any], asking.AskedLine]) -> Callable[[list[Any]], list[Row]]:
    """Rows of what one answers by a verb, worded as the case's own page words it."""

    def rows(found: list[Any]) -> list[Row]:
        said = [(row.case, line(row)) for row in found]
        return [
            Row(case, one.what, one.note, one.was_due_at or one.due_at, _way(case, verb))
            for case, one in said
        ]

    return rows


def _urged(found: list[Case]) -> list[Row]:
    return [Row(case, times_urged(case), "", case.due_at, _way(case)) for case in found]


def _told(found: list[Case], scope: Scope) -> list[Row]:
    steps = asked.told_of(found, scope)
    return [
        Row(case, steps.get(case.pk, ""), "", case.due_at, f"{_way(case)}#promised")
        for case in found
    ]


def _way(case: Case, verb: str = "") -> str:
    """The case's page, with the form open that answers."""
    address = f"/cases/{case.number}/"
    return f"{address}?do={verb}#do-{verb}" if verb else address


def times_urged(case: Case) -> str:
    """How often it was urged, in words."""
    return npgettext("case", "urged", "urged %(n)s times", case.urged) % {"n": case.urged}


ROWS: dict[str, Callable[[list[Any]], list[Row]]] = {
    "appeals": _asked("decide", asking.of_appeal),
    "extensions": _asked("grant", asking.of_extension),
    "answers": _asked("answer", asking.of_supervision),
    "urged": _urged,
}
