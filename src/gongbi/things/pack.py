"""What things reads from a city pack: its datastreams, as entities.

In columns and in bulk: a town's few thousand are a second. A pack of more than ``MOST_COPIED`` is
not copied: its datastreams are read from a file of columns (``packed_file``) when they are asked.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from gongbi.core.public import Fault, Known, PlaceRecord, places
from gongbi.things.models import (
    Bookmark,
    Datastream,
    FeatureOfInterest,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from gongbi.things.packed_file import put_packed_in_force, write_packed

__all__ = ["check", "load"]
FILE = "datastreams.parquet"
MOST_COPIED = 100_000
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
GEOJSON = "application/geo+json"
GONE = "The pack in force no longer has it."
ONCE = 1000


def check(folder: Path, known: Known) -> list[Fault]:
    """Nothing of its own: vitals checks the file."""
    return []


def load(folder: Path, version: int) -> None:
    """Make entities of the pack's datastreams; those it no longer has stay, and say so."""
    # What was judged by an earlier pack is judged again, by a plan that does not exist yet.
    Bookmark.objects.filter(reader="plan").update(position=0)
    Datastream.objects.filter(from_pack=False).update(sensing="new")
    rows = _rows(folder)
    put_packed_in_force(_keep_apart(folder, version))
    gone = Datastream.objects.filter(from_pack=True)
    gone.update(sensing="unknown", sensing_why=GONE)
    if not rows:
        return
    things = _things(rows)
    properties, sensors = _properties(rows), _sensors(rows)
    _streams(rows, things, properties, sensors)


def _keep_apart(folder: Path, version: int) -> int | None:
    """Write the file of a pack too large to be copied; its version, None where it is not."""
    file = folder / FILE
    if not file.exists() or pq.read_metadata(file).num_rows <= MOST_COPIED:
        return None
    names = [{"property": name} for name in write_packed(file, version)]
    _properties(names)
    _sensors(names)
    return version


def _rows(folder: Path) -> list[dict[str, Any]]:
    file = folder / FILE
    if not file.exists() or pq.read_metadata(file).num_rows > MOST_COPIED:
        return []
    table: pa.Table = pq.read_table(file)
    rows: list[dict[str, Any]] = table.sort_by("id").to_pylist()
    return rows


def _key(row: dict[str, Any]) -> str:
    return f"{row['place']}|{row.get('lon') or 0:.6f}|{row.get('lat') or 0:.6f}"


def _things(rows: list[dict[str, Any]]) -> dict[str, int]:
    """A thing for each spot, by its key; what stands there already stays."""
    spots = {_key(row): row for row in rows}
    known = set(Thing.objects.exclude(pack_key=None).values_list("pack_key", flat=True))
    codes = sorted({row["place"] for row in rows})
    where = dict[str, PlaceRecord]()
    for begin in range(0, len(codes), ONCE):
        where |= places(codes[begin : begin + ONCE])
    fresh = [(key, row) for key, row in spots.items() if key not in known]
    made = Thing.objects.bulk_create(
        [_thing(key, row, where) for key, row in fresh], batch_size=ONCE
    )
    features = FeatureOfInterest.objects.bulk_create(
        [FeatureOfInterest(feature=_point(row), **_spot(row)) for _, row in fresh], batch_size=ONCE
    )
    locations = Location.objects.bulk_create(
        [
            Location(location=_point(row), feature_made=feature, **_spot(row))
            for (_, row), feature in zip(fresh, features, strict=True)
        ],
        batch_size=ONCE,
    )
    links = Thing.locations.through
    links.objects.bulk_create(
        [
            links(thing_id=thing.pk, location_id=location.pk)
            for thing, location in zip(made, locations, strict=True)
        ],
        batch_size=ONCE,
    )
    pairs = Thing.objects.exclude(pack_key=None).values_list("pack_key", "pk")
    return {str(key): pk for key, pk in pairs}


def _thing(key: str, row: dict[str, Any], where: dict[str, Any]) -> Thing:
    place = where.get(row["place"])
    return Thing(
        name=f"{place.name if place else row['place']} {row.get('lon')}, {row.get('lat')}",
        description="What the city's pack has at this spot.",
        properties={"place": row["place"], "owner": row.get("owner") or ""},
        place_path=place.path if place else "",
        pack_key=key,
    )


def _point(row: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [row.get("lon") or 0.0, row.get("lat") or 0.0]}


def _spot(row: dict[str, Any]) -> dict[str, Any]:
    lon, lat = row.get("lon") or 0.0, row.get("lat") or 0.0
    said = {"name": f"{lon}, {lat}", "description": row["place"], "encoding_type": GEOJSON}
    return {**said, "west": lon, "east": lon, "south": lat, "north": lat}


def _properties(rows: list[dict[str, Any]]) -> dict[str, int]:
    found = {}
    for name in sorted({row["property"] for row in rows}):
        one, _ = ObservedProperty.objects.get_or_create(
            definition=f"urn:gongbi:property:{name}",
            defaults={"name": name, "description": name.replace("_", " ")},
        )
        found[name] = one.pk
    return found


def _sensors(rows: list[dict[str, Any]]) -> dict[str, int]:
    found = {}
    for name in sorted({row["property"] for row in rows}):
        one, _ = Sensor.objects.get_or_create(
            name=f"{name} sensor",
            metadata=f"urn:gongbi:sensor:{name}",
            defaults={"description": f"Measures {name}.", "encoding_type": "text/plain"},
        )
        found[name] = one.pk
    return found


def _streams(
    rows: list[dict[str, Any]],
    things: dict[str, int],
    properties: dict[str, int],
    sensors: dict[str, int],
) -> None:
    known = dict(Datastream.objects.exclude(engine_id=None).values_list("engine_id", "pk"))
    taken = set(Datastream.objects.values_list("pk", flat=True))
    fresh, old = list[Datastream](), list[Datastream]()
    for row in rows:
        stream = _stream(row, things, properties, sensors)
        stream.pk = known.get(row["id"]) or (row["id"] if row["id"] not in taken else None)
        (old if row["id"] in known else fresh).append(stream)
    free = [one for one in fresh if one.pk]
    Datastream.objects.bulk_create(free, batch_size=ONCE)
    _keep_counting()
    Datastream.objects.bulk_create([one for one in fresh if not one.pk], batch_size=ONCE)
    fields = ["name", "unit", "thing", "sensor", "observed_property", "sensing", "sensing_why"]
    # An upsert of rows that are all there: ``bulk_update`` takes ten seconds for three thousand.
    Datastream.objects.bulk_create(
        old,
        batch_size=ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*fields, "from_pack"],
    )


def _keep_counting() -> None:
    """Ids were given by the pack; PostgreSQL's own counting has to go on behind them."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        table = Datastream._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT MAX(id) FROM {table}))"
        )


def _stream(
    row: dict[str, Any],
    things: dict[str, int],
    properties: dict[str, int],
    sensors: dict[str, int],
) -> Datastream:
    unit = row.get("unit") or ""
    lon, lat = row.get("lon") or 0.0, row.get("lat") or 0.0
    return Datastream(
        name=row["name"],
        description=f"{row['property']} in {row['place']}",
        unit={"name": unit, "symbol": unit, "definition": ""},
        observation_type=MEASUREMENT,
        properties={"step_seconds": row.get("step_seconds")},
        observed_area=_point(row),
        **{"west": lon, "east": lon, "south": lat, "north": lat},
        thing_id=things[_key(row)],
        sensor_id=sensors[row["property"]],
        observed_property_id=properties[row["property"]],
        from_pack=True,
        engine_id=row["id"],
        sensing="known",
    )
