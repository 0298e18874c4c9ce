"""In which steps another system is read, from where it was read before.

A step is a span of time. Where the other side says more than it gives at once the span is halved,
never paged: pages move under the reader while new requests come in. Worked example: read to 08:00,
steps of a day, now 12:00 the next day: first 08:00 to 08:00, then from 08:00 on, open to the end.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=90)
SPARSE = 4  # a step that brought less than a fourth of what it may is made wider


@dataclass(frozen=True, slots=True)
class Step:
    """From when to when is asked next; no end: up to whatever is there by now."""

    since: datetime
    until: datetime | None


def next_step(at: datetime, now: datetime, length: timedelta) -> Step:
    """The step that begins where the one before ended."""
    return Step(at, at + length if at + length < now else None)


def narrower(length: timedelta) -> timedelta | None:
    """Half a step; None where it is as short as it may be."""
    return max(SHORTEST, length / 2) if length > SHORTEST else None


def wider(length: timedelta, rows: int, most: int) -> timedelta:
    """The next step's length, after one that brought so many rows."""
    return min(LONGEST, 2 * length) if rows * SPARSE <= most else length


def read_to(
    before: datetime,
    reached: datetime,
    now: datetime,
    newest: datetime | None,
    overlap: timedelta,
) -> datetime:
    """From when to read at the next turn; it never goes back.

    What came in lately is read once more, since a request may show later than its own time. And
    never past the newest time the other side has ever said, less the overlap: its clock may be
    hours behind this one, and what it writes next bears that clock's time.
    """
    if newest is None:
        return before
    return max(before, min(reached, min(now, newest) - overlap))
