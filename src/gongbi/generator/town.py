"""A real small town from one spreadsheet: refuse it with every fault, or write it whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from gongbi.generator.drawing import CitySummary
from gongbi.generator.names import HERE
from gongbi.generator.town_reading import Town, read_town
from gongbi.generator.town_types import write_types
from gongbi.generator.units import HEADER as UNIT_HEADER
from gongbi.generator.writing import PLACE_HEADER, write_rows

PEOPLE_HEADER = ("username", "name", "unit", "role", "place", "language")
UNKNOWN_CENTRE = (105.0, 35.0)


def town_from_sheet(sheet: Path, folder: Path) -> CitySummary:
    """Write a city pack for the town in `sheet` (.xlsx) to `folder`.

    Raises SheetRefused with every fault of the sheet; then nothing is written.
    """
    town = read_town(sheet)
    folder.mkdir(parents=True, exist_ok=True)
    _write_town(town, folder)
    return CitySummary(
        folder,
        town.code,
        town.name_zh,
        town.name_en,
        town.people,
        0,
        1 + len(town.villages),
        0,
        len(town.units),
        0,
    )


def _write_town(town: Town, folder: Path) -> None:
    lon, lat = town.lon or UNKNOWN_CENTRE[0], town.lat or UNKNOWN_CENTRE[1]
    quoted = {
        key: toml_text(getattr(town, key))
        for key in ("code", "name_en", "name_zh", "zone", "datum")
    }
    text = TOWN_TOML.format(**quoted, lon=float(lon), lat=float(lat), people=town.people)
    (folder / "city.toml").write_text(text, encoding="utf-8", newline="\n")
    root = (
        town.code,
        "",
        "city",
        town.name_zh,
        town.name_en,
        town.lon,
        town.lat,
        town.people,
        "",
        "",
    )
    rows = [
        (v.code, town.code, "quarter", v.name_zh, v.name_en, v.lon, v.lat, v.population, "", "")
        for v in town.villages
    ]
    write_rows(folder / "places.csv", PLACE_HEADER, [root, *rows])
    write_rows(folder / "units.csv", UNIT_HEADER, (unit.row() for unit in town.units))
    write_rows(folder / "people.csv", PEOPLE_HEADER, town.staff)
    for name in ("answers.toml", "calendars.toml"):
        shutil.copyfile(HERE / name, folder / name)
    write_types(folder, town.types)


def toml_text(text: str) -> str:
    """A TOML string, quotes and all."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


TOWN_TOML = """code = {code}
name_en = {name_en}
name_zh = {name_zh}
zone = {zone}
languages = ["zh-hans", "en"]
holidays = "CN"
centre = [{lon}, {lat}]
fictional = false
datum = {datum}
map_approval_number = ""
people = {people}
seed = 0
"""
