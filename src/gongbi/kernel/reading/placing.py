"""Which place of the city somebody's words name, and what address they give.

Names are found longest first, in either script; the usual ending of a name may be left out. A name
that several places bear is decided by another one said beside it, above in the tree. What stays
undecided is told as candidates: a wrong place sends people to the wrong street.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gongbi.kernel.reading.folding import fold, fold_with_places

ENDINGS = (
    *("街道办事处", "街道", "居委会", "村委会", "居民区", "社区", "小区", "新村"),
    *("市", "区", "县", "镇", "乡", "村", "里"),
)
SHORTEST_CHINESE = 2
SHORTEST_LATIN = 4
_NUMBER = r"[0-9０-９一二三四五六七八九十百零〇甲乙丙]+"
_ROAD = r"[\u4e00-\u9fff]{1,6}?(?:大道|公路|路|街|胡同)(?![灯燈面口边邊上人障牌道旁])"
_ADDRESS = re.compile(
    rf"{_ROAD}(?:{_NUMBER}段)?(?:{_NUMBER}(?:巷|弄|支弄))*"
    rf"(?:{_NUMBER}(?:号|號)(?:之{_NUMBER}|-\d+)?)?(?:{_NUMBER}(?:号楼|號樓|栋|棟|幢|楼|樓|室|层|層))*"
    r"|\b\d{1,5}[a-z]?\s+(?:[a-z]+\s){1,3}?"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^.*[在到从從住于於的是有和去]")
"""What stands before a road's name and is none of it."""


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place as people may call it: its code, its path in the tree, and its names."""

    code: str
    path: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Names ready to be looked for: what each stands for, and how long names are."""

    codes: Mapping[str, tuple[str, ...]]
    paths: Mapping[str, str]
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """The place, if it is sure; the candidates; the words that named them; the address said."""

    code: str | None
    candidates: tuple[str, ...]
    words: tuple[str, ...]
    address: str


def know_places(places: Iterable[PlaceName]) -> Places:
    """An index of names, with those whose ending is left out."""
    codes: dict[str, list[str]] = {}
    paths: dict[str, str] = {}
    for place in places:
        paths[place.code] = place.path
        for called in {one for name in place.names for one in _called(fold(name))}:
            codes.setdefault(called, []).append(place.code)
    lengths = tuple(sorted({len(name) for name in codes}, reverse=True))
    ordered = {name: tuple(sorted(set(found))) for name, found in codes.items()}
    return Places(ordered, paths, lengths)


def _called(name: str) -> list[str]:
    name = name.strip()
    if name.isascii():
        return [name] if len(name) >= SHORTEST_LATIN else []
    called = [name] if len(name) >= SHORTEST_CHINESE else []
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= SHORTEST_CHINESE:
            called.append(name.removesuffix(ending))
            break
    return called


def place_of(text: str, known: Places) -> PlaceRead:
    """What place a text names."""
    folded, at = fold_with_places(text)
    hits = _hits(folded, known)
    words = tuple(dict.fromkeys(text[at[begin] : at[end - 1] + 1] for begin, end in hits))
    named = [known.codes[folded[begin:end]] for begin, end in hits]
    found = _agreed(named, known.paths)
    sure = found[0] if len(found) == 1 else None
    return PlaceRead(sure, found, words, _address(text))


def _address(text: str) -> str:
    """The first address with a number, or else the first road."""
    said = [_LEAD.sub("", found[0]) for found in _ADDRESS.finditer(text)]
    said = [one for one in said if len(one) > 1]
    return next((one for one in said if re.search(_NUMBER, one[1:])), said[0] if said else "")


def _hits(folded: str, known: Places) -> list[tuple[int, int]]:
    """Names from left to right, at each place the longest, none inside another."""
    hits, place = [], 0
    while place < len(folded):
        end = next(
            (
                place + size
                for size in known.lengths
                if place + size <= len(folded)
                and folded[place : place + size] in known.codes
                and _whole(folded, place, place + size)
            ),
            place,
        )
        if end > place:
            hits.append((place, end))
        place = max(end, place + 1)
    return hits


def _whole(folded: str, begin: int, end: int) -> bool:
    """Whether a name in letters is not a piece of a longer word."""
    before, after = folded[begin - 1 : begin], folded[end : end + 1]
    inside = (_latin(before) and _latin(folded[begin])) or (
        _latin(after) and _latin(folded[end - 1])
    )
    return not inside


def _latin(one: str) -> bool:
    return bool(one) and one.isascii() and one.isalpha()


def _agreed(named: list[tuple[str, ...]], paths: Mapping[str, str]) -> tuple[str, ...]:
    """The deepest places that all other names said allow; without such, all that were named."""
    every = {code for codes in named for code in codes}
    fits = [
        code
        for code in sorted(every)
        if all(any(_kin(paths[code], paths[other]) for other in codes) for codes in named)
    ]
    found = fits or sorted(every)
    return tuple(
        code
        for code in found
        if not any(other != code and paths[other].startswith(paths[code]) for other in found)
    )


def _kin(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
