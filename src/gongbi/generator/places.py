"""The tree of places with codes and names, and the names of buildings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gongbi.generator.globe import shapes_to_degrees
from gongbi.generator.names import Name, NameBook, numeral
from gongbi.generator.sketch import Sketch
from gongbi.kernel.cities.measures import Floats, Ints, Shapes

KINDS = ("district", "subdistrict", "grid", "quarter")


@dataclass(frozen=True)
class Level:
    """All places of one kind, in order: parents are row numbers of the level above."""

    kind: str
    codes: list[str]
    names: list[Name]
    parent: Ints
    shapes: Shapes  # degrees
    spots: Floats  # degrees, inside the shape
    population: Ints


@dataclass(frozen=True)
class Tree:
    """The city (one row) and the four levels under it."""

    levels: tuple[Level, Level, Level, Level, Level]

    @property
    def city(self) -> Level:
        return self.levels[0]

    @property
    def subdistricts(self) -> Level:
        return self.levels[2]

    @property
    def grids(self) -> Level:
        return self.levels[3]

    @property
    def quarters(self) -> Level:
        return self.levels[4]


def grow_tree(sketch: Sketch, city: Name, code: str, rng: np.random.Generator) -> Tree:
    """Codes, names, outlines and people of every place from the city to the quarters."""
    areas = sketch.areas
    labels = (areas.district, areas.subdistrict, areas.grid, areas.quarter)
    people = np.bincount(sketch.buildings.block, sketch.homes.people, len(areas.quarter)).astype(
        np.int64
    )
    whole = shapely.coverage_union_all(sketch.outlines[0])
    levels = [
        _level(
            "city",
            [code],
            [city.called("市", "City")],
            np.zeros(1, dtype=np.int64),
            np.array([whole], dtype=object),
            np.array([people.sum()]),
        )
    ]
    book, quarter_book = NameBook(rng), NameBook(rng)
    above = np.zeros(len(people), dtype=np.int64)
    for kind, label, shapes in zip(KINDS, labels, sketch.outlines, strict=True):
        parent = _parents(label, above)
        rank = _rank_within(parent)
        base = code[:4] if kind == "district" else ""
        codes = _codes(levels[-1].codes, parent, rank, base)
        names = _names(kind, levels[-1], parent, rank, quarter_book if kind == "quarter" else book)
        living = np.bincount(label, people, len(codes)).astype(np.int64)
        levels.append(_level(kind, codes, names, parent, shapes, living))
        above = label
    return Tree((levels[0], levels[1], levels[2], levels[3], levels[4]))


def _level(
    kind: str, codes: list[str], names: list[Name], parent: Ints, shapes: Shapes, living: Ints
) -> Level:
    degrees = np.asarray(shapes_to_degrees(shapes), dtype=object)
    spots = shapely.get_coordinates(shapely.point_on_surface(degrees)).round(7)
    return Level(kind, codes, names, parent, degrees, spots, living)


def _parents(label: Ints, above: Ints) -> Ints:
    parents = np.zeros(label.max() + 1, dtype=np.int64)
    parents[label] = above
    return parents


def _rank_within(parent: Ints) -> Ints:
    """1, 2, 3 … within each parent; parents come in order."""
    start = np.r_[0, np.flatnonzero(np.diff(parent)) + 1]
    sizes = np.diff(np.r_[start, len(parent)])
    ranks: Ints = np.arange(len(parent)) - np.repeat(start, sizes) + 1
    return ranks


def _codes(above: list[str], parent: Ints, rank: Ints, base: str) -> list[str]:
    return [f"{base or above[up]}-{number:02d}" for up, number in zip(parent, rank, strict=True)]


def _names(kind: str, above: Level, parent: Ints, rank: Ints, book: NameBook) -> list[Name]:
    if kind == "grid":
        numbered = zip(parent, rank, strict=True)
        return [_grid_name(above.names[up], number) for up, number in numbered]
    title = {
        "district": ("区", "District"),
        "subdistrict": ("街道", "Subdistrict"),
        "quarter": ("居民区", "Quarter"),
    }[kind]
    return [book.take().called(*title) for _ in parent]


def _grid_name(subdistrict: Name, number: int) -> Name:
    stem = Name(subdistrict.zh.removesuffix("街道"), subdistrict.en.removesuffix(" Subdistrict"))
    return stem.called(f"第{numeral(int(number))}网格", f"Grid {number}")


@dataclass(frozen=True)
class Addresses:
    """Code and names of every building, in the sketch's order."""

    codes: list[str]
    zh: list[str]
    en: list[str]


SPECIAL = {
    3: ("学校", "School"),
    4: ("医院", "Hospital"),
    5: ("工坊", "Works"),
    6: ("地铁站", "Metro Station"),
    7: ("便民中心", "Civic Centre"),
}


def address_buildings(sketch: Sketch, tree: Tree, stations: list[Name]) -> Addresses:
    """Number the buildings of each quarter; public ones are called what they are."""
    quarter = sketch.quarter_of_building
    rank = _rank_within(quarter)
    codes = [f"{tree.quarters.codes[q]}-{n:04d}" for q, n in zip(quarter, rank, strict=True)]
    stems = [
        Name(n.zh.removesuffix("居民区"), n.en.removesuffix(" Quarter"))
        for n in tree.quarters.names
    ]
    zh, en = [], []
    for home, use, number in zip(quarter, sketch.buildings.use, rank, strict=True):
        stem, special = stems[home], SPECIAL.get(int(use))
        zh.append(f"{stem.zh}{special[0] if special else ''}{number}号楼")
        en.append(f"{stem.en}{' ' + special[1] if special else ''} No. {number}")
    for name, row in zip(stations, sketch.station_building, strict=True):
        zh[row], en[row] = name.zh, name.en
    return Addresses(codes, zh, en)
