"""The next hours of a sign that counts: people, vehicles, passengers, calls.

From stored hours, when a page asks: the hour under way by the kernel's forecast, which knows how
the hours before it went, the hours after it by the same hour of earlier weeks. Nothing here
reaches the engine, raises a level or opens a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from gongbi.core.public import city, days_worked, now
from gongbi.kernel.vitals.forecast import WEEK, foretell_hours
from gongbi.kernel.vitals.later_hours import foretell_later
from gongbi.stream import public as stream
from gongbi.vitals import known_events
from gongbi.vitals.models import Indicator, KnownEvent, Series
from gongbi.vitals.pack import CALENDAR

Floats = NDArray[np.float64]
HOUR = timedelta(hours=1)
COUNTED = frozenset(
    {"persons", "passengers", "vehicles", "calls", "runs", "visits", "reports", "bikes", "people"}
)
ADDED_UP = frozenset({"sum", "count"})
WEEKS_BACK = 12
LEAST_DAYS = 15
"""Two weeks and a day: an hour needs its like of a week before, and a week to learn from it."""
HOURS_AHEAD = 6
MOST_BESIDE = 11
"""Other series of the sign that the forecast learns from; those of the same kind of place."""
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HourAhead:
    """One hour: what is expected, 80 % bounds, the usual and of how many weeks it is the median.

    ``by_now``: it rests on the hours just before it too.
    """

    begin: datetime
    expected: float
    low: float | None
    high: float | None
    usual: float
    weeks: int
    by_now: bool
    day_off: bool
    events: tuple[KnownEvent, ...] = ()
    """What is known ahead and has shifted the figure and its bounds."""


@dataclass(frozen=True, slots=True)
class HoursAhead:
    """The hours to come, the last day's hours, and how the hour just over went."""

    hours: tuple[HourAhead, ...]
    past: tuple[tuple[datetime, float | None], ...]
    days: int
    last: float | None = None
    last_usual: float | None = None
    beside: int = 0


def is_counted(rule: Indicator) -> bool:
    """Whether a sign counts something hour by hour."""
    return rule.unit in COUNTED and 0 < rule.window_seconds <= 3600


def hours_ahead(one: Series) -> HoursAhead:
    """What is expected in the hours from now; without hours where there is too little history."""
    begin = now().replace(minute=0, second=0, microsecond=0)
    rows = _beside(one)
    values = _hours(one.indicator, [row.pk for row in rows], begin)
    known = np.flatnonzero(np.isfinite(values[:, 0]))
    days = len(np.unique(known // 24))
    past = tuple(
        (begin - (24 - n) * HOUR, None if np.isnan(value) else float(value))
        for n, value in enumerate(values[-24:, 0])
    )
    if days < LEAST_DAYS or not len(known):
        return HoursAhead((), past, days)
    # Hours from before the sensors are no hours without people.
    said = _foretell(values[known[0] :], begin, past, days, len(rows) - 1)
    return replace(said, hours=_shifted(one, said.hours))


def _beside(one: Series) -> list[Series]:
    """The series, and others of its sign at places of its kind: they feel the same day."""
    rows = Series.objects.filter(
        indicator=one.indicator_id, place_kind=one.place_kind, in_force=True
    )
    rows = rows.exclude(pk=one.pk).defer("members").order_by("pk")
    return [one, *rows[:MOST_BESIDE]]


def _hours(rule: Indicator, series: Sequence[int], until: datetime) -> Floats:
    """Figures by whole hours that end by ``until``, [hours, series]; NaN where there is none."""
    since = until - timedelta(weeks=WEEKS_BACK)
    table = stream.history(
        settings.GONGBI_DATA, series=series, step="hour", since=since, until=until
    )
    windows = 3600 / rule.window_seconds
    values = np.full((WEEKS_BACK * WEEK, len(series)), np.nan)
    at = {key: place for place, key in enumerate(series)}
    for row in table.select(["series", "start", "windows", "mean"]).to_pylist():
        hour = round((row["start"] - since) / HOUR)
        if row["mean"] is not None and 2 * row["windows"] >= windows:
            # An hour of which windows are missing counts as if they had been like the others.
            times = windows if rule.aggregate in ADDED_UP else 1.0
            values[hour, at[row["series"]]] = max(row["mean"] * times, 0.0)
    return values


def _foretell(values: Floats, begin: datetime, past: Any, days: int, beside: int) -> HoursAhead:
    first, free = _calendar(begin - len(values) * HOUR, len(values) + 1)
    whole = np.vstack([values, np.full((1, values.shape[1]), np.nan)])
    said = foretell_hours(whole, first, free)
    later = foretell_later(values[:, 0], HOURS_AHEAD)
    hours = []
    for place in range(HOURS_AHEAD):
        by_now = place == 0 and bool(np.isfinite(said.expected[-1, 0]))
        expected = said.expected[-1, 0] if by_now else later.usual[place]
        bounds = said.bounds[1:3, -1, 0] if by_now else (later.low[place], later.high[place])
        if np.isnan(expected):
            continue
        low, high = (None if np.isnan(value) else float(value) for value in bounds)
        off = bool(free[len(values) + place])
        hours.append(HourAhead(begin + place * HOUR, float(expected), low, high,
                               float(later.usual[place]), int(later.weeks[place]), by_now,
                               off))  # fmt: skip
    last, usual = values[-1, 0], said.usual[-2, 0]
    return HoursAhead(tuple(hours), past, days, _number(last), _number(usual), beside)


def _shifted(one: Series, hours: tuple[HourAhead, ...]) -> tuple[HourAhead, ...]:
    """The hours with what is known ahead; what the hour before felt already counts once."""
    if not hours:
        return ()
    since, until = hours[0].begin - HOUR, hours[-1].begin + HOUR
    events = known_events.bearing_on([one], since, until)[one.pk]
    windows = 3600 / one.indicator.window_seconds
    times = windows if one.indicator.aggregate in ADDED_UP else 1.0

    def added(at: datetime, base: float) -> float:
        return times * known_events.added_at(events, at + HOUR / 2, base / times)

    def with_events(hour: HourAhead) -> HourAhead:
        more = added(hour.begin, hour.usual)
        more -= added(hour.begin - HOUR, hour.usual) if hour.by_now else 0.0
        if not more:
            return hour
        low, high = (
            None if one is None else max(one + more, 0.0) for one in (hour.low, hour.high)
        )
        held = tuple(one for one in events
                     if one.begins_at <= hour.begin + HOUR / 2 < one.ends_at)  # fmt: skip
        return replace(hour, expected=max(hour.expected + more, 0.0), low=low, high=high,
                       events=held)  # fmt: skip

    return tuple(with_events(hour) for hour in hours)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _calendar(begin: datetime, hours: int) -> tuple[int, NDArray[np.bool_]]:
    """(local hour of row 0 since a Monday, whether each hour's weekday is off work).

    24 hours beyond the rows, for holidays are known ahead.
    """
    local = begin.astimezone(city().zone)
    offset = local.utcoffset() or timedelta()
    first = (begin - MONDAY + offset) // HOUR
    worked = {moment: works for moment, works in days_worked(CALENDAR)}
    zone = city().zone
    found = np.zeros(hours + 24, np.bool_)
    for row in range(hours + 24):
        day = (begin + row * HOUR).astimezone(zone).replace(hour=0, minute=0, second=0)
        found[row] = day.weekday() < 5 and not worked.get(day.astimezone(UTC), True)
    return first, found
