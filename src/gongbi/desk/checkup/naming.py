"""Words for periods, states, hours and shares, in the reader's language."""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from gongbi.core.public import city
from gongbi.desk.checkup.periods import DAY, WEEK, Period

STATES = {
    "sound": pgettext_lazy("state of a place", "sound"),
    "strained": pgettext_lazy("state of a place", "strained"),
    "in_trouble": pgettext_lazy("state of a place", "in trouble"),
    "unknown": pgettext_lazy("state of a place", "not known"),
}
KIND_WORDS = {
    "week": pgettext_lazy("length of a period", "Week"),
    "month": pgettext_lazy("length of a period", "Month"),
    "day": pgettext_lazy("length of a period", "Day"),
}
STAGES = {
    "times": gettext_lazy("Reading how long each sign stood at each level"),
    "before": gettext_lazy("Reading the period before"),
    "year": gettext_lazy("Reading last year"),
    "alerts": gettext_lazy("Counting alerts"),
    "cases": gettext_lazy("Counting cases and words"),
    "judging": gettext_lazy("Judging"),
    "paper": gettext_lazy("Writing the paper"),
}


def together(*sentences: str) -> str:
    """Sentences after each other; Chinese ones take no space."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(filter(None, sentences))


def period_words(period: Period) -> str:
    """A period as a title: the week, month or day, and its dates."""
    first = date_format(period.first, "DATE_FORMAT")
    if period.kind == DAY:
        return first
    last = date_format(period.end - timedelta(days=1), "DATE_FORMAT")
    if period.kind == WEEK:
        year, week, _day = period.first.isocalendar()
        said = {"week": week, "year": year, "first": first, "last": last}
        return _("Week %(week)d of %(year)d, %(first)s to %(last)s") % said
    return date_format(period.first, "YEAR_MONTH_FORMAT")


def part_words(period: Period) -> list[str]:
    """The parts of a period, short enough for an axis."""
    begins = [edge.astimezone(period.zone) for edge in period.edges[:-1]]
    if period.kind == DAY:
        return [begin.strftime("%H:%M") for begin in begins]
    if period.kind == WEEK:
        return [date_format(begin, "D j") for begin in begins]
    return [str(begin.day) for begin in begins]


def moment(at: datetime | None) -> str:
    """Date and time in the city's zone."""
    return at.astimezone(city().zone).strftime("%Y-%m-%d %H:%M") if at else "–"


def points(value: float | None) -> str:
    """A score or a loss, to a tenth of a point."""
    return "–" if value is None else f"{value:.1f}"


def signed(value: float | None) -> str:
    """A difference with its sign, to a tenth."""
    if value is None:
        return "–"
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


def percent(share: float) -> str:
    """A share as people write it; what is there but small is not told as none."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def hours(value: float | None) -> str:
    """A span given in hours: minutes when short, days when long."""
    if value is None:
        return "–"
    if value < 2:
        return _("%(n)d min") % {"n": round(60 * value)}
    if value < 72:
        return _("%(n).1f h") % {"n": value}
    return _("%(n).1f days") % {"n": value / 24}
