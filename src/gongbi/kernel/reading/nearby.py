"""What people settled on near by before: how many reports of each type, by distance and age.

Where cars were in the way they are so again. Counted are reports that are a day old at least, so
that people had the time to settle their types. Nothing of any one of them is kept: what is learnt
and read is *four or more of this type within 30 m and 180 days*.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.reading.training import Example
from gongbi.kernel.reading.vectors import CONTEXT

Ints = NDArray[np.int64]
Said = tuple[str, ...]

DAY = 86_400.0
FIRST = "near"
WITHIN = ((30, 180), (300, 14))
"""Metres, and days beyond the first one."""
FAR = max(metres for metres, _days in WITHIN)
LONG_AGO = DAY + max(days for _metres, days in WITHIN) * DAY
STEPS = (1, 2, 4, 8, 16)
"""So many reports of a type or more; beyond the last it says no more."""
METRES = 111_195.0
"""Of a degree from south to north."""
_SIDE = 0.005


@dataclass(frozen=True, slots=True)
class Settled:
    """A report and the type people settled on: when it was said, WGS84."""

    at: float
    lon: float
    lat: float
    type: str


def hears(index: Container[str], types: Sequence[str]) -> bool:
    """Whether a reader learnt from what was near by, so that it is worth looking up."""
    first = (f"{CONTEXT}{_word(0, name, STEPS[0])}" for name in types)
    return any(word in index for word in first)


def box(lon: float, lat: float) -> tuple[float, float, float, float]:
    """West, south, east and north of all that counts about a point."""
    up = FAR / METRES
    right = up / max(float(np.cos(np.radians(lat))), 0.01)
    return lon - right, lat - up, lon + right, lat + up


def nearby(at: float, lon: float | None, lat: float | None, settled: Sequence[Settled]) -> Said:
    """What is said beside a report of that time and point; nothing where nothing was near.

    ``settled`` may hold more than counts: what is too far, too old or too new is left out.
    """
    if lon is None or lat is None:
        return ()
    before = [one for one in settled if one.at <= at - DAY]
    return nearby_of_all([*before, Settled(at, lon, lat, "")])[-1] if before else ()


def with_nearby(examples: Sequence[Example]) -> list[Example]:
    """Examples, with what was settled near by before beside each."""
    said = nearby_of_all(
        [Settled(one.at, *one.point, one.type) if one.point else None for one in examples]
    )
    return [
        replace(one, context=(*one.context, *more))
        for one, more in zip(examples, said, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Near:
    """So many reports of a type, or more, within these metres and days."""

    type: str
    times: int
    metres: int
    days: int


def told_nearby(context: Sequence[str]) -> tuple[Near, ...]:
    """The same words for people; of one type and distance the most that was said."""
    most: dict[tuple[str, int, int], int] = {}
    for said in context:
        if said.startswith(f"{FIRST} "):
            _first, metres, days, rest = said.split(" ", 3)
            name, times = rest.rsplit(" ", 1)
            key = name, int(metres), int(days)
            most[key] = max(most.get(key, 0), int(times))
    return tuple(Near(name, times, *reach) for (name, *reach), times in most.items())


def without_nearby(context: Said) -> Said:
    """What is known beside a text otherwise."""
    return tuple(one for one in context if not one.startswith(f"{FIRST} "))


def nearby_of_all(rows: Sequence[Settled | None]) -> list[Said]:
    """The same for each row, of the rows before it; nothing for a row without a point (None)."""
    found: list[Said] = [()] * len(rows)
    there = [(one.at, place, one) for place, one in enumerate(rows) if one is not None]
    if not there:
        return found
    there.sort(key=lambda one: one[:2])
    names = sorted({one.type for _at, _place, one in there})
    number = {name: place for place, name in enumerate(names)}
    kinds = np.array([number[one.type] for _at, _place, one in there])
    counts = _counted([one for _at, _place, one in there], kinds, len(names))
    for (_at, place, _one), row in zip(there, counts, strict=True):
        found[place] = tuple(_words(row, names))
    return found


def _columns(rows: Sequence[Settled]) -> tuple[Any, ...]:
    """Times and points in time order, and the cells of the earth they lie in."""
    at, lon, lat = (
        np.array([getattr(one, name) for one in rows]) for name in ("at", "lon", "lat")
    )
    cells, which = np.unique(
        _cell(np.floor(lat / _SIDE), np.floor(lon / _SIDE)), return_inverse=True
    )
    return at, lon, lat, cells, which


def _cell(row: Any, column: Any) -> Ints:
    return np.asarray(row, np.int64) * 100_000 + np.asarray(column, np.int64)


def _words(counts: Ints, names: Sequence[str]) -> Iterator[str]:
    for within, kind in zip(*np.nonzero(counts), strict=True):
        times = counts[within, kind]
        yield from (_word(within, names[kind], step) for step in STEPS if times >= step)


def _word(within: int, name: str, step: int) -> str:
    metres, days = WITHIN[within]
    return f"{FIRST} {metres} {days} {name} {step}"


_FARS = np.array([metres for metres, _days in WITHIN], np.float64)
_AGES = np.array([days * DAY for _metres, days in WITHIN], np.float64)


def _counted(rows: Sequence[Settled], kinds: Ints, many: int) -> Any:
    """For each row: within each distance and age, how many of each type."""
    counts = np.zeros((len(rows), len(WITHIN), many), np.int32)
    at, lon, lat, cells, which = _columns(rows)
    _count(at, lon, lat, cells, which, kinds, _FARS, _AGES, counts)
    return counts


@njit(cache=True)
def _count(at, lon, lat, cells, which, kinds, fars, ages, counts):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    newest, before = np.full(cells.size, -1), np.full(at.size, -1)
    up, old = fars.max() / METRES, ages.max() + DAY
    for row in range(at.size):
        wide = max(np.cos(np.radians(lat[row])), 0.01)
        south, north = np.floor((lat[row] - up) / _SIDE), np.floor((lat[row] + up) / _SIDE)
        west = np.floor((lon[row] - up / wide) / _SIDE)
        east = np.floor((lon[row] + up / wide) / _SIDE)
        for y in range(int(south), int(north) + 1):
            for x in range(int(west), int(east) + 1):
                number = y * 100_000 + x
                cell = np.searchsorted(cells, number)
                other = newest[cell] if cell < cells.size and cells[cell] == number else -1
                while other >= 0 and at[row] - at[other] <= old:
                    age = at[row] - at[other] - DAY
                    right = (lon[row] - lon[other]) * wide
                    away = METRES * np.sqrt(right**2 + (lat[row] - lat[other]) ** 2)
                    for within in range(fars.size):
                        if 0 <= age <= ages[within] and away <= fars[within]:
                            counts[row, within, kinds[other]] += 1
                    other = before[other]
        before[row] = newest[which[row]]
        newest[which[row]] = row
