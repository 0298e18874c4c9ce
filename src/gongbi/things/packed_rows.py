"""Rows of a large pack's file as the database's rows are: what ``showing`` writes out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gongbi.things.asking import Options
from gongbi.things.entities import OBSERVATION, Kind
from gongbi.things.models import ObservedProperty, Sensor
from gongbi.things.packed_asking import MEASUREMENT
from gongbi.things.packed_file import FIRST_ID, NEVER, Packed
from gongbi.things.showing import Row, columns_of

COLUMNS = "id, row, name, property, unit, place, lon, lat, step, owner, title, spot"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_rows(packed: Packed, found: Sequence[tuple[Any, ...]], kind: Kind) -> list[Row]:
    """Datastreams or things of what was asked by ``COLUMNS``."""
    said = [dict(zip(COLUMNS.split(", "), one, strict=True)) for one in found]
    return _streams(packed, said) if kind.name == "Datastream" else [_thing(one) for one in said]


def _streams(packed: Packed, said: list[dict[str, Any]]) -> list[Row]:
    names = {one["property"] for one in said}
    observed = {
        definition.rpartition(":")[2]: key
        for key, definition in ObservedProperty.objects.filter(
            definition__in=[f"urn:gongbi:property:{name}" for name in names]
        ).values_list("pk", "definition")
    }
    sensors = {
        name.removesuffix(" sensor"): key
        for key, name in Sensor.objects.filter(
            name__in=[f"{name} sensor" for name in names]
        ).values_list("pk", "name")
    }
    newest = packed.newest_of([one["row"] for one in said])
    return [
        _stream(one, observed.get(one["property"]), sensors.get(one["property"]), last)
        for one, last in zip(said, newest, strict=True)
    ]


def _stream(
    said: dict[str, Any], observed: int | None, sensor: int | None, last: tuple[int, float]
) -> Row:
    told = None if last[0] == NEVER else EPOCH + timedelta(microseconds=last[0])
    return {
        "pk": said["id"] + FIRST_ID,
        "name": said["name"],
        "description": f"{said['property']} in {said['place']}",
        "unit": {"name": said["unit"], "symbol": said["unit"], "definition": ""},
        "observation_type": MEASUREMENT.strip("'"),
        "properties": {"step_seconds": said["step"]},
        "observed_area": _point(said),
        "phenomenon_start": told,
        "phenomenon_end": told,
        "result_start": None,
        "result_end": None,
        "engine_id": said["id"],
        "sensing": "known",
        "sensing_why": "",
        "thing_id": said["spot"] + FIRST_ID,
        "sensor_id": sensor,
        "observed_property_id": observed,
        "newest": last,
    }


def _thing(said: dict[str, Any]) -> Row:
    return {
        "pk": said["spot"] + FIRST_ID,
        "name": f"{said['title']} {said['lon']}, {said['lat']}",
        "description": "What the city's pack has at this spot.",
        "properties": {"place": said["place"], "owner": said["owner"]},
        "point": _point(said),
        "place": said["place"],
    }


def _point(said: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [said["lon"], said["lat"]]}


def location_of(thing: Row) -> Row:
    """Where a thing of the pack stands."""
    lon, lat = thing["point"]["coordinates"]
    return {
        "pk": thing["pk"],
        "name": f"{lon}, {lat}",
        "description": thing["place"],
        "encoding_type": "application/geo+json",
        "location": thing["point"],
        "properties": None,
    }


def observation_of(stream: Row) -> Row | None:
    """The newest row of the log, as an observation; its id is the datastream's."""
    micros, value = stream["newest"]
    if micros == NEVER:
        return None
    row = dict.fromkeys(columns_of(OBSERVATION, Options()))
    moment = EPOCH + timedelta(microseconds=micros)
    return row | {
        "pk": stream["pk"],
        "phenomenon_start": moment,
        "phenomenon_end": moment,
        "is_interval": False,
        "result": value,
        "datastream_id": stream["pk"],
    }
