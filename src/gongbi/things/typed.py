"""What stands on either side of an operator: an SQL expression and its sort."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DateTimeField,
    DurationField,
    F,
    FloatField,
    Q,
    TextField,
    TimeField,
    Value,
    When,
)
from django.db.models.lookups import IsNull

from gongbi.things.errors import Refused
from gongbi.things.grammar import Literal
from gongbi.things.shapes import Geo
from gongbi.things.sql import JsonBoolean, JsonNumber, JsonText, JsonThere
from gongbi.things.times import say_instant

FIELDS = {
    "number": FloatField,
    "text": TextField,
    "boolean": BooleanField,
    "moment": DateTimeField,
    "day": DateField,
    "clock": TimeField,
    "duration": DurationField,
}
SORTS_IN_WORDS = {
    "number": "a number",
    "text": "a text",
    "boolean": "true or false",
    "moment": "a time",
    "span": "an interval",
    "day": "a date",
    "clock": "a time of day",
    "duration": "a duration",
    "geometry": "a geometry",
    "any": "a JSON value",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression of one sort; ``said`` where it is a literal of the request."""

    sort: str
    sql: Any = None
    end: Any = None
    said: Any = None
    geo: Geo | None = None
    dynamic: "Dynamic | None" = None

    @property
    def in_words(self) -> str:
        """Its sort in a sentence."""
        return SORTS_IN_WORDS[self.sort]


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A value whose type only the row knows: a place in a JSON column, or a result."""

    number: Any
    text: Any
    boolean: Any
    there: Any
    loose: bool = False
    """Whether a number written in quotes is compared as a number too (results)."""

    def typed(self, sort: str) -> Typed:
        """The same as one sort; nothing where the row holds another."""
        if sort in ("moment", "day", "clock"):
            return Typed("text", self.text)
        if sort not in ("number", "text", "boolean"):
            raise Refused(f"A JSON value cannot be compared with {SORTS_IN_WORDS[sort]}.")
        return Typed(sort, getattr(self, sort))


def json_value(column: str, steps: tuple[str, ...]) -> Typed:
    """A place in a JSON column."""
    for step in steps:
        if '"' in step or "\\" in step:
            raise Refused(f"The name {step!r} cannot be asked for.")
    at = F(column)
    found = Dynamic(
        JsonNumber(at, steps), JsonText(at, steps), JsonBoolean(at, steps), JsonThere(at, steps)
    )
    return Typed("any", dynamic=found)


def result_value(prefix: str) -> Typed:
    """The result of an observation."""
    number, text, boolean = (F(f"{prefix}{name}") for name in ("number", "text", "boolean"))
    there = JsonThere(F(f"{prefix}result"), ())
    return Typed("any", dynamic=Dynamic(number, text, boolean, there, loose=True))


def literal(found: Literal) -> Typed:
    """A value of the request."""
    if found.sort in ("null", "geometry"):
        return Typed(found.sort, said=found.value)
    if found.sort == "span":
        start, end = (Value(one, DateTimeField()) for one in found.value)
        return Typed("span", start, end, said=found.value)
    value = float(found.value) if found.sort == "number" else found.value
    return Typed(found.sort, Value(value, FIELDS[found.sort]()), said=found.value)


def need(one: Typed, sort: str, of: str) -> Any:
    """Its SQL as that sort, or a refusal that names the function."""
    if one.sort == sort:
        return one.sql
    if one.dynamic is not None:
        return one.dynamic.typed(sort).sql
    if one.sort == "span" and sort == "moment":
        return one.sql
    raise Refused(f"{of} needs {SORTS_IN_WORDS[sort]} and was given {one.in_words}.")


def truth_of(condition: Q) -> Typed:
    """A condition as a value: never null, so that ``not`` turns all of it."""
    sql = Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return Typed("boolean", sql)


def is_null(one: Typed) -> Q:
    """Whether nothing stands there."""
    if one.dynamic is not None:
        return opposite(Q(one.dynamic.there))
    if one.geo is not None:
        raise Refused("A geometry is compared by the functions st_… and geo.…")
    if one.sql is None:
        return Q(pk__isnull=one.sort != "null")
    return Q(IsNull(one.sql, True))


def opposite(condition: Q) -> Q:
    """What is not so; also where something is not there."""
    return Q(
        Case(When(condition, then=Value(False)), default=Value(True), output_field=BooleanField())
    )


def as_words(one: Typed) -> Any:
    """A literal moment as the text it would be written as."""
    return (
        Value(say_instant(one.said), TextField()) if one.sort == "moment" and one.said else one.sql
    )
