"""A reader: what was learnt, how it judges a text, and which words decided.

What a text's words add to one type beyond what they add to the others is shared out over the units
of each term that stands there; runs of units that add much are the words that decided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.reading.calibrating import Calibration, confidences
from gongbi.kernel.reading.units import BOUNDARY, Units, spans, terms_of, units_of
from gongbi.kernel.reading.vectors import CONTEXT, Known, value_of

MOST_WORDS = 3
SHARE_OF_BEST = 0.3
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reader:
    """Terms, and for each type a weight of each term, a constant, and a calibration."""

    known: Known
    types: tuple[str, ...]
    weights: NDArray[np.float32]
    constant: Floats
    calibration: Calibration
    threshold: float = 1.01
    trust: float = 1.0
    """How much what was learnt counts beside the listed words: 1 is all."""
    lean: Mapping[str, float] = field(default_factory=dict)
    """By what a type's share is multiplied before types are ranked: above 1 for rare ones."""
    subs: Mapping[str, "Reader"] = field(default_factory=dict)
    """For types that have sub-types, a reader of these."""
    index: Mapping[str, int] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if len(self.index) != len(self.known.terms):
            index = {term: number for number, term in enumerate(self.known.terms)}
            object.__setattr__(self, "index", index)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A type, how sure it is from 0 to 1, and the words that decided, as they were written."""

    type: str
    confidence: float
    words: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """What is known beside the text and spoke for it too: most first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One text through a reader's eyes: units, terms with their places, and the value of each."""

    text: str
    units: Units
    places: tuple[tuple[int, int, int], ...]
    rows: NDArray[np.int64]
    values: Floats


def see(reader: Reader, text: str, context: Iterable[str] = ()) -> Seen:
    """The known terms of a text, as a row of length one."""
    units = units_of(text)
    places = tuple(
        (number, begin, end)
        for term, begin, end in terms_of(units, reader.known.longest)
        if (number := reader.index.get(term)) is not None
    )
    times: dict[int, int] = {}
    for number, _begin, _end in places:
        times[number] = times.get(number, 0) + 1
    for said in context:
        number = reader.index.get(CONTEXT + said)
        if number is not None:
            times[number] = 1
    rarity = reader.known.rarity
    values = np.array([value_of(n, float(rarity[one])) for one, n in times.items()])
    length = float(np.sqrt((values**2).sum()))
    rows = np.fromiter(times, np.int64, len(times))
    return Seen(text, units, places, rows, values / length if length else values)


def score(reader: Reader, seen: Seen) -> Floats:
    """The confidence in each type of the reader, of what was learnt alone."""
    scores = seen.values @ reader.weights[seen.rows].astype(np.float64) + reader.constant
    return confidences(scores, reader.calibration)


def scores_of_rows(reader: Reader, rows: Any) -> Floats:
    """The same for many rows at once, before calibration."""
    return np.asarray(rows @ reader.weights.astype(np.float64) + reader.constant)


def given_to(reader: Reader, seen: Seen, type_: int, shares: Floats) -> dict[int, float]:
    """What each term adds to a type beyond what it adds to the others, by their shares."""
    weights = reader.weights[seen.rows].astype(np.float64)
    others = np.array(shares, dtype=np.float64)
    others[type_] = 0
    others = others / others.sum() if others.sum() > 0 else np.full(len(others), 1 / len(others))
    given = seen.values * (weights[:, type_] - weights @ others)
    return dict(zip(seen.rows.tolist(), given.tolist(), strict=True))


def beside_for(reader: Reader, given: Mapping[int, float]) -> tuple[str, ...]:
    """What is known beside the text and adds at least a third of what any term does."""
    best = max(given.values(), default=0.0)
    order = sorted(given, key=lambda one: (-given[one], one))
    terms = (reader.known.terms[one] for one in order if given[one] > max(0, SHARE_OF_BEST * best))
    return tuple(one.removeprefix(CONTEXT) for one in terms if one.startswith(CONTEXT))


def _words(seen: Seen, given: Mapping[int, float]) -> tuple[str, ...]:
    times: dict[int, int] = {}
    for number, _begin, _end in seen.places:
        times[number] = times.get(number, 0) + 1
    credit = np.zeros(len(seen.units.keys))
    for number, begin, end in seen.places:
        credit[begin:end] += given[number] / times[number] / (end - begin)
    credit[[key == BOUNDARY for key in seen.units.keys]] = 0
    best = credit.max(initial=0.0)
    if best <= 0:
        return ()
    runs = [(credit[a:b].sum(), a, b) for a, b in spans(list(credit > SHARE_OF_BEST * best))]
    chosen = sorted(
        sorted(runs, key=lambda run: (-run[0], run[1]))[:MOST_WORDS], key=lambda r: r[1]
    )
    said = (seen.text[seen.units.begins[a] : seen.units.ends[b - 1]] for _c, a, b in chosen)
    return tuple(dict.fromkeys(said))


def read(
    reader: Reader,
    text: str,
    context: Iterable[str] = (),
    *,
    listed: Mapping[str, float] | None = None,
    allowed: Iterable[str] | None = None,
    most: int = 3,
) -> tuple[Judgement, ...]:
    """The best types for a text, best first.

    Parameters
    ----------
    listed
        What the listed words say: a score for each type, of a sum below 1 (``suggest``).
    allowed
        The types in force; what was learnt of others goes to these, by their shares.
    """
    seen = see(reader, text, context)
    shares = score(reader, seen)
    mixed = mix(dict(zip(reader.types, shares.tolist(), strict=True)), listed or {}, reader.trust)
    if allowed is not None:
        permitted = set(allowed)
        mixed = _of(mixed, permitted)
    ranked = rank(mixed, reader.lean)[:most]
    return tuple(_judged(reader, seen, one, mixed[one], shares) for one in ranked)


def _judged(reader: Reader, seen: Seen, name: str, confidence: float, shares: Floats) -> Judgement:
    if name not in reader.types:
        return Judgement(name, confidence, ())
    given = given_to(reader, seen, reader.types.index(name), shares)
    return Judgement(name, confidence, _words(seen, given), beside_for(reader, given))


def rank(shares: Mapping[str, float], lean: Mapping[str, float]) -> list[str]:
    """Types by their shares, rare ones a little before their turn; ties by their names."""
    return sorted(shares, key=lambda one: (-shares[one] * lean.get(one, 1.0), one))


def mix(
    learnt: Mapping[str, float], listed: Mapping[str, float], trust: float
) -> dict[str, float]:
    """Listed words take ``(1 - trust) * sum(listed)`` of the whole, what was learnt the rest."""
    taken = (1 - trust) * sum(listed.values())
    found = {one: share * (1 - taken) for one, share in learnt.items()}
    for one, share in listed.items():
        found[one] = found.get(one, 0.0) + (1 - trust) * share
    return found


def _of(shares: Mapping[str, float], permitted: set[str]) -> dict[str, float]:
    kept = {one: share for one, share in shares.items() if one in permitted}
    whole = sum(kept.values())
    return {one: share / whole for one, share in kept.items()} if whole > 0 else kept
