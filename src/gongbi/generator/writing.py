"""Writing the files of a city pack, the same bytes each time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from gongbi.generator.basemap import Feature
from gongbi.generator.globe import shapes_to_degrees, to_degrees
from gongbi.generator.places import Addresses, Level, Tree
from gongbi.generator.senses import SENSES
from gongbi.generator.sensing import Batch
from gongbi.generator.sketch import Sketch
from gongbi.generator.units import HEADER, Unit
from gongbi.kernel.cities.buildings import BUILDING_USES
from gongbi.kernel.cities.measures import Ints

PLACE_HEADER = (
    "code",
    "parent",
    "kind",
    "name_zh",
    "name_en",
    "lon",
    "lat",
    "population",
    "valid_from",
    "valid_to",
)
FLOOR_HEIGHT_M = np.array([3.0, 3.9, 4.2, 3.7, 4.0, 6.5, 6.0, 4.2, 3.5], dtype=np.float32)


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A CSV file with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_places(folder: Path, tree: Tree) -> None:
    """places.csv and places.geojson, the city first."""
    rows: list[tuple[object, ...]] = []
    for level, above in zip(tree.levels, (None, *tree.levels[:-1]), strict=True):
        rows.extend(_place_rows(level, above))
    write_rows(folder / "places.csv", PLACE_HEADER, rows)
    features = (
        _feature({"code": code}, text)
        for level in tree.levels
        for code, text in zip(level.codes, shapely.to_geojson(level.shapes), strict=True)
    )
    _write_collection(folder / "places.geojson", features)


def _place_rows(level: Level, above: Level | None) -> Iterator[tuple[object, ...]]:
    parents = [above.codes[up] for up in level.parent] if above else [""]
    for row, (code, parent, name) in enumerate(
        zip(level.codes, parents, level.names, strict=True)
    ):
        lon, lat = level.spots[row]
        yield (
            code,
            parent,
            level.kind,
            name.zh,
            name.en,
            f"{lon:.7f}",
            f"{lat:.7f}",
            int(level.population[row]),
            "",
            "",
        )


def _feature(properties: dict[str, object], geometry: str) -> str:
    words = json.dumps(properties, ensure_ascii=False)
    return f'{{"type":"Feature","properties":{words},"geometry":{geometry}}}'


def _write_collection(path: Path, features: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, feature in enumerate(features):
            file.write(("," if number else "") + "\n" + feature)
        file.write("\n]}\n")


def write_base(folder: Path, features: Iterable[Feature]) -> None:
    """base.geojson."""
    _write_collection(folder / "base.geojson", map(_base_feature, features))


def _base_feature(feature: Feature) -> str:
    properties: dict[str, object] = {"layer": feature.layer}
    if feature.name:
        properties |= {"name_zh": feature.name.zh, "name_en": feature.name.en}
    return _feature(properties | dict(feature.more), shapely.to_geojson(feature.shape))


def write_units(folder: Path, units: Iterable[Unit]) -> None:
    """units.csv."""
    write_rows(folder / "units.csv", HEADER, (unit.row() for unit in units))


BUILDINGS = pa.schema(
    [
        ("code", pa.string()),
        ("parent", pa.string()),
        ("name_zh", pa.string()),
        ("name_en", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("floors", pa.int16()),
        ("height_m", pa.float32()),
        ("use", pa.string()),
        ("households", pa.int32()),
        ("footprint", pa.binary()),
    ]
)


def write_buildings(folder: Path, sketch: Sketch, tree: Tree, addresses: Addresses) -> None:
    """buildings.parquet, one row group a subdistrict."""
    quarter = sketch.quarter_of_building
    grid = tree.quarters.parent[quarter]
    subdistrict = tree.grids.parent[grid]
    bounds = np.searchsorted(subdistrict, np.arange(len(tree.subdistricts.codes) + 1))
    with pq.ParquetWriter(folder / "buildings.parquet", BUILDINGS, compression="zstd") as writer:
        for start, end in pairwise(bounds):
            rows = slice(int(start), int(end))
            writer.write_table(_building_table(sketch, tree, addresses, rows))


def _building_table(sketch: Sketch, tree: Tree, addresses: Addresses, rows: slice) -> pa.Table:
    buildings = sketch.buildings
    shapes = shapes_to_degrees(shapely.polygons(buildings.corners[rows]))
    spots = to_degrees(buildings.middle[rows])
    floors, use = buildings.floors[rows], buildings.use[rows]
    columns = [
        addresses.codes[rows],
        [tree.quarters.codes[row] for row in sketch.quarter_of_building[rows]],
        addresses.zh[rows],
        addresses.en[rows],
        spots[:, 0],
        spots[:, 1],
        floors.astype(np.int16),
        (floors * FLOOR_HEIGHT_M[use]).round(1).astype(np.float32),
        np.array(BUILDING_USES)[use],
        sketch.homes.households[rows].astype(np.int32),
        list(shapely.to_wkb(shapes)),
    ]
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, BUILDINGS, strict=True)],
        schema=BUILDINGS,
    )


STREAMS_AT_ONCE = 500_000
"""Rows held as columns at a time: eleven million datastreams need no more memory than these."""


def write_streams(
    folder: Path,
    batches: list[Batch],
    tree: Tree,
    addresses: Addresses,
    city: str,
    owners: dict[tuple[str, int], str],
    district_of_quarter: Ints,
) -> int:
    """datastreams.parquet and simulation.parquet; returns how many streams there are."""
    codes = pa.array([*tree.quarters.codes, *addresses.codes])
    writers: list[pq.ParquetWriter] = []
    before = 0
    for batch in batches:
        owned = _owned(batch, owners, district_of_quarter)
        for rows in _shares(len(batch.quarter)):
            ids = np.arange(before + 1 + rows.start, before + 1 + rows.stop)
            streams = _stream_table(batch, rows, ids, codes, len(tree.quarters.codes), city, owned)
            tables = (streams, _play_table(batch, rows, ids, before))
            writers = writers or _open_writers(folder, tables)
            for writer, table in zip(writers, tables, strict=True):
                writer.write_table(table)
        before += len(batch.quarter)
    for writer in writers:
        writer.close()
    return before


def _shares(count: int) -> Iterator[slice]:
    for start in range(0, count, STREAMS_AT_ONCE):
        yield slice(start, min(count, start + STREAMS_AT_ONCE))


def _open_writers(folder: Path, tables: Iterable[pa.Table]) -> list[pq.ParquetWriter]:
    names = ("datastreams.parquet", "simulation.parquet")
    return [
        pq.ParquetWriter(folder / name, table.schema, compression="zstd")
        for name, table in zip(names, tables, strict=True)
    ]


def _owned(
    batch: Batch, owners: dict[tuple[str, int], str], district_of_quarter: Ints
) -> tuple[pa.Array, Ints]:
    """(names of units, place in them of each stream's owner)."""
    kind = SENSES[batch.property].owner
    districts, at = np.unique(district_of_quarter[batch.quarter], return_inverse=True)
    return pa.array([owners[kind, int(district)] for district in districts]), at


def _stream_table(
    batch: Batch,
    rows: slice,
    ids: Ints,
    codes: pa.Array,
    quarters: int,
    city: str,
    owned: tuple[pa.Array, Ints],
) -> pa.Table:
    """``codes`` are those of all quarters, then of all buildings."""
    sense = SENSES[batch.property]
    spots = to_degrees(batch.xy[rows])
    building = batch.building[rows]
    where = np.where(building >= 0, quarters + building, batch.quarter[rows])
    count = len(ids)
    numbers = pa.array(np.arange(rows.start + 1, rows.stop + 1)).cast(pa.string())
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "name": pc.binary_join_element_wise(f"urn:{city}:{batch.property}:", numbers, ""),
            "property": pa.repeat(batch.property, count),
            "unit": pa.repeat(sense.unit, count),
            "place": codes.take(pa.array(where)),
            "lon": spots[:, 0],
            "lat": spots[:, 1],
            "step_seconds": pa.array(np.full(count, sense.step), pa.int32()),
            "owner": owned[0].take(pa.array(owned[1][rows])),
        }
    )


def _play_table(batch: Batch, rows: slice, ids: Ints, before: int) -> pa.Table:
    """``before`` is the id of the stream before this batch's first."""
    sense = SENSES[batch.property]
    count = len(ids)

    def same(value: float) -> pa.Array:
        return pa.array(np.full(count, value), pa.float32())

    upstream = np.where(batch.upstream[rows] >= 0, before + 1 + batch.upstream[rows], -1)
    return pa.table(
        {
            "datastream": pa.array(ids, pa.int64()),
            "model": pa.repeat(sense.model, count),
            "base": pa.array(batch.base[rows], pa.float32()),
            "day_amplitude": pa.array(batch.swing[rows], pa.float32()),
            "day_peak_hour": same(sense.peaks[0]),
            "second_peak_hour": same(sense.peaks[1]),
            "weekend_factor": same(sense.weekend),
            "noise": same(sense.noise),
            "minimum": same(sense.least),
            "maximum": same(sense.most),
            "network": _network_names(batch, batch.network[rows]),
            "upstream": pa.array(upstream, pa.int64()),
        }
    )


def _network_names(batch: Batch, numbers: Ints) -> pa.Array:
    found, at = np.unique(numbers, return_inverse=True)
    names = [f"{batch.network_name}-{n + 1:03d}" if n >= 0 else "" for n in found.tolist()]
    return pa.array(names, pa.string()).take(pa.array(at))
