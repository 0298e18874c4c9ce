"""A table of rules as bits: one whole number a condition and answer, one bit a rule.

For each value a condition can meet, the number whose bits are the rules it satisfies is made once.
Weighing a matter then takes one look-up and a few bitwise operations for each condition, over
sixty-four rules a machine word; three values take two numbers, *true* and *unknown*.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from gongbi.kernel.cases.conditions import (
    DAY_MINUTES,
    Conditions,
    Matter,
    in_time,
    minute_of_week,
)

Bits = int
TrueAndUnknown = tuple[Bits, Bits]
Column = Callable[[Matter], TrueAndUnknown]
Row = Conditions | None
Schedule = tuple[tuple[int, int] | None, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Rules that fire, and those that came near: lacking knowledge, one condition, the place."""

    fires: Bits
    nearly: tuple[Bits, Bits, Bits]


class RuleBits:
    """Rules with their alternatives and exceptions, compiled."""

    def __init__(
        self,
        rules: Sequence[Conditions],
        alternatives: Sequence[tuple[Conditions, ...]],
        exceptions: Sequence[tuple[Conditions, ...]],
    ) -> None:
        self.all: Bits = (1 << len(rules)) - 1
        self._columns = _columns(rules, self.all)
        for name, several in (("any", alternatives), ("not", exceptions)):
            if any(several):
                self._columns[name] = _nested(name, several, self.all)

    def weigh(self, matter: Matter) -> Weighed:
        """Which rules fire for a matter, and which nearly do."""
        once = twice = unknown = 0  # at least one condition false; at least two; some unknown
        kind_true, place_false = self.all, 0
        for name, column in self._columns.items():
            true, unsure = column(matter)
            false = self.all & ~(true | unsure)
            twice |= once & false
            once |= false
            unknown |= unsure
            if name == "kind":
                kind_true = true
            elif name == "place":
                place_false = false
        missed_once = once & ~twice & kind_true
        return Weighed(
            fires=self.all & ~(once | unknown),
            nearly=(unknown & ~once, missed_once & ~place_false, missed_once & place_false),
        )


def _columns(rows: Sequence[Row], everything: Bits) -> dict[str, Column]:
    """A column for each condition that some row asks."""
    found = {
        "kind": _kind_column(rows, everything),
        "place": _place_column(rows, everything),
        "time": _time_column(rows, everything),
        "level": _level_column(rows, everything),
        "source": _value_column(
            ((row.sources if row else ()) for row in rows), everything, lambda m: m.source
        ),
        "priority": _value_column(
            ((row.priorities if row else ()) for row in rows), everything, lambda m: m.priority
        ),
        "mode": _value_column(
            ((row.modes if row else ()) for row in rows), everything, lambda m: m.mode
        ),
    }
    names = sorted({name for row in rows if row for name, _ in row.facts})
    for name in names:
        found[f"fact:{name}"] = _fact_column(name, rows, everything)
    return {name: column for name, column in found.items() if column is not None}


def _by_value(asked: Iterable[Iterable[Hashable]]) -> tuple[dict[Hashable, Bits], Bits]:
    """For each value the rules that take it, and the rules that ask at all."""
    by_value: dict[Hashable, Bits] = {}
    asks = 0
    for number, values in enumerate(asked):
        bit = 1 << number
        for value in values:
            by_value[value] = by_value.get(value, 0) | bit
            asks |= bit
    return by_value, asks


def _value_column(
    asked: Iterable[Iterable[Hashable]],
    everything: Bits,
    known: Callable[[Matter], Hashable | None],
) -> Column | None:
    by_value, asks = _by_value(asked)
    rest = everything & ~asks

    def column(matter: Matter) -> TrueAndUnknown:
        value = known(matter)
        return (rest, asks) if value is None else (rest | by_value.get(value, 0), 0)

    return column if asks else None


def _fact_column(name: str, rows: Sequence[Row], everything: Bits) -> Column | None:
    asked = (dict(row.facts).get(name, frozenset()) if row else frozenset() for row in rows)
    return _value_column(asked, everything, lambda matter: matter.facts.get(name))


def _kind_column(rows: Sequence[Row], everything: Bits) -> Column | None:
    by_type, ask_type = _by_value((row.types if row else ()) for row in rows)
    by_group, ask_group = _by_value((row.groups if row else ()) for row in rows)
    rest = everything & ~(ask_type | ask_group)

    def column(matter: Matter) -> TrueAndUnknown:
        true, unknown = rest, 0
        for value, found, asks in (
            (matter.type, by_type, ask_type),
            (matter.group, by_group, ask_group),
        ):
            if value is None:
                unknown |= asks
            else:
                true |= found.get(value, 0)
        return true, unknown & ~true

    return column if ask_type | ask_group else None


def _place_column(rows: Sequence[Row], everything: Bits) -> Column | None:
    by_place, asks = _by_value((row.places if row else ()) for row in rows)
    rest = everything & ~asks

    def column(matter: Matter) -> TrueAndUnknown:
        if matter.places is None:
            return rest, asks
        true = rest
        for code in matter.places:
            true |= by_place.get(code, 0)
        return true, 0

    return column if asks else None


def _level_column(rows: Sequence[Row], everything: Bits) -> Column | None:
    least = [row.min_level if row else None for row in rows]
    by_least, asks = _by_value(() if level is None else (level,) for level in least)
    steps = sorted((int(str(level)), bits) for level, bits in by_least.items())
    rest = everything & ~asks

    def column(matter: Matter) -> TrueAndUnknown:
        if matter.level is None:
            return rest, asks
        true = rest
        for level, bits in steps:
            if level > matter.level:
                break
            true |= bits
        return true, 0

    return column if asks else None


def _time_column(rows: Sequence[Row], everything: Bits) -> Column | None:
    """Between two edges of any hours nothing changes: each such piece is worked out once."""
    asked = [_schedules(row) for row in rows]
    found, asks = _by_value(asked)
    by_schedule: dict[Schedule, Bits] = found  # type: ignore[assignment]
    hours = {edge for spans, _ in by_schedule if spans for edge in spans}
    edges = sorted({day * DAY_MINUTES + edge for day in range(7) for edge in (0, *hours)})
    rest, pieces = everything & ~asks, dict[int, Bits]()

    def column(matter: Matter) -> TrueAndUnknown:
        if matter.local is None:
            return rest, asks
        minute = minute_of_week(matter.local)
        piece = bisect_right(edges, minute)
        if piece not in pieces:
            true = rest
            for (span, days), bits in by_schedule.items():
                true |= bits if in_time(span, days, minute) else 0
            pieces[piece] = true
        return pieces[piece], 0

    return column if asks else None


def _schedules(row: Row) -> tuple[Schedule, ...]:
    if row is None or (row.hours is None and not row.weekdays):
        return ()
    return ((row.hours, row.weekdays),)


def _nested(name: str, several: Sequence[tuple[Conditions, ...]], everything: Bits) -> Column:
    """A column for alternatives (*any* one must hold) or for exceptions (*not* one may)."""
    depth = max(len(some) for some in several)
    layers: list[tuple[Bits, list[Column]]] = []
    for place in range(depth):
        rows = [some[place] if place < len(some) else None for some in several]
        there = sum(1 << number for number, row in enumerate(rows) if row is not None)
        layers.append((there, list(_columns(rows, everything).values())))
    asks = layers[0][0]

    def column(matter: Matter) -> TrueAndUnknown:
        held = unsure = 0
        for there, columns in layers:
            true, unknown = _all_hold(columns, matter, everything)
            held |= true & there
            unsure |= unknown & there
        unsure &= ~held
        if name == "any":
            return held | (everything & ~asks), unsure
        return everything & ~(held | unsure), unsure

    return column


def _all_hold(columns: Sequence[Column], matter: Matter, everything: Bits) -> TrueAndUnknown:
    false = unknown = 0
    for column in columns:
        true, unsure = column(matter)
        false |= everything & ~(true | unsure)
        unknown |= unsure
    return everything & ~(false | unknown), unknown & ~false
