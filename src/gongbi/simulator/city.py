"""A drawn city as the simulator needs it: sensors with their rhythms, homes, names, roads."""

import csv
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.spatial import cKDTree

from gongbi.kernel.simulation.matters import Homes
from gongbi.kernel.simulation.rhythms import COUNT, FLAG, LEVEL, Streams
from gongbi.kernel.simulation.words import EN, ZH, Names
from gongbi.kernel.simulation.world import World

MODELS = {"level": LEVEL, "count": COUNT, "flag": FLAG}
TABLES = ("buildings.parquet", "datastreams.parquet", "simulation.parquet")
FILES = ("city.toml", "places.csv", "units.csv", "case_types.toml", *TABLES)
# Working people are in shops and offices by day; they speak up from there too.
WEIGHT_OF_A_BUILDING = 3.0
Called = dict[str, tuple[str, str]]


class CannotPlay(Exception):
    """The folder holds no city that can be played; the sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class PlayedCity:
    """What is read once. ``home_names[language][row]`` says in words where home ``row`` is."""

    code: str
    centre: str
    people: int
    zone: ZoneInfo
    world: World
    homes: Homes
    home_names: dict[str, list[Names]]
    home_quarters: list[str]
    paths: dict[str, str]
    types: frozenset[str]
    visible: frozenset[str]


def read_city(folder: Path) -> PlayedCity:
    """Read a city pack; CannotPlay when it was not drawn to be played."""
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        raise CannotPlay(
            f"{folder} has no {', '.join(missing)}: only a drawn city can be played. "
            "Draw one with: gongbi city new FOLDER --people 50000 --seed 7"
        )
    about = tomllib.loads((folder / "city.toml").read_text("utf-8"))
    types = tomllib.loads((folder / "case_types.toml").read_text("utf-8"))["case_type"]
    buildings = pq.read_table(folder / "buildings.parquet")
    paths, called = _places(folder, buildings)
    return PlayedCity(
        code=about["code"],
        centre=_centre(folder),
        people=int(about["people"]),
        zone=ZoneInfo(about["zone"]),
        world=_world(folder, paths),
        homes=_homes(buildings),
        home_names=_home_names(folder, buildings, called),
        home_quarters=buildings["parent"].to_pylist(),
        paths=paths,
        types=frozenset(row["code"] for row in types),
        visible=frozenset(row["code"] for row in types if row.get("visible", True)),
    )


def _centre(folder: Path) -> str:
    """The operation centre: it answers for what no other unit takes."""
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        return next((row["code"] for row in csv.DictReader(file) if row["kind"] == "centre"), "")


def _places(folder: Path, buildings: pa.Table) -> tuple[dict[str, str], Called]:
    """(path of every place and building, names of every place)."""
    with (folder / "places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parents = {row["code"]: row["parent"] for row in rows}
    paths: dict[str, str] = {}

    def path_of(code: str) -> str:
        if code not in paths:
            above = path_of(parents[code]) if parents[code] else "/"
            paths[code] = f"{above}{code}/"
        return paths[code]

    for code in parents:
        path_of(code)
    for code, parent in zip(
        buildings["code"].to_pylist(), buildings["parent"].to_pylist(), strict=True
    ):
        paths[code] = f"{paths[parent]}{code}/"
    return paths, {row["code"]: (row["name_zh"], row["name_en"]) for row in rows}


def _world(folder: Path, paths: dict[str, str]) -> World:
    seen = pq.read_table(folder / "datastreams.parquet").sort_by("id")
    said = pq.read_table(folder / "simulation.parquet").sort_by("datastream")
    ids = _ints(seen, "id")
    if not np.array_equal(ids, _ints(said, "datastream")):
        raise CannotPlay(
            f"datastreams.parquet and simulation.parquet in {folder} name different datastreams; "
            "draw the city again."
        )
    streams = Streams(
        id=ids,
        step=_ints(seen, "step_seconds"),
        model=np.array([MODELS[name] for name in said["model"].to_pylist()], dtype=np.int64),
        base=_floats(said, "base"),
        amplitude=_floats(said, "day_amplitude"),
        peak=_floats(said, "day_peak_hour"),
        second=_floats(said, "second_peak_hour"),
        weekend=_floats(said, "weekend_factor"),
        noise=_floats(said, "noise"),
        minimum=_floats(said, "minimum"),
        maximum=_floats(said, "maximum"),
    )
    return World(
        streams=streams,
        property=np.array(seen["property"].to_pylist()),
        path=np.array([paths[code] for code in seen["place"].to_pylist()]),
        lonlat=np.column_stack([_floats(seen, "lon"), _floats(seen, "lat")]),
        network=np.array(said["network"].to_pylist()),
        upstream=_rows_of(ids, _ints(said, "upstream")),
    )


def _rows_of(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    at = np.searchsorted(ids, wanted).clip(max=max(len(ids) - 1, 0))
    return np.where(ids[at] == wanted, at, -1)


def _ints(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy().astype(np.int64)


def _floats(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy().astype(np.float64)


def _homes(buildings: pa.Table) -> Homes:
    weight = _floats(buildings, "households") + WEIGHT_OF_A_BUILDING
    return Homes(_floats(buildings, "lon"), _floats(buildings, "lat"), weight)


def _home_names(folder: Path, buildings: pa.Table, called: Called) -> dict[str, list[Names]]:
    roads = _nearest_roads(folder, buildings)
    quarters = [called[code] for code in buildings["parent"].to_pylist()]
    columns = {ZH: ("name_zh", 0), EN: ("name_en", 1)}
    return {
        language: [
            Names(name, road[which], quarter[which])
            for name, road, quarter in zip(
                buildings[column].to_pylist(), roads, quarters, strict=True
            )
        ]
        for language, (column, which) in columns.items()
    }


def _nearest_roads(folder: Path, buildings: pa.Table) -> list[tuple[str, str]]:
    """Names of the road that passes nearest to each building, in Chinese and English."""
    points: list[tuple[float, float]] = []
    names: list[tuple[str, str]] = []
    for feature in _features(folder):
        said = feature["properties"]
        if said["layer"].startswith("road") and said.get("name_zh"):
            for point in _points(feature["geometry"]["coordinates"]):
                points.append(point)
                names.append((said["name_zh"], said["name_en"]))
    if not points:
        return [("路边", "the road")] * buildings.num_rows
    where = np.column_stack([_floats(buildings, "lon"), _floats(buildings, "lat")])
    return [names[at] for at in cKDTree(np.array(points)).query(where)[1]]


def _features(folder: Path) -> list[dict[str, Any]]:
    file = folder / "base.geojson"
    if not file.exists():
        return []
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["features"]
    return found


def _points(coordinates: list[Any]) -> list[tuple[float, float]]:
    """All positions of a line or of several, flat."""
    if coordinates and isinstance(coordinates[0], int | float):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [point for part in coordinates for point in _points(part)]
