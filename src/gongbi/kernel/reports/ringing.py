"""Whom to ring now: the lines a city keeps for its nights, in the order they are to be tried.

A line is asked for a matter at an aware local instant; day and hour come from the same clock. A
line for the very type comes before one for its group, one for the deeper place before one for the
city, and then the order the city gave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone that somebody on duty answers.

    ``hours`` are minutes since midnight, from (included) to (excluded), and may run through
    midnight; the part after midnight belongs to the day it began on. Empty sets ask nothing.
    """

    code: str
    order: int = 1
    types: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    hours: tuple[int, int] | None = None
    weekdays: frozenset[int] = frozenset()


def who_to_ring(
    lines: Iterable[Line], *, local: datetime, type: str, group: str, places: tuple[str, ...]
) -> list[Line]:
    """Lines answered now for such a matter, first to try first.

    ``places`` are codes from the city down to the matter's own place.
    """
    if local.tzinfo is None:
        raise ValueError("Expected an aware instant: the zone decides the day and the hour.")
    fit = [one for one in lines if _serves(one, type, group, places) and is_answered(one, local)]
    return sorted(fit, key=lambda one: (_kind(one), -_depth(one, places), one.order, one.code))


def is_answered(line: Line, local: datetime) -> bool:
    """Whether somebody sits at the line at that instant."""
    minute = local.hour * 60 + local.minute
    opens, closes = line.hours or (0, DAY_MINUTES)
    through = closes < opens
    inside = (minute >= opens or minute < closes) if through else opens <= minute < closes
    day = local.date() - timedelta(days=through and minute < closes)
    return inside and (not line.weekdays or day.isoweekday() in line.weekdays)


def _serves(line: Line, type: str, group: str, places: tuple[str, ...]) -> bool:
    kind = not (line.types or line.groups) or type in line.types or group in line.groups
    return kind and (not line.places or not line.places.isdisjoint(places))


def _kind(line: Line) -> int:
    """0 for the type itself, 1 for its group, 2 for whatever it is."""
    return 0 if line.types else 1 if line.groups else 2


def _depth(line: Line, places: tuple[str, ...]) -> int:
    return max((n + 1 for n, code in enumerate(places) if code in line.places), default=0)
