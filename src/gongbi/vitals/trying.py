"""An indicator tried on history before it is switched on; nothing is stored, the pack decides."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings

from gongbi.core.public import Scope, now, read_toml_with_lines, unit_words
from gongbi.kernel.vitals.rehearsal import SAME, Difference
from gongbi.stream import public as stream
from gongbi.vitals import known_telling, wording
from gongbi.vitals.access import series_of
from gongbi.vitals.models import Indicator, Series
from gongbi.vitals.pack import days_of_city, indicator_of

# How a key of the pack is called in the engine's plan.
COLUMNS = {
    "direction": "direction", "notice": "notice", "warning": "warning", "alarm": "alarm",
    "clear_margin": "clear_margin", "min_windows": "min_windows",
    "missing_windows": "missing_windows", "usual_notice": "score_notice",
    "usual_warning": "score_warning", "usual_alarm": "score_alarm",
    "usual_margin": "score_margin", "least_deviation": "least_deviation",
    "least_days": "least_visits", "novel_notice": "novel_notice",
    "novel_warning": "novel_warning", "novel_alarm": "novel_alarm",
    "novel_margin": "novel_margin", "novel_least": "novel_least", "novel_side": "novel_side",
}  # fmt: skip
MOST_PLACES = 200
_one_at_a_time = threading.Lock()


class Busy(Exception):
    """Another trial is running in this process."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a changed rule would have told: differences, and the series to draw first."""

    since: datetime
    until: datetime
    readings: int
    places: int
    rows: list[dict[str, Any]]
    counts: dict[str, int]
    earlier: int
    later: int
    drawn: Series | None
    chart: dict[str, Any]
    known: tuple[str, ...]
    """What was known ahead and bore on it, in words."""


def changed(rule: Indicator, said: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of the pack whose value would be another."""
    return {key: said[key] for key in COLUMNS if key in said and said[key] != getattr(rule, key)}


def try_rule(
    scope: Scope, rule: Indicator, said: Mapping[str, Any], *, path: str, days: int
) -> Trial:
    """Run the rule as it is and as ``said`` over the last days, for places a person sees."""
    if not _one_at_a_time.acquire(blocking=False):  # who waits holds a thread of the web
        raise Busy
    try:
        return _tried(scope, rule, said, path, days)
    finally:
        _one_at_a_time.release()


def _tried(scope: Scope, rule: Indicator, said: Mapping[str, Any], path: str, days: int) -> Trial:
    rows = series_of(scope).filter(indicator=rule, place_path__startswith=path)
    rows = rows.select_related("indicator", "place").defer("members", "place__geometry")
    series = {row.pk: row for row in rows.order_by("-level", "place_path")[:MOST_PLACES]}
    until = now()
    since = until - timedelta(days=days)
    events = known_telling.known_then(rule, path, since - stream.LEARNING, until)
    told = known_telling.as_it_was_told(events)
    found = stream.rehearse(
        settings.GONGBI_DATA,
        indicator=rule.code,
        changes={COLUMNS[key]: value for key, value in changed(rule, said).items()},
        since=since,
        until=until,
        series=list(series),
        days=days_of_city(),
        known=list(chain.from_iterable(told.values())),
    )
    bore = tuple(one.name for one in events if one.ends_at > since and one.pk in told)
    return _trial(rule, said, found, series, bore)


def _trial(
    rule: Indicator,
    said: Mapping[str, Any],
    found: Any,
    series: dict[int, Series],
    known: tuple[str, ...],
) -> Trial:
    other = [one for one in found.differences if one.kind != SAME]
    counts = {kind: 0 for kind in ("gained", "lost", "moved", "same")}
    for one in found.differences:
        counts[one.kind] += 1
    drawn = series.get(other[0].series) if other else next(iter(series.values()), None)
    return Trial(
        since=found.since,
        until=found.until,
        readings=found.readings,
        places=len(series),
        rows=[_row(one, series[one.series]) for one in (other or found.differences)],
        counts=counts,
        earlier=sum(one.shift < 0 for one in other),
        later=sum(one.shift > 0 for one in other),
        drawn=drawn,
        chart=_chart(rule, said, found, drawn) if drawn else {},
        known=known,
    )


def _row(one: Difference, series: Series) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "series": series,
        "place": wording.place_name(series),
        "minutes": one.shift / 60e6,
        "before": _episode(one.before),
        "after": _episode(one.after),
    }


def _episode(one: Any) -> dict[str, Any] | None:
    if one is None:
        return None
    end = None if one.end is None else stream.moment_of(one.end)
    return {"start": stream.moment_of(one.start), "end": end, "level": one.peak_level}


def _chart(rule: Indicator, said: Mapping[str, Any], found: Any, one: Series) -> dict[str, Any]:
    """The readings of one place, marked where the rule in force and where the tried one speaks."""
    before = found.before[found.before["series"] == one.pk]
    after = found.after[found.after["series"] == one.pk]
    values = {int(r["window_start"]): _number(r["value"]) for r in (*before, *after)}
    times = sorted(values)

    def marks(rows: Any) -> list[float | None]:
        over = {int(row["window_start"]) for row in rows if row["level"] > 0}
        return [values[at] if at in over else None for at in times]

    limits = [(n + 1, said.get(key)) for n, key in enumerate(("notice", "warning", "alarm"))]
    return {
        "x": [wording.moment(stream.moment_of(at)) for at in times],
        "series": [
            {"name": rule.name, "values": [values[at] for at in times]},
            {"name": str(wording.BY_RULE_NOW), "values": marks(before), "type": "scatter"},
            {"name": str(wording.BY_RULE_TRIED), "values": marks(after), "type": "scatter"},
        ],
        "unit": unit_words(rule.unit),
        "scale": True,
        "limits": [
            {"level": level, "value": value, "name": wording.level_words(level)}
            for level, value in limits
            if value is not None
        ],
    }


def _number(value: Any) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124 - only NaN differs from itself


def as_toml(rule: Indicator, said: Mapping[str, Any]) -> str:
    """The entry's changed lines, to be put into indicators.toml by whoever keeps the pack."""
    lines = [f"# [[indicator]] {rule.code}: write these lines in place of the old ones"]
    for key, value in changed(rule, said).items():
        if value is None:
            lines.append(f"# {key}: take this line out")
        elif isinstance(value, str):
            lines.append(f'{key} = "{value}"')
        else:
            lines.append(f"{key} = {value:g}")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class ChangedRules:
    """Rules of a file that judge otherwise than those in force, and those that cannot be tried."""

    changed: dict[str, dict[str, Any]]
    refused: list[tuple[str, str]]


def changed_rules(file: Path) -> ChangedRules:
    """Compare an indicators.toml with the rules in force; Unreadable where it is no TOML."""
    rows = read_toml_with_lines(file)[0].get("indicator", [])
    rules = Indicator.objects.in_bulk([str(row.get("code")) for row in rows])
    found, refused = dict[str, dict[str, Any]](), list[tuple[str, str]]()
    for row in rows:
        rule = rules.get(row.get("code"))
        if rule is None:
            refused.append(
                (str(row.get("code")), "is not in force: it has no history to be run on")
            )
            continue
        new = indicator_of(row, rule.position, rule.pack_version)
        refused += [(rule.code, why) for why in _untried(rule, new)]
        if said := changed(rule, {key: getattr(new, key) for key in COLUMNS}):
            found[rule.code] = said
    return ChangedRules(found, refused)


def _untried(rule: Indicator, new: Indicator) -> list[str]:
    """What changed and cannot be seen from readings, which were made by the rule in force."""
    names = ("observed_property", "aggregate", "window_seconds", "places")
    other = [name for name in names if getattr(rule, name) != getattr(new, name)]
    return [f"a changed {name} makes other readings; only its limits are tried" for name in other]


def rehearse(scope: Scope, code: str, said: Mapping[str, Any], path: str, days: int) -> Trial:
    """Run one indicator's changed rule over the last days."""
    return try_rule(scope, Indicator.objects.get(pk=code), said, path=path, days=days)
