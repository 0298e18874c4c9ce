"""Calling people back: whom by chance, when again, and when to stop.

The chance is one that anybody can repeat: a case's rank is SHA-256 of the day's seed and its
number, and the first of each unit are called. Whoever handled a case cannot know beforehand
whether it will be, and whoever calls cannot choose.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

MOST_ATTEMPTS = 3
FIRST_HOUR, LAST_HOUR = 9, 20
QUICK = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case drawn for a call: its rank among how many of its unit, from 1."""

    number: str
    unit: str
    rank: int
    of: int


def draw(closed: Iterable[tuple[str, str]], *, seed: str, of_each: int) -> list[Chosen]:
    """The first ``of_each`` cases of every unit by the day's chance.

    ``closed`` holds (number, unit). The same cases in any order give the same draw.
    """
    by_unit: dict[str, list[str]] = {}
    for number, unit in set(closed):
        by_unit.setdefault(unit, []).append(number)
    found: list[Chosen] = []
    for unit, numbers in sorted(by_unit.items()):
        ranked = sorted(numbers, key=lambda number: (_chance(seed, number), number))
        found += [
            Chosen(number, unit, rank, len(ranked))
            for rank, number in enumerate(ranked[:of_each], 1)
        ]
    return found


def _chance(seed: str, number: str) -> bytes:
    return hashlib.sha256(f"{seed}\x1f{number}".encode()).digest()


def next_attempt(attempts: Iterable[datetime]) -> datetime | None:
    """When to try again somebody who was not reached; None when it is enough.

    Two hours later the first time, then on the next day at another time of day: who works in the
    afternoon is at home in the evening. Instants are aware and local; nobody is rung before nine
    or after eight in the evening.
    """
    tried = sorted(attempts)
    if len(tried) >= MOST_ATTEMPTS:
        return None
    last = tried[-1]
    if len(tried) == 1:
        return polite(last + QUICK)
    evening = last.hour < 15
    day = (last + timedelta(days=1)).date()
    return datetime.combine(day, time(18 if evening else 10), last.tzinfo)


def polite(at: datetime) -> datetime:
    """The instant itself, or the next one at which people may be rung."""
    if at.hour < FIRST_HOUR:
        return datetime.combine(at.date(), time(FIRST_HOUR), at.tzinfo)
    if at.hour >= LAST_HOUR:
        return datetime.combine(at.date() + timedelta(days=1), time(FIRST_HOUR), at.tzinfo)
    return at
