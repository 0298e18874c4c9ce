"""*Is it this one?* Before a report is sent, cases it may be one more voice of: at most three.

Shown are the type's words, the place, the age and the state: never what another reporter wrote or
showed, nor who they are. Nobody is held up in danger, and a report that carries a photo is not
held up without scripts, because a browser would drop the photo on the way; the desk is told then.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from gongbi.cases import public as cases
from gongbi.core.public import now
from gongbi.reports import actions, queries, questions, references, throttle
from gongbi.reports.forms import ReportForm
from gongbi.reports.views import offering


def to_ask(form: ReportForm, source: str) -> list[cases.LikelyRecord]:
    """Cases to ask about before this form is sent; none when it was asked, or must not wait."""
    given = form.cleaned_data
    must_not_wait = given["asked"] or given["photo"] or given["about_unit"]
    if must_not_wait or not references.is_ours(given["reference"]):
        return []
    if cases.is_known(source, actions.reference_for(_said(form), given["reference"])):
        return []  # the second tap of the same report
    return likely(form, source)


def likely(form: ReportForm, source: str) -> list[cases.LikelyRecord]:
    """Cases that the report on this form may be one more voice of."""
    given = form.cleaned_data
    if given["lon"] is not None and queries.lies_outside(given["lon"], given["lat"]):
        return []
    try:
        return cases.likely_to_report(actions.signal_of(_said(form), source))
    except (cases.SignalRefused, cases.Incomplete):
        return []  # sending it will say what is wrong, at its field


def said(form: ReportForm, source: str) -> actions.Said:
    """What the form says; a case is joined only when it is one of those that are asked about."""
    wanted = form.cleaned_data["joins"]
    offered = {one.number for one in likely(form, source)} if wanted else set()
    return _said(form, wanted if wanted in offered else "")


def asked(form: ReportForm) -> ReportForm:
    """The same form, so that its next sending goes through."""
    given: Any = form.data
    fresh = given.copy()
    fresh["asked"] = "1"
    form.data = fresh
    return form


def _said(form: ReportForm, joins: str = "") -> actions.Said:
    given = form.cleaned_data
    wanted = cases.asset_kinds_of([form.chosen_type() or ""])
    asset, words = offering.settled(
        given["code"], offering.standing(form.data), given["words"], wanted
    )
    return actions.Said(
        words=words,
        type=form.chosen_type(),
        lon=given["lon"],
        lat=given["lat"],
        place_words=given["place_words"],
        contact=given["contact"],
        language=get_language() or settings.LANGUAGE_CODE,
        joins=joins,
        asset=asset,
        news=given["news"],
        about_unit=given["about_unit"],
        answers=questions.answers(form.data, form.chosen_type()),
    )


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """The question as a part of the page; the photo stays where it is. Empty: no question."""
    form = ReportForm(request.POST)
    shut = throttle.is_shut(throttle.REPORT, request)
    near = [] if shut or not form.is_valid() else to_ask(form, actions.WEB)
    return render(request, "reports/_same.html", {"near": near, "now": now()})
