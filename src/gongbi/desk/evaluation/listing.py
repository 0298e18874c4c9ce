"""The cases behind a share: a page at a time, for whoever may see the evaluation and them."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongbi.cases import public as cases
from gongbi.core.public import NotThere, now
from gongbi.desk.checkup.naming import period_words
from gongbi.desk.evaluation.asking import BY, WHICH, Asked, asked, moment_of


@require_safe
@login_required
def behind(request: HttpRequest) -> HttpResponse:
    """Which cases were counted, or what they are a share of; the instant a paper names beside."""
    _post, one = asked(request)
    wanted, measure = _wanted(request, one)
    at = moment_of(request.GET)
    stands = {key: request.GET[key] for key in ("after", "before") if request.GET.get(key)}
    try:
        found = cases.cases_behind(one.terms(), wanted, stands, at)
    except cases.NotListed as error:
        raise NotThere(
            _("These cases are not listed: the share rests on too few, or names who said it.")
        ) from error
    more = {} if wanted.group is None else {"group": wanted.group}
    kept = more | ({"at": request.GET["at"]} if at else {})
    other = "of" if wanted.which == "part" else "part"
    said = {
        "asked": one,
        "found": found,
        "measure": measure,
        "which": wanted.which,
        "group": wanted.group,
        "group_name": cases.group_name(one.by, wanted.group or ""),
        "by_words": BY[one.by],
        "period_words": period_words(one.period),
        "counted_at": at,
        "now": now(),
        "query": one.query({"measure": measure.code, "which": wanted.which} | kept),
        "other": one.query({"measure": measure.code, "which": other} | kept),
        "back": one.query(),
        "stands": stands,
    }
    return render(request, "desk/evaluation_cases.html", said)


def _wanted(request: HttpRequest, one: Asked) -> tuple[cases.AskedCases, cases.Measure]:
    said = request.GET
    found = next((m for m in cases.MEASURES if m.code == said.get("measure")), None)
    which = said.get("which", "part")
    if found is None or which not in WHICH:
        raise Http404
    group = said.get("group")
    by = one.by if group is not None else "all"
    return cases.AskedCases(found.code, which, by, group), found
