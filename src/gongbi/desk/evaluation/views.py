"""The evaluation for officers of a place, the public's with less, and the same as CSV."""

import csv
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongbi.core.public import now, unarmed
from gongbi.desk.checkup.naming import period_words
from gongbi.desk.evaluation.asking import BY, Asked, asked, asked_by_all
from gongbi.desk.evaluation.figures import Figure, Laid, lay


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Shares with denominators and intervals, by unit, place, type, month or source."""
    post, one = asked(request)
    said = _said(one, lay(one)) | {"post": post, "by": one.by, "bys": BY.items()}
    return render(request, "desk/evaluation.html", said)


@require_safe
def public_page(request: HttpRequest) -> HttpResponse:
    """A few shares of the whole city, by district; nothing that rests on fewer than ten."""
    one = asked_by_all(request.GET)
    return render(request, "desk/evaluation_public.html", _said(one, lay(one)))


def _said(one: Asked, laid: Laid) -> dict[str, Any]:
    after = one.period.after
    return {
        "asked": one,
        "place": one.place,
        "laid": laid,
        "period": one.period,
        "period_words": period_words(one.period),
        "before": one.query(period=one.period.before),
        "before_code": one.period.before.code,
        "before_words": period_words(one.period.before),
        "after": one.query(period=after) if after.since <= now() else "",
        "after_code": after.code,
        "after_words": period_words(after),
        "query": one.query(),
    }


@require_safe
@login_required
def table(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV: a line a group and measure, with part, whole and interval."""
    return _table(asked(request)[1])


@require_safe
def public_table(request: HttpRequest) -> HttpResponse:
    """The public's page as CSV, with nothing more in it."""
    return _table(asked_by_all(request.GET))


def _table(one: Asked) -> HttpResponse:
    laid = lay(one)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    name = f"evaluation-{one.place.code}-{one.period.code}-{one.by}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(answer)
    writer.writerow([
        _("Group"), _("Name"), _("Measure"), _("Part"), _("Of"), _("Share"),
        _("95 %, from"), _("95 %, to"), _("Stands out"), _("Definition"),
        _("Cases counted"), _("Cases they are of"),
    ])  # fmt: skip
    writer.writerows(_lines("all", _("all"), (*laid.plain, *laid.watch)))
    for row in laid.rows:
        writer.writerows(_lines(row.group.code, row.group.name, row.figures))
    return answer


def _lines(code: str, name: str, figures: Iterable[Figure]) -> Iterable[list[object]]:
    home = settings.GONGBI_PUBLIC_URL
    for one in figures:
        share, words = one.share, [unarmed(code), unarmed(name), str(one.measure.name)]
        if share.withheld:
            yield [*words, _("withheld"), "", "", "", "", "", str(one.measure.meaning), "", ""]
            continue
        numbers = ["" if x is None else f"{x:.4f}" for x in (share.share, share.low, share.high)]
        links = [f"{home}{href}" if href else "" for href in (one.part_href, one.of_href)]
        stands = _("yes") if one.stands_out else ""
        meaning = str(one.measure.meaning)
        yield [*words, share.part, share.of, *numbers, stands, meaning, *links]
