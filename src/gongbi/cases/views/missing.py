"""Danger words that may be missing: what people raised without one, and one word tried."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gongbi.cases import access
from gongbi.cases.actors import person
from gongbi.cases.errors import Refused
from gongbi.cases.intake import whole_city
from gongbi.cases.reading.danger import FIGURES, FILE, HAZARD, LIFE, CannotAdd, with_word
from gongbi.cases.reading.missing import look
from gongbi.cases.reading.showing import type_names
from gongbi.cases.rehearsing import going
from gongbi.core.public import Scope, scope_of

VERB, TRY = "reading.see", "pack.try"
DAYS, TRIAL_DAYS, SHOWN = (30, 91, 365), 30, 100
LEVELS = (
    (LIFE, gettext_lazy("danger to life: raises a case")),
    (HAZARD, gettext_lazy("a hazard: is shown")),
    (FIGURES, gettext_lazy("no danger: neither")),
)
WHY_NOT = {
    "short": gettext_lazy("This is too short for a danger word: it would be found everywhere."),
    "unseen": gettext_lazy("A danger word has no signs that cannot be seen."),
    "known": gettext_lazy("This word is looked for already."),
}


class LookForm(forms.Form):
    """How far back to look, and a word to try, if any."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("Of the last"),
        coerce=int,
        initial=365,
        choices=lambda: [(n, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in DAYS],
    )
    word = forms.CharField(
        label=gettext_lazy("A danger word to try"), required=False, max_length=40
    )
    level = forms.ChoiceField(
        label=gettext_lazy("What it means"), choices=LEVELS, initial=LIFE, required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Asked for by a press, for it reads what people wrote and the journal keeps that."""
    scope = _scope(request)
    form = LookForm(request.POST or None)
    said: dict[str, Any] = {"form": form, "may_try": bool(scope.place_paths(TRY))}
    if request.method == "POST" and form.is_valid():
        said |= _looked(request, form)
    return render(
        request, "cases/missing.html", said, status=422 if form.is_bound and form.errors else 200
    )


def _looked(request: HttpRequest, form: LookForm) -> dict[str, Any]:
    word, level = form.cleaned_data["word"], form.cleaned_data["level"] or LIFE
    tried = None
    if word:
        try:
            tried = with_word(word, level)
        except CannotAdd as refused:
            form.add_error("word", _why(refused))
        else:
            if tried is None:
                form.add_error("word", str(WHY_NOT["known"]))
    found, effect = look(
        form.cleaned_data["days"], tried[1] if tried else None, actor=f"person:{request.user.pk}"
    )
    names = type_names()
    rows = [(one, names.get(one.type, one.type)) for one in found.cases[:SHOWN]]
    return {"found": found, "rows": rows, "effect": effect, "word": word, "level": level}


@require_POST
@login_required
def try_word(request: HttpRequest) -> HttpResponse:
    """A pack with one word more, to be tried on recorded cases and put in force by who may."""
    scope = _scope(request)
    place = access.rehearsing_place(scope)
    form = LookForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/missing.html", {"form": form, "may_try": True}, status=422)
    word = form.cleaned_data["word"]
    try:
        made = with_word(word, form.cleaned_data["level"] or LIFE)
        if made is None:
            raise CannotAdd("It is looked for.", "known")
        row = going.draft_trial(
            request.user,
            files={FILE: made[0].encode()},
            whole=False,
            days=TRIAL_DAYS,
            place_path=place,
            title=_("Danger word: %(word)s") % {"word": word},
        )
        going.ask(row, person(request.user, scope))
    except (CannotAdd, Refused, going.Faulty) as refused:
        form.add_error("word", _why(refused))
        return render(request, "cases/missing.html", {"form": form, "may_try": True}, status=422)
    return redirect("pack-trial", row.uuid)


def _why(refused: Exception) -> str:
    return str(WHY_NOT.get(getattr(refused, "code", ""), refused))


def _scope(request: HttpRequest) -> Scope:
    """Reports of the whole city are read for it: posts of a district do not reach so far."""
    scope, root = scope_of(request.user), whole_city()
    if not scope.can(VERB, place_path=root.path if root else "/"):
        raise PermissionDenied
    return scope
