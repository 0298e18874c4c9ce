"""Which of a city's written answers speak to what somebody asks, while they are asking it.

Terms are words in Latin letters, and pairs of neighbouring Chinese characters, of the text in
Unicode NFKC and lower case. Answers are ranked by BM25 (Robertson and Zaragoza, 2009; k1 1.2,
b 0.75); terms of the title and of the listed words count three times. What decided is returned.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

K1, B = 1.2, 0.75
TITLE_WEIGHT = 3
LEAST_SHARE = 0.34
MOST_CHARACTERS = 4000
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\d_\u3400-\u9fff]+|\d+")
_HAN = re.compile(r"[\u3400-\u9fff]")
# fmt: off
_STOP = frozenset({
    "the", "a", "an", "is", "are", "was", "to", "of", "in", "on", "at", "and", "or", "my", "i",
    "it", "for", "do", "does", "how", "can", "what",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it is searched: its code, title and listed words, and what it says."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that speaks to the question: its score, and the terms that decided."""

    code: str
    score: float
    terms: tuple[str, ...]


def terms_of(text: str) -> list[str]:
    """The terms of a text, in order; a single Chinese character stands for itself."""
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold()
    found: list[str] = []
    for run in _RUN.findall(plain):
        if not _HAN.match(run):
            found += [] if run in _STOP else [run]
        elif len(run) == 1:
            found.append(run)
        else:
            found += [run[n : n + 2] for n in range(len(run) - 1)]
    return found


@dataclass(slots=True)
class Shelf:
    """Answers indexed once and asked many times."""

    answers: Sequence[Answer]
    _counts: list[Counter[str]] = field(default_factory=list)
    _holding: dict[str, list[int]] = field(default_factory=dict)
    _mean: float = 1.0

    def __post_init__(self) -> None:
        for number, answer in enumerate(self.answers):
            counts = Counter(terms_of(answer.text))
            for term in terms_of(answer.title):
                counts[term] += TITLE_WEIGHT
            self._counts.append(counts)
            for term in counts:
                self._holding.setdefault(term, []).append(number)
        sizes = [counts.total() for counts in self._counts]
        self._mean = sum(sizes) / len(sizes) if sizes else 1.0

    def ask(self, question: str, most: int = 3) -> list[Found]:
        """The best answers, best first; ties by the order of the shelf.

        An answer that holds less than a third of the question's known weight is not shown: a
        clerk in a hurry reads what is shown.
        """
        asked = [term for term in dict.fromkeys(terms_of(question)) if term in self._holding]
        whole = sum(self._rarity(term) for term in asked)
        scores: dict[int, float] = {}
        held: dict[int, list[str]] = {}
        for term in asked:
            for number in self._holding[term]:
                scores[number] = scores.get(number, 0.0) + self._weight(term, number)
                held.setdefault(number, []).append(term)
        good = [n for n in scores if self._share(held[n], whole) >= LEAST_SHARE]
        ranked = sorted(good, key=lambda n: (-scores[n], n))[:most]
        return [
            Found(self.answers[n].code, round(scores[n], 4), tuple(_longest(held[n])))
            for n in ranked
        ]

    def _rarity(self, term: str) -> float:
        holding = len(self._holding[term])
        return math.log(1 + (len(self.answers) - holding + 0.5) / (holding + 0.5))

    def _weight(self, term: str, number: int) -> float:
        counts = self._counts[number]
        often, size = counts[term], counts.total()
        return (
            self._rarity(term) * often * (K1 + 1) / (often + K1 * (1 - B + B * size / self._mean))
        )

    def _share(self, held: Iterable[str], whole: float) -> float:
        return sum(self._rarity(term) for term in held) / whole if whole else 0.0


def _longest(terms: Sequence[str]) -> list[str]:
    """Pairs that overlap are shown as the word they make: 居住 and 住证 as 居住证."""
    shown: list[str] = []
    for term in terms:
        overlaps = shown and _HAN.match(term) and _HAN.match(shown[-1]) and len(term) > 1
        if overlaps and shown[-1][-1] == term[0]:
            shown[-1] += term[1:]
        else:
            shown.append(term)
    return shown
