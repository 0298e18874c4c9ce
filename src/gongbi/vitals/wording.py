"""Sentences of the machine: what a level says, in the reader's language."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gongbi.core.public import in_language
from gongbi.vitals.models import Alert, Indicator, Series

LEVEL_WORDS = {
    -1: lambda: _("no data"),
    0: lambda: _("normal"),
    1: lambda: _("notice"),
    2: lambda: _("warning"),
    3: lambda: _("alarm"),
}


def level_words(level: int) -> str:
    """A level's name."""
    return LEVEL_WORDS[level]()


def figure(value: float | None, unit: str) -> str:
    """A value as people write it, with its unit."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".strip()


def place_name(series: Series) -> str:
    """The place's name in the reader's language."""
    return in_language(series.place.name_en, series.place.name_zh)


def raised(alert: Alert, series: Series) -> str:
    """What a case is told when an alert asks for it."""
    rule = series.indicator
    return _("%(sign)s at %(place)s: %(value)s, %(level)s (limit %(limit)s).") % {
        "sign": rule.name,
        "place": place_name(series),
        "value": figure(alert.value, rule.unit),
        "level": level_words(alert.level),
        "limit": figure(dict(rule.limits).get(alert.level), rule.unit),
    }


def reason(series: Series) -> str:
    """Why the level is what it is: value, limit, since when, how long it must last."""
    rule = series.indicator
    if series.level == -1:
        return _("No reading came in %(n)d windows in a row.") % {"n": rule.missing_windows}
    if series.value is None:
        return _("No reading has come yet.")
    value = figure(series.value, rule.unit)
    if series.level == 0:
        return _("%(value)s lies within its limits.") % {"value": value}
    said = {
        "value": value,
        "limit": figure(dict(rule.limits).get(series.level), rule.unit),
        "level": level_words(series.level),
        "since": _at(series),
        "windows": rule.min_windows,
    }
    if rule.direction == "below":
        return (
            _(
                "%(value)s is below the limit of %(limit)s for %(level)s, since %(since)s; "
                "%(windows)d windows in a row raise it."
            )
            % said
        )
    return (
        _(
            "%(value)s is above the limit of %(limit)s for %(level)s, since %(since)s; "
            "%(windows)d windows in a row raise it."
        )
        % said
    )


def _at(series: Series) -> str:
    if series.since is None:
        return "–"
    return date_format(timezone.localtime(series.since), "m-d H:i")


def rule_in_words(rule: Indicator) -> str:
    """How an indicator is made, in a sentence."""
    return _("%(aggregate)s of %(property)s over %(minutes)g minutes.") % {
        "aggregate": AGGREGATES.get(rule.aggregate, lambda: rule.aggregate)(),
        "property": rule.observed_property,
        "minutes": rule.window_seconds / 60,
    }


AGGREGATES = {
    "sum": lambda: _("Sum"),
    "mean": lambda: _("Mean"),
    "min": lambda: _("Lowest"),
    "max": lambda: _("Highest"),
    "last": lambda: _("Last"),
    "count": lambda: _("Count"),
    "share": lambda: _("Share"),
}
