"""Types and sub-types a text speaks for: by the reader in force and the listed words, or these."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gongbi.cases.reading import keeping
from gongbi.cases.reading.gathering import settled
from gongbi.cases.reading.listing import listed_words, sub_words
from gongbi.core.public import city, now
from gongbi.kernel.cases.cells import cells_around
from gongbi.kernel.cases.masking import mask_personal
from gongbi.kernel.cases.suggest import Guess, Listed, suggest
from gongbi.kernel.reading.beside import hours, squares
from gongbi.kernel.reading.nearby import DAY, LONG_AGO, Settled, box, hears, nearby
from gongbi.kernel.reading.reader import Reader, read

Point = tuple[float | None, float | None]
"""Longitude and latitude in degrees, WGS84."""
NOWHERE: Point = (None, None)
SURE_SCORE = 0.5
SURE_LEAD = 0.25
MOST_NEAR = 1000
log = logging.getLogger(__name__)


def reader_in_force() -> keeping.KeptReader | None:
    """The reader in use; a broken file is told in the log, and a report is taken all the same."""
    try:
        return keeping.in_force()
    except keeping.CannotRead as error:
        log.error("The listed words judge alone: %s", error)
        return None


@dataclass(frozen=True, slots=True)
class SubRead:
    """The sub-types of one type that words speak for; ``taken``: the one that is sure, or none."""

    type: str
    guesses: tuple[tuple[str, float, tuple[str, ...]], ...]
    taken: str


def beside_of(
    at: datetime | None, point: Point = NOWHERE, reader: Reader | None = None
) -> tuple[str, ...]:
    """What is known beside words said at that time (now) about that point; what was settled near
    by is looked up for a reader that learnt from it."""
    when = at or now()
    said = (*hours(when.astimezone(city().zone)), *squares(*point))
    return (*said, *_near(when, point)) if reader and hears(reader.index, reader.types) else said


def _near(at: datetime, point: Point) -> tuple[str, ...]:
    """How many reports of each type were settled about a point before. One query."""
    lon, lat = point
    if lon is None or lat is None:
        return ()
    west, south, east, north = box(lon, lat)
    since, until = (at - timedelta(seconds=ago) for ago in (LONG_AGO, DAY))
    rows = settled().filter(
        case__cell__in=cells_around(lon, lat),
        case__opened_at__range=(since, until),
        at__range=(since, until),
        lon__range=(west, east),
        lat__range=(south, north),
    )
    newest = rows.order_by("-at", "-pk").values_list("at", "lon", "lat", "case__type__code")
    there = [
        Settled(one.timestamp(), x, y, kind)
        for one, x, y, kind in newest[:MOST_NEAR]
        if x is not None and y is not None
    ]
    return nearby(at.timestamp(), lon, lat, there)


def guess(
    words: str, most: int = 3, at: datetime | None = None, point: Point = NOWHERE
) -> list[Guess]:
    """Types that words said ``at`` that time (now) speak for, best first, with what decided."""
    codes, known = listed_words()
    found = reader_in_force()
    reader = found.reader if found else None
    return _guess(
        reader, words, codes, known, most, beside_of(at, point, reader) if reader else ()
    )


def sure(guesses: list[Guess]) -> str | None:
    """The best type where it is clear enough to take without a person; else None."""
    found = reader_in_force()
    return _sure(found.reader if found else None, guesses)


def guess_sub(
    words: str,
    type_code: str,
    sub_types: Sequence[Mapping[str, Any]],
    at: datetime | None = None,
    point: Point = NOWHERE,
    most: int = 3,
) -> SubRead | None:
    """What kind of that type; None where the type has no sub-types or nothing speaks for one."""
    if not sub_types:
        return None
    codes, known = sub_words(sub_types)
    found = reader_in_force()
    reader = found.reader.subs.get(type_code) if found else None
    beside = beside_of(at, point, reader) if reader else ()
    guesses = _guess(reader, words, codes, known, most, beside)
    said = tuple((one.type, round(one.score, 3), one.words) for one in guesses)
    return SubRead(type_code, said, _sure(reader, guesses) or "") if said else None


def _guess(
    reader: Reader | None,
    words: str,
    codes: list[str],
    known: Listed,
    most: int,
    beside: tuple[str, ...],
) -> list[Guess]:
    if reader is None or not words.strip():
        return suggest(words, known, most)
    listed = suggest(words, known, len(codes))
    judged = read(
        reader,
        mask_personal(words),
        beside,
        listed={one.type: one.score for one in listed},
        allowed=codes,
        most=most,
    )
    by_list = {one.type: one.words for one in listed} if reader.trust < 1 else {}
    return [
        Guess(
            one.type,
            one.confidence,
            tuple(dict.fromkeys((*one.words, *by_list.get(one.type, ())))),
            one.beside,
        )
        for one in judged
        if one.confidence > 0
    ]


def _sure(reader: Reader | None, guesses: list[Guess]) -> str | None:
    if not guesses:
        return None
    if reader is not None:
        return guesses[0].type if guesses[0].score >= reader.threshold else None
    second = guesses[1].score if len(guesses) > 1 else 0.0
    clear = guesses[0].score >= SURE_SCORE and guesses[0].score - second >= SURE_LEAD
    return guesses[0].type if clear else None
