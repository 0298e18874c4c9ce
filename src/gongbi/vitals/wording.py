"""Sentences of the machine: what a level says and why, in the reader's language."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongbi.core.public import in_language
from gongbi.vitals import novel_wording
from gongbi.vitals.figures import figure, level_words, moment
from gongbi.vitals.models import Alert, Indicator, Series
from gongbi.vitals.yes_no import says_yes_or_no

__all__ = ["figure", "level_words", "moment"]
"""Asked for here too: sentences and figures are one door to whoever writes a page."""

AGGREGATES = {
    "sum": gettext_lazy("Sum"),
    "mean": gettext_lazy("Mean"),
    "min": gettext_lazy("Lowest"),
    "max": gettext_lazy("Highest"),
    "last": gettext_lazy("Last"),
    "count": gettext_lazy("Count"),
    "share": gettext_lazy("Share"),
    "rate": gettext_lazy("Growth a second"),
    "p50": gettext_lazy("Median"),
    "p90": gettext_lazy("90th percentile"),
    "p95": gettext_lazy("95th percentile"),
    "p99": gettext_lazy("99th percentile"),
}
PROPERTIES = {
    "water_pressure": gettext_lazy("water pressure"),
    "water_flow": gettext_lazy("water flow"),
    "road_water_depth": gettext_lazy("depth of water on roads"),
    "rainfall": gettext_lazy("rainfall"),
    "river_level": gettext_lazy("river level"),
    "power_load": gettext_lazy("power load"),
    "lift_fault": gettext_lazy("lift faults"),
    "metro_entries": gettext_lazy("entries to the metro"),
    "metro_exits": gettext_lazy("exits from the metro"),
    "crowd_count": gettext_lazy("people counted"),
    "hotline_reports": gettext_lazy("reports to the hotline"),
    "earthquake_reports": gettext_lazy("reports of an earthquake"),
    "pm25": gettext_lazy("fine dust"),
    "noise": gettext_lazy("noise"),
    "smoke_alarm": gettext_lazy("smoke alarms"),
    "gas_leak": gettext_lazy("gas in the air"),
    "bin_fill": gettext_lazy("fill of bins"),
    "traffic_speed": gettext_lazy("speed of traffic"),
    "police_calls": gettext_lazy("calls to the police"),
    "fire_calls": gettext_lazy("calls to the fire service"),
    "ambulance_runs": gettext_lazy("ambulance runs"),
    "hotline_calls": gettext_lazy("calls to the hotline"),
    "water_calls": gettext_lazy("calls about no water"),
    "lift_call": gettext_lazy("bells rung in lifts"),
    "fever_visits": gettext_lazy("visits to fever clinics"),
    "hall_wait": gettext_lazy("waiting in halls"),
    "hydrant_pressure": gettext_lazy("pressure at hydrants"),
    "chlorine": gettext_lazy("chlorine in drinking water"),
    "turbidity": gettext_lazy("cloudiness of drinking water"),
    "sewer_level": gettext_lazy("filling of sewers"),
    "pump_fault": gettext_lazy("faults of drainage pumps"),
    "dissolved_oxygen": gettext_lazy("oxygen in rivers"),
    "manhole_moved": gettext_lazy("moved manhole covers"),
    "wind_gust": gettext_lazy("gusts of wind"),
    "air_temperature": gettext_lazy("air temperature"),
    "visibility": gettext_lazy("visibility"),
    "ozone": gettext_lazy("ozone"),
    "site_dust": gettext_lazy("dust at building sites"),
    "building_tilt": gettext_lazy("leaning of buildings"),
    "vibration": gettext_lazy("vibration of buildings"),
    "settlement": gettext_lazy("settling of buildings"),
    "window_open": gettext_lazy("open street-side windows"),
    "falling_object": gettext_lazy("objects thrown from height"),
    "ebike_in_lift": gettext_lazy("electric bicycles in lifts"),
    "fire_way_blocked": gettext_lazy("blocked fire ways"),
    "gas_flow": gettext_lazy("gas flow"),
    "gas_pressure": gettext_lazy("gas pressure"),
    "homes_dark": gettext_lazy("households without power"),
    "charging_load": gettext_lazy("load of charging stations"),
    "cell_sites_out": gettext_lazy("mobile sites out of service"),
    "street_lights_out": gettext_lazy("street lights out"),
    "crowd_density": gettext_lazy("density of people"),
    "crowd_inflow": gettext_lazy("net inflow of people"),
    "train_load": gettext_lazy("load of trains"),
    "congestion": gettext_lazy("congestion of roads"),
    "expressway_speed": gettext_lazy("speed on expressways"),
    "bus_speed": gettext_lazy("speed of buses"),
    "parking_full": gettext_lazy("fill of car parks"),
    "signal_fault": gettext_lazy("faults of traffic lights"),
    "bikes_parked": gettext_lazy("parked bicycles"),
    "truck_violation": gettext_lazy("dump trucks off their route"),
    "transfer_fill": gettext_lazy("fill of transfer stations"),
    "loose_garbage": gettext_lazy("loose garbage"),
    "shop_overflow": gettext_lazy("shops over the pavement"),
    "days_of_cover": gettext_lazy("days of food cover"),
    "vegetable_price": gettext_lazy("price of vegetables"),
    "building_water": gettext_lazy("water drawn by buildings"),
    "building_power": gettext_lazy("power drawn by buildings"),
}
BY_RULE_NOW = gettext_lazy("out of the normal by the rule in force")
BY_RULE_TRIED = gettext_lazy("out of the normal by the rule tried")
ENDED = {
    "normal": gettext_lazy("the value went back to normal"),
    "silent": gettext_lazy("readings stopped coming: it is not known whether it is over"),
    "withdrawn": gettext_lazy("late readings showed that there was nothing"),
    "plan": gettext_lazy("the city pack no longer has this sign here"),
}
JOINED = {
    "same_sign_around": gettext_lazy("the same sign left the normal nearby within half an hour"),
    "joined_by_cases": gettext_lazy("a case of this kind was open here already"),
    "follows_from": gettext_lazy("it follows from the alert that opened the case"),
}


def holding(rule: Indicator, value: float | None) -> str:
    """What a sign says that is no figure: whether a rule holds, yes or no; nothing of others."""
    if value is None:
        return ""
    if rule.is_composite:
        return _("holds") if value else _("does not hold")
    return figure(value, rule.unit) if says_yes_or_no(rule.unit, value) else ""


def place_name(series: Series) -> str:
    """The place's name in the reader's language."""
    return in_language(series.place.name_en, series.place.name_zh)


def raised(alert: Alert, series: Series) -> str:
    """What a case is told when an alert asks for it."""
    rule = series.indicator
    if novel_wording.explains(rule, alert):
        return novel_wording.raised(rule, alert, place_name(series))
    if alert.expected is not None and not _by_limit(rule, alert):
        return _("%(sign)s at %(place)s: %(value)s, %(level)s (usual now: %(expected)s).") % {
            "sign": rule.name,
            "place": place_name(series),
            "value": figure(alert.value, rule.unit),
            "level": level_words(alert.level),
            "expected": figure(alert.expected, rule.unit),
        }
    said = _("%(sign)s at %(place)s: %(value)s, %(level)s (limit %(limit)s).")
    if says_yes_or_no(rule.unit, alert.value):
        said = _("%(sign)s at %(place)s: %(value)s, %(level)s.")
    return said % {
        "sign": rule.name,
        "place": place_name(series),
        "value": figure(alert.value, rule.unit),
        "level": level_words(alert.level),
        "limit": figure(dict(rule.limits).get(alert.level), rule.unit),
    }


def reason(series: Series, *, seen: bool = True, newest: float | None = None) -> str:
    """Why the level is what it is; ``seen`` is false where no reading has ever come.

    The value said is the ``newest`` where it bears the level, else the one the level was told by.
    """
    rule = series.indicator
    if series.level == -1:
        said = {"n": rule.missing_windows, "since": moment(series.since)}
        return _("No reading has come since %(since)s: %(n)d windows in a row.") % said
    if series.level > 0 and novel_wording.explains(rule, series):
        return novel_wording.reason(rule, series)
    if series.level > 0 and series.expected is not None and not _by_limit(rule, series):
        return _unusual(rule, series)
    if series.level == 0:
        return _("It lies within its limits.") if seen else _("No reading has come yet.")
    value = newest if _bears(rule, series.level, newest) else series.value
    return _beyond(rule, series.level, value, series.since)


def reason_of_alert(alert: Alert, *, newest: float | None, worst: float | None) -> str:
    """Why there is an alert; or how bad it was, when it ended and why."""
    rule, series = alert.series.indicator, alert.series
    if alert.ended_at is None and novel_wording.explains(rule, alert):
        return novel_wording.reason(rule, alert)
    if alert.ended_at is None and alert.expected is not None and not _by_limit(rule, alert):
        return _unusual(rule, alert, series.since if series.level == alert.level else None)
    if alert.ended_at is None:
        value = newest if _bears(rule, alert.level, newest) else alert.value
        since = series.since if series.level == alert.level else alert.began_at
        return _beyond(rule, alert.level, value, since)
    why = str(ENDED.get(alert.end_reason, ENDED["normal"]))
    if novel_wording.explains(rule, alert) and alert.end_reason == "normal":
        why = _("what came since is no longer new here")
    ended = _("It ended at %(at)s: %(why)s.") % {"at": moment(alert.ended_at), "why": why}
    return f"{_how_bad(rule, alert, worst)} {ended}"


def _how_bad(rule: Indicator, alert: Alert, worst: float | None) -> str:
    """How bad it was at worst."""
    if novel_wording.explains(rule, alert):
        return novel_wording.was(rule, alert)
    said = {
        "value": figure(worst, rule.unit),
        "level": level_words(alert.peak_level),
        "limit": figure(dict(rule.limits).get(alert.peak_level), rule.unit),
        "expected": figure(alert.expected, rule.unit),
    }
    if alert.expected is not None and not _bears(rule, alert.peak_level, worst):
        return _("At worst %(value)s: %(level)s; usual was %(expected)s.") % said
    if rule.is_composite:
        return _("It held that %(rule)s.") % {"rule": rule.formula.get("rule", "")}
    if says_yes_or_no(rule.unit, worst):
        return _("At worst it was %(level)s.") % said
    return _("At worst %(value)s: %(level)s, limit %(limit)s.") % said


def _by_limit(rule: Indicator, said: Series | Alert) -> bool:
    """Whether an absolute limit alone gives the level."""
    return _bears(rule, said.level, said.value)


def _unusual(rule: Indicator, said: Series | Alert, since: datetime | None = None) -> str:
    """Why a level stands that no absolute limit gives: what was usual, and how far off it is."""
    assert said.expected is not None
    off = abs((said.value or 0.0) - said.expected) / (said.scatter or 1.0)
    begun = said.since if isinstance(said, Series) else said.began_at
    return _UNUSUAL % {
        "value": figure(said.value, rule.unit),
        "expected": figure(said.expected, rule.unit),
        "scatter": figure(said.scatter, rule.unit),
        "times": f"{off:.1f}",
        "level": level_words(said.level),
        "score": f"{dict(rule.scores).get(said.level, 0.0):g}",
        "since": moment(since or begun),
    }


_UNUSUAL = gettext_lazy(
    "%(value)s, where %(expected)s is usual at this hour, give or take %(scatter)s: %(times)s "
    "times that; %(score)s times are %(level)s. Since %(since)s."
)


def past_in_words(rule: Indicator) -> str:
    """How an indicator is judged by what its series have shown; nothing where it is not."""
    return " ".join(filter(None, (usual_in_words(rule), novel_wording.in_words(rule))))


def usual_in_words(rule: Indicator) -> str:
    """How an indicator is judged by what is usual; nothing where it is not."""
    if not rule.scores:
        return ""
    levels = [f"{level_words(level)} {score:g} ×" for level, score in rule.scores]
    return _(
        "Also judged by what is usual at this hour of a working day or a day off, once %(days)d "
        "such days are known: %(levels)s the usual scatter, and no less than %(least)s off."
    ) % {
        "days": rule.least_days,
        "levels": ", ".join(levels),
        "least": figure(rule.least_deviation, rule.unit),
    }


def _bears(rule: Indicator, level: int, value: float | None) -> bool:
    """Whether a value reaches a level's limit or lies no further back than the margin."""
    limit = dict(rule.limits).get(level)
    if value is None or limit is None:
        return False
    sign = -1.0 if rule.direction == "below" else 1.0
    return sign * value >= sign * limit - rule.clear_margin


def _beyond(rule: Indicator, level: int, value: float | None, since: datetime | None) -> str:
    limit = dict(rule.limits).get(level)
    if rule.is_composite:
        held = {"rule": rule.formula.get("rule", ""), "since": moment(since)}
        return _("It holds that %(rule)s, since %(since)s.") % held
    said: dict[str, Any] = {
        "value": figure(value, rule.unit),
        "limit": figure(limit, rule.unit),
        "margin": figure(rule.clear_margin, rule.unit),
        "level": level_words(level),
        "since": moment(since),
    }
    if says_yes_or_no(rule.unit, value):
        return _SAYS % said + " " + _takes(rule)
    sign = -1.0 if rule.direction == "below" else 1.0
    if value is not None and limit is not None and sign * value < sign * limit:
        return _HELD % said + " " + _takes(rule)
    return (_BELOW if sign < 0 else _ABOVE) % said + " " + _takes(rule)


def _takes(rule: Indicator) -> str:
    """How long a limit must be passed before a level is raised."""
    said = {"windows": rule.min_windows, "minutes": rule.window_seconds / 60}
    if rule.min_windows == 1:
        return _("One window of %(minutes)g min is enough to raise a level.") % said
    return _("It takes %(windows)d windows of %(minutes)g min in a row to raise a level.") % said


_SAYS = gettext_lazy("A sensor here says %(value)s: that is %(level)s, since %(since)s.")
_ABOVE = gettext_lazy("%(value)s reaches the limit of %(limit)s for %(level)s, since %(since)s.")
_BELOW = gettext_lazy(
    "%(value)s is down to the limit of %(limit)s for %(level)s, since %(since)s."
)
_HELD = gettext_lazy(
    "%(value)s is not yet %(margin)s back from the limit of %(limit)s for %(level)s, "
    "since %(since)s."
)


DERIVED = {
    "ratio": gettext_lazy("%(first)s over %(second)s."),
    "difference": gettext_lazy("%(first)s less %(second)s."),
    "per-head": gettext_lazy("%(first)s for each %(per)g people."),
    "per-km": gettext_lazy("%(first)s for each %(per)g km of %(network)s."),
    "sum": gettext_lazy("Sum of %(first)s over %(over)s."),
    "mean": gettext_lazy("Mean of %(first)s over %(over)s."),
    "min": gettext_lazy("Lowest of %(first)s over %(over)s."),
    "max": gettext_lazy("Highest of %(first)s over %(over)s."),
    "share-at": gettext_lazy("Share of %(over)s where %(first)s is at %(level)s or worse."),
    "composite": gettext_lazy("%(rule)s; looks back %(span)g min."),
}


def _made_in_words(rule: Indicator) -> str:
    """How an indicator is made of others, by their names."""
    formula = rule.formula
    codes = formula.get("of") or []
    names = {one.pk: one.name for one in Indicator.objects.filter(pk__in=codes)}
    said = [names.get(code, code) for code in codes] + ["", ""]
    return str(DERIVED[formula["derive"]]) % {
        "first": said[0],
        "second": said[1],
        "per": formula.get("per", 1),
        "network": formula.get("network", ""),
        "over": _over(formula),
        "level": level_words(formula.get("at_level", 1)),
        "rule": formula.get("rule", ""),
        "span": formula.get("span_minutes", rule.window_seconds / 60),
    }


def _over(formula: dict[str, Any]) -> str:
    if "network" in formula:
        return _("all places downstream in %(network)s") % {"network": formula["network"]}
    return str(KINDS_OF_PLACE.get(formula.get("over", ""), formula.get("over", "")))


KINDS_OF_PLACE = {
    "building": gettext_lazy("the buildings"),
    "quarter": gettext_lazy("the quarters"),
    "grid": gettext_lazy("the grids"),
    "subdistrict": gettext_lazy("the subdistricts"),
    "district": gettext_lazy("the districts"),
}
TRUTH = {
    "true": pgettext_lazy("truth", "true"),
    "false": pgettext_lazy("truth", "false"),
    "unknown": pgettext_lazy("truth", "unknown"),
}


def rule_in_words(rule: Indicator) -> str:
    """How an indicator is made, in a sentence."""
    if rule.formula.get("derive"):
        return _made_in_words(rule)
    return _("%(aggregate)s of %(property)s over %(minutes)g min.") % {
        "aggregate": AGGREGATES.get(rule.aggregate, rule.aggregate),
        "property": PROPERTIES.get(rule.observed_property, rule.observed_property),
        "minutes": rule.window_seconds / 60,
    }
