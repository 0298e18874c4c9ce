"""Rows as SensorThings JSON."""

from typing import Any

from gongbi.things.asking import Options
from gongbi.things.entities import Kind, Property
from gongbi.things.times import say_instant, say_span

Row = dict[str, Any]


def columns_of(kind: Kind, options: Options) -> list[str]:
    """The columns an answer needs: what is shown, and keys to what is written out inside."""
    wanted = ["pk"]
    for one in kind.properties:
        if options.shows(one.name):
            wanted += [one.column, *([one.end_column] if one.end_column else [])]
            wanted += ["is_interval"] if one.column == "phenomenon_start" and _timed(kind) else []
    if kind.name == "Datastream" and options.shows("properties"):
        wanted += SENSING
    wanted += [f"{way.column}_id" for way in kind.relations if not way.many]
    return wanted


SENSING = ["engine_id", "sensing", "sensing_why"]


def _sensed(row: Row) -> Any:
    """A datastream's own properties, and what the city's log makes of it once that is known."""
    found = row["properties"]
    if row["sensing"] == "new":
        return found
    told = {"sensing": row["sensing"], "log": row["engine_id"], "why": row["sensing_why"]}
    kept = {name: value for name, value in told.items() if value not in (None, "")}
    return {**(found or {}), "gongbi": kept}


def _timed(kind: Kind) -> bool:
    return kind.name == "Observation"


def self_link(root: str, kind: Kind, key: int) -> str:
    """The address of an entity."""
    return f"{root}/{kind.plural}({key})"


def value_of(kind: Kind, one: Property, row: Row) -> Any:
    """A property as JSON; None where there is nothing."""
    found = row[one.column]
    if one.name == "properties" and "sensing" in row:
        return _sensed(row)
    if found is None or one.type not in ("instant", "span"):
        return found
    if one.type == "instant":
        return say_instant(found)
    if _timed(kind) and one.column == "phenomenon_start" and not row["is_interval"]:
        return say_instant(found)
    return say_span(found, row[one.end_column])


def entity(kind: Kind, row: Row, root: str, options: Options) -> dict[str, Any]:
    """One entity: its properties that hold something, and links to all it is connected with."""
    link = self_link(root, kind, row["pk"])
    shown = dict[str, Any]()
    if options.shows("@iot.selfLink"):
        shown["@iot.selfLink"] = link
    if options.shows("@iot.id"):
        shown["@iot.id"] = row["pk"]
    for one in kind.properties:
        if options.shows(one.name):
            found = value_of(kind, one, row)
            if found is not None or one.shown_empty or one.needed:
                shown[one.name] = found
    for way in kind.relations:
        if options.shows(way.name):
            shown[f"{way.name}@iot.navigationLink"] = f"{link}/{way.name}"
    return shown


COMPONENTS = (
    ("id", "@iot.id"),
    *((name, name) for name in ("phenomenonTime", "result", "resultTime")),
    *((name, name) for name in ("resultQuality", "validTime", "parameters")),
)


def data_arrays(kind: Kind, rows: list[Row], root: str, options: Options) -> list[dict[str, Any]]:
    """Observations in columns, one list for each datastream, in the order in which they come."""
    names = [name for name, shown in COMPONENTS if options.shows(shown)]
    groups = dict[int, list[list[Any]]]()
    for row in rows:
        groups.setdefault(row["datastream_id"], []).append(
            [
                row["pk"] if name == "id" else value_of(kind, kind.by_name[name], row)
                for name in names
            ]
        )
    return [
        {
            "Datastream@iot.navigationLink": f"{root}/Datastreams({key})",
            "components": names,
            "dataArray@iot.count": len(values),
            "dataArray": values,
        }
        for key, values in groups.items()
    ]
