"""Drawing a whole city into a folder, step by step."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import poisson

from gongbi.generator.applications import HEADER as APPLICATION_HEADER
from gongbi.generator.applications import found_applications
from gongbi.generator.assets import HEADER as ASSET_HEADER
from gongbi.generator.assets import draw_assets
from gongbi.generator.basemap import draw_base
from gongbi.generator.globe import CENTRE
from gongbi.generator.laying import write_networks
from gongbi.generator.names import HERE, Name, NameBook, letters, name_city
from gongbi.generator.places import Tree, address_buildings, grow_tree
from gongbi.generator.senses import SENSES
from gongbi.generator.sensing import Batch, place_sensors
from gongbi.generator.sketch import Sketch, sketch_city
from gongbi.generator.units import Unit, found_units
from gongbi.generator.writing import (
    write_base,
    write_buildings,
    write_places,
    write_rows,
    write_streams,
    write_units,
)
from gongbi.kernel.cities.measures import Ints


@dataclass(frozen=True)
class CitySummary:
    """What was written: the folder and how much is in it."""

    folder: Path
    code: str
    name_zh: str
    name_en: str
    people: int
    seed: int
    places: int
    buildings: int
    units: int
    datastreams: int

    def __str__(self) -> str:
        return (
            f"{self.name_en} {self.name_zh}: {self.people:,} people, {self.places:,} places, "
            f"{self.buildings:,} buildings, {self.units:,} units, "
            f"{self.datastreams:,} datastreams in {self.folder}"
        )


def draw_city(
    folder: Path,
    *,
    people: int,
    seed: int,
    name_zh: str | None = None,
    name_en: str | None = None,
    datastreams: int | None = None,
    told: Callable[[str, float], None] | None = None,
) -> CitySummary:
    """Draw a fictional city of `people` as a city pack in `folder`.

    The same people, seed, names and `datastreams` (how many sensors; by default six for a
    hundred people) give the same bytes.  `told(step, share done)` is called
    as the work goes on.  Raises ValueError where so many people cannot be drawn.
    """
    tell = told or (lambda _step, _share: None)
    folder.mkdir(parents=True, exist_ok=True)
    rngs = np.random.default_rng([seed, people, 1]).spawn(5)
    name = _choose_name(name_zh, name_en, rngs[0])
    code = letters(name.en)
    sketch = sketch_city(people, seed, tell)
    tell("names and numbers", 0.6)
    tree = grow_tree(sketch, name, code, rngs[1])
    stations = _name_stations(sketch, rngs[2])
    addresses = address_buildings(sketch, tree, stations)
    units = found_units(tree, name)
    batches = place_sensors(sketch, rngs[3], datastreams)
    tell("places, buildings and sensors", 0.75)
    write_places(folder, tree)
    write_units(folder, units)
    _write_applications(folder, units, np.random.default_rng([seed, people, 2]))
    write_buildings(folder, sketch, tree, addresses)
    district, owners = _district_of_quarter(tree), _owners(units, tree)
    streams = write_streams(folder, batches, tree, addresses, code, owners, district)
    own = np.random.default_rng([seed, people, 3])  # so that nothing else is drawn anew
    drawn = draw_assets(sketch, tree, addresses, owners, district, own)
    write_rows(folder / "assets.csv", ASSET_HEADER, drawn)
    river = next(batch for batch in batches if batch.property == "river_level")
    write_networks(folder, sketch, tree, addresses, river)
    tell("the map", 0.9)
    write_base(folder, draw_base(sketch, stations, rngs[4]))
    _write_settings(folder, name, code, people, seed, batches)
    tell("done", 1.0)
    return CitySummary(
        folder,
        code,
        name.zh,
        name.en,
        people,
        seed,
        sum(len(level.codes) for level in tree.levels),
        len(addresses.codes),
        len(units),
        streams,
    )


def _write_applications(folder: Path, units: list[Unit], rng: np.random.Generator) -> None:
    """applications.csv; drawn from numbers of its own, so that nothing else is drawn anew."""
    rows = found_applications(units, rng)
    write_rows(folder / "applications.csv", APPLICATION_HEADER, rows)


def _choose_name(name_zh: str | None, name_en: str | None, rng: np.random.Generator) -> Name:
    drawn = name_city(rng)
    return Name(name_zh or (name_en if name_en else drawn.zh), name_en or drawn.en)


def _name_stations(sketch: Sketch, rng: np.random.Generator) -> list[Name]:
    book = NameBook(rng)
    return [book.take().called("站", "Station") for _ in sketch.station_building]


def _district_of_quarter(tree: Tree) -> Ints:
    grid = tree.quarters.parent
    subdistrict = tree.grids.parent[grid]
    districts: Ints = tree.subdistricts.parent[subdistrict]
    return districts


def _owners(units: list[Unit], tree: Tree) -> dict[tuple[str, int], str]:
    """The unit that owns the sensors of a kind in each district, else the city's own."""
    root = tree.city.codes[0]
    city = {unit.kind: unit.code for unit in units if unit.place == root}
    local = {(unit.kind, unit.place): unit.code for unit in units}
    return {
        (kind, row): local.get((kind, place), code)
        for row, place in enumerate(tree.levels[1].codes)
        for kind, code in city.items()
    }


def _write_settings(
    folder: Path, name: Name, code: str, people: int, seed: int, batches: list[Batch]
) -> None:
    for file in SAME_FOR_ALL:
        shutil.copyfile(HERE / file, folder / file)
    indicators = (HERE / "indicators.toml").read_text(encoding="utf-8")
    for word, value in _limits(batches).items():
        indicators = indicators.replace(f"@{word}@", str(value))
    (folder / "indicators.toml").write_text(indicators, encoding="utf-8", newline="\n")
    text = CITY_TOML.format(
        code=code, zh=name.zh, en=name.en, lon=CENTRE[0], lat=CENTRE[1], people=people, seed=seed
    )
    (folder / "city.toml").write_text(text, encoding="utf-8", newline="\n")


SAME_FOR_ALL = (
    "answers.toml",
    "asset_kinds.toml",
    "calendars.toml",
    "call_tree.toml",
    "case_types.toml",
    "causes.toml",
    "open311.toml",
    "routes.toml",
    "sensors.toml",
)
CITY_TOML = """code = "{code}"
name_en = "{en}"
name_zh = "{zh}"
zone = "Asia/Shanghai"
languages = ["zh-hans", "en"]
holidays = "CN"
centre = [{lon}, {lat}]
fictional = true
datum = "WGS84"
map_approval_number = ""
people = {people}
seed = {seed}
"""


def _limits(batches: list[Batch]) -> dict[str, int]:
    """Limits that depend on how large the city is, from its own ordinary peaks."""
    of = {batch.property: batch for batch in batches}
    flow = of["water_flow"]
    station = of["metro_entries"].swing
    peaks = {
        "flow": float((flow.base + flow.swing).sum()),
        "metro": float(station.max()),
        "rides": float(station.sum()) * 3,  # three rows of five minutes in its window
    }
    peaks |= {word: _busiest(of[name], rows) for word, (name, rows) in COUNTED.items()}
    shares = {"notice": 1.25, "warning": 1.5, "alarm": 2.0, "margin": 0.06}
    found = {
        f"{name}_{word}": max(1, round(peak * share))
        for name, peak in peaks.items()
        for word, share in shares.items()
    }
    for word, (name, rows) in COUNTED.items():
        for limit, least in _by_chance(of[name], rows).items():
            found[f"{word}_{limit}"] = max(found.get(f"{word}_{limit}", 1), least)
    return found


COUNTED = {
    "police": ("police_calls", 1),
    "fire": ("fire_calls", 1),
    "ambulance": ("ambulance_runs", 1),
    "hotline": ("hotline_calls", 1),
    "fever": ("fever_visits", 1),
    "gas": ("gas_flow", 1),
}
"""Figures of the whole city whose limits follow its size: property, rows in a window."""


CHANCE_HOURS = {"notice": 24 * 30, "warning": 24 * 365, "alarm": 24 * 3650}
"""A count passes a limit by mere chance once in a month, a year, ten years of busiest hours."""


def _by_chance(batch: Batch, rows: int) -> dict[str, int]:
    """The least that limits of a count may be, and a deviation from what is usual.

    Calls come singly: their number scatters as Poisson's law says, however calm the city is. Where
    one or two an hour are usual, a half more is nothing.
    """
    if SENSES[batch.property].model != "count":
        return {"least": max(1, round(_busiest(batch, rows) * 0.06))}
    mean = float((batch.base + batch.swing.clip(min=0)).sum()) * rows
    found = {word: int(poisson.isf(1 / hours, mean)) + 1 for word, hours in CHANCE_HOURS.items()}
    return found | {"least": max(1, round(4 * mean**0.5))}


def _busiest(batch: Batch, rows: int) -> float:
    """What an ordinary day's busiest window reaches at most: peaks and four scatters on each."""
    noise = 4 * SENSES[batch.property].noise
    return float((batch.base + batch.swing.clip(min=0) + noise).sum()) * rows
