"""A resident asks what is held of them, and gives the number or address they had left."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongbi.cases import public as cases
from gongbi.core.public import Scope, scope_of

FIND = "residents.find"
FOUND_SECONDS = 3600
_SALT = "gongbi.reports.found"


class SoughtForm(forms.Form):
    """By what, what for, and on which request."""

    said = forms.CharField(
        label=gettext_lazy("Telephone number or e-mail address they give"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the number or address they give.")},
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=[(code, words) for code, words in cases.PURPOSES.items()],
    )
    request = forms.CharField(
        label=gettext_lazy("File number of the request"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the file number of the request.")},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """The form, and what was found: cases and times, no words."""
    scope = _scope(request)
    form, found = SoughtForm(request.POST or None), None
    if form.is_valid():
        try:
            found = cases.find_reports(scope, actor=_actor(request), **form.cleaned_data)
        except cases.Incomplete as refused:
            form.add_error(refused.field, str(refused))
    shown = {
        "form": form,
        "found": None if found is None else [(row, _key(request, row.signal)) for row in found],
    }
    return render(request, "reports/residents.html", shown, status=422 if form.errors else 200)


def _key(request: HttpRequest, signal: UUID) -> str:
    """What opens one that was found: for an hour, by who found it. None can be guessed."""
    return signing.dumps([str(signal), str(request.user.pk)], salt=_SALT)


def _signal_at(request: HttpRequest, key: str) -> UUID:
    try:
        signal, person = signing.loads(key, salt=_SALT, max_age=FOUND_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    if person != str(request.user.pk):
        raise Http404
    return UUID(signal)


@never_cache
@login_required
@require_POST
def show(request: HttpRequest, key: str) -> HttpResponse:
    """All that is held of one reporter, as a file to hand over; the reading is journalled."""
    scope = _scope(request)
    try:
        held = cases.show_found(scope, _signal_at(request, key), _actor(request))
    except cases.Refused as refused:
        messages.error(request, str(refused))
        return redirect("residents")
    answer = HttpResponse(
        json.dumps(held, ensure_ascii=False, indent=1), content_type="application/json"
    )
    number = held["case"]["number"]
    answer["Content-Disposition"] = f'attachment; filename="held-{number}.json"'
    return answer


@never_cache
@login_required
@require_POST
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Forget one reporter at their wish; asked for once more on the page."""
    scope = _scope(request)
    try:
        if request.POST.get("sure") == "yes":
            cases.forget_found(scope, _signal_at(request, key), _actor(request))
            messages.success(
                request, _("Forgotten. What the city did stays, without their words.")
            )
        else:
            messages.error(request, _("Nothing was deleted: mark that you are sure."))
    except cases.Refused as refused:
        messages.error(request, str(refused))
    return redirect("residents")


def _scope(request: HttpRequest) -> Scope:
    scope = scope_of(request.user)
    if not scope.place_paths(FIND):
        raise PermissionDenied
    return scope


def _actor(request: HttpRequest) -> str:
    user: Any = request.user
    return f"person:{user.pk}"
