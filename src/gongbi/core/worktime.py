"""Promises on the city's calendars, with the public holidays of a kept library."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.utils.translation import gettext, ngettext

from gongbi.core.city import city
from gongbi.core.holding import kept
from gongbi.core.models import Calendar
from gongbi.kernel import calendars
from gongbi.kernel.calendars import WorkingCalendar
from gongbi.kernel.ladder import Rung, rungs

ALWAYS = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "hours": ["00:00-24:00"]}
OFFICE = {"weekdays": [1, 2, 3, 4, 5], "hours": ["09:00-12:00", "13:30-17:30"]}
BUILT_IN: dict[str, dict[str, Any]] = {"always": ALWAYS, "office": OFFICE}
YEARS = range(2010, 2041)


def deadline_after(start: datetime, promise: str, calendar: str) -> datetime:
    """When a promise given at ``start`` falls due on a calendar, in UTC."""
    return calendars.deadline(named(calendar), start, promise)


def working_minutes(start: datetime, end: datetime, calendar: str) -> float:
    """Minutes of a calendar's working time between two instants."""
    return calendars.working_minutes(named(calendar), start, end)


def ladder_of(
    calendar: str, set_at: datetime, due_at: datetime, steps: Sequence[str], spent: float
) -> list[Rung]:
    """When each step of telling falls for a promise on a calendar, earliest first."""
    return rungs(named(calendar), set_at, due_at, steps, spent=spent)


def days_worked(calendar: str) -> list[tuple[datetime, bool]]:
    """Every day of the known years: when it begins, in UTC, and whether it is worked."""
    rule = named(calendar)
    day, found = date(YEARS[0], 1, 1), list[tuple[datetime, bool]]()
    while day.year <= YEARS[-1]:
        begin = datetime(day.year, day.month, day.day, tzinfo=rule.zone)
        found.append((begin.astimezone(UTC), rule.works_on(day)))
        day += timedelta(days=1)
    return found


@kept
def named(code: str) -> WorkingCalendar:
    """The calendar of that name: from the pack, or one of the two built in."""
    rule = Calendar.objects.filter(pk=code).values_list("rule", flat=True).first()
    rule = rule or BUILT_IN.get(code)
    if rule is None:
        raise LookupError(f"There is no calendar {code!r}; add it to calendars.toml.")
    return from_rule(rule, city().zone)


def from_rule(rule: dict[str, Any], zone: ZoneInfo) -> WorkingCalendar:
    """A working calendar from its entry in ``calendars.toml``; ValueError says what is wrong."""
    off, on = _public_days(rule.get("holidays", ""))
    extra_off = {_date(day) for day in rule.get("extra_off", [])}
    extra_on = {_date(day) for day in rule.get("extra_on", [])}
    return WorkingCalendar(
        zone=zone,
        hours=tuple(minutes_of(span) for span in rule.get("hours", [])),
        weekdays=frozenset(rule.get("weekdays", [])),
        off=(off | extra_off) - extra_on,
        on=(on | extra_on) - extra_off,
    )


@lru_cache(maxsize=16)
def _public_days(country: str) -> tuple[frozenset[date], frozenset[date]]:
    """Public holidays, and weekend days made into working days (调休), of a country."""
    if not country:
        return frozenset(), frozenset()
    try:
        found = holidays.country_holidays(country, years=YEARS)
    except NotImplementedError as error:
        raise ValueError(f"{country!r} is not a country whose holidays are known.") from error
    return frozenset(found), frozenset(getattr(found, "weekend_workdays", ()))


def minutes_of(span: str) -> tuple[int, int]:
    """``09:00-17:30`` as minutes of the day; ValueError says what is wrong."""
    try:
        (h1, m1), (h2, m2) = (map(int, edge.split(":")) for edge in span.split("-"))
    except ValueError as error:
        raise ValueError(f"{span!r} is not a span of hours; write it as 09:00-17:30.") from error
    return h1 * 60 + m1, h2 * 60 + m2


def _date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def promise_in_words(promise: str) -> str:
    """A promise as a person reads it, in the reader's language."""
    amount, unit = calendars.parse_promise(promise)
    if unit == calendars.SAME_DAY:
        return gettext("by the end of the day")
    words = {
        "minutes": ngettext("%(n)s minute", "%(n)s minutes", amount),
        "hours": ngettext("%(n)s hour", "%(n)s hours", amount),
        "days": ngettext("%(n)s day", "%(n)s days", amount),
        "working_days": ngettext("%(n)s working day", "%(n)s working days", amount),
        "full_working_days": ngettext("%(n)s full working day", "%(n)s full working days", amount),
    }
    return words[unit] % {"n": amount}
