"""Which place somebody means by their words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

SHORTEST_CHINESE = 2
SHORTEST_ENGLISH = 4
# Nobody says *of Yueling Quarter*: 月岭8号楼, *Yueling, building 8*. What would then be another
# name (月岭路 is a road, a 东门 is any gate) is not taken for the quarter's.
QUARTERS = re.compile(r"(?:居民区|居委会|村委会|社区|小区|新村|村)$")
QUARTERS_ENGLISH = re.compile(r" (?:quarter|village|community|estate)$")
ANOTHER = r"(?![路街巷道弄桥站河湖大公])"
ANOTHER_ENGLISH = r"\b(?! (?:road|rd|street|st|avenue|ave|lane|bridge|station|river|lake|park)\b)"
GATES = frozenset({"东门", "西门", "南门", "北门", "大门", "后门", "前门", "正门"})


@dataclass(frozen=True, slots=True)
class Named:
    """A place as people may call it."""

    code: str
    name_en: str
    name_zh: str
    depth: int


def place_in_words(said: str, places: Iterable[Named]) -> str | None:
    """The place whose name stands in the words: the deepest, then the longest; None if unsure.

    Two different places of equal claim (a “Bridge Street” in two districts) make it unsure: a
    wrong place sends people to the wrong street, no place asks the dispatcher.
    """
    found = sorted((claim for claim in _claims(said, places)), reverse=True)
    if not found or (len(found) > 1 and found[0][:2] == found[1][:2]):
        return None
    return found[0][2]


def _claims(said: str, places: Iterable[Named]) -> Iterable[tuple[int, int, str]]:
    lowered = said.casefold()
    for named in places:
        length = _length_if_named(said, lowered, named)
        if length:
            yield named.depth, length, named.code


def _length_if_named(said: str, lowered: str, named: Named) -> int:
    zh, en = named.name_zh, named.name_en.casefold()
    if len(zh) >= SHORTEST_CHINESE and zh in said:
        return len(zh)
    english = len(en) >= SHORTEST_ENGLISH and en in lowered
    if english and re.search(rf"\b{re.escape(en)}\b", lowered):
        return len(en)
    return _length_if_called(said, lowered, *_called(zh, en))


@lru_cache(maxsize=100_000)
def _called(zh: str, en: str) -> tuple[str, str]:
    """A quarter's names without their usual endings."""
    return QUARTERS.sub("", zh), QUARTERS_ENGLISH.sub("", en)


def _length_if_called(said: str, lowered: str, zh: str, en: str) -> int:
    """How long a quarter's name is without its usual ending, where it stands in the words."""
    chinese = len(zh) >= SHORTEST_CHINESE and zh not in GATES and zh in said
    if chinese and re.search(re.escape(zh) + ANOTHER, said):
        return len(zh)
    english = len(en) >= SHORTEST_ENGLISH and en in lowered
    if english and re.search(rf"\b{re.escape(en)}{ANOTHER_ENGLISH}", lowered):
        return len(en)
    return 0
