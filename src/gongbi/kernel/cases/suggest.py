"""What a person's words are about: types by the words a city listed for them.

No training and no download: the list of words is the city's own. Chinese words are found anywhere
in the text; words in Latin letters as whole words in order, where a word of five letters or more
may differ by one slip of the finger. Text is compared in Unicode NFKC, lower case, and simplified
characters.

The score of a type is ``s / (sum of s over all types + 1/2)``: its weight of found words as a
share of all that was found, and of a half for *none of these*. A word weighs
``min(1, size / 4) / number of types that list it``, where the size is its count of Chinese
characters, or twice its count of Latin words; a word inside a longer one found for the same type
adds nothing; a word with a slip weighs seven tenths.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gongbi.kernel.reading.folding import fold

NONE_OF_THESE = 0.5
SLIP_WEIGHT = 0.7
SHORTEST_WITH_SLIP = 5
MOST_CHARACTERS = 4000
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+")


@dataclass(frozen=True, slots=True)
class Guess:
    """A type, its score from 0 to 1, and the listed words that decided."""

    type: str
    score: float
    words: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """What is known beside the words and spoke for it too; only a reader knows any."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A city's words made ready: for each type (word, its parts in letters, weight)."""

    types: Mapping[str, tuple[tuple[str, tuple[str, ...], float], ...]]


def know_words(lexicon: Mapping[str, Sequence[str]]) -> Listed:
    """A lexicon made ready once for many texts."""
    plain = {
        code: {folded for word in words if (folded := _plain(word))}
        for code, words in lexicon.items()
    }
    listed: dict[str, int] = {}
    for words in plain.values():
        for word in words:
            listed[word] = listed.get(word, 0) + 1
    return Listed(
        {
            code: tuple(
                (word, _letters(word), min(1.0, _size(word) / 4) / listed[word])
                for word in sorted(words, key=lambda one: (-len(one), one))
            )
            for code, words in plain.items()
        }
    )


def suggest(
    text: str, lexicon: Mapping[str, Sequence[str]] | Listed, most: int = 3
) -> list[Guess]:
    """The best types for a text, best first, ties by the order of the lexicon.

    Parameters
    ----------
    text
        What somebody wrote; only the first 4,000 characters are read.
    lexicon
        For each type, the words that speak for it, or the same made ready.
    most
        How many to return; types without a found word are left out.
    """
    known = lexicon if isinstance(lexicon, Listed) else know_words(lexicon)
    plain = _plain(text[:MOST_CHARACTERS])
    tokens = _LATIN.findall(plain)
    found = {code: _found(plain, tokens, words) for code, words in known.types.items()}
    weights = {code: sum(hits.values()) for code, hits in found.items()}
    whole = sum(weights.values()) + NONE_OF_THESE
    ranked = sorted((code for code in found if weights[code] > 0), key=lambda c: -weights[c])
    return [Guess(code, weights[code] / whole, tuple(found[code])) for code in ranked[:most]]


def _plain(text: str) -> str:
    return fold(text).strip()


def _letters(word: str) -> tuple[str, ...]:
    """The words of a listed word in letters; none where it is in Chinese."""
    return () if _HAN.search(word) else tuple(_LATIN.findall(word))


def _found(
    plain: str, tokens: Sequence[str], words: Sequence[tuple[str, tuple[str, ...], float]]
) -> dict[str, float]:
    """Weight of each listed word that occurs, longest first, none inside another."""
    hits: dict[str, float] = {}
    for word, letters, weight in words:
        closeness = _occurs(tokens, letters) if letters else float(word in plain)
        if closeness and not any(word in longer for longer in hits):
            hits[word] = closeness * weight
    return hits


def _size(word: str) -> int:
    return len(_HAN.findall(word)) + 2 * len(_LATIN.findall(word))


def _occurs(tokens: Sequence[str], wanted: Sequence[str]) -> float:
    """1 where words in letters occur in order, 0.7 with a slip, 0 where they do not."""
    best, first = 0.0, wanted[0]
    for start in range(len(tokens) - len(wanted) + 1):
        if not _alike(tokens[start], first):
            continue
        pairs = zip(tokens[start : start + len(wanted)], wanted, strict=True)
        best = max(best, min(_same(said, meant) for said, meant in pairs))
        if best == 1.0:
            break
    return best


def _alike(said: str, meant: str) -> bool:
    """A quick look: one slip leaves the first or the last letter, and the length within one."""
    near = said[0] == meant[0] or said[-1] == meant[-1]
    return near and -1 <= len(said) - len(meant) <= 1


def _same(said: str, meant: str) -> float:
    if said in (meant, f"{meant}s"):
        return 1.0
    long_enough = min(len(said), len(meant)) >= SHORTEST_WITH_SLIP
    return SLIP_WEIGHT if long_enough and one_slip(said, meant) else 0.0


def one_slip(said: str, meant: str) -> bool:
    """Whether one letter was added, left out, changed, or two neighbours swapped."""
    if abs(len(said) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(said), len(meant)) and said[start] == meant[start]:
        start += 1
    a, b = said[start:], meant[start:]
    swapped = len(a) > 1 and len(b) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped
