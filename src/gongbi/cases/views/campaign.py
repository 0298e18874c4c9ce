"""Supervision of many cases at once 督办: the same asked of each, and who has answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gongbi.cases import actions, queries, states
from gongbi.cases.access import visible_cases
from gongbi.cases.actors import person
from gongbi.cases.forms_life import SuperviseForm
from gongbi.cases.models import Case, Supervision
from gongbi.cases.records_listed import CaseFilter
from gongbi.core.public import Scope, no_nul, now, once_a_form, place, scope_of

MOST_CASES = 100
ONLY = ("overdue", "reopened")


@require_http_methods(["GET", "POST"])
@login_required
@once_a_form
def choose(request: HttpRequest) -> HttpResponse:
    """The cases a filter finds, and the form that asks an answer of those ticked."""
    scope = _scope(request)
    said, at = request.GET, now()
    found = _found(scope, said, at)
    form = SuperviseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        numbers = [no_nul(one) for one in request.POST.getlist("case")]
        # In one order: two who ask of the same cases at once wait for each other.
        chosen = list(_open(scope).filter(number__in=numbers).order_by("pk")[:MOST_CASES])
        if chosen:
            return _ask(request, scope, chosen, form.cleaned_data)
        form.add_error(None, _("Please choose at least one case."))
    shown = {
        "form": form,
        "rows": found[:MOST_CASES],
        "campaigns": _campaigns(scope),
        "only": {name: said.get(name, "") == "1" for name in ONLY},
        "now": at,
    }
    return render(request, "cases/supervise.html", shown, status=422 if form.errors else 200)


def _ask(
    request: HttpRequest, scope: Scope, chosen: list[Case], said: dict[str, Any]
) -> HttpResponse:
    who = person(request.user, scope)
    campaign, asked, moved = actions.supervise_many(
        chosen, who, within=said["within"], words=said["words"]
    )
    words = ngettext("Asked of %(n)d case.", "Asked of %(n)d cases.", asked) % {"n": asked}
    messages.success(request, words)
    if moved:
        text = ngettext("%(n)d case had moved on.", "%(n)d cases had moved on.", moved)
        messages.warning(request, text % {"n": moved})
    return redirect(f"/cases/supervise/{campaign}/" if asked else "/cases/supervise/")


@require_GET
@login_required
def campaign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One campaign: every case it asked, the unanswered first."""
    scope = _scope(request)
    rows = Supervision.objects.filter(campaign=uuid, case__in=visible_cases(scope).values("pk"))
    rows = rows.select_related("case__type", "case__place", "unit")
    ordered = sorted(
        rows.defer("case__place__geometry"), key=lambda row: (row.answered != "", row.due_at)
    )
    if not ordered:
        raise Http404
    open_ones = sum(not row.answered for row in ordered)
    shown = {"rows": ordered, "open": open_ones, "asked": len(ordered), "now": now()}
    return render(request, "cases/campaign.html", shown)


def _scope(request: HttpRequest) -> Scope:
    scope = scope_of(request.user)
    if not scope.can("cases.supervise"):
        raise PermissionDenied
    return scope


def _open(scope: Scope) -> "QuerySet[Case]":
    """Cases this person may ask about and that nobody waits for an answer to."""
    rows = visible_cases(scope, "cases.supervise").filter(state__in=(states.OPEN, states.IN_HAND))
    return rows.exclude(supervisions__answered="")


def _found(scope: Scope, said: Any, at: datetime) -> "QuerySet[Case]":
    chosen = place(said["place"]) if said.get("place") else None
    wanted = CaseFilter(
        states=(states.OPEN, states.IN_HAND),
        overdue=said.get("overdue") == "1",
        reopened=said.get("reopened") == "1",
        place_path=chosen.path if chosen else "",
        type=said.get("type", ""),
    )
    return queries.filtered(scope, wanted, at).filter(pk__in=_open(scope).values("pk"))


def _campaigns(scope: Scope) -> list[dict[str, Any]]:
    rows = Supervision.objects.exclude(campaign=None)
    mine = rows.filter(case__in=visible_cases(scope).values("pk"))
    counted: Any = mine.values("campaign", "at").annotate(
        asked=Count("pk"), open=Count("pk", filter=Q(answered=""))
    )
    by_id: dict[Any, dict[str, Any]] = {}
    for row in counted.order_by("-at", "campaign"):
        kept = by_id.setdefault(row["campaign"], {**row, "asked": 0, "open": 0})
        kept["asked"] += row["asked"]
        kept["open"] += row["open"]
    return list(by_id.values())[:20]
