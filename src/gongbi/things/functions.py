"""The functions of ``$filter`` and ``$orderby``: what each needs and what SQL it becomes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import numpy as np
from django.db.models import (
    DateTimeField,
    ExpressionWrapper,
    FloatField,
    IntegerField,
    Q,
    TextField,
    Value,
)
from django.db.models import functions as db
from django.db.models.lookups import Exact, GreaterThan

from gongbi.things.errors import Refused
from gongbi.things.geometry import RELATIONS, BadGeometry, distances, judge, lengths
from gongbi.things.shapes import Geo, near, those
from gongbi.things.sql import Fraction
from gongbi.things.typed import Typed, need, truth_of


@dataclass(frozen=True, slots=True)
class Function:
    """How many it is given, of what sort, what it gives."""

    given: tuple[str, ...]
    gives: str
    build: Callable[..., Any]
    optional: int = 0


def _whole(number: Any, plus: int = 0) -> Any:
    return db.Cast(number + Value(float(plus)), IntegerField())


def _substring(text: Any, start: Any, length: Any = None) -> Any:
    # A start below zero counts from the end in SQLite and is refused by nobody: it becomes zero.
    begin = db.Greatest(_whole(start, 1), Value(1))
    if length is None:
        return db.Substr(text, begin)
    return db.Substr(text, begin, db.Greatest(_whole(length), Value(0)))


def _ends(text: Any, end: Any) -> Q:
    tail = db.Substr(text, db.Greatest(db.Length(text) - db.Length(end) + 1, Value(1)))
    return Q(Exact(tail, end)) | Q(Exact(db.Length(end), Value(0)))


def _starts(text: Any, begin: Any) -> Q:
    return Q(Exact(db.StrIndex(text, begin), Value(1))) | Q(Exact(db.Length(begin), Value(0)))


def _within(needle: Any, text: Any) -> Q:
    found = Q(GreaterThan(db.StrIndex(text, needle), Value(0)))
    return found | Q(Exact(db.Length(needle), Value(0)))


def _number(expression: Any) -> Any:
    return db.Cast(expression, FloatField())


def _part(extract: Any) -> Callable[[Any], Any]:
    return lambda moment: _number(extract(_moment(moment), tzinfo=UTC))


def _moment(expression: Any) -> Any:
    return ExpressionWrapper(expression, DateTimeField())


def _concat(first: Any, second: Any) -> Any:
    return db.Concat(first, second, output_field=TextField())


FUNCTIONS: dict[str, Function] = {
    "substringof": Function(("text", "text"), "truth", _within),
    "contains": Function(("text", "text"), "truth", lambda text, needle: _within(needle, text)),
    "endswith": Function(("text", "text"), "truth", _ends),
    "startswith": Function(("text", "text"), "truth", _starts),
    "length": Function(("text",), "number", lambda text: _number(db.Length(text))),
    "indexof": Function(
        ("text", "text"), "number", lambda text, part: _number(db.StrIndex(text, part) - 1)
    ),
    "substring": Function(("text", "number", "number"), "text", _substring, optional=1),
    "tolower": Function(("text",), "text", db.Lower),
    "toupper": Function(("text",), "text", db.Upper),
    "trim": Function(("text",), "text", db.Trim),
    "concat": Function(("text", "text"), "text", _concat),
    "year": Function(("moment",), "number", _part(db.ExtractYear)),
    "month": Function(("moment",), "number", _part(db.ExtractMonth)),
    "day": Function(("moment",), "number", _part(db.ExtractDay)),
    "hour": Function(("moment",), "number", _part(db.ExtractHour)),
    "minute": Function(("moment",), "number", _part(db.ExtractMinute)),
    "second": Function(("moment",), "number", _part(db.ExtractSecond)),
    "fractionalseconds": Function(("moment",), "number", lambda m: Fraction(_moment(m))),
    "date": Function(("moment",), "day", lambda m: db.TruncDate(_moment(m), tzinfo=UTC)),
    "time": Function(("moment",), "clock", lambda m: db.TruncTime(_moment(m), tzinfo=UTC)),
    # Times are kept and answered in UTC, so that is the offset of all of them.
    "totaloffsetminutes": Function(("moment",), "number", lambda _: Value(0.0, FloatField())),
    "round": Function(("number",), "number", lambda number: _number(db.Round(number))),
    "floor": Function(("number",), "number", db.Floor),
    "ceiling": Function(("number",), "number", db.Ceil),
}


def call(name: str, given: list[Typed]) -> Typed | Q:
    """A function's value, or its condition; Refused says what it needs."""
    if name in RELATIONS or name == "st_relate":
        return _relation(name, given)
    found = FUNCTIONS.get(name)
    if found is None:
        raise Refused(
            f"There is no function {name!r} here, or it stands alone: "
            "geo.distance and geo.length are compared with a number."
        )
    most = len(found.given)
    if not most - found.optional <= len(given) <= most:
        raise Refused(f"{name} takes {most} values and was given {len(given)}.")
    ready = [need(one, sort, name) for one, sort in zip(given, found.given, strict=False)]
    built = found.build(*ready)
    return built if found.gives == "truth" else Typed(found.gives, built)


def _relation(name: str, given: list[Typed]) -> Q:
    wanted = 3 if name == "st_relate" else 2
    if len(given) != wanted:
        raise Refused(f"{name} takes {wanted} values and was given {len(given)}.")
    pattern = _pattern(given[2]) if wanted == 3 else ""
    geo, other, swapped = _geo_and_literal(name, given[0], given[1])
    bounds = other.bounds
    everywhere = name in ("st_disjoint", "st_relate")

    def passes(shapes: list[Any]) -> Any:
        try:
            return judge(name, shapes, other, pattern, swapped)
        except BadGeometry as error:
            raise Refused(str(error)) from None

    return those(geo, Q() if everywhere else near(bounds), passes)


def _pattern(given: Typed) -> str:
    said = given.said
    if not isinstance(said, str) or len(said) != 9 or set(said.upper()) - set("TF*012"):
        raise Refused("st_relate needs nine of T, F, *, 0, 1 and 2 as its third value.")
    return said.upper()


def _geo_and_literal(name: str, first: Typed, second: Typed) -> tuple[Geo, Any, bool]:
    for one, other, swapped in ((first, second, False), (second, first, True)):
        if one.geo is not None and other.sort == "geometry" and other.said is not None:
            return one.geo, other.said, swapped
    raise Refused(
        f"{name} needs a geometry of the entity and one written as geography'POINT (…)'."
    )


NUMBERS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}


def measured(name: str, given: list[Typed], sign: str, limit: Typed) -> Q:
    """``geo.distance(…) lt 0.5`` and ``geo.length(…) gt 2``, both in degrees of the plane."""
    if not isinstance(limit.said, int | float) or isinstance(limit.said, bool):
        raise Refused(f"{name} is compared with a number written in the filter.")
    number, holds = float(limit.said), NUMBERS[sign]
    if name == "geo.length":
        if len(given) != 1 or given[0].geo is None:
            raise Refused("geo.length needs one geometry of the entity.")
        return those(given[0].geo, Q(), lambda shapes: holds(lengths(shapes), number))
    if len(given) != 2:
        raise Refused("geo.distance takes 2 values.")
    geo, other, _ = _geo_and_literal(name, *given)
    bounded = near(other.bounds, max(number, 0.0)) if sign in ("lt", "le", "eq") else Q()
    return those(geo, bounded, lambda shapes: holds(distances(shapes, other), number))


def as_condition(built: Typed | Q) -> Q:
    """A value that is true or false as a condition."""
    if isinstance(built, Q):
        return built
    if built.dynamic is not None:
        return Q(Exact(built.dynamic.boolean, Value(True)))
    if built.sort != "boolean":
        raise Refused(f"A condition is wanted and {built.in_words} stands there.")
    return Q(Exact(built.sql, Value(True)))


def as_value(built: Typed | Q) -> Typed:
    """A condition as a value."""
    return truth_of(built) if isinstance(built, Q) else built
