"""A city pack for Shanghai's metro day: stations as places, entries and exits as datastreams."""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gongbi.feeds.public import Mapping, Observation, Understood, understand
from gongbi.kernel.areas import AreaIndex
from gongbi.kernel.datum import wgs84_from_gcj02
from gongbi.replay.pack_writing import (
    CALENDARS,
    PLACE_COLUMNS,
    UNIT_COLUMNS,
    write_csv,
    write_table,
    write_tables,
)

Row = dict[str, Any]
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")  # the list writes PeopleSquare
# (code, names, property, places, notice, warning, alarm, why)
SIGNS = (
    ("metro-entries", "轨交进站", "Metro entries", "metro_entries", ["self"], 500, 800, 1200),
    ("metro-exits", "轨交出站", "Metro exits", "metro_exits", ["self"], 500, 800, 1200),
    ("network-entries", "全网进站", "Network entries", "metro_entries", ["city"],
     30000, 40000, 60000),
    ("network-exits", "全网出站", "Network exits", "metro_exits", ["city"], 30000, 40000, 60000),
)  # fmt: skip


def write_pack(mapping: Mapping, data: Path, folder: Path) -> None:
    """Write the pack: districts from the geography beside the data where it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    stations = _stations(mapping, data)
    districts = _districts(data.parent / "shanghai-geo")
    places = _places(stations, districts)
    write_table(
        folder / "city.toml",
        {
            "code": "shanghai",
            "name_zh": "上海（轨交回放）",
            "name_en": "Shanghai (metro replay)",
            "zone": "Asia/Shanghai",
            "centre": [121.4737, 31.2304],
            "languages": ["zh-hans", "en"],
            "fictional": False,
        },
    )
    (folder / "calendars.toml").write_text(CALENDARS.format(holidays="CN"), "utf-8")
    write_csv(folder / "places.csv", PLACE_COLUMNS, places)
    write_csv(folder / "units.csv", UNIT_COLUMNS, _units())
    write_tables(folder / "case_types.toml", "case_type", [_type()])
    write_tables(folder / "routes.toml", "route", [_route()])
    write_tables(folder / "indicators.toml", "indicator", [_sign(*sign) for sign in SIGNS])
    pq.write_table(_datastreams(stations, mapping), folder / "datastreams.parquet")
    if districts:
        features = [feature for feature, _area in districts.values()]
        text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        (folder / "places.geojson").write_text(text, "utf-8")


def _stations(mapping: Mapping, data: Path) -> list[Row]:
    """Every station of the flows, with its coordinates where the list of stations has them."""
    with (data / "stations.csv").open(encoding="utf-8-sig") as file:
        known = {row["name_zh"]: row for row in csv.DictReader(file)}
    names = dict.fromkeys(one.datastream.rsplit(":", 1)[1] for one in _observations(mapping, data))
    return [_station(name, _entry(name, known)) for name in sorted(names)]


def _observations(mapping: Mapping, data: Path) -> list[Observation]:
    rows = (row for row in understand(mapping, data) if isinstance(row, Understood))
    return [one for row in rows for one in row.observations if not one.made]


def _entry(name: str, known: dict[str, Row]) -> Row:
    return known.get(name) or known.get(name.removesuffix("站")) or {}


def _station(name: str, entry: Row) -> Row:
    if not entry:
        code = "st-x" + hashlib.sha256(name.encode()).hexdigest()[:8]
        return {"code": code, "name_zh": name, "name_en": name, "lon": None, "lat": None}
    found = wgs84_from_gcj02(float(entry["lng"]), float(entry["lat"]))
    return {
        "code": f"st-{entry['st_no']}",
        "name_zh": name,
        "name_en": WORDS.sub(" ", entry["name_en"]),
        "lon": round(float(found.lon[0]), 6),
        "lat": round(float(found.lat[0]), 6),
    }


def _districts(folder: Path) -> dict[str, tuple[Row, shapely.Geometry]]:
    file = folder / "districts_wgs84.geojson"
    if not file.exists():
        return {}
    found = {}
    for feature in json.loads(file.read_text("utf-8"))["features"]:
        area = shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
        area = shapely.union_all([part for part in shapely.get_parts(area) if part.area > 0])
        code = f"d-{feature['properties']['code']}"
        kept = {
            "type": "Feature",
            "properties": {"code": code, "name": feature["properties"]["name"]},
            "geometry": shapely.geometry.mapping(area),
        }
        found[code] = (kept, area)
    return found


def _places(stations: list[Row], districts: dict[str, tuple[Row, shapely.Geometry]]) -> list[Row]:
    places: list[Row] = [
        {"code": "shanghai", "kind": "city", "name_zh": "上海", "name_en": "Shanghai"}
    ]
    places += [
        {
            "code": code,
            "parent": "shanghai",
            "kind": "district",
            "name_zh": feature["properties"]["name"],
            "name_en": feature["properties"]["name"],
        }
        for code, (feature, _area) in districts.items()
    ]
    codes = list(districts)
    index = AreaIndex([area for _feature, area in districts.values()], [1] * len(codes))
    lons = np.array([row["lon"] or 0.0 for row in stations])
    lats = np.array([row["lat"] or 0.0 for row in stations])
    for row, at in zip(stations, index.find(lons, lats), strict=True):
        parent = codes[int(at)] if at >= 0 else "shanghai"
        lon, lat = ("" if row[key] is None else row[key] for key in ("lon", "lat"))
        places.append({**row, "parent": parent, "kind": "quarter", "lon": lon, "lat": lat})
    return places


def _units() -> list[Row]:
    return [
        {
            "code": "centre",
            "kind": "centre",
            "name_zh": "运行管理中心",
            "name_en": "Operation centre",
            "place": "shanghai",
            "calendar": "always",
        },
        {
            "code": "metro",
            "parent": "centre",
            "kind": "metro",
            "name_zh": "轨道交通",
            "name_en": "Metro",
            "place": "shanghai",
            "calendar": "always",
        },
    ]


def _type() -> Row:
    return {
        "code": "station-crowd",
        "name_zh": "车站大客流",
        "name_en": "Crowd at a station",
        "group": "crowd",
        "priority": 1,
        "sources": ["alert"],
        "solve": "2 hours",
        "calendar": "always",
        "ask_verdict": False,
    }


def _route() -> Row:
    return {
        "code": "to-metro",
        "types": ["station-crowd"],
        "to_unit": "metro",
        "reason_zh": "车站客流由轨道交通单位处置。",
        "reason_en": "Crowds in stations are the metro's matter.",
    }


def _sign(code: str, zh: str, en: str, prop: str, places: list[str], *limits: float) -> Row:
    said: Row = {
        "code": code,
        "name_zh": zh,
        "name_en": en,
        "class": "traffic",
        "property": prop,
        "unit": "persons",
        "aggregate": "sum",
        "window_minutes": 5,
        "lateness_minutes": 5,
        "places": places,
        "direction": "above",
        "notice": limits[0],
        "warning": limits[1],
        "alarm": limits[2],
        "clear_margin": limits[0] / 10,
        "min_windows": 2,
        "missing_windows": 12,
        "why_zh": "按当日实测：平峰远低于关注线，早晚高峰越过它；用于演示，不是容量。",
        "why_en": "From the day itself: off-peak stays far below notice, both peaks cross it; "
        "for demonstration, not a capacity.",
    }
    if places == ["self"]:
        said |= {"case_type": "station-crowd", "case_from_level": 3}
    return said


def _datastreams(stations: list[Row], mapping: Mapping) -> pa.Table:
    rows = [(value, station) for value in mapping.values for station in stations]
    return pa.table(
        {
            "id": pa.array(range(1, len(rows) + 1), pa.int64()),
            "name": [
                value.datastream.replace("{station}", station["name_zh"])
                for value, station in rows
            ],
            "property": [value.property for value, _ in rows],
            "unit": [value.unit for value, _ in rows],
            "place": [station["code"] for _, station in rows],
            "lon": pa.array([station["lon"] for _, station in rows], pa.float64()),
            "lat": pa.array([station["lat"] for _, station in rows], pa.float64()),
            "step_seconds": pa.array([300] * len(rows), pa.int32()),
            "owner": ["metro"] * len(rows),
        }
    )
