"""Houses and roads that words name: whether two people speak of one door, without any map.

A house is a number with the name before it (松滩15号楼, Songtan No. 15, 12 Reed Road); across two
scripts only the number is compared. A road is its name without the ending. What carries a number
of its own (lamps, lifts) is none: see ``alike_text.assets_in``.
"""

import re
from dataclasses import dataclass

from gongbi.kernel.reading.folding import fold

_HOUSE_ZH = re.compile(
    r"([\u4e00-\u9fff]{1,2})(\d{1,4})(?:号楼|号|幢|栋)(?!电梯|客梯|货梯|线|桩|灯|机)"
)
_NO_HOUSE_ZH = re.compile(r"[第每共有等了月日点编]$")
_HOUSE_EN = re.compile(r"\b([a-z]{3,}),? (?:no|number|nr)\.? ?(\d{1,4})\b")
_ROAD_ENDS = r"(?:street|st|road|rd|avenue|ave|lane|boulevard)\b"
_ROAD_EN = re.compile(rf"\b([a-z]{{3,}}) {_ROAD_ENDS}")
_ROAD_ZH = re.compile(r"([\u4e00-\u9fff]{2})(?:大道|公路|路|街|胡同)(?![灯面障牌])")
_NO_ROAD_ZH = re.compile(r"[马道条公铁走过一让迷半]$")
_THINGS = frozenset(
    [
        "lamp",
        "lamps",
        "light",
        "lights",
        "lift",
        "lifts",
        "elevator",
        "manhole",
        "cover",
        "hydrant",
        "signal",
        "charger",
        "phone",
    ]
)
_NO_ROADS = frozenset(["the", "our", "this", "that", "whole", "main", "wrong"])


@dataclass(frozen=True, slots=True)
class Named:
    """Houses as (name, number) and roads by name; ``han``: written in Chinese."""

    houses: frozenset[tuple[str, str]]
    roads: frozenset[str]
    han: bool


def named_in(text: str) -> Named:
    """The houses and roads a text names."""
    said = fold(text[:1000])
    houses = {
        (found[1], found[2].lstrip("0"))
        for found in _HOUSE_ZH.finditer(said)
        if not _NO_HOUSE_ZH.search(found[1])
    }
    roads = {one for one in _ROAD_ZH.findall(said) if not _NO_ROAD_ZH.search(one)}
    han = bool(houses or roads)
    houses |= {
        (found[1], found[2].lstrip("0"))
        for found in _HOUSE_EN.finditer(said)
        if found[1] and found[1] not in _THINGS
    }
    roads |= {one for one in _ROAD_EN.findall(said) if one not in _NO_ROADS}
    return Named(frozenset(houses), frozenset(roads), han)


def same_place_said(one: Named, other: Named) -> str:
    """In a word how the places two texts name go together; ``unsaid`` where they do not meet."""
    if one.houses and other.houses:
        if one.houses & other.houses:
            return "same_house"
        if one.han == other.han:
            return "other_house"
        shared = {number for _, number in one.houses} & {number for _, number in other.houses}
        return "same_number" if shared else "other_number"
    if one.roads and other.roads and one.han == other.han:
        return "same_road" if one.roads & other.roads else "other_road"
    return "unsaid"
