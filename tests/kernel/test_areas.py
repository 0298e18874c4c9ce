"""Point to area: by hand, by property, and the sixteen districts of Shanghai as recorded."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.areas import AreaIndex

CITY = shapely.box(0, 0, 4, 4)
LEFT, RIGHT = shapely.box(0, 0, 2, 4), shapely.box(2, 0, 4, 4)
INDEX = AreaIndex([CITY, LEFT, RIGHT], [0, 1, 1])


def find(*points: tuple[float, float]) -> list[int]:
    lons, lats = np.array(points, dtype=float).reshape(-1, 2).T
    return [int(found) for found in INDEX.find(lons, lats)]


def test_the_deepest_area_wins() -> None:
    assert find((1, 1), (3, 1), (9, 9)) == [1, 2, -1]


def test_a_point_on_the_border_has_one_owner() -> None:
    assert find((2, 1), (2, 1)) == [1, 1]


def test_no_points_and_no_areas() -> None:
    assert find() == []
    assert AreaIndex([], []).find(np.array([1.0]), np.array([1.0])).tolist() == [-1]


def test_depths_must_match() -> None:
    with pytest.raises(ValueError, match="as many depths"):
        AreaIndex([CITY], [])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 5), st.floats(-1, 5)), max_size=30))
def test_one_by_one_and_all_at_once_agree(points: list[tuple[float, float]]) -> None:
    assert find(*points) == [one for point in points for one in find(point)]


def test_each_metro_station_lies_in_one_district(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("shanghai-geo")
    features = json.loads((folder / "districts_wgs84.geojson").read_text("utf-8"))["features"]
    areas = [shapely.make_valid(shapely.geometry.shape(f["geometry"])) for f in features]
    index = AreaIndex(areas, [1] * len(areas))
    with (folder / "metro2017" / "stations_shanghai.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    names = {key.lower(): key for key in rows[0]}
    lon = next(names[key] for key in ("lon", "lng", "longitude", "long") if key in names)
    lat = next(names[key] for key in ("lat", "latitude") if key in names)
    found = index.find(
        np.array([float(row[lon]) for row in rows]), np.array([float(row[lat]) for row in rows])
    )
    # Line 11 runs on into Kunshan: its three stations there lie outside the city.
    assert (found < 0).sum() <= 4
    assert len(set(found.tolist()) - {-1}) >= 13
