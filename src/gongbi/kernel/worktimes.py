"""Working time for many instants at once: a calendar laid out once, then only look-ups.

``kernel.calendars`` walks day by day and is the definition; this gives the same answers for whole
arrays. Instants are int64 microseconds since 1970-01-01 UTC; a wall time is counted from the
midnight its date begins with.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.calendars import (
    LONGEST_SEARCH_DAYS,
    WorkingCalendar,
    deadline,
    parse_promise,
)

Instants = NDArray[np.int64]
MINUTE = 60_000_000
DAY = 1440 * MINUTE
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IN_TIME = {"minutes": 1, "hours": 60}
_TICK = timedelta(microseconds=1)


def instant_of(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(instant: int) -> datetime:
    """The moment in UTC of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=int(instant))


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A calendar between two dates.

    ``calendar`` and ``first`` are what was laid out; ``opens`` and ``closes`` its spans,
    ``worked`` the working time up to the end of each, ``midnights`` the begin of each date,
    ``days_worked`` how many of the dates up to and with
    each are worked, ``days`` which these are, ``day_closes`` the close of each.
    """

    calendar: WorkingCalendar
    first: date
    opens: Instants
    closes: Instants
    worked: Instants
    midnights: Instants
    days_worked: Instants
    days: Instants
    day_closes: Instants

    def time_at(self, instants: Instants) -> Instants:
        """Working time passed up to each instant, in microseconds; differences have meaning."""
        span = np.minimum(np.searchsorted(self.closes, instants, "right"), len(self.opens) - 1)
        before = np.where(span > 0, self.worked[span - 1], 0)
        inside = np.minimum(instants, self.closes[span]) - self.opens[span]
        found: Instants = before + np.maximum(inside, 0)
        return found

    def after_minutes(self, starts: Instants, minutes: int) -> Instants:
        """When that much working time (at least a minute) has passed since each start."""
        if minutes < 1:
            raise ValueError("Expected minutes >= 1.")
        wanted = self.time_at(starts) + minutes * MINUTE
        span = np.searchsorted(self.worked, wanted, "left")
        if span.size and span.max() >= len(self.opens):
            raise IndexError("The promise runs beyond the days laid out.")
        found: Instants = self.closes[span] - (self.worked[span] - wanted)
        return found

    def after_days(self, starts: Instants, days: int) -> Instants:
        """The close of the n-th working day after the day of each start."""
        if days < 1:
            raise ValueError("Expected days >= 1.")
        today = np.searchsorted(self.midnights, starts, "right") - 1
        wanted = self.days_worked[today] + days - 1
        if wanted.size and wanted.max() >= len(self.day_closes):
            raise IndexError("The promise runs beyond the days laid out.")
        found: Instants = self.day_closes[wanted]
        return found

    def after_full_days(self, starts: Instants, days: int) -> Instants:
        """The hour of each start on the n-th working day after its own, as ``add_full_days``."""
        today, wall = self.wall(starts)
        opens, closes = self.calendar.hours[0][0], self.calendar.hours[-1][1]
        ordinal = self.ordinal(today)
        late = wall >= closes * MINUTE
        wall = np.where(late, opens * MINUTE, wall)
        wanted = ordinal + late + days
        if wanted.size and wanted.max() >= len(self.days):
            raise IndexError("The promise runs beyond the days laid out.")
        return self.instants(self.days[wanted], wall)

    def after_natural_days(self, starts: Instants, days: int) -> Instants:
        """The same hour by the wall clock, that many days on."""
        today, wall = self.wall(starts)
        return self.instants(today + days, wall)

    def ordinal(self, today: Instants) -> Instants:
        """Which working day each day is, or the next one where it is none; from 0."""
        found: Instants = np.searchsorted(self.days, today, "left")
        return found

    def wall(self, instants: Instants) -> tuple[Instants, Instants]:
        """Number of the date of each instant, and its wall time."""
        today = np.searchsorted(self.midnights, instants, "right") - 1
        wall = instants - self.midnights[today]
        for row in np.flatnonzero(self._changes(today)):
            local = moment_of(instants[row]).astimezone(self.calendar.zone)
            wall[row] = (local.replace(tzinfo=UTC) - _midnight(local)) // _TICK
        return today, wall

    def instants(self, days: Instants, wall: Instants) -> Instants:
        """The instants of wall times on dates by their numbers."""
        if days.size and days.max() >= len(self.midnights) - 1:
            raise IndexError("The promise runs beyond the days laid out.")
        found: Instants = self.midnights[days] + wall
        for row in np.flatnonzero(self._changes(days)):
            day = self.first + timedelta(int(days[row]))
            hour = moment_of(int(wall[row])).time()
            found[row] = instant_of(datetime.combine(day, hour, self.calendar.zone))
        return found

    def _changes(self, days: Instants) -> NDArray[np.bool_]:
        """Whether the clock is put forward or back on these dates."""
        found: NDArray[np.bool_] = self._lengths()[days] != DAY
        return found

    def _lengths(self) -> Instants:
        return np.append(np.diff(self.midnights), DAY)


def _midnight(local: datetime) -> datetime:
    return datetime(local.year, local.month, local.day, tzinfo=UTC)


def lay_out(calendar: WorkingCalendar, first: date, last: date) -> LaidOut:
    """A calendar's spans on each date from the first to the last."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    spans = [calendar.spans(day) for day in days]
    flat = [span for some in spans for span in some]
    opens = np.array([instant_of(opens) for opens, _ in flat], np.int64)
    closes = np.array([instant_of(closes) for _, closes in flat], np.int64)
    midnights = [instant_of(datetime(d.year, d.month, d.day, tzinfo=calendar.zone)) for d in days]
    return LaidOut(
        calendar=calendar,
        first=first,
        opens=opens,
        closes=closes,
        worked=np.cumsum(closes - opens),
        midnights=np.array(midnights, np.int64),
        days=np.flatnonzero([bool(some) for some in spans]),
        days_worked=np.cumsum([bool(some) for some in spans], dtype=np.int64),
        day_closes=np.array([instant_of(some[-1][1]) for some in spans if some], np.int64),
    )


def deadlines(
    calendar: WorkingCalendar, starts: Instants, promise: str, laid: LaidOut | None = None
) -> Instants:
    """When a promise given at each start falls due; as ``kernel.calendars.deadline`` says.

    ``laid`` is the calendar laid out before, from the day before the first start, where a caller
    has many promises on one; where it does not reach far enough it is laid out anew.
    """
    amount, unit = parse_promise(promise)
    starts = np.asarray(starts, np.int64)
    if not starts.size:
        return starts
    in_days = {
        "days": LaidOut.after_natural_days,
        "working_days": LaidOut.after_days,
        "full_working_days": LaidOut.after_full_days,
    }
    if unit not in IN_TIME and unit not in in_days:
        moments = (moment_of(one) for one in starts)
        return np.array([instant_of(deadline(calendar, one, promise)) for one in moments])
    ahead = 60 + 2 * amount * unit.endswith("days")
    while True:
        laid = laid or _around(calendar, starts, ahead)
        try:
            if unit in in_days:
                return in_days[unit](laid, starts, amount)
            return laid.after_minutes(starts, amount * IN_TIME[unit])
        except IndexError as error:
            if ahead > LONGEST_SEARCH_DAYS:
                raise ValueError("The calendar has not that much working time.") from error
            laid, ahead = None, ahead * 4


def _around(calendar: WorkingCalendar, starts: Instants, ahead: int) -> LaidOut:
    first = calendar.local_day(moment_of(starts.min())) - timedelta(1)
    last = calendar.local_day(moment_of(starts.max())) + timedelta(ahead)
    return lay_out(calendar, first, last)
