"""Writing the files of a city pack, the same bytes each time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
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
    streams, plays, before = [], [], 0
    for batch in batches:
        ids = np.arange(before + 1, before + 1 + len(batch.quarter))
        streams.append(
            _stream_table(batch, ids, tree, addresses, city, owners, district_of_quarter)
        )
        plays.append(_play_table(batch, ids))
        before += len(ids)
    pq.write_table(pa.concat_tables(streams), folder / "datastreams.parquet", compression="zstd")
    pq.write_table(pa.concat_tables(plays), folder / "simulation.parquet", compression="zstd")
    return before


def _stream_table(
    batch: Batch,
    ids: Ints,
    tree: Tree,
    addresses: Addresses,
    city: str,
    owners: dict[tuple[str, int], str],
    district_of_quarter: Ints,
) -> pa.Table:
    sense = SENSES[batch.property]
    spots = to_degrees(batch.xy)
    places = [
        addresses.codes[building] if building >= 0 else tree.quarters.codes[quarter]
        for building, quarter in zip(batch.building, batch.quarter, strict=True)
    ]
    count = len(ids)
    owner = [owners[sense.owner, int(d)] for d in district_of_quarter[batch.quarter]]
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "name": [f"urn:{city}:{batch.property}:{n}" for n in range(1, count + 1)],
            "property": [batch.property] * count,
            "unit": [sense.unit] * count,
            "place": places,
            "lon": spots[:, 0],
            "lat": spots[:, 1],
            "step_seconds": pa.array(np.full(count, sense.step), pa.int32()),
            "owner": owner,
        }
    )


def _play_table(batch: Batch, ids: Ints) -> pa.Table:
    sense = SENSES[batch.property]
    count = len(ids)

    def same(value: float) -> pa.Array:
        return pa.array(np.full(count, value), pa.float32())

    networks = [f"{batch.network_name}-{n + 1:03d}" if n >= 0 else "" for n in batch.network]
    upstream = np.where(batch.upstream >= 0, ids[np.maximum(batch.upstream, 0)], -1)
    return pa.table(
        {
            "datastream": pa.array(ids, pa.int64()),
            "model": [sense.model] * count,
            "base": pa.array(batch.base, pa.float32()),
            "day_amplitude": pa.array(batch.swing, pa.float32()),
            "day_peak_hour": same(sense.peaks[0]),
            "second_peak_hour": same(sense.peaks[1]),
            "weekend_factor": same(sense.weekend),
            "noise": same(sense.noise),
            "minimum": same(sense.least),
            "maximum": same(sense.most),
            "network": networks,
            "upstream": pa.array(upstream, pa.int64()),
        }
    )
