"""Working time: what a promise of hours or working days means on a real calendar.

Instants are aware datetimes, answers are in UTC. A day is a day of the calendar's own zone, so a
change to summer time moves no closing hour. Days are counted as Chinese procedure law counts them
(Civil Procedure Law art. 85): the day of receipt is not counted, and the promise ends at the
close of the last counted day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

LONGEST_SEARCH_DAYS = 3660
SAME_DAY = "same_day"
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When people work.

    Parameters
    ----------
    zone
        The zone in which days and hours are meant.
    hours
        Opening spans of a working day in minutes since midnight, ascending; 1440 is midnight
        at the end of the day.
    weekdays
        ISO weekdays (Monday 1) that are working days.
    off
        Dates that are not worked although their weekday is.
    on
        Dates that are worked although their weekday is not (make-up days 调休).
    """

    zone: tzinfo
    hours: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        edges = [minute for span in self.hours for minute in span]
        if not edges or edges != sorted(set(edges)) or edges[0] < 0 or edges[-1] > 1440:
            raise ValueError("Expected opening hours that rise within one day and do not touch.")
        if not self.weekdays <= set(range(1, 8)) or not (self.weekdays or self.on):
            raise ValueError("Expected weekdays from 1 (Monday) to 7, at least one.")

    def works_on(self, day: date) -> bool:
        """Whether people work on this date."""
        if day in self.on:
            return True
        return day.isoweekday() in self.weekdays and day not in self.off

    def spans(self, day: date) -> list[Span]:
        """Opening spans of one date, in UTC; empty on a day off."""
        if not self.works_on(day):
            return []
        return [(self._instant(day, start), self._instant(day, end)) for start, end in self.hours]

    def local_day(self, instant: datetime) -> date:
        """The date of an instant in the calendar's zone."""
        return instant.astimezone(self.zone).date()

    def _instant(self, day: date, minute: int) -> datetime:
        days, rest = divmod(minute, 1440)
        wall = datetime.combine(day + timedelta(days), time(rest // 60, rest % 60), self.zone)
        return wall.astimezone(UTC)


def _spans_from(calendar: WorkingCalendar, start: datetime) -> Iterator[Span]:
    day = calendar.local_day(start)
    for offset in range(LONGEST_SEARCH_DAYS):
        for opens, closes in calendar.spans(day + timedelta(offset)):
            if closes > start:
                yield max(opens, start), closes
    raise ValueError("The calendar has no working time in the ten years after the start.")


def add_working_minutes(calendar: WorkingCalendar, start: datetime, minutes: int) -> datetime:
    """The instant at which this many minutes of working time have passed since ``start``."""
    if minutes < 0:
        raise ValueError("Expected minutes >= 0.")
    left = timedelta(minutes=minutes)
    for opens, closes in _spans_from(calendar, start.astimezone(UTC)):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise AssertionError("unreachable: the search above ends or raises")


def add_working_days(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """The close of the n-th working day after the day of ``start``."""
    if days < 1:
        raise ValueError("Expected days >= 1.")
    day, counted = calendar.local_day(start), 0
    for offset in range(1, LONGEST_SEARCH_DAYS):
        spans = calendar.spans(day + timedelta(offset))
        counted += bool(spans)
        if counted == days:
            return spans[-1][1]
    raise ValueError("The calendar has not that many working days in ten years.")


def end_of_day(calendar: WorkingCalendar, start: datetime) -> datetime:
    """The close of the day of ``start``; after it, or on a day off, of the next worked day."""
    day = calendar.local_day(start)
    for offset in range(LONGEST_SEARCH_DAYS):
        spans = calendar.spans(day + timedelta(offset))
        if spans and spans[-1][1] > start:
            return spans[-1][1]
    raise ValueError("The calendar has no working time in the ten years after the start.")


def add_full_days(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """The hour of ``start`` on the n-th working day after its own.

    What comes on a day off counts as if it had come at that hour of the next working day; what
    comes after closing, as if at the opening of the next one.
    """
    if days < 1:
        raise ValueError("Expected days >= 1.")
    local = start.astimezone(calendar.zone)
    day, hour = _from(calendar, local.date()), local.time()
    if hour.hour * 60 + hour.minute >= calendar.hours[-1][1]:
        day = _from(calendar, day + timedelta(1))
        hour = time(*divmod(calendar.hours[0][0], 60))
    for _ in range(days):
        day = _from(calendar, day + timedelta(1))
    return datetime.combine(day, hour, calendar.zone).astimezone(UTC)


def _from(calendar: WorkingCalendar, day: date) -> date:
    """This day if it is worked, else the next that is."""
    for offset in range(LONGEST_SEARCH_DAYS):
        if calendar.works_on(day + timedelta(offset)):
            return day + timedelta(offset)
    raise ValueError("The calendar has no working day in the ten years after the start.")


def add_days(calendar: WorkingCalendar, start: datetime, days: int) -> datetime:
    """The same hour by the wall clock, that many days on: summer time moves no promise."""
    local = start.astimezone(calendar.zone)
    return datetime.combine(
        local.date() + timedelta(days), local.time(), calendar.zone
    ).astimezone(UTC)


def working_minutes(calendar: WorkingCalendar, start: datetime, end: datetime) -> float:
    """Minutes of working time between two instants; negative when ``end`` comes first."""
    if end < start:
        return -working_minutes(calendar, end, start)
    total, day, last = timedelta(), calendar.local_day(start), calendar.local_day(end)
    while day <= last:
        for opens, closes in calendar.spans(day):
            total += max(timedelta(), min(closes, end) - max(opens, start))
        day += timedelta(1)
    return total / timedelta(minutes=1)


def deadline(calendar: WorkingCalendar, start: datetime, promise: str) -> datetime:
    """When a promise such as ``4 hours``, ``5 working_days`` or ``same_day`` falls due.

    Hours and minutes run on the calendar's working time; ``working_days`` end at a close,
    ``full_working_days`` at the hour of the start, ``days`` are natural ones of the wall clock;
    ``same_day`` ends with the working day, and of what is said after its close, with the next.
    """
    amount, unit = parse_promise(promise)
    if unit == SAME_DAY:
        return end_of_day(calendar, start)
    if unit == "working_days":
        return add_working_days(calendar, start, amount)
    if unit == "full_working_days":
        return add_full_days(calendar, start, amount)
    if unit == "days":
        return add_days(calendar, start, amount)
    return add_working_minutes(calendar, start, amount * (60 if unit == "hours" else 1))


def parse_promise(promise: str) -> tuple[int, str]:
    """Split ``5 working_days`` into its amount and unit; refuse anything else with a sentence."""
    if promise.strip() == SAME_DAY:
        return 1, SAME_DAY
    amount, _, unit = promise.strip().partition(" ")
    unit = unit.strip().replace(" ", "_")
    unit = unit if unit.endswith("s") else f"{unit}s"
    known = ("minutes", "hours", "days", "working_days", "full_working_days")
    if not amount.isdecimal() or int(amount) < 1 or unit not in known:
        raise ValueError(
            f"{promise!r} is not a promise; write a whole number and one of {', '.join(known)}; "
            f"or {SAME_DAY}."
        )
    return int(amount), unit


def rough_hours(promise: str) -> float:
    """About how long a promise gives, in hours of the wall clock; a working day is a day."""
    amount, unit = parse_promise(promise)
    return amount * {"minutes": 1 / 60, "hours": 1.0}.get(unit, 24.0)
