"""The evaluation for officers of a place, the public's with less, and the same as CSV."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gongbi.cases import public as cases
from gongbi.core.public import PlaceRecord, Scope, city, now, place, scope_of
from gongbi.desk.access import Post, stand_at
from gongbi.desk.checkup.making import CannotExamine, find_period
from gongbi.desk.checkup.naming import period_words
from gongbi.desk.checkup.periods import Period

BY = {
    "unit": gettext_lazy("by unit"),
    "place": gettext_lazy("by place"),
    "type": gettext_lazy("by type"),
    "month": gettext_lazy("by month"),
}
SEE = "evaluation.see"


@dataclass(frozen=True, slots=True)
class Line:
    """A measure with its share of the whole and of each group."""

    measure: cases.Measure
    share: cases.Share
    groups: tuple[tuple[str, cases.Share], ...]


def _asked(request: HttpRequest) -> tuple[Post, Period, str]:
    post = stand_at(scope_of(request.user), SEE, request.GET.get("place", ""))
    by = request.GET.get("by", "unit")
    if by not in BY:
        raise Http404
    return post, _period(request), by


def _period(request: HttpRequest) -> Period:
    try:
        return find_period(request.GET.get("period", "month"))
    except CannotExamine as error:
        raise Http404(str(error)) from error


def _evaluated(scope: Scope | None, where: PlaceRecord, period: Period, by: str) -> Any:
    return cases.evaluate(scope, where.code, where.path, period.since, period.until, by)


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Shares with denominators and intervals, by unit, place, type or month."""
    post, period, by = _asked(request)
    found = _evaluated(post.scope, post.place, period, by)
    said = _said(found, cases.MEASURES, period) | {"post": post, "by": by, "bys": BY.items()}
    return render(request, "desk/evaluation.html", said)


@require_safe
def public_page(request: HttpRequest) -> HttpResponse:
    """Four shares of the whole city, by district; nothing that rests on fewer than ten."""
    root, period = place(city().code), _period(request)
    if root is None:
        raise Http404
    found = _evaluated(None, root, period, "place")
    told = tuple(one for one in cases.MEASURES if one.public)
    said = _said(found, told, period) | {"place": root}
    return render(request, "desk/evaluation_public.html", said)


def _said(
    found: cases.Evaluation, measures: Iterable[cases.Measure], period: Period
) -> dict[str, Any]:
    kept = tuple(measures)
    return {
        "found": found,
        "plain": [(one, found.whole.shares[one.code]) for one in kept if not one.watch],
        "watch": [(one, found.whole.shares[one.code]) for one in kept if one.watch],
        "rows": [(group, [(m, group.shares[m.code]) for m in kept]) for group in found.groups],
        "measures": kept,
        "period": period,
        "period_words": period_words(period),
        "before": period.before,
        "after": period.after if period.after.since <= now() else None,
    }


@require_safe
@login_required
def table(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV: a line a group and measure, with part, whole and interval."""
    post, period, by = _asked(request)
    found = _evaluated(post.scope, post.place, period, by)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="evaluation-{post.place.code}-{period.code}-{by}.csv"'
    )
    writer = csv.writer(answer)
    writer.writerow([
        _("Group"), _("Name"), _("Measure"), _("Part"), _("Of"), _("Share"),
        _("95 %, from"), _("95 %, to"), _("Definition"),
    ])  # fmt: skip
    for group in (found.whole, *found.groups):
        for one in cases.MEASURES:
            writer.writerow(_cells(group, one))
    return answer


def _cells(group: cases.EvaluatedGroup, one: cases.Measure) -> list[object]:
    said = group.shares[one.code]
    words = [group.code, group.name or _("all"), str(one.name)]
    if said.withheld:
        return [*words, _("withheld"), "", "", "", "", str(one.meaning)]
    numbers = ["" if x is None else f"{x:.4f}" for x in (said.share, said.low, said.high)]
    return [*words, said.part, said.of, *numbers, str(one.meaning)]
