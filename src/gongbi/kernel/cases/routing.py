"""Who should take a matter: ordered rules, three-valued, and the reason kept with the answer.

A condition is true, false or *unknown* (Kleene's strong logic): a question nobody answered makes
its condition unknown, never false and never an error. A rule fires when all its conditions are
true; the first that fires wins. A rule that is unknown, or that misses by one condition, is kept
as *nearly*, with what it lacked, so that the answer can be explained and a hole in the data seen.

Hours and weekdays are both read from ``Matter.local``, one aware instant in the city's zone: a
rule cannot take its hour from one clock and its day from another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_NEARLY = 5
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table of routes; an empty condition asks nothing.

    Parameters
    ----------
    code
        Name of the rule.
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
    """

    code: str
    types: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    hours: tuple[int, int] | None = None
    weekdays: frozenset[int] = frozenset()
    min_level: int | None = None

    def __post_init__(self) -> None:
        if self.hours is not None:
            opens, closes = self.hours
            if not (0 <= opens < DAY_MINUTES and 0 < closes <= DAY_MINUTES) or opens == closes:
                raise ValueError("Expected hours as two different minutes of one day.")
        if not self.weekdays <= set(range(1, 8)):
            raise ValueError("Expected weekdays from 1 (Monday) to 7.")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of a matter; None is *not known*.

    ``places`` holds the codes from the city down to the matter's own place; ``local`` is an
    aware instant in the city's zone.
    """

    type: str | None = None
    group: str | None = None
    places: frozenset[str] | None = None
    local: datetime | None = None
    level: int | None = None

    def __post_init__(self) -> None:
        if self.local is not None and self.local.tzinfo is None:
            raise ValueError("Expected an aware instant: the zone decides the day and the hour.")


@dataclass(frozen=True, slots=True)
class Nearly:
    """A rule that did not fire, and the names of the conditions that were false or unknown."""

    rule: str
    false: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """The answer: the rule that fired and on which conditions; the next one; those that nearly."""

    rule: str | None
    because: tuple[str, ...] = ()
    runner_up: str | None = None
    nearly: tuple[Nearly, ...] = ()


def _kind(rule: Rule, matter: Matter) -> bool | None:
    """Type or group: true beats unknown beats false (Kleene's *or*)."""
    found: list[bool | None] = []
    if rule.types:
        found.append(None if matter.type is None else matter.type in rule.types)
    if rule.groups:
        found.append(None if matter.group is None else matter.group in rule.groups)
    if True in found:
        return True
    return None if None in found else False


def _place(rule: Rule, matter: Matter) -> bool | None:
    return None if matter.places is None else not rule.places.isdisjoint(matter.places)


def _time(rule: Rule, matter: Matter) -> bool | None:
    if matter.local is None:
        return None
    minute = matter.local.hour * 60 + matter.local.minute
    opens, closes = rule.hours or (0, DAY_MINUTES)
    through_midnight = closes < opens
    inside = (minute >= opens or minute < closes) if through_midnight else opens <= minute < closes
    began_yesterday = through_midnight and minute < closes
    day = matter.local.date() - timedelta(days=began_yesterday)
    return inside and (not rule.weekdays or day.isoweekday() in rule.weekdays)


def _level(rule: Rule, matter: Matter) -> bool | None:
    return None if matter.level is None else matter.level >= (rule.min_level or 0)


def check(rule: Rule, matter: Matter) -> dict[str, bool | None]:
    """Each condition the rule asks: true, false or None for unknown."""
    asked = {
        "kind": (bool(rule.types or rule.groups), _kind),
        "place": (bool(rule.places), _place),
        "time": (rule.hours is not None or bool(rule.weekdays), _time),
        "level": (rule.min_level is not None, _level),
    }
    return {name: test(rule, matter) for name, (asks, test) in asked.items() if asks}


@dataclass(slots=True)
class Router:
    """An ordered table of rules, indexed by type and group so that its cost does not grow.

    Only rules that could fire for the matter's type are looked at: the others are false in
    their first condition and neither win nor come near.
    """

    rules: Sequence[Rule]
    _by_type: dict[str, list[int]] = field(default_factory=dict)
    _by_group: dict[str, list[int]] = field(default_factory=dict)
    _any: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        codes = [rule.code for rule in self.rules]
        if len(set(codes)) != len(codes):
            raise ValueError("Expected every rule to have a code of its own.")
        for number, rule in enumerate(self.rules):
            for code in rule.types:
                self._by_type.setdefault(code, []).append(number)
            for code in rule.groups:
                self._by_group.setdefault(code, []).append(number)
            if not (rule.types or rule.groups):
                self._any.append(number)

    def route(self, matter: Matter, skip: frozenset[str] = frozenset()) -> Routed:
        """The first rule all of whose conditions are true, with what explains it.

        ``skip`` names rules that may not be used for this matter; they are not looked at.
        """
        won: list[tuple[str, tuple[str, ...]]] = []
        nearly: list[Nearly] = []
        for number in self._candidates(matter):
            rule = self.rules[number]
            if rule.code in skip:
                continue
            said = check(rule, matter)
            if all(said.values()):
                won.append((rule.code, tuple(said)))
                if len(won) == 2:
                    break
            elif not won and len(nearly) < MOST_NEARLY and _came_near(said):
                nearly.append(_near(rule.code, said))
        if not won:
            return Routed(None, nearly=tuple(nearly))
        runner_up = won[1][0] if len(won) > 1 else None
        return Routed(won[0][0], won[0][1], runner_up, tuple(nearly))

    def _candidates(self, matter: Matter) -> Iterable[int]:
        if matter.type is None and matter.group is None:
            return range(len(self.rules))
        found = {*self._any}
        found.update(self._by_type.get(matter.type or "", ()))
        found.update(self._by_group.get(matter.group or "", ()))
        return sorted(found)


def _came_near(said: dict[str, bool | None]) -> bool:
    """Nothing false (only unknown), or the right kind of matter and one condition that failed."""
    false = [name for name, truth in said.items() if truth is False]
    return not false or (false != ["kind"] and len(false) == 1 and said.get("kind", True) is True)


def _near(code: str, said: dict[str, bool | None]) -> Nearly:
    return Nearly(
        code,
        tuple(name for name, truth in said.items() if truth is False),
        tuple(name for name, truth in said.items() if truth is None),
    )
