"""The page on which an officer tries a rule on history before it is switched on."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongbi.core.public import children, scope_of
from gongbi.stream.public import BadPlan, TooWide
from gongbi.vitals import trying, wording
from gongbi.vitals.forms import TryForm
from gongbi.vitals.models import Indicator
from gongbi.vitals.views import above_of, where_of

MOST_ROWS = 100


@require_GET
@login_required
def try_indicator(request: HttpRequest) -> HttpResponse:
    """Choose an indicator, change its rule, see what it would have told. Nothing is stored."""
    where = where_of(request, "vitals.see")
    rules = list(Indicator.objects.filter(in_force=True))
    rule = next((one for one in rules if one.code == request.GET.get("indicator")), None)
    form = _form(request, rule) if rule else None
    context: dict[str, Any] = {
        "where": where,
        "above": above_of(request, where, "vitals.see"),
        "below": [one for one in children(where.code) if one.kind != "building"],
        "rules": rules,
        "rule": rule,
        "form": form,
        "how": wording.rule_in_words(rule) if rule else "",
    }
    if rule and form and form.is_bound and form.is_valid():
        context |= _tried(request, rule, form, where.path)
    return render(request, "vitals/try.html", context)


def _form(request: HttpRequest, rule: Indicator) -> TryForm:
    """The rule in force, or what was asked to be tried."""
    if "min_windows" in request.GET:
        return TryForm(request.GET)
    return TryForm(initial={key: getattr(rule, key) for key in trying.COLUMNS} | {"days": 7})


def _tried(request: HttpRequest, rule: Indicator, form: TryForm, path: str) -> dict[str, Any]:
    said = form.cleaned_data
    scope = scope_of(request.user)
    try:
        trial = trying.try_rule(scope, rule, said, path=path, days=said["days"])
    except trying.Busy:
        return {"refused": _("Another trial is running; try again in a moment.")}
    except TooWide:
        return {"refused": _("That is too much to read at once: fewer days, or a smaller place.")}
    except BadPlan as error:
        return {"refused": str(error)}
    return {
        "trial": trial,
        "rows": trial.rows[:MOST_ROWS],
        "more": max(0, len(trial.rows) - MOST_ROWS),
        "toml": trying.as_toml(rule, said),
        "unchanged": not trying.changed(rule, said),
        "drawn": wording.place_name(trial.drawn) if trial.drawn else "",
    }
