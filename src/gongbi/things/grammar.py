"""From the words of ``$filter`` and ``$orderby`` to a tree, by OData's order of operators."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gongbi.things.errors import Refused
from gongbi.things.geometry import BadGeometry, read_wkt
from gongbi.things.lexer import Words
from gongbi.things.times import (
    EARLIEST,
    LATEST,
    BadTime,
    read_clock,
    read_duration,
    read_instant,
    read_span,
)

MOST_DEPTH = 40
# From loose to tight; ``not`` and the sign of a number bind tighter than all of them.
LEVELS = (
    ("or",),
    ("and",),
    ("eq", "ne"),
    ("lt", "le", "gt", "ge"),
    ("add", "sub"),
    ("mul", "div", "mod"),
)


COMPARISONS = 2


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: number, text, boolean, null, moment, span, day, clock, duration or geometry."""

    value: Any
    sort: str


@dataclass(frozen=True, slots=True)
class Path:
    """``Datastream/Thing/name`` or ``properties/a/b``."""

    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(self.steps)


@dataclass(frozen=True, slots=True)
class Call:
    """A function."""

    name: str
    given: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides and what stands between them."""

    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Turned:
    """``not`` something, or minus something."""

    sign: str
    inner: "Node"


Node = Literal | Path | Call | Pair | Turned


@dataclass(frozen=True, slots=True)
class Order:
    """One key of ``$orderby``."""

    by: Node
    falling: bool


def take_order(words: Words) -> tuple[Order, ...]:
    """Keys up to where they end, for an option inside ``$expand`` too."""
    keys = list[Order]()
    while not keys or words.take_if(","):
        by = read_expression(words)
        falling = words.take_if("desc")
        if not falling:
            words.take_if("asc")
        keys.append(Order(by, falling))
    return tuple(keys)


def read_expression(words: Words, level: int = 0, depth: int = 0) -> Node:
    """An expression whose loosest operator is of that level."""
    if depth > MOST_DEPTH:
        raise Refused(f"{words.option} is nested deeper than {MOST_DEPTH}.")
    if level == len(LEVELS):
        return _unary(words, depth)
    left = read_expression(words, level + 1, depth)
    joined = 0
    while words.has(*LEVELS[level]):
        sign = words.take().said
        left = Pair(sign, left, read_expression(words, level + 1, depth))
        joined += 1
        if joined > 200:
            raise Refused(f"{words.option} joins more than 200 conditions.")
    return left


def _unary(words: Words, depth: int) -> Node:
    if words.has("not") and words.after().said != "/":
        words.take()
        # By OData's table ``not`` binds tighter than ``eq``; but (not a) eq b and not (a eq b) are
        # the same for booleans, and for all else only the second has a meaning.
        return Turned("not", read_expression(words, COMPARISONS, depth + 1))
    if words.take_if("-"):
        return Turned("-", _unary(words, depth + 1))
    return _primary(words, depth)


def _primary(words: Words, depth: int) -> Node:
    if words.take_if("("):
        inner = read_expression(words, 0, depth + 1)
        words.need(")")
        return inner
    if words.now.sort in LITERALS:
        return _literal(words)
    if words.now.sort != "name":
        raise words.astray("a property, a value or a function")
    if words.now.said in ("true", "false", "null"):
        said = words.take().said
        return Literal({"true": True, "false": False, "null": None}[said], _sort_of(said))
    if words.after().said == "(" and words.after().sort == "sign":
        return _call(words, depth)
    return take_path(words)


def _sort_of(said: str) -> str:
    return "null" if said == "null" else "boolean"


def take_path(words: Words) -> Path:
    """A path of names; numbers count in lists of a JSON property."""
    steps = list[str]()
    while not steps or words.take_if("/"):
        if words.now.sort not in ("name", "number"):
            raise words.astray("a property")
        steps.append(words.take().said)
    if len(steps) > 12:
        raise Refused(f"{words.option}: the path {'/'.join(steps)} is longer than 12 steps.")
    return Path(tuple(steps))


def _call(words: Words, depth: int) -> Node:
    name, given = words.take().said, list[Node]()
    words.need("(")
    while not words.take_if(")"):
        if given:
            words.need(",")
        given.append(read_expression(words, 0, depth + 1))
    return _constant(name, given) or Call(name, tuple(given))


def _constant(name: str, given: list[Node]) -> Literal | None:
    """Functions that are a value at once."""
    if given or name not in ("now", "mindatetime", "maxdatetime"):
        return None
    said = {"mindatetime": EARLIEST, "maxdatetime": LATEST}.get(name) or datetime.now(UTC)
    return Literal(said, "moment")


def _text(said: str) -> str:
    return said[said.index("'") + 1 : -1].replace("''", "'")


def _number(said: str) -> int | float:
    found = float(said)
    whole = said.lstrip("-").isdigit() and abs(found) < 2**53
    if found in (float("inf"), float("-inf")):
        raise Refused(f"The number {said} is too large.")
    return int(said) if whole else found


LITERALS = {
    "text": _text,
    "number": _number,
    "moment": read_instant,
    "span": lambda said: read_span(said)[:2],
    "day": read_clock,
    "clock": read_clock,
    "duration": lambda said: read_duration(_text(said)),
    "geometry": lambda said: read_wkt(_text(said)),
}


def _literal(words: Words) -> Literal:
    word = words.take()
    try:
        return Literal(LITERALS[word.sort](word.said), word.sort)
    except (BadTime, BadGeometry) as error:
        raise Refused(f"{words.option}: {error}") from None
