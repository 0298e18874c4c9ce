"""The page of a counting sign's next hours."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from gongbi.core.public import unit_words
from gongbi.vitals import known_events, wording
from gongbi.vitals.access import access_series
from gongbi.vitals.hours_ahead import LEAST_DAYS, HourAhead, HoursAhead, hours_ahead, is_counted
from gongbi.vitals.models import Indicator


@require_GET
@login_required
def hours(request: HttpRequest, code: str, place_code: str) -> HttpResponse:
    """What the next hours are expected to bring, between what bounds, and why."""
    one = access_series(request.user, code, place_code)
    if not is_counted(one.indicator):
        raise Http404
    said = hours_ahead(one)
    context = {
        "one": one,
        "rule": one.indicator,
        "where": wording.place_name(one),
        "said": said,
        "least": LEAST_DAYS,
        "rows": [(hour, _why(hour, said, one.indicator)) for hour in said.hours],
        "chart": _chart(said, one.indicator),
        "added": one.indicator.aggregate in ("sum", "count"),
    }
    return render(request, "vitals/hours.html", context)


def _why(hour: HourAhead, said: HoursAhead, rule: Indicator) -> str:
    """What an hour's figure rests on."""
    usual = ngettext(
        "%(usual)s is usual: the hour of the same weekday, of %(weeks)d week.",
        "%(usual)s is usual: the middle of the same hour of %(weeks)d weeks.",
        hour.weeks,
    ) % {"usual": whole(hour.usual, rule), "weeks": hour.weeks}
    parts = [usual]
    if hour.day_off:
        parts.append(_("It is a public holiday."))
    if hour.by_now:
        parts.append(_now(said, rule))
    parts += [known_events.in_words(event) for event in hour.events]
    return " ".join(parts)


def _now(said: HoursAhead, rule: Indicator) -> str:
    """How the hour just over went, which the hour under way is foretold by."""
    if said.last is None or said.last_usual is None:
        return str(NO_LAST)
    return _("The hour before brought %(last)s where %(usual)s is usual.") % {
        "last": whole(said.last, rule),
        "usual": whole(said.last_usual, rule),
    }


NO_LAST = gettext_lazy("The hour before is not known, so other hours and places weigh more.")


def whole(value: float, rule: Indicator) -> str:
    """A count without decimals, with its unit."""
    return wording.figure(float(round(value)), rule.unit)


def _chart(said: HoursAhead, rule: Indicator) -> dict[str, Any]:
    """The last day's hours, then those to come with their bounds."""
    blank: list[float | None] = [None] * len(said.past)
    begins = [at for at, _ in said.past] + [hour.begin for hour in said.hours]

    def ahead(name: str) -> list[float | None]:
        found = [getattr(hour, name) for hour in said.hours]
        return [*blank, *(None if value is None else round(value) for value in found)]

    measured = [None if value is None else round(value) for _, value in said.past]
    lines = [
        {"name": _("measured"), "values": [*measured, *([None] * len(said.hours))]},
        {"name": _("expected"), "values": ahead("expected")},
        {"name": _("in 9 of 10 hours above"), "values": ahead("low")},
        {"name": _("in 9 of 10 hours below"), "values": ahead("high")},
    ]
    unit = unit_words(rule.unit)
    return {"x": [wording.moment(at) for at in begins], "series": lines, "unit": unit}
