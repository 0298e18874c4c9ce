"""GCJ-02 and BD-09: hand values, there and back, and Shanghai's stations on the ground."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel import datum

longitudes = st.floats(73.5, 135.0)
latitudes = st.floats(18.0, 53.5)


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_published_pairs_hold(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    """Shanghai, Shenzhen and Beijing, as the public ports of the series test themselves."""
    lon, lat = datum.gcj02_from_wgs84(*wgs84)
    assert (lon[0], lat[0]) == pytest.approx(gcj02, abs=1e-9)


def test_origin_of_the_series_by_hand() -> None:
    """At 105 E, 35 N every wave is 0: -100 m north and 300 m east remain."""
    lon, lat = datum.gcj02_from_wgs84(105.0, 35.0)
    magic = 1 - 0.00669342162296594323 * np.sin(np.radians(35.0)) ** 2
    north = -100 * 180 / (6378245 * (1 - 0.00669342162296594323) / magic**1.5 * np.pi)
    east = 300 * 180 / (6378245 / np.sqrt(magic) * np.cos(np.radians(35.0)) * np.pi)
    assert lat[0] == pytest.approx(35 + north, abs=1e-12)
    assert lon[0] == pytest.approx(105 + east, abs=1e-12)


def test_baidu_adds_its_own_shift() -> None:
    lon, lat = datum.bd09_from_gcj02(116.404, 39.915)
    assert (lon[0], lat[0]) == pytest.approx((116.41036949371029, 39.92133699351022), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(longitudes, latitudes, st.sampled_from(datum.DATUMS))
def test_there_and_back_within_a_millimetre(lon: float, lat: float, name: str) -> None:
    shift = {
        "WGS84": lambda x, y: (np.array([x]), np.array([y])),
        "GCJ-02": datum.gcj02_from_wgs84,
        "BD-09": datum.bd09_from_wgs84,
    }[name]
    back = datum.to_wgs84(*shift(lon, lat), name)
    assert datum.metres_between(lon, lat, back.lon, back.lat)[0] < 0.001
    assert back.residual_metres[0] < 0.001


@settings(max_examples=40, deadline=None)
@given(longitudes, latitudes)
def test_the_shift_is_a_street_not_a_town(lon: float, lat: float) -> None:
    metres = datum.metres_between(lon, lat, *datum.gcj02_from_wgs84(lon, lat))[0]
    assert 20 < metres < 1500


def test_outside_the_box_nothing_moves() -> None:
    lons, lats = np.array([-0.1, 151.2, 100.0]), np.array([51.5, -33.9, 60.0])
    back = datum.wgs84_from_gcj02(lons, lats)
    np.testing.assert_array_equal(back.lon, lons)
    np.testing.assert_array_equal(back.lat, lats)
    assert not back.residual_metres.any()


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(ValueError, match="GCJ-02"):
        datum.to_wgs84(121.0, 31.0, "Beijing 1954")


def test_metro_stations_stand_on_the_ground(shared_data: Callable[[str], Path]) -> None:
    """Recorded instance: 485 m from OpenStreetMap as published, 33 m once turned back."""
    folder = shared_data("shanghai-metro-2015-04-01")
    with (folder / "stations.csv").open(encoding="utf-8") as file:
        listed = {row["name_zh"].strip("\ufeff"): row for row in csv.DictReader(file)}
    path = shared_data("shanghai-geo") / "metro_stations_osm_wgs84.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    pairs = [
        (listed[name], feature["geometry"]["coordinates"])
        for feature in features
        if (name := feature["properties"]["name"]) in listed
    ]
    lon = np.array([float(row["lng"]) for row, _ in pairs])
    lat = np.array([float(row["lat"]) for row, _ in pairs])
    osm = np.array([point for _, point in pairs])
    back = datum.wgs84_from_gcj02(lon, lat)
    before = np.median(datum.metres_between(lon, lat, osm[:, 0], osm[:, 1]))
    after = np.median(datum.metres_between(back.lon, back.lat, osm[:, 0], osm[:, 1]))
    assert len(pairs) > 100
    assert before == pytest.approx(485, abs=15)
    assert after == pytest.approx(33, abs=5)
