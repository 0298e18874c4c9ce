"""From a JSON body to columns; each fault names the property and what to write."""

from collections.abc import Callable
from typing import Any

from gongbi.things.entities import Kind, Property, Relation
from gongbi.things.errors import Refused
from gongbi.things.geometry import box_of, is_broken
from gongbi.things.times import BadTime, read_instant, read_span

Body = dict[str, Any]
LENGTHS = {"name": 1024, "encoding_type": 255, "observation_type": 255}
UNIT = ("name", "symbol", "definition")
MOST_LEVELS = 60
NO_BOX: dict[str, Any] = dict.fromkeys(("west", "south", "east", "north"))


def read_body(kind: Kind, body: Any, *, whole: bool, lenient: bool) -> dict[str, Any]:
    """Columns of the properties a body gives; ``whole``: those it must give may not be missing.

    ``lenient`` is the manner of version 1.0: bodies of its drafts have no ``name``, and bring
    properties that are not the standard's; the first is the description, the others passed over.
    Their polygons lack a bracket; they are kept as they are and found by no geospatial filter.
    """
    if not isinstance(body, dict):
        raise Refused(f"A {kind.name} is a JSON object.")
    if not lenient:
        _refuse_strangers(kind, body)
    elif whole and "name" in kind.by_name and "name" not in body:
        body = {**body, "name": body.get("description")}
    columns = dict[str, Any]()
    for one in kind.properties:
        if not one.computed and (whole or one.name in body):
            columns |= _columns_of(kind, one, body, lenient)
    return columns


def _columns_of(kind: Kind, one: Property, body: Body, lenient: bool) -> dict[str, Any]:
    value = body.get(one.name)
    if lenient and one.type == "geometry" and is_broken(value):
        return _json(one, value) | NO_BOX
    if one.name in body:
        return _columns(kind, one, value)
    if one.needed:
        raise Refused(f"{kind.name} lacks the property {one.name}; it must be given.")
    return _emptied(one)


def _refuse_strangers(kind: Kind, body: Body) -> None:
    for name in body:
        if "@" in name or name == "id" or name in kind.by_name or name in kind.ways:
            continue
        known = ", ".join([*kind.by_name, *kind.ways])
        raise Refused(f"{kind.name} has no property {name!r}; it has {known}.")


def _emptied(one: Property) -> dict[str, Any]:
    if one.column == "phenomenon_start":
        return {}
    return {one.column: None, **({one.end_column: None} if one.end_column else {})}


def _columns(kind: Kind, one: Property, value: Any) -> dict[str, Any]:
    if value is None and one.type != "result":
        if one.needed:
            raise Refused(f"{kind.name}'s {one.name} is null; it must be given.")
        return _emptied(one)
    try:
        return READERS[one.type](one, value)
    except (BadTime, ValueError) as error:
        raise Refused(f"{kind.name}'s {one.name}: {error}") from None


def _text(one: Property, value: Any) -> dict[str, Any]:
    if not isinstance(value, str):
        raise ValueError("a text is wanted.")
    most = LENGTHS.get(one.column, 1_000_000)
    if len(value) > most:
        raise ValueError(f"it is longer than {most} characters.")
    if "\x00" in value:
        raise ValueError("it holds a character that cannot be stored.")
    return {one.column: value}


def _json(one: Property, value: Any) -> dict[str, Any]:
    _refuse_unstorable(value)
    return {one.column: value}


def _refuse_unstorable(value: Any, level: int = 0) -> None:
    """Zero characters cannot be stored everywhere; what nests too deep cannot be read again."""
    if level > MOST_LEVELS:
        raise ValueError(f"it is nested deeper than {MOST_LEVELS}.")
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("it holds a character that cannot be stored.")
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_unstorable(key, level)
            _refuse_unstorable(inner, level + 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unstorable(inner, level + 1)


def _object(one: Property, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a JSON object is wanted.")
    # What the city says of a datastream comes back with it, and is ours to say.
    if one.name == "properties":
        value = {name: inner for name, inner in value.items() if name != "gongbi"}
    return _json(one, value)


def _unit(one: Property, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("a JSON object of name, symbol and definition is wanted.")
    for key in UNIT:
        if key not in value or not isinstance(value[key], str | None):
            raise ValueError(f"it lacks {key}, a text or null.")
    return _json(one, value)


def _geometry(one: Property, value: Any) -> dict[str, Any]:
    if is_broken(value):
        raise ValueError("this is not a GeoJSON geometry.")
    box = box_of(value)
    return _json(one, value) | (dict(zip(NO_BOX, box, strict=True)) if box else NO_BOX)


def _instant(one: Property, value: Any) -> dict[str, Any]:
    return {one.column: read_instant(value)}


def _span(one: Property, value: Any) -> dict[str, Any]:
    start, end, is_interval = read_span(value)
    found: dict[str, Any] = {one.column: start, one.end_column: end}
    return found | ({"is_interval": is_interval} if one.column == "phenomenon_start" else {})


def result_columns(value: Any) -> dict[str, Any]:
    """A result, and once more by its type."""
    _refuse_unstorable(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {
        "result": value,
        "number": float(value) if is_number else None,
        "text": value if isinstance(value, str) else None,
        "boolean": value if isinstance(value, bool) else None,
    }


READERS: dict[str, Callable[[Property, Any], dict[str, Any]]] = {
    "text": _text,
    "any": _json,
    "object": _object,
    "unit": _unit,
    "geometry": _geometry,
    "instant": _instant,
    "span": _span,
    "result": lambda _, value: result_columns(value),
}


def link_of(given: Any) -> int | None:
    """The id of a link ``{"@iot.id": 1}``, or None where an entity is written out."""
    if not isinstance(given, dict):
        raise Refused('A related entity is an object: {"@iot.id": 1}, or a whole entity.')
    found = given.get("@iot.id", given.get("id"))
    if found is None:
        return None
    if isinstance(found, str) and found.lstrip("-").isdecimal() and len(found) < 19:
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) >= 2**63:
        raise Refused(f"The @iot.id {found!r} is not a whole number.")
    return found


def related(kind: Kind, body: Body, way: Relation) -> list[Any]:
    """The related entities a body gives for a way: objects, each a link or written out."""
    given = body.get(way.name)
    if given is None:
        return []
    if way.many != isinstance(given, list):
        raise Refused(f"{kind.name}'s {way.name} is {'a list' if way.many else 'one object'}.")
    return given if way.many else [given]
