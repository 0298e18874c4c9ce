"""Which days a check-up covers: a day, a week or a month of the city's calendar, and its parts."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

DAY, WEEK, MONTH = "day", "week", "month"
KINDS = (WEEK, MONTH, DAY)
BLOCKS_OF_DAY = 8  # of three hours


class BadPeriod(ValueError):
    """The period cannot be read or has not begun; ``said`` is what was written, ``late`` which."""

    def __init__(self, said: str, *, late: bool = False) -> None:
        super().__init__(said)
        self.said, self.late = said, late


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from ``first`` up to, not with, ``end``, in the city's zone."""

    kind: str
    first: date
    end: date
    zone: ZoneInfo

    @property
    def code(self) -> str:
        """As it is written: 2026-W47, 2026-11 or 2026-11-24."""
        if self.kind == WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        return self.first.strftime("%Y-%m" if self.kind == MONTH else "%Y-%m-%d")

    @property
    def edges(self) -> tuple[datetime, ...]:
        """Instants between which its parts lie: days, or three hours of a day."""
        if self.kind == DAY:
            step = (self.until - self.since) / BLOCKS_OF_DAY
            return tuple(self.since + step * block for block in range(BLOCKS_OF_DAY + 1))
        days = (self.end - self.first).days
        return tuple(_midnight(self.first + timedelta(days=n), self.zone) for n in range(days + 1))

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return _midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return _midnight(self.end, self.zone)

    @property
    def before(self) -> Self:
        """The period before of the same kind."""
        return self._of(self.first - timedelta(days=1))

    @property
    def after(self) -> Self:
        """The period after of the same kind."""
        return self._of(self.end)

    @property
    def year_ago(self) -> Self:
        """The same week, month or date of the year before."""
        if self.kind == WEEK:
            year, week, _ = self.first.isocalendar()
            weeks = date(year - 1, 12, 28).isocalendar().week  # the last week of any year holds it
            return self._of(date.fromisocalendar(year - 1, min(week, weeks), 1))
        leap = self.kind == DAY and (self.first.month, self.first.day) == (2, 29)
        day = 28 if leap else self.first.day
        return self._of(self.first.replace(year=self.first.year - 1, day=day))

    def _of(self, day: date) -> Self:
        return type(self)(self.kind, *_span(self.kind, day), self.zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _span(kind: str, day: date) -> tuple[date, date]:
    if kind == WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    if kind == MONTH:
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)
    return day, day + timedelta(days=1)


def read_period(said: str, now: datetime, zone: ZoneInfo, begun: datetime | None) -> Period:
    """The period somebody names; BadPeriod when it cannot be read or has not begun.

    ``week``, ``month`` and ``day`` are the last whole one, or the one under way when the record
    (``begun``) holds less than half of that.
    """
    today = now.astimezone(zone).date()
    if said in KINDS:
        running = Period(said, *_span(said, today), zone)
        whole = running.before
        young = begun is not None and begun > whole.since + (whole.until - whole.since) / 2
        return running if young else whole
    kind, day = _read(said)
    found = Period(kind, *_span(kind, day), zone)
    if found.since > now:
        raise BadPeriod(said, late=True)
    return found


def _read(said: str) -> tuple[str, date]:
    week = re.fullmatch(r"(\d{4})-W(\d{2})", said)
    try:
        if week:
            return WEEK, date.fromisocalendar(int(week[1]), int(week[2]), 1)
        if re.fullmatch(r"\d{4}-\d{2}", said):
            return MONTH, date.fromisoformat(f"{said}-01")
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            return DAY, date.fromisoformat(said)
    except ValueError:
        pass
    raise BadPeriod(said)
