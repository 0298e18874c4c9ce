"""Answers about the datastreams and things of a large pack; nothing of it lies in the database.

Sets list what was made here first, then the pack's: ids of the pack come after all others.
"""

import re
from dataclasses import replace
from heapq import merge
from typing import Any

from gongbi.things.asking import Expand, Options, read_options
from gongbi.things.entities import DATASTREAM, LOCATION, OBSERVATION, THING, Kind, target_of
from gongbi.things.errors import NotThere, Refused
from gongbi.things.grammar import Literal, Pair, Path
from gongbi.things.models import ObservedProperty, Sensor
from gongbi.things.packed_asking import Words
from gongbi.things.packed_file import FIRST_ID, Packed
from gongbi.things.packed_rows import COLUMNS, as_rows, location_of, observation_of
from gongbi.things.paths import Place
from gongbi.things.reading import Asked, children, narrowed, next_query, page_of, written_out
from gongbi.things.showing import Row, entity, self_link

KINDS = {one.plural: one for one in (DATASTREAM, THING, LOCATION, OBSERVATION)}
SETS = {"Datastreams": DATASTREAM, "Things": THING}
BY_PROPERTY = {"Sensors": Sensor, "ObservedProperties": ObservedProperty}
_ENTITY = re.compile(r"(\w+)\((\d{13,16})\)(?:/(.*))?")
_BY_PROPERTY = re.compile(r"(Sensors|ObservedProperties)\((\d{1,12})\)/Datastreams(/\$count)?")


def answer_packed(packed: Packed, asked: Asked, rest: str, query: str) -> Any:
    """The answer to a GET that the pack bears on; None where the database alone answers.

    JSON, or a whole number for ``$count``.
    """
    name, _, ending = rest.partition("/")
    if name in SETS and ending in ("", "$count"):
        kind = SETS[name]
        place, options = Place(kind), read_options(query, kind)
        return _set(packed, asked, place, options, rest, "TRUE")
    if found := _BY_PROPERTY.fullmatch(rest):
        return _of_property(packed, asked, found, rest, query)
    found = _ENTITY.fullmatch(rest)
    if found is None or found[1] not in KINDS or int(found[2]) < FIRST_ID:
        return None
    return _entity(packed, asked, KINDS[found[1]], int(found[2]), found[3] or "", query)


# Sets --------------------------------------------------------------------------------------


def _of_property(packed: Packed, asked: Asked, found: re.Match[str], rest: str, query: str) -> Any:
    """Datastreams of a sensor or an observed property that stands for one of the pack's."""
    one = BY_PROPERTY[found[1]]._default_manager.filter(pk=int(found[2])).first()
    if isinstance(one, ObservedProperty):
        said = one.definition
    elif isinstance(one, Sensor):
        said = str(one.metadata)
    else:
        return None
    prefix, _, name = said.rpartition(":")
    if prefix not in ("urn:gongbi:property", "urn:gongbi:sensor"):
        return None
    source = BY_PLURAL_OF[found[1]]
    place = Place(DATASTREAM, within=(source.ways["Datastreams"], source, one.pk))
    options = read_options(query, DATASTREAM)
    only = Pair("eq", Path(("ObservedProperty", "name")), Literal(name, "text"))
    return _set(packed, asked, place, options, rest, only)


BY_PLURAL_OF = {
    "Sensors": target_of(DATASTREAM.ways["Sensor"]),
    "ObservedProperties": target_of(DATASTREAM.ways["ObservedProperty"]),
}


def _set(
    packed: Packed, asked: Asked, place: Place, options: Options, rest: str, only: Any
) -> Any:
    """A page of what was made here and of the pack's, or how many there are."""
    ours = narrowed(place.kind, place.rows(asked.reader).filter(**_not_gone(place.kind)),
                    options.filter)  # fmt: skip
    here = ours.count()
    words = Words(place.kind.name)
    where = f"{_seen(words, asked, options)} AND {_only(words, only)}"
    if rest.endswith("$count"):
        return here + _count(packed, words, where)
    answer: dict[str, Any] = {}
    if options.count:
        answer["@iot.count"] = here + _count(packed, words, where)
    rows, theirs = _page(packed, words, where, options, ours, here, place.kind)
    more = len(rows) + len(theirs) > options.top
    if more:
        rows, theirs = _cut(rows, theirs, options)
        answer["@iot.nextLink"] = f"{asked.root}/{rest}?{next_query(options)}"
    both = written_out(asked, place.kind, rows, options)
    both += _written(packed, asked, place.kind, theirs, options)
    answer["value"] = _in_order(both, options)
    return answer


def _not_gone(kind: Kind) -> dict[str, Any]:
    """What an earlier, smaller pack copied is the pack's now."""
    return {"from_pack": False} if kind.name == "Datastream" else {"pack_key": None}


def _only(words: Words, only: Any) -> str:
    return only if isinstance(only, str) else words.condition(only)


def _seen(words: Words, asked: Asked, options: Options) -> str:
    first = " AND id = spot" if words.kind == "Thing" else ""
    return f"{words.of_reader(asked.reader)}{first} AND {words.condition(options.filter)}"


def _count(packed: Packed, words: Words, where: str) -> int:
    return int(packed.ask(f"SELECT count(*) FROM pack WHERE {where}", words.given)[0][0])


def _page(
    packed: Packed,
    words: Words,
    where: str,
    options: Options,
    ours: Any,
    here: int,
    kind: Kind,
) -> tuple[list[Row], list[Row]]:
    """(rows made here, rows of the pack) of a page, and one more where there is more."""
    if _by_id(options):
        rows = page_of(kind, ours, options) if options.skip < here else []
        skip, left = max(options.skip - here, 0), options.top + 1 - len(rows)
        return rows, _rows(packed, words, where, options, skip, left, kind) if left > 0 else []
    if here and options.order and not _by_name(options):
        raise Refused(
            "What was made here and the pack's datastreams are put in order together by id or "
            "name only; filter by name or id to ask for one of them."
        )
    far = replace(options, skip=0, top=options.skip + options.top)
    rows = page_of(kind, ours, far)
    theirs = _rows(packed, words, where, options, 0, far.top + 1, kind)
    falling = options.order[0].falling
    joined = list(
        merge(
            [(row["name"], 0, row["pk"], row) for row in rows],
            [(row["name"], 1, row["pk"], row) for row in theirs],
            key=lambda one: one[:1],
            reverse=falling,
        )
    )[options.skip : options.skip + options.top + 1]
    return (
        [row for _, packed_, _, row in joined if not packed_],
        [row for _, packed_, _, row in joined if packed_],
    )


def _by_id(options: Options) -> bool:
    if not options.order:
        return True
    by = options.order[0]
    return str(by.by) in ("id", "@iot.id") and not by.falling and len(options.order) == 1


def _by_name(options: Options) -> bool:
    return len(options.order) == 1 and str(options.order[0].by) == "name"


def _cut(rows: list[Row], theirs: list[Row], options: Options) -> tuple[list[Row], list[Row]]:
    """Without the one row too many: the last in order."""
    if _by_id(options) or not rows or not theirs:
        return (rows, theirs[: options.top - len(rows)]) if theirs else (rows[: options.top], [])
    last = max if not options.order[0].falling else min
    if last(rows[-1]["name"], theirs[-1]["name"]) == theirs[-1]["name"]:
        return rows, theirs[:-1]
    return rows[:-1], theirs


def _in_order(both: list[dict[str, Any]], options: Options) -> list[dict[str, Any]]:
    if _by_id(options) or not _by_name(options):
        return both
    return sorted(both, key=lambda one: one.get("name", ""), reverse=options.order[0].falling)


def _rows(
    packed: Packed,
    words: Words,
    where: str,
    options: Options,
    skip: int,
    count: int,
    kind: Kind,
) -> list[Row]:
    """Rows of a page; where nothing narrows the pack they are found by their number."""
    if _by_id(options) and where == f"{everything(kind)} AND TRUE":
        number = "thing" if kind.name == "Thing" else "row"
        sql = f"SELECT {COLUMNS} FROM pack WHERE {number} BETWEEN $p0 AND $p1 ORDER BY id"
        return as_rows(packed, packed.ask(sql, [skip, skip + count - 1]), kind)
    order = words.order(() if _by_id(options) else options.order)
    # Ids first: a page far back then sorts a column and not whole rows.
    sql = f"SELECT id FROM pack WHERE {where} ORDER BY {order} LIMIT {count} OFFSET {skip}"
    ids = [one for (one,) in packed.ask(sql, words.given)]
    found = {one[0]: one for one in _by_ids(packed, "id", ids)}
    return as_rows(packed, [found[one] for one in ids], kind)


def everything(kind: Kind) -> str:
    """The condition of a reader of the whole city who filters nothing."""
    return f"TRUE{' AND id = spot' if kind.name == 'Thing' else ''} AND TRUE"


# Entities ----------------------------------------------------------------------------------


def _written(
    packed: Packed, asked: Asked, kind: Kind, rows: list[Row], options: Options
) -> list[dict[str, Any]]:
    """Entities as JSON, with what is expanded inside them."""
    shown = [entity(kind, row, asked.root, options) for row in rows]
    for one in options.expand:
        way = kind.ways[one.way]
        inner = _related(packed, asked, kind, rows, one)
        for row, parent in zip(rows, shown, strict=True):
            parent.pop(f"{way.name}@iot.navigationLink", None)
            found = inner.get(row["pk"], [])
            if way.many:
                parent[way.name] = found[one.options.skip :][: one.options.top]
            elif found:
                parent[way.name] = found[0]
            if way.many and one.options.count:
                parent[f"{way.name}@iot.count"] = len(found)
    return shown


def _related(
    packed: Packed, asked: Asked, kind: Kind, rows: list[Row], one: Expand
) -> dict[int, list[dict[str, Any]]]:
    """What each row is connected with by a way, written out."""
    if one.options.filter is not None and one.way != "Sensor":
        raise Refused("What is expanded inside the pack's datastreams cannot be filtered.")
    if one.way in ("Sensor", "ObservedProperty"):
        column = "sensor_id" if one.way == "Sensor" else "observed_property_id"
        keys = {row[column] for row in rows if row[column] is not None}
        found = children(asked, target_of(kind.ways[one.way]), keys, one.options)
        return {row["pk"]: [found[row[column]]] for row in rows if row[column] in found}
    asked.spend(len(rows))
    if one.way == "Observations":
        pairs = [(row["pk"], observation_of(row)) for row in rows]
        return {key: [entity(OBSERVATION, seen, asked.root, one.options)]
                for key, seen in pairs if seen is not None}  # fmt: skip
    if one.way == "Locations":
        return {row["pk"]: [entity(LOCATION, location_of(row), asked.root, one.options)]
                for row in rows}  # fmt: skip
    if one.way == "Thing":
        return _things_of(packed, asked, rows, one.options)
    return _streams_of(packed, asked, rows, one.options) if one.way == "Datastreams" else {}


def _things_of(
    packed: Packed, asked: Asked, rows: list[Row], options: Options
) -> dict[int, list[dict[str, Any]]]:
    spots = sorted({row["thing_id"] - FIRST_ID for row in rows})
    things = as_rows(packed, _by_ids(packed, "id", spots), THING)
    shown = dict(zip((row["pk"] for row in things),
                     _written(packed, asked, THING, things, options), strict=True))  # fmt: skip
    return {row["pk"]: [shown[row["thing_id"]]] for row in rows if row["thing_id"] in shown}


def _streams_of(
    packed: Packed, asked: Asked, rows: list[Row], options: Options
) -> dict[int, list[dict[str, Any]]]:
    spots = sorted({row["pk"] - FIRST_ID for row in rows})
    streams = as_rows(packed, _by_ids(packed, "spot", spots), DATASTREAM)
    asked.spend(len(streams))
    found: dict[int, list[dict[str, Any]]] = {}
    shown = _written(packed, asked, DATASTREAM, streams, options)
    for row, one in zip(streams, shown, strict=True):
        found.setdefault(row["thing_id"], []).append(one)
    return found


def _by_ids(packed: Packed, column: str, ids: list[int]) -> list[tuple[Any, ...]]:
    low, high = min(ids, default=0), max(ids, default=-1)
    return packed.ask(
        f"SELECT {COLUMNS} FROM pack WHERE {column} BETWEEN $p0 AND $p1 AND "
        f"{column} IN (SELECT unnest($p2)) ORDER BY id",
        [low, high, ids],
    )


# One entity --------------------------------------------------------------------------------


def _entity(packed: Packed, asked: Asked, kind: Kind, key: int, rest: str, query: str) -> Any:
    """One entity of the pack, what it is connected with, or a property of it."""
    row = _one(packed, asked, kind, key)
    if not rest:
        options = read_options(query, kind)
        return _written(packed, asked, kind, [row], options)[0]
    if rest == "$ref":
        return {"@iot.selfLink": self_link(asked.root, kind, key)}
    step, _, deeper = rest.partition("/")
    way = kind.ways.get(step)
    if way is None:
        return _property(kind, row, asked, step, deeper)
    options = read_options(query, target_of(way))
    found = _related(packed, asked, kind, [row], Expand(step, options)).get(row["pk"], [])
    if not way.many:
        if not found:
            raise NotThere(f"{kind.name} {key} has no {step}.")
        return found[0] if not deeper else _inside(found[0], deeper)
    if deeper == "$count":
        return len(found)
    if deeper:
        raise NotThere(f"There is nothing at {deeper}.")
    answer: dict[str, Any] = {"@iot.count": len(found)} if options.count else {}
    return answer | {"value": found[options.skip :][: options.top]}


def _one(packed: Packed, asked: Asked, kind: Kind, key: int) -> Row:
    words = Words("Thing" if kind.name in ("Thing", "Location") else "Datastream")
    seen = words.of_reader(asked.reader)
    spot = " AND id = spot" if words.kind == "Thing" else ""
    number = len(words.given)
    found = packed.ask(
        f"SELECT {COLUMNS} FROM pack WHERE id = $p{number} AND {seen}{spot}",
        [*words.given, key - FIRST_ID],
    )
    rows = as_rows(packed, found, THING if words.kind == "Thing" else DATASTREAM)
    row: Row | None = rows[0] if rows else None
    if row is not None and kind.name == "Location":
        row = location_of(row)
    if row is not None and kind.name == "Observation":
        row = observation_of(row)
    if row is None:
        raise NotThere(f"There is no {kind.name} {key} here.")
    return row


def _property(kind: Kind, row: Row, asked: Asked, step: str, deeper: str) -> Any:
    whole = entity(kind, row, asked.root, Options())
    if step not in kind.by_name and step not in ("@iot.id", "id"):
        raise NotThere(f"{kind.name} has neither a property nor a relation {step!r}.")
    name = "@iot.id" if step == "id" else step
    return _inside(whole, f"{name}/{deeper}" if deeper else name)


def _inside(found: Any, path: str) -> Any:
    steps = [step for step in path.split("/") if step != "$value"]
    for step in steps:
        if not isinstance(found, dict) or step not in found:
            raise NotThere(f"There is nothing at {step!r}.")
        found = found[step]
    return found if path.endswith("$value") else {steps[-1]: found}
