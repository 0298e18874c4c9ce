"""What a rule may ask of a matter: three-valued conditions (Kleene's strong logic).

A condition is true, false or *unknown*: a question nobody answered makes its own condition
unknown, never false, never an error, and never the whole rule. ``None`` stands for unknown.

Hours and weekdays are both read from ``Matter.local``, one aware instant in the city's zone: a
rule cannot take its hour from one clock and its day from another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

DAY_MINUTES = 1440
Truth = bool | None
Facts = tuple[tuple[str, frozenset[str]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Conditions that must all hold; an empty one asks nothing.

    Parameters
    ----------
    types, groups
        The matter's type is one of these, or its group is one of those.
    places
        Some place on the matter's path is one of these.
    hours
        Minutes since local midnight, from (included) to (excluded); (1320, 360) runs through
        midnight.
    weekdays
        ISO weekdays; the part of a span after midnight belongs to the day it began on.
    min_level
        Level of the alert, at least.
    sources, priorities
        Where the matter came from, and how urgent it is, are one of these.
    modes
        The mode of the matter's place then is one of these.
    facts
        For each named fact the values that will do, as ``text_of`` writes them.
    """

    types: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    hours: tuple[int, int] | None = None
    weekdays: frozenset[int] = frozenset()
    min_level: int | None = None
    sources: frozenset[str] = frozenset()
    priorities: frozenset[int] = frozenset()
    modes: frozenset[str] = frozenset()
    facts: Facts = ()

    def __post_init__(self) -> None:
        if self.hours is not None:
            opens, closes = self.hours
            if not (0 <= opens < DAY_MINUTES and 0 < closes <= DAY_MINUTES) or opens == closes:
                raise ValueError("Expected hours as two different minutes of one day.")
        if not self.weekdays <= set(range(1, 8)):
            raise ValueError("Expected weekdays from 1 (Monday) to 7.")
        if len({name for name, _ in self.facts}) != len(self.facts):
            raise ValueError("Expected every fact to be asked once.")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of a matter; None, and a fact that is absent, is *not known*.

    ``places`` holds the codes from the city down to the matter's own place; ``local`` is an
    aware instant in the city's zone; ``facts`` are written as ``text_of`` writes them.
    """

    type: str | None = None
    group: str | None = None
    places: frozenset[str] | None = None
    local: datetime | None = None
    level: int | None = None
    source: str | None = None
    priority: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    mode: str | None = None

    def __post_init__(self) -> None:
        if self.local is not None and self.local.tzinfo is None:
            raise ValueError("Expected an aware instant: the zone decides the day and the hour.")


def text_of(value: bool | int | float | str) -> str:
    """A fact's value as text, so that no comparison can fail for its kind: true, 3, 2.5."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's *and*: false beats unknown beats true."""
    found = list(truths)
    if False in found:
        return False
    return None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's *or*: true beats unknown beats false."""
    found = list(truths)
    if True in found:
        return True
    return None if None in found else False


def minute_of_week(local: datetime) -> int:
    """Minutes since Monday 00:00, from the day and the hour of one clock."""
    return local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute


def in_time(hours: tuple[int, int] | None, weekdays: frozenset[int], minute: int) -> bool:
    """Whether a minute of the week lies in a span of hours that began on one of the weekdays."""
    day, minute = divmod(minute, DAY_MINUTES)
    opens, closes = hours or (0, DAY_MINUTES)
    through_midnight = closes < opens
    inside = (minute >= opens or minute < closes) if through_midnight else opens <= minute < closes
    began_yesterday = through_midnight and minute < closes
    return inside and (not weekdays or (day - began_yesterday) % 7 + 1 in weekdays)


def conditions_of(asked: Conditions, matter: Matter) -> dict[str, Truth]:
    """Each condition that is asked, by name: kind, place, time, level, mode, fact:NAME …"""
    said: dict[str, Truth] = {}
    if asked.types or asked.groups:
        said["kind"] = _kind(asked, matter)
    if asked.places:
        places = matter.places
        said["place"] = None if places is None else not asked.places.isdisjoint(places)
    if asked.hours is not None or asked.weekdays:
        local = matter.local
        said["time"] = (
            None if local is None else in_time(asked.hours, asked.weekdays, minute_of_week(local))
        )
    if asked.min_level is not None:
        said["level"] = None if matter.level is None else matter.level >= asked.min_level
    for name, wanted, value in (
        ("source", asked.sources, matter.source),
        ("priority", asked.priorities, matter.priority),
        ("mode", asked.modes, matter.mode),
    ):
        if wanted:
            said[name] = None if value is None else value in wanted
    for name, values in asked.facts:
        known = matter.facts.get(name)
        said[f"fact:{name}"] = None if known is None else known in values
    return said


def _kind(asked: Conditions, matter: Matter) -> Truth:
    found: list[Truth] = []
    if asked.types:
        found.append(None if matter.type is None else matter.type in asked.types)
    if asked.groups:
        found.append(None if matter.group is None else matter.group in asked.groups)
    return any_of(found)
