"""Which place somebody means by their words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

SHORTEST_CHINESE = 2
SHORTEST_ENGLISH = 4


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
    if len(en) >= SHORTEST_ENGLISH and en in lowered:
        return len(en) if re.search(rf"\b{re.escape(en)}\b", lowered) else 0
    return 0
