"""Instants and intervals as SensorThings writes them: ISO 8601, answered in UTC, milliseconds."""

import re
from datetime import UTC, date, datetime, time, timedelta

_OFFSET = re.compile(r"([+-]\d{2}:?\d{2})Z$")
_DURATION = re.compile(r"(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
Span = tuple[datetime, datetime]


class BadTime(ValueError):
    """What was written is no time; the sentence says what a time looks like."""


def read_instant(said: object) -> datetime:
    """An instant with a zone, in UTC; BadTime says what to write."""
    if not isinstance(said, str):
        raise BadTime(f'{said!r} is not a time; write for example "2026-11-24T08:00:00Z".')
    try:
        # Some senders write both an offset and a Z; the offset is what they mean.
        found = datetime.fromisoformat(_OFFSET.sub(r"\1", said.strip()) if _twice(said) else said)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadTime(
            f'{said!r} is not a time; write for example "2026-11-24T08:00:00Z".'
        ) from None
    if not EARLIEST <= found <= LATEST:
        raise BadTime(f"{said!r} lies outside the years 1 to 9999.")
    return found


def _twice(said: str) -> bool:
    return said[-1:] == "Z" and ("+" in said or said.count("-") > 2 or said[:1].isspace())


def read_span(said: object) -> tuple[datetime, datetime, bool]:
    """(start, end, whether an interval was written) of an instant or ``start/end``."""
    if isinstance(said, str) and "/" in said:
        begin, _, finish = said.partition("/")
        start, end = read_instant(begin), read_instant(finish)
        if end < start:
            raise BadTime(f"The interval {said!r} ends before it begins.")
        return start, end, True
    start = read_instant(said)
    return start, start, False


def read_duration(said: str) -> timedelta:
    """``P1DT2H`` and the like."""
    found = _DURATION.fullmatch(said)
    if not found or not any(found.groups()[1:]):
        raise BadTime(f"{said!r} is not a duration; write for example duration'PT1H'.")
    sign, days, hours, minutes, seconds = found.groups()
    try:
        length = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=float(seconds or 0),
        )
    except OverflowError:
        raise BadTime(f"The duration {said!r} is longer than any city lasts.") from None
    return -length if sign else length


def say_instant(moment: datetime) -> str:
    """``2026-11-24T00:00:00.000Z``; microseconds only where there are some."""
    moment = moment.astimezone(UTC)
    fine = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.replace(tzinfo=None).isoformat(timespec=fine) + "Z"


def say_span(start: datetime, end: datetime) -> str:
    """``start/end``."""
    return f"{say_instant(start)}/{say_instant(end)}"


def read_clock(said: str) -> time | date:
    """A date or a time of day, as the functions ``date`` and ``time`` give."""
    try:
        return date.fromisoformat(said) if "-" in said[:5] else time.fromisoformat(said)
    except ValueError:
        raise BadTime(f"{said!r} is neither a date nor a time of day.") from None
