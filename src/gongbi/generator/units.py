"""Who answers: the units of a city, each with the place it covers and a number to ring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass

from gongbi.generator.names import Name
from gongbi.generator.places import Tree

HEADER = ("code", "parent", "kind", "name_zh", "name_en", "place", "calendar", "phone")


@dataclass(frozen=True)
class Unit:
    """One row of units.csv."""

    code: str
    parent: str
    kind: str
    name_zh: str
    name_en: str
    place: str
    calendar: str
    phone: str

    def row(self) -> tuple[str, ...]:
        return astuple(self)


CITY_UNITS = (
    ("centre", "城市运行管理中心", "Operation Centre", "always"),
    ("hotline", "市民服务热线", "Residents' Hotline", "always"),
    ("water", "自来水公司", "Water Company", "always"),
    ("power", "供电公司", "Power Company", "always"),
    ("roads", "道路排水所", "Roads and Drainage Unit", "always"),
    ("greening", "绿化管护所", "Greening Unit", "day"),
    ("sanitation", "环卫公司", "Sanitation Company", "day"),
    ("housing", "房屋管理所", "Housing Unit", "office"),
    ("lifts", "电梯应急处置站", "Lift Rescue Station", "always"),
    ("police", "公安局", "Police", "always"),
    ("fire", "消防救援队", "Fire and Rescue", "always"),
    ("metro", "地铁运营公司", "Metro Company", "always"),
)
DISTRICT_UNITS = {
    "centre": ("城运中心", "Operation Centre", "always"),
    "water": ("供水抢修队", "Water Crew", "always"),
    "power": ("供电抢修队", "Power Crew", "always"),
    "roads": ("道路养护队", "Roads Crew", "always"),
    "sanitation": ("环卫作业队", "Sanitation Crew", "day"),
    "greening": ("绿化养护队", "Greening Crew", "day"),
    "police": ("公安分局", "Police Division", "always"),
    "fire": ("消防站", "Fire Station", "always"),
}


def found_units(tree: Tree, city: Name) -> list[Unit]:
    """City units, their crews by district, subdistrict offices, estates and committees."""
    phones = _phones()
    root = tree.city.codes[0]
    units = []
    for kind, zh, en, calendar in CITY_UNITS:
        parent = "" if kind == "centre" else "centre"
        units.append(
            Unit(kind, parent, kind, city.zh + zh, f"{city.en} {en}", root, calendar, next(phones))
        )
    units += _district_units(tree, phones)
    units += _street_units(tree, phones)
    units.append(_oversight(city, root, next(phones)))
    return units


def _oversight(city: Name, root: str, phone: str) -> Unit:
    """Beside the centre, not below it: somebody must hear a complaint about the centre."""
    names = f"{city.zh}督查室", f"{city.en} Supervision Office"
    return Unit("oversight", "", "oversight", *names, root, "office", phone)


def _phones() -> Iterator[str]:
    """Numbers of an area code that is not given out."""
    number = 0
    while True:
        yield f"0000-8{number:07d}"
        number += 1


def _district_units(tree: Tree, phones: Iterator[str]) -> list[Unit]:
    units = []
    level = tree.levels[1]
    for number, (place, name) in enumerate(zip(level.codes, level.names, strict=True), start=1):
        short = Name(name.zh.removesuffix("区"), name.en.removesuffix(" District"))
        for kind, (zh, en, calendar) in DISTRICT_UNITS.items():
            units.append(
                Unit(
                    f"{kind}-{number:02d}",
                    kind,
                    kind,
                    short.zh + zh,
                    f"{short.en} {en}",
                    place,
                    calendar,
                    next(phones),
                )
            )
    return units


def _street_units(tree: Tree, phones: Iterator[str]) -> list[Unit]:
    units = []
    offices: list[str] = []
    for place, name in zip(tree.subdistricts.codes, tree.subdistricts.names, strict=True):
        offices.append("sub-" + place.split("-", 1)[1])
        units.append(
            Unit(
                offices[-1],
                "centre",
                "subdistrict",
                name.zh + "办事处",
                name.en + " Office",
                place,
                "counter",
                next(phones),
            )
        )
    estates = tree.grids
    for place, name, up in zip(estates.codes, estates.names, estates.parent, strict=True):
        units.append(
            Unit(
                "estate-" + place.split("-", 1)[1],
                offices[up],
                "property",
                name.zh + "物业",
                name.en + " Estate Management",
                place,
                "always",
                next(phones),
            )
        )
    quarters = tree.quarters
    for place, name, up in zip(quarters.codes, quarters.names, quarters.parent, strict=True):
        units.append(
            Unit(
                "committee-" + place.split("-", 1)[1],
                offices[estates.parent[up]],
                "quarter_committee",
                name.zh.removesuffix("居民区") + "居委会",
                name.en + " Committee",
                place,
                "day",
                next(phones),
            )
        )
    return units
