"""Danger in words: what must not wait until somebody has read everything before it.

A table of words, not a learnt one: a city must be able to say which words raise a case, and a
danger is rare where learning would need it often. A word behind a *not*, in a figure of speech or
in an exercise does not count, and is told as held back.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gongbi.kernel.reading.folding import fold, fold_with_places
from gongbi.kernel.reading.urgency_words import FIGURES, HAZARD, LIFE, NOT_AFTER, NOT_BEFORE

_BOUNDS = (r"(?<![a-z])(?:", r")(?![a-z])")


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Chinese words anywhere, words in letters as whole words; the longest first."""
    ordered = sorted(words, key=lambda one: (-len(one), one))
    chinese = [one for one in ordered if not one.isascii()]
    latin = [r"\s+".join(map(re.escape, one.split())) for one in ordered if one.isascii()]
    letters = _BOUNDS[0] + "|".join(latin) + _BOUNDS[1]
    return re.compile("|".join([*map(re.escape, chinese), letters]))


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Words of danger to life, of hazards, and what only sounds like either, made ready."""

    life: re.Pattern[str]
    hazard: re.Pattern[str]
    figures: re.Pattern[str]


def know_danger(
    life: Iterable[str] = (), hazard: Iterable[str] = (), figures: Iterable[str] = ()
) -> DangerWords:
    """The tables beside this module with a city's own words, which may be in either script."""
    return DangerWords(
        _any_of((*LIFE, *_plain(life))),
        _any_of((*HAZARD, *_plain(hazard))),
        _any_of((*FIGURES, *_plain(figures))),
    )


def _plain(words: Iterable[str]) -> list[str]:
    return [folded for word in words if (folded := fold(word).strip())]


STANDARD = know_danger()
_NOT_BEFORE = re.compile(rf"(?:{'|'.join(NOT_BEFORE)})[^,.;:!?|，。；：！？、]{{0,2}}$")
_NOT_AFTER = re.compile(rf"^[^,.;:!?，。；：！？]{{0,4}}?(?:{'|'.join(NOT_AFTER)})")


@dataclass(frozen=True, slots=True)
class Urgency:
    """1 danger to life, 2 a hazard, 0 neither; with the words, and those held back."""

    level: int
    words: tuple[str, ...] = ()
    held_back: tuple[str, ...] = ()


def urgency_of(text: str, words: DangerWords = STANDARD) -> Urgency:
    """How urgent a text is by its danger words, in the words as they were written."""
    folded, places = fold_with_places(text)
    figures = [found.span() for found in words.figures.finditer(folded)]
    said: dict[int, list[str]] = {1: [], 2: []}
    held: list[str] = []
    taken: list[tuple[int, int]] = list(figures)
    for level, shape in ((1, words.life), (2, words.hazard)):
        for found in shape.finditer(folded):
            begin, end = found.span()
            if any(begin < b and a < end for a, b in taken):
                continue
            taken.append((begin, end))
            written = text[places[begin] : places[end - 1] + 1]
            (held if _denied(folded, begin, end) else said[level]).append(written)
    worst = next((level for level in (1, 2) if said[level]), 0)
    decided = tuple(dict.fromkeys([*said[1], *said[2]]))
    return Urgency(worst, decided, tuple(dict.fromkeys(held)))


def _denied(folded: str, begin: int, end: int) -> bool:
    before, after = folded[max(0, begin - 16) : begin], folded[end : end + 16]
    return bool(_NOT_BEFORE.search(before) or _NOT_AFTER.search(after))
