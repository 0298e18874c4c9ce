"""One drawn town for all tests here: 20,000 people, a quarter of a second."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import shapely

from gongbi.generator.public import draw_city


class Pack:
    """A pack read back as its readers see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with (folder / "places.csv").open(encoding="utf-8", newline="") as file:
            self.places = {row["code"]: row for row in csv.DictReader(file)}
        with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
            self.units = {row["code"]: row for row in csv.DictReader(file)}
        self.shapes = {
            feature["properties"]["code"]: shapely.from_geojson(json.dumps(feature["geometry"]))
            for feature in self.features("places.geojson")
        }

    def features(self, file: str) -> list[Any]:
        return list(json.loads((self.folder / file).read_text(encoding="utf-8"))["features"])

    def table(self, name: str) -> dict[str, list[Any]]:
        return dict(pq.read_table(self.folder / f"{name}.parquet").to_pydict())

    def layer(self, *layers: str) -> list[shapely.Geometry]:
        return [
            shapely.from_geojson(json.dumps(feature["geometry"]))
            for feature in self.features("base.geojson")
            if feature["properties"]["layer"] in layers
        ]


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("drawn")
    draw_city(folder, people=20_000, seed=5)
    return Pack(folder)


@pytest.fixture(scope="session")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("larger")
    draw_city(folder, people=80_000, seed=3)
    return Pack(folder)
