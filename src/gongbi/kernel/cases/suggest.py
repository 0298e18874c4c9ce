"""What a person's words are about: types by the words a city listed for them.

No training and no download: the list of words is the city's own. Chinese words are found anywhere
in the text; words in Latin letters as whole words in order, where a word of five letters or more
may differ by one slip of the finger. Text is compared in Unicode NFKC, lower case.

The score of a type is ``s / (sum of s over all types + 1/2)``: its weight of found words as a
share of all that was found, and of a half for *none of these*. A word weighs
``min(1, size / 4) / number of types that list it``, where the size is its count of Chinese
characters, or twice its count of Latin words; a word inside a longer one found for the same type
adds nothing; a word with a slip weighs seven tenths.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


def suggest(text: str, lexicon: Mapping[str, Sequence[str]], most: int = 3) -> list[Guess]:
    """The best types for a text, best first, ties by the order of the lexicon.

    Parameters
    ----------
    text
        What somebody wrote; only the first 4,000 characters are read.
    lexicon
        For each type, the words that speak for it.
    most
        How many to return; types without a found word are left out.
    """
    plain = _plain(text[:MOST_CHARACTERS])
    tokens = _LATIN.findall(plain)
    listed: dict[str, int] = {}
    for words in lexicon.values():
        for word in {_plain(word) for word in words}:
            listed[word] = listed.get(word, 0) + 1
    found = {code: _found(plain, tokens, words, listed) for code, words in lexicon.items()}
    weights = {code: sum(hits.values()) for code, hits in found.items()}
    whole = sum(weights.values()) + NONE_OF_THESE
    ranked = sorted((code for code in found if weights[code] > 0), key=lambda c: -weights[c])
    return [Guess(code, weights[code] / whole, tuple(found[code])) for code in ranked[:most]]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _found(
    plain: str, tokens: Sequence[str], words: Sequence[str], listed: Mapping[str, int]
) -> dict[str, float]:
    """Weight of each listed word that occurs, longest first, none inside another."""
    hits: dict[str, float] = {}
    for word in sorted({_plain(w) for w in words if w.strip()}, key=lambda w: (-len(w), w)):
        if any(word in longer for longer in hits):
            continue
        closeness = _occurs(plain, tokens, word)
        if closeness:
            hits[word] = closeness * min(1.0, _size(word) / 4) / listed[word]
    return hits


def _size(word: str) -> int:
    return len(_HAN.findall(word)) + 2 * len(_LATIN.findall(word))


def _occurs(plain: str, tokens: Sequence[str], word: str) -> float:
    """1 where the word occurs, 0.7 with a slip, 0 where it does not."""
    if _HAN.search(word):
        return float(word in plain)
    wanted = _LATIN.findall(word)
    if not wanted:
        return 0.0
    best = 0.0
    for start in range(len(tokens) - len(wanted) + 1):
        pairs = zip(tokens[start : start + len(wanted)], wanted, strict=True)
        best = max(best, min(_same(said, meant) for said, meant in pairs))
    return best


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
