"""Who should take a matter: ordered rules, three-valued, and the reason kept with the answer.

A rule fires when all its conditions are true; the first that fires wins. A rule that is unknown,
or that misses by one condition, is kept as *nearly*, with what it lacked, so that the answer can
be explained and a hole in the data seen. ``kernel.cases.conditions`` says what may be asked.

The table is compiled into bits (``kernel.cases.rule_bits``): one whole number holds one condition
of all rules, a bit a rule, so that two thousand rules are weighed with a few dozen *and* and *or*.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gongbi.kernel.cases.conditions import (
    Conditions,
    Matter,
    Truth,
    all_of,
    any_of,
    conditions_of,
)
from gongbi.kernel.cases.rule_bits import RuleBits, Weighed

__all__ = ["Conditions", "Matter", "Nearly", "Routed", "Router", "Rule", "check", "route_plainly"]

MOST_NEARLY = 5


@dataclass(frozen=True, slots=True)
class Rule(Conditions):
    """One row of the table of routes.

    Besides its own conditions, one of the alternatives ``any`` must hold, and none of ``none``.
    """

    code: str
    any: tuple[Conditions, ...] = field(default=(), kw_only=True)
    none: tuple[Conditions, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Nearly:
    """A rule that did not fire, and the names of the conditions that were false or unknown."""

    rule: str
    false: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """The answer: the rule that fired and on which conditions; the next one; those that nearly.

    ``nearly`` holds at most five rules that stand before the one that fired: first those that
    lack only knowledge, then those that miss by one condition, those of another place last.
    """

    rule: str | None
    because: tuple[str, ...] = ()
    runner_up: str | None = None
    nearly: tuple[Nearly, ...] = ()


def check(rule: Rule, matter: Matter) -> dict[str, Truth]:
    """Each condition the rule asks: true, false or None for unknown."""
    said = conditions_of(rule, matter)
    if rule.any:
        said["any"] = any_of(_holds(one, matter) for one in rule.any)
    if rule.none:
        held = any_of(_holds(one, matter) for one in rule.none)
        said["not"] = None if held is None else not held
    return said


def _holds(asked: Conditions, matter: Matter) -> Truth:
    return all_of(conditions_of(asked, matter).values())


class Router:
    """An ordered table of rules, compiled once; it may be asked from several threads."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._bit_of = {rule.code: 1 << number for number, rule in enumerate(self.rules)}
        if len(self._bit_of) != len(self.rules):
            raise ValueError("Expected every rule to have a code of its own.")
        self._bits = RuleBits(
            self.rules, [rule.any for rule in self.rules], [rule.none for rule in self.rules]
        )

    @property
    def asks_mode(self) -> bool:
        """Whether some rule asks which mode the matter's place is in."""
        nested = (one for rule in self.rules for one in (rule, *rule.any, *rule.none))
        return any(one.modes for one in nested)

    def route(self, matter: Matter, skip: frozenset[str] = frozenset()) -> Routed:
        """The first rule all of whose conditions are true, with what explains it.

        ``skip`` names rules that may not be used for this matter; they are not looked at.
        """
        left = self._bits.all
        for code in skip:
            left &= ~self._bit_of.get(code, 0)
        weighed = self._bits.weigh(matter)
        fires = weighed.fires & left
        before = left & ((fires & -fires) - 1) if fires else left
        winners = [self.rules[number] for number in _first(fires, 2)]
        return Routed(
            rule=winners[0].code if winners else None,
            because=tuple(check(winners[0], matter)) if winners else (),
            runner_up=winners[1].code if len(winners) > 1 else None,
            nearly=tuple(self._nearly(weighed, before, matter)),
        )

    def _nearly(self, weighed: Weighed, before: int, matter: Matter) -> Iterator[Nearly]:
        wanted = MOST_NEARLY
        for some in weighed.nearly:
            for number in _first(some & before, wanted):
                rule = self.rules[number]
                yield _near(rule.code, check(rule, matter))
                wanted -= 1


def _first(bits: int, most: int) -> Iterator[int]:
    """Numbers of the lowest bits that are set."""
    while bits and most:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
        most -= 1


def _near(code: str, said: dict[str, Truth]) -> Nearly:
    return Nearly(
        code,
        tuple(name for name, truth in said.items() if truth is False),
        tuple(name for name, truth in said.items() if truth is None),
    )


def route_plainly(
    rules: Sequence[Rule], matter: Matter, skip: frozenset[str] = frozenset()
) -> Routed:
    """The same answer, rule by rule: what the compiled table is held against in tests."""
    fired: list[tuple[Rule, dict[str, Truth]]] = []
    near: tuple[list[Nearly], ...] = ([], [], [])
    for rule in rules:
        if rule.code in skip:
            continue
        said = check(rule, matter)
        if all(said.values()):
            fired.append((rule, said))
            continue
        sort = _how_near(said)
        if not fired and sort is not None:
            near[sort].append(_near(rule.code, said))
    kept = tuple([*near[0], *near[1], *near[2]][:MOST_NEARLY])
    if not fired:
        return Routed(None, nearly=kept)
    runner_up = fired[1][0].code if len(fired) > 1 else None
    return Routed(fired[0][0].code, tuple(fired[0][1]), runner_up, kept)


def _how_near(said: dict[str, Truth]) -> int | None:
    """0: nothing false, only unknown; 1: of the right kind, one condition false; 2: the place."""
    false = [name for name, truth in said.items() if truth is False]
    if not false:
        return 0
    if len(false) > 1 or said.get("kind", True) is not True:
        return None
    return 2 if false == ["place"] else 1
