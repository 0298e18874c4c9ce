"""From a tree and the kind it asks about to what the database understands."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Mod, NullIf
from django.db.models.lookups import Exact

from gongbi.things.comparing import MIRRORED, compare
from gongbi.things.entities import Kind, Property, target_of
from gongbi.things.errors import Refused
from gongbi.things.functions import as_condition, as_value, call, measured
from gongbi.things.grammar import Call, Literal, Node, Order, Pair, Path, Turned
from gongbi.things.shapes import Geo
from gongbi.things.sql import JsonWords, bytewise
from gongbi.things.typed import Typed, json_value, literal, need, opposite, result_value

ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
MEASURES = ("geo.distance", "geo.length")


@dataclass(slots=True)
class Compiler:
    """One kind's names."""

    kind: Kind
    crosses: bool = False
    """Whether a path led to many: then rows would come twice and the caller asks for ids."""

    def condition(self, node: Node) -> Q:
        """A tree as a condition."""
        if isinstance(node, Pair) and node.sign in ("and", "or"):
            left, right = self.condition(node.left), self.condition(node.right)
            return left & right if node.sign == "and" else left | right
        if isinstance(node, Turned) and node.sign == "not":
            return opposite(self.condition(node.inner))
        return as_condition(self.built(node))

    def value(self, node: Node) -> Typed:
        """A tree as a value."""
        return as_value(self.built(node))

    def built(self, node: Node) -> Typed | Q:
        """A tree as whichever it is."""
        if isinstance(node, Literal):
            return literal(node)
        if isinstance(node, Path):
            return self.path(node.steps)
        if isinstance(node, Call):
            return call(node.name, [self.value(one) for one in node.given])
        if isinstance(node, Turned):
            return self.condition(node) if node.sign == "not" else self._minus(node)
        return self._pair(node)

    def _minus(self, node: Turned) -> Typed:
        number = need(self.value(node.inner), "number", "The sign -")
        return Typed("number", CombinedExpression(Value(0.0), "-", number, FloatField()))

    def _pair(self, node: Pair) -> Typed | Q:
        if node.sign in ("and", "or"):
            return self.condition(node)
        if node.sign in ARITHMETIC or node.sign == "mod":
            return self._reckon(node)
        for side, other, sign in (
            (node.left, node.right, node.sign),
            (node.right, node.left, MIRRORED.get(node.sign, node.sign)),
        ):
            if isinstance(side, Call) and side.name in MEASURES:
                given = [self.value(one) for one in side.given]
                return measured(side.name, given, sign, self.value(other))
        return compare(node.sign, self.value(node.left), self.value(node.right))

    def _reckon(self, node: Pair) -> Typed:
        left, right = self.value(node.left), self.value(node.right)
        if "duration" in (left.sort, right.sort):
            return _moved(node.sign, left, right)
        first, second = (need(one, "number", node.sign) for one in (left, right))
        if node.sign in ("div", "mod"):
            second = NullIf(second, Value(0.0), output_field=FloatField())
        if node.sign == "mod":
            return Typed("number", Mod(first, second))
        sign = ARITHMETIC[node.sign]
        return Typed("number", CombinedExpression(first, sign, second, FloatField()))

    def path(self, steps: tuple[str, ...]) -> Typed:
        """A property of the entity, or of one it is connected with."""
        kind, prefix = self.kind, ""
        for at, step in enumerate(steps):
            way = kind.ways.get(step)
            if way is None:
                return _property(kind, prefix, step, steps[at + 1 :])
            self.crosses |= way.many
            kind, prefix = target_of(way), f"{prefix}{way.column}__"
        raise Refused(
            f"{'/'.join(steps)} is an entity, not a property: write "
            f"{'/'.join(steps)}/{kind.properties[0].name} for example."
        )


def _moved(sign: str, left: Typed, right: Typed) -> Typed:
    """A time and a duration."""
    if sign == "add" and left.sort == "duration":
        left, right = right, left
    if right.sort != "duration" or sign not in ("add", "sub") or left.sort == "duration":
        raise Refused("A duration is added to a time or taken from one.")
    moment = need(left, "moment", sign)
    if left.said is not None:
        return _moved_literal(sign, left, right)
    joined = CombinedExpression(moment, ARITHMETIC[sign], right.sql)
    return Typed("moment", ExpressionWrapper(joined, DateTimeField()))


def _moved_literal(sign: str, left: Typed, right: Typed) -> Typed:
    try:
        moved = left.said + right.said if sign == "add" else left.said - right.said
    except (OverflowError, TypeError):
        raise Refused("The time that is reckoned lies outside the years 1 to 9999.") from None
    return Typed("moment", Value(moved, DateTimeField()), said=moved)


def _property(kind: Kind, prefix: str, step: str, rest: tuple[str, ...]) -> Typed:
    if step in ("@iot.id", "id"):
        found: Typed = Typed("number", F(f"{prefix}pk"))
    elif (one := kind.by_name.get(step)) is not None:
        return _typed(kind, one, prefix, rest)
    else:
        raise unknown(kind, step)
    if rest:
        raise Refused(f"{step} has nothing below it.")
    return found


def unknown(kind: Kind, step: str) -> Refused:
    """The sentence for a name a kind does not have."""
    known = ", ".join([*kind.by_name, *kind.ways])
    return Refused(f"{kind.name} has no property {step!r}; it has @iot.id, {known}.")


def _typed(kind: Kind, one: Property, prefix: str, rest: tuple[str, ...]) -> Typed:
    column = prefix + one.column
    if one.type == "result" and not rest:
        return result_value(prefix)
    if one.type == "geometry" and not rest:
        return Typed("geometry", sql=F(column), geo=Geo(kind.model, one.column, f"{prefix}pk"))
    if one.type in ("any", "object", "unit", "result", "geometry"):
        return json_value(column, rest)
    if rest:
        raise Refused(f"{one.name} has nothing below it.")
    if one.type == "span":
        return Typed("span", F(column), F(prefix + one.end_column))
    return Typed("moment" if one.type == "instant" else "text", F(column))


def order_keys(kind: Kind, order: tuple[Order, ...]) -> list[Any]:
    """What to order by; the id comes last, so that the order is always the same."""
    compiler, keys = Compiler(kind), list[Any]()
    for one in order:
        for expression in _sortable(compiler, one.by):
            first = {"nulls_first": True} if not one.falling else {"nulls_last": True}
            plain = isinstance(expression, F) and _is_filled(kind, str(expression.name))  # type: ignore[attr-defined]
            options: dict[str, Any] = {} if plain else first
            keys.append(expression.desc(**options) if one.falling else expression.asc(**options))
    if compiler.crosses:
        raise Refused("$orderby cannot follow a path to many entities.")
    falling = bool(order) and order[-1].falling
    return [*keys, "-pk" if falling else "pk"]


def _is_filled(kind: Kind, name: str) -> bool:
    """Whether a column always holds something: then an index gives its order as it is."""
    return name == "pk" or ("__" not in name and not kind.model._meta.get_field(name).null)


def _sortable(compiler: Compiler, node: Node) -> list[Any]:
    if isinstance(node, Path) and (column := _json_column(compiler, node)):
        return [bytewise(JsonWords(F(column)))]
    found = compiler.value(node)
    if found.dynamic is not None:
        return [found.dynamic.number, bytewise(found.dynamic.text), _as_number(found.dynamic)]
    if found.sql is None or found.geo is not None or found.said is not None:
        raise Refused("$orderby needs a property or a value reckoned from one.")
    return [bytewise(found.sql) if found.sort == "text" else found.sql]


def _as_number(dynamic: Any) -> Any:
    """False before true, in every database."""
    true = When(Exact(dynamic.boolean, Value(True)), then=Value(1.0))
    false = When(Exact(dynamic.boolean, Value(False)), then=Value(0.0))
    return Case(false, true, output_field=FloatField())


def _json_column(compiler: Compiler, node: Path) -> str:
    """The column of a whole JSON property the entity itself has."""
    one = compiler.kind.by_name.get(node.steps[0])
    whole = one is not None and len(node.steps) == 1
    return one.column if whole and one and one.type in ("geometry", "unit", "object") else ""
