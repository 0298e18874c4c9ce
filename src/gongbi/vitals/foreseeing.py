"""A level's limit that will be crossed, from stored readings, for a page that asks.

One look at the readings of the series asked for, however many; the hours read and the series are
bounded. Nothing here reaches the engine, raises a level or opens a case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from gongbi.core.public import now
from gongbi.kernel.vitals.crossing import Crossing, CrossingRule, Floats, foretell_crossing
from gongbi.vitals import known_events, wording
from gongbi.vitals.models import Indicator, KnownEvent, Series
from gongbi.vitals.queries import LONG_WINDOW_SECONDS, light, readings
from gongbi.vitals.records import SignRecord

HOURS_BACK, LONG_HOURS_BACK = 48, 96
AHEAD, LONG_AHEAD = 12, 6
MOST_SERIES = 12
"""On one page, those nearest to a limit."""
NEAR = 0.5
"""A series is near when this share of the way from its middle to the next limit is left."""
STALE_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The next level's limit and when it is reached; instants are ends of windows."""

    series: int
    level: int
    limit: float
    at: datetime
    soonest: datetime
    latest: datetime
    crossing: Crossing
    closed_at: datetime
    ahead_minutes: int
    events: tuple[KnownEvent, ...] = ()

    @property
    def minutes(self) -> int:
        """From now."""
        return minutes_to(self.at)


def minutes_to(at: datetime) -> int:
    """Whole minutes from the city's now; never below one."""
    return max(1, round((at - now()).total_seconds() / 60))


def foresee(
    rows: Sequence[Series], known: dict[int, list[KnownEvent]] | None = None
) -> dict[int, Foreseen]:
    """What is foreseen of some series; those of which nothing can be said are absent."""
    found: dict[int, Foreseen] = {}
    until = now() + timedelta(minutes=1)
    for long in (False, True):
        some = [row for row in rows if _is_long(row.indicator) is long and _may_rise(row)]
        since = until - timedelta(hours=LONG_HOURS_BACK if long else HOURS_BACK)
        by_series: dict[int, list[dict[str, Any]]] = {row.pk: [] for row in some}
        for reading in readings([row.pk for row in some], since, until):
            by_series[reading["series"]].append(reading)
        for row in some:
            events = (known or {}).get(row.pk, [])
            said = _foresee_one(row, by_series[row.pk], events)
            if said is not None:
                found[row.pk] = said
    return found


def _is_long(rule: Indicator) -> bool:
    return rule.window_seconds >= LONG_WINDOW_SECONDS


def _may_rise(row: Series) -> bool:
    """Whether some level above its own has a limit."""
    levels = [level for level, _value in (*row.indicator.limits, *row.indicator.scores)]
    return row.level >= 0 and any(level > row.level for level in levels)


def _foresee_one(
    row: Series, past: list[dict[str, Any]], events: Iterable[KnownEvent]
) -> Foreseen | None:
    rule, ahead = row.indicator, LONG_AHEAD if _is_long(row.indicator) else AHEAD
    grid = _Grid.of(past, rule.window_seconds, ahead)
    if grid is None or now() - grid.end > STALE_WINDOWS * grid.step + _lateness(rule):
        return None
    level = min(step for step, _value in (*rule.limits, *rule.scores) if step > max(row.level, 0))
    limits = _limits(rule, level, grid)
    added = _added(grid, events)
    said = foretell_crossing(
        grid.values,
        limits - added,
        above=rule.direction != "below",
        courses=grid.courses(),
        rule=CrossingRule(ahead=ahead),
    )
    if said is None:
        return None
    at, soonest, latest = (
        grid.end + count * grid.step for count in (said.windows, said.soonest, said.latest)
    )
    if latest <= now():
        return None
    return Foreseen(
        row.pk,
        level,
        float(limits[said.windows - 1]),
        at,
        soonest,
        latest,
        said,
        grid.end,
        round(ahead * rule.window_seconds / 60),
        tuple(one for one in events if added.any() and one.direction != "other"),
    )


def _lateness(rule: Indicator) -> timedelta:
    return timedelta(seconds=rule.lateness_seconds)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Readings on an even grid from the first that has a value; ``end`` closes the newest."""

    end: datetime
    step: timedelta
    values: Floats
    expected: Floats
    scatter: Floats
    ahead: int

    @classmethod
    def of(cls, past: list[dict[str, Any]], seconds: int, ahead: int) -> "_Grid | None":
        told = [one for one in past if one["value"] is not None]
        if not told or not seconds:
            return None
        step = timedelta(seconds=seconds)
        first, last = told[0]["window_start"], told[-1]["window_start"]
        count = round((last - first) / step) + 1
        columns = {name: np.full(count, np.nan) for name in ("value", "expected", "scatter")}
        for one in told:
            place = round((one["window_start"] - first) / step)
            for name, column in columns.items():
                if one.get(name) is not None:
                    column[place] = one[name]
        return cls(
            last + step, step, columns["value"], columns["expected"], columns["scatter"], ahead
        )

    def _day_before(self, column: Floats) -> Floats:
        """A column of the windows ahead, a day before; NaN where that is too far back."""
        day = round(timedelta(days=1) / self.step)
        places = len(column) - day + np.arange(self.ahead)
        found = np.full(self.ahead, np.nan)
        inside = (places >= 0) & (places < len(column))
        found[inside] = column[places[inside]]
        return found

    def coming(self) -> tuple[Floats, Floats]:
        """What is usual in the windows ahead and its scatter: as it was a day before."""
        return self._day_before(self.expected), self._day_before(self.scatter)

    def courses(self) -> list[Floats]:
        """The usual, where it is known throughout."""
        usual = np.concatenate([self.expected, self.coming()[0]])
        return [usual] if np.isfinite(usual).all() else []


def _limits(rule: Indicator, level: int, grid: _Grid) -> Floats:
    """The limit of a level in each window ahead: the absolute one or the usual, met first."""
    sign = -1.0 if rule.direction == "below" else 1.0
    absolute = dict(rule.limits).get(level)
    found = np.full(grid.ahead, np.inf if absolute is None else sign * absolute)
    score = dict(rule.scores).get(level)
    if score is not None:
        expected, scatter = grid.coming()
        off = np.maximum(score * scatter, rule.least_deviation)
        usual = sign * expected + off
        found = np.fmin(found, usual)
    found[np.isinf(found)] = np.nan
    return sign * found


def _added(grid: _Grid, events: Iterable[KnownEvent]) -> Floats:
    """What known events will add in each window ahead, over what they add now."""
    events = [one for one in events if one.direction != "other"]
    found = np.zeros(grid.ahead)
    if not events:
        return found
    usual, _scatter = grid.coming()
    last = grid.end - grid.step
    newest = grid.values[-1]
    today = known_events.added_at(events, last, newest)
    for place in range(grid.ahead):
        base = usual[place] if np.isfinite(usual[place]) else newest - today
        found[place] = known_events.added_at(events, last + (place + 1) * grid.step, base) - today
    return found


def add_to_signs(groups: list[tuple[str, list[SignRecord]]]) -> list[tuple[str, list[SignRecord]]]:
    """Signs with what is known ahead, and with what is foreseen of those near a limit."""
    signs = [sign for _kind, some in groups for sign in some if sign.here]
    near = sorted((_way_left(sign), sign.series) for sign in signs)
    wanted = [series for left, series in near[:MOST_SERIES] if left <= NEAR]
    rows = {row.pk: row for row in light().filter(pk__in=[sign.series for sign in signs])}
    known = known_events.bearing_on(list(rows.values()), now(), now() + timedelta(hours=1))
    found = foresee([rows[key] for key in wanted if key in rows], known)

    def told(sign: SignRecord) -> SignRecord:
        said = found.get(sign.series) if sign.here else None
        events = known.get(sign.series, []) if sign.here else []
        return replace(
            sign,
            foreseen=in_words(said, rows[sign.series].indicator) if said else "",
            known=tuple(known_events.in_words(one) for one in events[:2]),
        )

    return [(kind, [told(sign) for sign in some]) for kind, some in groups]


def _way_left(sign: SignRecord) -> float:
    """Share of the way from the middle of the last hours to the next limit; inf where none is."""
    limits = [value for level, value in sign.limits if level > max(sign.level, 0)]
    if not limits or sign.value is None or sign.level < 0 or len(sign.spark) < 6:
        return float("inf")
    middle = median(sign.spark)
    way = limits[0] - middle
    return (limits[0] - sign.value) / way if way else float("inf")


def in_words(said: Foreseen, rule: Indicator) -> str:
    """*In about 40 minutes this crosses warning*, with its interval and how sure it is."""
    return _(
        "In about %(minutes)d min (%(soonest)s to %(latest)s) this is expected to reach the limit "
        "of %(limit)s for %(level)s: %(sure)d in 100."
    ) % {
        "minutes": said.minutes,
        "soonest": _clock(said.soonest),
        "latest": _clock(said.latest),
        "limit": wording.figure(said.limit, rule.unit),
        "level": wording.level_words(said.level),
        "sure": round(100 * said.crossing.probability),
    }


def why_in_words(said: Foreseen) -> str:
    """What the sentence rests on."""
    course = _("on what is usual at this hour") if said.crossing.course >= 0 else _("on no course")
    return _(
        "Drawn through the last %(line)d windows, %(course)s, and put beside how %(futures)d "
        "earlier windows went on; the newest closed at %(from)s, and %(ahead)d min ahead are "
        "looked at. "
        "It knows this series only, and is a little surer than it should be."
    ) % {
        "line": said.crossing.line,
        "course": course,
        "futures": said.crossing.futures,
        "from": _clock(said.closed_at),
        "ahead": said.ahead_minutes,
    }


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")
