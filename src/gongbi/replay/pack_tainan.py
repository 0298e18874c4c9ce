"""A city pack for Tainan's hotline: its 37 districts, its categories as types, a unit for each."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gongbi.feeds.public import Mapping
from gongbi.replay.counting import streams_of
from gongbi.replay.pack_writing import (
    CALENDARS,
    PLACE_COLUMNS,
    UNIT_COLUMNS,
    write_csv,
    write_table,
    write_tables,
)

# code: (names, group, priority, solve, unit)
TYPES: dict[str, tuple[str, str, str, int, str, str]] = {
    "illegal-parking": ("违规停车", "Illegal parking", "order", 3, "1 working_days", "police"),
    "noise": ("噪音举报", "Noise", "noise", 3, "5 working_days", "environment"),
    "dirt": ("脏乱及污染", "Dirt and pollution", "sanitation", 3, "5 working_days", "environment"),
    "street-light": ("路灯故障", "Street light out", "roads", 3, "5 working_days", "works"),
    "traffic": ("交通运输", "Traffic", "order", 3, "5 working_days", "transport"),
    "road-repair": ("道路维修", "Road repair", "roads", 2, "5 working_days", "works"),
    "pipes-and-wires": ("民生管线", "Pipes and wires", "water", 2, "1 working_days", "utilities"),
    "arcade": ("骑楼占用", "Arcade blocked", "order", 4, "15 working_days", "police"),
    "animal": ("动物救援", "Animal rescue", "other", 3, "1 working_days", "animals"),
    "earthquake": ("地震通报", "Earthquake damage", "safety", 1, "4 hours", "disaster"),
    "dengue": ("登革热通报", "Dengue fever", "safety", 2, "1 working_days", "health"),
    "natural-disaster": ("天然灾害", "Natural disaster", "safety", 1, "4 hours", "disaster"),
    "building-collapse": ("建筑物倾倒", "Building collapse", "safety", 1, "2 hours", "disaster"),
    "other": ("其他", "Other", "other", 4, "5 working_days", "centre"),
}
UNITS = {
    "centre": ("市政运行中心", "City operation centre"),
    "police": ("警察单位", "Police"),
    "environment": ("环境保护单位", "Environment"),
    "works": ("工务单位", "Public works"),
    "transport": ("交通单位", "Transport"),
    "utilities": ("公用管线单位", "Utilities"),
    "animals": ("动物保护单位", "Animal care"),
    "disaster": ("灾害应变单位", "Disaster response"),
    "health": ("卫生单位", "Health"),
}


# (code, names, property, place, class, notice, warning, alarm, why)
SIGNS = (
    (
        "hotline", "热线诉求", "Hotline reports", "hotline_reports", "city", "livelihood",
        (12, 16, 20), "2016 年每小时诉求：中位 3 件，百里有一超过 12 件。",
        "Reports an hour in 2016: 3 in the middle, above 12 in about one hour of a hundred.",
    ),
    (
        "hotline-district", "各区热线诉求", "Hotline reports of a district", "hotline_reports",
        "district", "livelihood", (6, 9, 12), "一区一小时多于 6 件即少见。",
        "More than 6 in one district in one hour is rare.",
    ),
    (
        "earthquake", "地震通报", "Earthquake reports", "earthquake_reports", "city", "safety",
        (1, 3, 6), "平日没有；一小时 3 件已非偶然。",
        "None on a usual day; three in an hour are no chance.",
    ),
)  # fmt: skip


def write_pack(mapping: Mapping, folder: Path) -> None:
    """Write the pack into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_table(
        folder / "city.toml",
        {
            "code": "tainan",
            "name_zh": "台南（1999 热线回放）",
            "name_en": "Tainan (1999 hotline replay)",
            "zone": "Asia/Taipei",
            "centre": [120.2, 23.0],
            "languages": ["zh-hans", "en"],
            "fictional": False,
        },
    )
    (folder / "calendars.toml").write_text(CALENDARS.format(holidays="TW"), "utf-8")
    write_csv(folder / "places.csv", PLACE_COLUMNS, _places(mapping))
    write_csv(folder / "units.csv", UNIT_COLUMNS, _units())
    write_tables(folder / "case_types.toml", "case_type", [_type(code) for code in TYPES])
    write_tables(folder / "routes.toml", "route", [_route(code) for code in TYPES])
    write_tables(folder / "indicators.toml", "indicator", [_sign(*sign) for sign in SIGNS])
    pq.write_table(_datastreams(mapping), folder / "datastreams.parquet")


def _places(mapping: Mapping) -> list[dict[str, Any]]:
    city = {"code": "tainan", "kind": "city", "name_zh": "台南", "name_en": "Tainan"}
    first = {code: name for name, code in reversed(mapping.place.codes.items())}
    return [city] + [
        {
            "code": code,
            "parent": "tainan",
            "kind": "district",
            "name_zh": first[code],
            "name_en": code.capitalize(),
        }
        for code in dict.fromkeys(mapping.place.codes.values())
    ]


def _units() -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "parent": "" if code == "centre" else "centre",
            "kind": code,
            "name_zh": zh,
            "name_en": en,
            "place": "tainan",
            "calendar": "always" if code in ("centre", "disaster") else "office",
        }
        for code, (zh, en) in UNITS.items()
    ]


def _type(code: str) -> dict[str, Any]:
    zh, en, group, priority, solve, _unit = TYPES[code]
    return {
        "code": code,
        "name_zh": zh,
        "name_en": en,
        "group": group,
        "priority": priority,
        "sources": ["report"],
        "first_contact": "1 working_days",
        "solve": solve,
        "calendar": "always" if priority == 1 else "office",
        "ask_verdict": True,
        "join": "never",
    }


def _route(code: str) -> dict[str, Any]:
    zh, en, _group, _priority, _solve, unit = TYPES[code]
    return {
        "code": f"to-{code}",
        "types": [code],
        "to_unit": unit,
        "reason_zh": f"“{zh}”由{UNITS[unit][0]}办理。",
        "reason_en": f"{en}: the matter of {UNITS[unit][1]}.",
    }


def _sign(
    code: str,
    zh: str,
    en: str,
    prop: str,
    place: str,
    kind: str,
    limits: tuple[int, int, int],
    why_zh: str,
    why_en: str,
) -> dict[str, Any]:
    return {
        "code": code,
        "name_zh": zh,
        "name_en": en,
        "class": kind,
        "property": prop,
        "unit": "reports",
        "aggregate": "sum",
        "window_minutes": 60,
        "lateness_minutes": 5,
        "places": [place],
        "direction": "above",
        "notice": limits[0],
        "warning": limits[1],
        "alarm": limits[2],
        "clear_margin": 0,
        "min_windows": 1,
        "missing_windows": 0,
        "why_zh": why_zh,
        "why_en": why_en,
    }


def _datastreams(mapping: Mapping) -> pa.Table:
    rows = [
        (name, rule, place)
        for rule in mapping.counts
        for name, place in zip(
            streams_of(mapping, rule), dict.fromkeys(mapping.place.codes.values()), strict=True
        )
    ]
    return pa.table(
        {
            "id": pa.array(range(1, len(rows) + 1), pa.int64()),
            "name": [name for name, _rule, _place in rows],
            "property": [rule.property for _name, rule, _place in rows],
            "unit": [rule.unit for _name, rule, _place in rows],
            "place": [place for _name, _rule, place in rows],
            "lon": pa.nulls(len(rows), pa.float64()),
            "lat": pa.nulls(len(rows), pa.float64()),
            "step_seconds": pa.array([300] * len(rows), pa.int32()),
            "owner": ["centre"] * len(rows),
        }
    )
