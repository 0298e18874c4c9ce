"""A worker's list on the phone: everything owed today, nearest first or by deadline."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_GET

from gongbi.cases import forms, queries, states, wording
from gongbi.cases.actions.fields import PREFIX, asked_at
from gongbi.cases.actors import person
from gongbi.cases.forms_life import DeclareWithFields
from gongbi.cases.looks import note_looks
from gongbi.cases.models import Task
from gongbi.core.public import MAIL, asset_kinds, now, scope_of, ways_out


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The list; htmx gets the list alone. Where the worker is never leaves the phone."""
    scope = scope_of(request.user)
    if not scope.can("cases.work"):
        raise PermissionDenied
    fragment = request.headers.get("HX-Target") == "tasks"
    template = "cases/_tasks.html" if fragment else "cases/mine.html"
    tasks = queries.my_tasks(scope)
    note_looks(person(request.user, scope), "mine", [row.case for row in tasks])
    rows = [(row, _fields(row.task), _stages(row.task)) for row in tasks]
    shown = {
        "rows": rows,
        "keeps_assets": bool(asset_kinds()),
        "now": now(),
        "declared": forms.choices(states.DECLARED, wording.DECLARED),
        "reasons": forms.choices(states.RETURN_REASONS, wording.REASONS),
        "may_be_mailed": MAIL in ways_out(),
        "most_returns": states.MOST_RETURNS,
        "person": salted_hmac("gongbi.cases.field", str(request.user.pk)).hexdigest()[:16],
    }
    return render(request, template, shown)


def _fields(task: Task) -> list[BoundField]:
    """Inputs for what the type asks when its matter is done; the lead alone fills them in."""
    asked = asked_at(task.case, "declare") if task.role == "lead" else []
    if not asked:
        return []
    form = DeclareWithFields(asked=asked, known=task.case.values, auto_id=f"id_{task.pk}_%s")
    return [form[PREFIX + field["code"]] for field in asked]


def _stages(task: Task) -> list[tuple[str, str]]:
    kind = task.case.type
    if kind is None or task.role == "takeover" or task.state == "offered":
        return []
    return [(row["code"], wording.stage(kind, row["code"])) for row in kind.stages]
