"""A text as units, and units as terms: what a reader counts.

A unit is one Chinese character, one word in letters, or one number. What stands between them and
is no blank between two words is a boundary. A term is up to four units that stand together.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gongbi.kernel.reading.folding import fold_with_places

MOST_CHARACTERS = 4000
LONGEST_TERM = 4
BOUNDARY = "|"
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_UNIT = re.compile(rf"[{_HAN}]|[^\W\d_{_HAN}]+|\d+|[\W_]+")
_BLANK = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class Units:
    """Units of a text in order, each with where it begins and ends in what was written."""

    keys: tuple[str, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]


def units_of(text: str) -> Units:
    """The units of a text, with a boundary at either end."""
    text = text[:MOST_CHARACTERS]
    folded, places = fold_with_places(text)
    keys, begins, ends = [BOUNDARY], [0], [0]
    blank = False
    for found in _UNIT.finditer(folded):
        key = found[0]
        if not (key[0].isalnum()):
            blank = bool(_BLANK.fullmatch(key)) and _in_letters(keys[-1])
            if not blank:
                _bound(keys, begins, ends, places[found.start()])
            continue
        if blank and not _in_letters(key):
            _bound(keys, begins, ends, places[found.start()])
        blank = False
        keys.append(key)
        begins.append(places[found.start()])
        ends.append(places[found.end() - 1] + 1)
    _bound(keys, begins, ends, len(text))
    return Units(tuple(keys), tuple(begins), tuple(ends))


def _bound(keys: list[str], begins: list[int], ends: list[int], place: int) -> None:
    if keys[-1] != BOUNDARY:
        keys.append(BOUNDARY)
        begins.append(place)
        ends.append(place)


def _in_letters(key: str) -> bool:
    """Whether a unit is a word or a number, which a blank may follow within a phrase."""
    return key != BOUNDARY and not "\u3400" <= key[0] <= "\ufaff"


def terms_of(units: Units, longest: int = LONGEST_TERM) -> Iterator[tuple[str, int, int]]:
    """Every term with its first unit and the one after its last; a lone boundary is none."""
    keys = units.keys
    apart = [_in_letters(a) and _in_letters(b) for a, b in pairwise(keys)]
    for begin in range(len(keys)):
        term = keys[begin]
        if term != BOUNDARY:
            yield term, begin, begin + 1
        for end in range(begin + 1, min(begin + longest, len(keys))):
            term += (" " if apart[end - 1] else "") + keys[end]
            if len(term) > 1 and term != BOUNDARY * 2:
                yield term, begin, end + 1


def spans(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where runs of true begin and end."""
    begin = None
    for place, flag in enumerate(flags):
        if flag and begin is None:
            begin = place
        elif not flag and begin is not None:
            yield begin, place
            begin = None
    if begin is not None:
        yield begin, len(flags)
