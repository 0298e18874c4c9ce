"""A worker's list on the phone: everything owed today, nearest first or by deadline."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongbi.cases import forms, queries, questions, states, types, wording
from gongbi.cases.actions.fields import PREFIX, asked_at
from gongbi.cases.actors import person
from gongbi.cases.forms_life import DeclareWithFields
from gongbi.cases.found import FOUND, found_by
from gongbi.cases.looks import note_looks
from gongbi.cases.models import Case, Task
from gongbi.cases.views.field import sent
from gongbi.core.public import MAIL, Scope, asset_kinds, now, scope_of, ways_out


@require_GET
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The list; htmx gets a part alone. Where the worker is never leaves the phone by it."""
    scope = scope_of(request.user)
    if not scope.can("cases.work"):
        raise PermissionDenied
    target = request.headers.get("HX-Target")
    if target == "found-list":
        return render(request, "cases/_found_list.html", _finding(request, scope))
    if target == "tasks":
        return render(request, "cases/_tasks.html", _tasks(request, scope))
    return page(request, scope)


@require_POST
@login_required
def found(request: HttpRequest) -> HttpResponse:
    """Something found, from a browser that keeps no queue; refused, it stands there again."""
    scope = scope_of(request.user)
    if not scope.can("cases.work"):
        raise PermissionDenied
    answer = sent(request, scope, {"verb": FOUND, "action_id": request.POST.get("once", "")})
    said = json.loads(answer.content)
    if "error" not in said:
        messages.success(request, _("Entered as %(number)s.") % {"number": said[FOUND]})
        return redirect("my-tasks")
    messages.error(request, said["error"])
    return page(request, scope, status=answer.status_code)


def page(request: HttpRequest, scope: Scope, status: int = 200) -> HttpResponse:
    """The whole page; what was refused of a form stands in it again."""
    shown = _tasks(request, scope)
    if scope.can("cases.patrol"):
        kinds = types.in_force()
        asked = [(kind, questions.records_of(kind)) for kind in kinds if questions.asked_by(kind)]
        shown |= _finding(request, scope) | {"finds": True, "kinds": kinds, "questions": asked}
    return render(request, "cases/mine.html", shown | {"said": request.POST}, status=status)


def _finding(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    return {"found": found_by(person(request.user, scope), scope)}


def _tasks(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    tasks = queries.my_tasks(scope)
    note_looks(person(request.user, scope), "mine", [row.case for row in tasks])
    known = questions.known({row.case.pk: row.case.type for row in tasks})
    return {
        "rows": [
            (row, _fields(row.task), _stages(row.task), _answers(row.case, known)) for row in tasks
        ],
        "keeps_assets": bool(asset_kinds()),
        "now": now(),
        "declared": forms.choices(states.DECLARED, wording.DECLARED),
        "reasons": forms.choices(states.RETURN_REASONS, wording.REASONS),
        "may_be_mailed": MAIL in ways_out(),
        "most_returns": states.MOST_RETURNS,
        "person": salted_hmac("gongbi.cases.field", str(request.user.pk)).hexdigest()[:16],
    }


def _fields(task: Task) -> list[BoundField]:
    """Inputs for what the type asks when its matter is done; the lead alone fills them in."""
    asked = asked_at(task.case, "declare") if task.role == "lead" else []
    if not asked:
        return []
    form = DeclareWithFields(asked=asked, known=task.case.values, auto_id=f"id_{task.pk}_%s")
    return [form[PREFIX + field["code"]] for field in asked]


def _answers(case: Case, known: dict[int, dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """What reporters answered: whoever comes need not ask again."""
    return questions.told(case.type, known.get(case.pk, {}))


def _stages(task: Task) -> list[tuple[str, str]]:
    kind = task.case.type
    if kind is None or task.role == "takeover" or task.state == "offered":
        return []
    return [(row["code"], wording.stage(kind, row["code"])) for row in kind.stages]
