"""``$filter`` and ``$orderby`` over a large pack's datastreams, in the words of its columns."""

from dataclasses import dataclass, field
from typing import Any

from shapely import Point

from gongbi.things.access import Reader
from gongbi.things.errors import Refused
from gongbi.things.grammar import Call, Literal, Node, Order, Pair, Path, Turned
from gongbi.things.packed_file import FIRST_ID

SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%"}
FUNCTIONS = {
    "startswith": "starts_with({0}, {1})",
    "endswith": "ends_with({0}, {1})",
    "substringof": "contains({1}, {0})",
    "length": "length({0})",
    "indexof": "(strpos({0}, {1}) - 1)",
    "tolower": "lower({0})",
    "toupper": "upper({0})",
    "trim": "trim({0})",
    "concat": "({0} || {1})",
}
MEASUREMENT = "'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement'"
_ID, _SPOT = f"(id + {FIRST_ID})", f"(spot + {FIRST_ID})"
THING = {
    "id": _SPOT,
    "@iot.id": _SPOT,
    "name": "(title || ' ' || lon || ', ' || lat)",
    "description": "'What the city''s pack has at this spot.'",
    "properties/place": "place",
    "properties/owner": "owner",
}
DATASTREAM = {
    "id": _ID,
    "@iot.id": _ID,
    "name": "name",
    "description": "(property || ' in ' || place)",
    "unitOfMeasurement/name": "unit",
    "unitOfMeasurement/symbol": "unit",
    "observationType": MEASUREMENT,
    "properties/step_seconds": "step",
    "properties/gongbi/log": "id",
    "ObservedProperty/name": "property",
    "ObservedProperty/definition": "('urn:gongbi:property:' || property)",
    "Sensor/name": "(property || ' sensor')",
    **{f"Thing/{name}": said for name, said in THING.items()},
}
COLUMNS = {"Datastream": DATASTREAM, "Thing": THING}
GEOMETRY = {"Datastream": "observedArea", "Thing": "Locations/location"}


@dataclass(slots=True)
class Words:
    """SQL of conditions over one kind, and the values it names."""

    kind: str
    given: list[Any] = field(default_factory=list)

    def of_reader(self, reader: Reader) -> str:
        """What the reader may see."""
        if reader.places is None:
            return "TRUE"
        paths = [f"starts_with(path, {self._value(path)})" for path in reader.places]
        return f"({' OR '.join(paths) or 'FALSE'})"

    def condition(self, node: Node | None) -> str:
        """A tree as SQL; Refused names what a large pack cannot be asked."""
        return "TRUE" if node is None else self._built(node)

    def order(self, keys: tuple[Order, ...]) -> str:
        """ORDER BY; the id is the last key, so that pages do not overlap."""
        said = [f"{self._built(key.by)} {'DESC' if key.falling else 'ASC'}" for key in keys]
        return ", ".join([*said, "id"])

    def _value(self, value: Any) -> str:
        self.given.append(value)
        return f"$p{len(self.given) - 1}"

    def _built(self, node: Node) -> str:
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, Path):
            return self._column(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Turned):
            inner = self._built(node.inner)
            # Nothing is null in these columns, so NOT turns every condition round.
            return f"(NOT {inner})" if node.sign == "not" else f"(-{inner})"
        return self._pair(node)

    def _pair(self, node: Pair) -> str:
        sign = SIGNS.get(node.sign) or ARITHMETIC.get(node.sign) or node.sign.upper()
        return f"({self._built(node.left)} {sign} {self._built(node.right)})"

    def _literal(self, node: Literal) -> str:
        if node.sort not in ("text", "number", "boolean"):
            raise self._cannot(f"a {node.sort}")
        return self._value(node.value)

    def _column(self, node: Path) -> str:
        found = COLUMNS[self.kind].get("/".join(node.steps))
        if found is None:
            raise self._cannot(str(node))
        return found

    def _call(self, node: Call) -> str:
        if node.name == "geo.distance":
            return self._distance(node)
        said = FUNCTIONS.get(node.name)
        if said is None or len(node.given) != said.count("{"):
            raise self._cannot(f"{node.name}()")
        return said.format(*(self._built(one) for one in node.given))

    def _distance(self, node: Call) -> str:
        """Degrees between where it stands and a point."""
        points = [one for one in node.given if isinstance(one, Literal)]
        paths = [str(one) for one in node.given if isinstance(one, Path)]
        point = points[0].value if points else None
        if paths != [GEOMETRY[self.kind]] or not isinstance(point, Point):
            raise self._cannot(f"{node.name}() but of {GEOMETRY[self.kind]} and a point")
        lon, lat = self._value(point.x), self._value(point.y)
        return f"sqrt((lon - {lon}) * (lon - {lon}) + (lat - {lat}) * (lat - {lat}))"

    def _cannot(self, what: str) -> Refused:
        names = ", ".join(sorted(COLUMNS[self.kind]))
        return Refused(
            f"The datastreams of this city's pack are too many to be asked by {what}; ask by "
            f"{names}, geo.distance of {GEOMETRY[self.kind]} to a point, or "
            f"{', '.join(sorted(FUNCTIONS))}."
        )
