"""Entering a leader's instruction: what, where, from which office; never from which person."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gongbi.cases import actions, states, types
from gongbi.cases.access import INSTRUCT, a_number, instructing_offices, visible_cases
from gongbi.cases.actors import person
from gongbi.cases.errors import Refused, SignalRefused
from gongbi.cases.forms import words_field
from gongbi.cases.models import Case
from gongbi.cases.records import ReceiptRecord
from gongbi.core.public import Scope, once_a_form, places_of_kind, scope_of

KINDS = ("city", "district", "subdistrict")
MOST_REFERENCE = 90  # with the code of its office before it, it fits a report's reference
NONE = ("", "—")


class InstructionForm(forms.Form):
    """The instruction as a report: it takes its type's urgency, promises and route."""

    words = words_field(gettext_lazy("What the instruction says"))
    type = forms.ChoiceField(label=gettext_lazy("Type"))
    place = forms.ChoiceField(label=gettext_lazy("Place"))
    office = forms.ChoiceField(
        label=gettext_lazy("Office it came from"),
        help_text=gettext_lazy("An office, no name: nobody is to be served before others."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Number of the paper"), max_length=MOST_REFERENCE, required=False
    )
    joins = forms.CharField(
        label=gettext_lazy("Case it is about"),
        max_length=48,
        required=False,
        help_text=gettext_lazy("Where the matter is known already: its number."),
    )

    def __init__(self, *args: Any, scope: Scope, **named: Any) -> None:
        super().__init__(*args, **named)
        self.scope = scope
        kinds = [(one.code, one.name) for one in types.in_force()]
        self._choose("type", kinds)
        self._choose("place", _places(scope))
        self._choose("office", _offices(scope))

    def _choose(self, name: str, rows: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [NONE, *rows]  # type: ignore[attr-defined]

    def clean_joins(self) -> str:
        """The number of the case it hangs on: one this person sees, and that is at work."""
        said = self.cleaned_data["joins"].strip()
        return _joinable(self.scope, said).number if said else ""


def _joinable(scope: Scope, number: str) -> Case:
    seen = visible_cases(scope, INSTRUCT)
    host = seen.filter(number=a_number(number)).first()
    if host and host.merged_into_id:
        host = seen.filter(pk=host.merged_into_id).first()
    if host is None:
        raise forms.ValidationError(_("There is no such case among those you see."))
    if host.about_path:
        raise forms.ValidationError(
            _("A complaint about a unit is heard by itself; no instruction hangs on it.")
        )
    if host.state not in states.AT_WORK:
        raise forms.ValidationError(
            _("Case %(number)s is over or awaits a verdict; without it, a new case is opened.")
            % {"number": host.number}
        )
    return host


def _places(scope: Scope) -> list[tuple[str, str]]:
    rows = {
        one.path: one
        for path in scope.place_paths(INSTRUCT)
        for kind in KINDS
        for one in places_of_kind(kind, path)
    }
    return [(rows[path].code, rows[path].name) for path in sorted(rows)]


def _offices(scope: Scope) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in instructing_offices(scope)]


@require_http_methods(["GET", "POST"])
@login_required
@once_a_form
def enter(request: HttpRequest) -> HttpResponse:
    """The form, and what became of it: a case in the worklist like any other."""
    scope = scope_of(request.user)
    if not scope.can(INSTRUCT):
        raise PermissionDenied
    form = InstructionForm(request.POST or None, scope=scope)
    if request.method == "POST" and form.is_valid() and (number := _taken(request, scope, form)):
        return redirect(f"/cases/{number}/")
    status = 422 if form.errors else 200
    return render(request, "cases/instruction.html", {"form": form}, status=status)


def _taken(request: HttpRequest, scope: Scope, form: InstructionForm) -> str:
    said = form.cleaned_data
    try:
        receipt = actions.instruct(
            person(request.user, scope),
            words=said["words"],
            type_code=said["type"],
            place=said["place"],
            office=said["office"],
            reference=said["reference"].strip(),
            joins=said["joins"],
        )
    except SignalRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return ""
    except Refused as refused:
        form.add_error(None, str(refused))
        return ""
    if receipt.repeated and not visible_cases(scope).filter(number=receipt.number).exists():
        form.add_error(
            "reference",
            _(
                "It was entered before, on a case you do not see. If yours is another matter of "
                "the same paper, add a sign to its number."
            ),
        )
        return ""
    messages.success(request, _told(receipt, said["joins"]))
    return receipt.number


def _told(receipt: ReceiptRecord, joins: str) -> str:
    if receipt.repeated:
        return _("The instruction was entered before.")
    if joins and not receipt.joined:
        return _(
            "Entered. People may be in danger, or case %(number)s ended a moment ago: "
            "it has a case of its own."
        ) % {"number": joins}
    return _("Entered. It stands in the list by the urgency of its type.")
