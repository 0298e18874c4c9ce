"""Which danger words are missing: what stands in reports that people raised, and rarely elsewhere.

A candidate is one to four units that stand together (docs/kernel/reading.md), of two characters or
a word of three letters at least, without numbers. It is offered where ``least`` raised reports
hold it and its share there is ``rare`` times its share in calm ones:

    lift = ((raised + 1/2) / (all raised + 1)) / ((calm + 1/2) / (all calm + 1))

The most telling come first (raised * ln lift). Of candidates in each other the longer one is
offered where it stands as often, for it says more.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from gongbi.kernel.reading.units import BOUNDARY, terms_of, units_of

SHORTEST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words in one spelling, in how many raised and calm reports they stand, and the lift."""

    words: str
    raised: int
    calm: int
    lift: float


def missing_words(
    raised: Sequence[str],
    calm: Sequence[str],
    *,
    least: int = 3,
    rare: float = 4.0,
    most: int = 30,
) -> list[Candidate]:
    """Words that may be danger words, the most telling first; a person decides on each."""
    there, elsewhere = _counts(raised), _counts(calm)
    found = [
        Candidate(term, n, elsewhere[term], _lift(n, len(raised), elsewhere[term], len(calm)))
        for term, n in there.items()
        if n >= least
    ]
    telling = [one for one in found if one.lift >= rare]
    telling.sort(key=lambda one: (-one.raised * log(one.lift), -len(one.words), one.words))
    return [one for one in telling if not _within(one, telling)][:most]


def _lift(raised: int, all_raised: int, calm: int, all_calm: int) -> float:
    return ((raised + 0.5) / (all_raised + 1)) / ((calm + 0.5) / (all_calm + 1))


def _counts(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each term stands."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update({term for term, _b, _e in terms_of(units_of(text)) if _may_be(term)})
    return found


def _may_be(term: str) -> bool:
    if BOUNDARY in term or any(one.isdigit() for one in term):
        return False
    return len(term) >= (SHORTEST_LETTERS if term.isascii() else 2)


def _within(one: Candidate, others: Iterable[Candidate]) -> bool:
    return any(
        one.words != other.words and one.words in other.words and other.raised >= one.raised
        for other in others
    )
