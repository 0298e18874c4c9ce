"""One spelling for what is one word: width, case, and traditional characters.

A fold goes character by character, so that each place in the folded text has a place in what was
written: whoever is shown the words that decided is shown their own.
"""

import unicodedata
from functools import lru_cache

from gongbi.kernel.reading.folding_table import SIMPLIFIED, TRADITIONAL

_SIMPLE = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))


@lru_cache(maxsize=65_536)
def fold_character(character: str) -> str:
    """NFKC, lower case, simplified; may be several characters (½), or none."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    return "".join(_SIMPLE.get(one, one) for one in plain)


def fold(text: str) -> str:
    """The text in one spelling."""
    return "".join(map(fold_character, text))


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The text in one spelling, and for each of its characters where it stood before."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in fold_character(character):
            folded.append(one)
            places.append(place)
    return "".join(folded), places
