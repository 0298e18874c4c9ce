"""The page of modes: what is in force, who decided it, how it ends, and what was before."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gongbi.core import clock, modes
from gongbi.core.models import ModeSpan
from gongbi.core.once import once_a_form
from gongbi.core.places import place, places_of_kind
from gongbi.core.scope import Scope, scope_of

KINDS = ("city", "district", "subdistrict")
MOST_BEFORE = 100
CLOCK = "%Y-%m-%dT%H:%M"


class ModeForm(forms.Form):
    """Which place, which mode, by whose order, why, and until when."""

    place = forms.ChoiceField(label=gettext_lazy("Place"))
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"), choices=[(code, modes.NAMES[code]) for code in modes.TONES]
    )
    basis = forms.CharField(label=gettext_lazy("By whose order or which rule"), max_length=200)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea({"rows": 2})
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("It ends by itself at"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, CLOCK),
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["place"].choices = offered  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Why it is over before its time."""

    why = forms.CharField(label=gettext_lazy("Why it is over"), max_length=500)


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """What is in force, what was, and for who may the form."""
    scope = _scope(request)
    ends = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=12)
    return _board(request, scope, ModeForm(offered=_offered(scope), initial={"ends_at": ends}))


def _board(
    request: HttpRequest, scope: Scope, form: ModeForm, *, status: int = 200
) -> HttpResponse:
    now, rows = clock.now(), modes.visible_spans(scope)
    shown = {
        "running": [_row(row, scope) for row in rows.filter(over_at__gt=now)],
        "before": [_row(row, scope) for row in rows.filter(over_at__lte=now)[:MOST_BEFORE]],
        "form": form if form.fields["place"].choices else None,  # type: ignore[attr-defined]
        "end_form": EndForm(),
    }
    return render(request, "core/modes.html", shown, status=status)


def _row(row: ModeSpan, scope: Scope) -> dict[str, Any]:
    return {
        "span": row,
        "name": modes.mode_name(row.mode),
        "tone": modes.TONES[row.mode],
        "may_end": scope.can(modes.SET, place_path=row.place_path),
    }


def _offered(scope: Scope) -> list[tuple[str, str]]:
    """Places for which a person may set a mode, the widest first."""
    paths = scope.place_paths(modes.SET)
    if not paths:
        return []
    found = [one for kind in KINDS for one in places_of_kind(kind)]
    return [(one.code, one.name) for one in found if one.path.startswith(paths)]


@require_POST
@login_required
@once_a_form
def enter(request: HttpRequest) -> HttpResponse:
    """Put a place into a mode."""
    scope = _scope(request)
    form = ModeForm(request.POST, offered=_offered(scope))
    if not form.fields["place"].choices:  # type: ignore[attr-defined]
        raise PermissionDenied
    if form.is_valid():
        said = form.cleaned_data
        where = place(said.pop("place"))
        try:
            if where is not None:
                modes.set_mode(where, said.pop("mode"), person=request.user, **said)
                messages.success(request, _("It is in force; every page says so."))
                return redirect("modes")
        except modes.ModeRefused as refused:
            form.add_error(None, str(refused))
    return _board(request, scope, form, status=422)


@require_POST
@login_required
def end(request: HttpRequest, span: int) -> HttpResponse:
    """End it before its time."""
    scope = _scope(request)
    row = modes.visible_spans(scope).filter(pk=span).first()
    if row is None:
        raise Http404
    if not scope.can(modes.SET, place_path=row.place_path):
        raise PermissionDenied
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why it is over."))
    elif modes.end_mode(row, why=form.cleaned_data["why"], person=request.user):
        messages.success(request, _("It is over."))
    else:
        messages.warning(request, _("It was over already."))
    return redirect("modes")


def _scope(request: HttpRequest) -> Scope:
    scope = scope_of(request.user)
    if not scope.can(modes.SEE):
        raise PermissionDenied
    return scope
