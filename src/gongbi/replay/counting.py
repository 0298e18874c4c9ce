"""Reports counted as readings, so that a rush of calls shows among the vital signs."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from gongbi.feeds.public import CountRule, Mapping, Observation, Report


def count_reports(mapping: Mapping, reports: Iterable[Report], at: datetime) -> list[Observation]:
    """How many reports fall to each datastream, told at the moment ``at``.

    A report without a place falls to no datastream that is told by place.
    """
    found: Counter[str] = Counter()
    for report in reports:
        for rule in mapping.counts:
            if rule.type in ("", report.type) and (report.place or not _by_place(rule)):
                found[_name(rule, report.place or "")] += 1
    return [Observation(name, at, float(count)) for name, count in sorted(found.items())]


def quiet_slot(mapping: Mapping, at: datetime) -> list[Observation]:
    """Zeros of every datastream at the mapping's step: nobody called is not the same as silence.

    They are added to sums, so a zero beside a count changes nothing.
    """
    step = timedelta(minutes=mapping.absent.step_minutes).total_seconds()
    if not mapping.counts or mapping.absent.means != "zero" or at.timestamp() % step:
        return []
    names = {name for rule in mapping.counts for name in streams_of(mapping, rule)}
    return [Observation(name, at, 0.0, made=True) for name in sorted(names)]


def streams_of(mapping: Mapping, rule: CountRule) -> list[str]:
    """Every datastream that a rule may count into."""
    if not _by_place(rule):
        return [rule.datastream]
    places = dict.fromkeys(mapping.place.codes.values())
    return [_name(rule, place) for place in places]


def _by_place(rule: CountRule) -> bool:
    return "{@place}" in rule.datastream


def _name(rule: CountRule, place: str) -> str:
    return rule.datastream.replace("{@place}", place)
