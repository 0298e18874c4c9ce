"""``eq``, ``ne``, ``lt`` … between two sides, by what they are."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import DateTimeField, FloatField, Q, Value
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)

from gongbi.things.errors import Refused
from gongbi.things.sql import bytewise
from gongbi.things.times import BadTime, read_span
from gongbi.things.typed import Typed, as_words, is_null, opposite

LOOKUPS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": Exact,
    "lt": LessThan,
    "le": LessThanOrEqual,
    "gt": GreaterThan,
    "ge": GreaterThanOrEqual,
}
MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


def compare(sign: str, left: Typed, right: Typed) -> Q:
    """The condition; Refused where the two cannot be compared."""
    if sign == "ne":
        return opposite(compare("eq", left, right))
    if "null" in (left.sort, right.sort):
        return _with_null(sign, left, right)
    if left.said is not None and right.said is None:
        return compare(MIRRORED.get(sign, sign), right, left)
    if left.dynamic is not None or right.dynamic is not None:
        return _dynamic(sign, left, right)
    if "span" in (left.sort, right.sort):
        return _spans(sign, left, _moment_like(right))
    left, right = _same(left, right)
    return _plain(sign, left, right)


def _plain(sign: str, left: Typed, right: Typed) -> Q:
    first = bytewise(left.sql) if left.sort == "text" and sign != "eq" else left.sql
    return Q(LOOKUPS[sign](first, right.sql))


def _with_null(sign: str, left: Typed, right: Typed) -> Q:
    if sign == "eq":
        return is_null(right if left.sort == "null" else left)
    return Q(pk__in=())


def _dynamic(sign: str, left: Typed, right: Typed) -> Q:
    if left.dynamic is None:
        return _dynamic(MIRRORED.get(sign, sign), right, left)
    if right.dynamic is not None:
        sorts = ("number", "text") if sign != "eq" else ("number", "text", "boolean")
        found = Q()
        for sort in sorts:
            found |= _plain(sign, left.dynamic.typed(sort), right.dynamic.typed(sort))
        return found
    mine = left.dynamic.typed(right.sort)
    found = _plain(sign, mine, Typed(mine.sort, as_words(right)))
    if left.dynamic.loose and right.sort == "text" and (number := _number(right.said)) is not None:
        found |= Q(LOOKUPS[sign](left.dynamic.number, Value(number, FloatField())))
    return found


def _number(said: Any) -> float | None:
    try:
        found = float(said)
    except (TypeError, ValueError):
        return None
    return found if abs(found) < float("inf") else None


def _moment_like(one: Typed) -> Typed:
    """A literal beside a time, as a time; a day is its first instant."""
    if one.sort == "text" and isinstance(one.said, str):
        try:
            start, end, is_interval = read_span(one.said)
        except BadTime as error:
            raise Refused(str(error)) from None
        if is_interval:
            return Typed("span", _at(start), _at(end), said=(start, end))
        return Typed("moment", _at(start), said=start)
    if one.sort == "day" and isinstance(one.said, date):
        start = datetime.combine(one.said, time(), UTC)
        return Typed("moment", _at(start), said=start)
    return one


def _at(moment: datetime) -> Value:
    return Value(moment, DateTimeField())


def _spans(sign: str, left: Typed, right: Typed) -> Q:
    """Intervals: before is to end before the other begins, after to begin after it has ended."""
    if {left.sort, right.sort} - {"span", "moment"}:
        raise _mismatch(left, right)
    first_start, first_end = left.sql, left.end if left.end is not None else left.sql
    start, end = right.sql, right.end if right.end is not None else right.sql
    if sign == "eq":
        return Q(Exact(first_start, start)) & Q(Exact(first_end, end))
    if sign in ("lt", "le"):
        return Q(LOOKUPS[sign](first_end, start))
    return Q(LOOKUPS[sign](first_start, end))


def _same(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Both sides as one sort; a literal in quotes may stand for a time or a number."""
    if left.sort == "moment":
        right = _moment_like(right)
        if right.sort == "span":
            raise _mismatch(left, right)
    if left.sort == "number" and right.sort == "text":
        number = _number(right.said)
        if number is not None:
            right = Typed("number", Value(number, FloatField()), said=number)
    if left.sort != right.sort or left.sort in ("geometry", "any"):
        raise _mismatch(left, right)
    return left, right


def _mismatch(left: Typed, right: Typed) -> Refused:
    return Refused(
        f"{left.in_words[:1].upper()}{left.in_words[1:]} cannot be compared with {right.in_words}."
    )
