"""Texts as vectors: which terms are known, how much each says, and a row for each text.

The value of a term in a text is ``(1 + ln n) * rarity``, with n how often it stands there, over
the length of the row; ``rarity = ln((1 + texts) / (1 + texts with it)) + 1``.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gongbi.kernel.reading.units import LONGEST_TERM, terms_of, units_of

CONTEXT = "\x02"
"""Stands before what is known beside the text (hour, channel), so that no text can say it."""


@dataclass(frozen=True, slots=True)
class Known:
    """The terms a reader knows, in order, and the rarity of each."""

    terms: tuple[str, ...]
    rarity: NDArray[np.float32]
    longest: int = LONGEST_TERM


def counted(text: str, context: Iterable[str] = (), longest: int = LONGEST_TERM) -> dict[str, int]:
    """How often each term stands in a text; context counts as terms of its own."""
    found: dict[str, int] = {}
    for term, _begin, _end in terms_of(units_of(text), longest):
        found[term] = found.get(term, 0) + 1
    for said in context:
        found[CONTEXT + said] = 1
    return found


def value_of(times: int, rarity: float) -> float:
    """What a term weighs in a text before the row is brought to length one."""
    return float((1.0 + np.log(times)) * rarity)


@dataclass(slots=True)
class Counting:
    """Counts of many texts, before it is known which terms will be kept."""

    ids: dict[str, int]
    columns: "array[int]"
    times: "array[int]"
    ends: "array[int]"


def count_all(texts: Iterable[Mapping[str, int]]) -> Counting:
    """Every text's counts, each new term under the next number."""
    said = Counting({}, array("i"), array("i"), array("i", [0]))
    for text in texts:
        for term, times in text.items():
            said.columns.append(said.ids.setdefault(term, len(said.ids)))
            said.times.append(times)
        said.ends.append(len(said.columns))
    return said


def know(said: Counting, *, least: int, most: int, longest: int = LONGEST_TERM) -> Known:
    """The terms that stand in at least so many texts, at most so many of them, in their order.

    A term of one or two people's texts would say who they are, not what is wrong.
    """
    texts = np.bincount(np.frombuffer(said.columns, np.int32), minlength=len(said.ids))
    names = np.array(list(said.ids), dtype=object)
    kept = np.flatnonzero(texts >= least)
    if len(kept) > most:
        # Ties by the term itself: the order in which texts came must not show.
        kept = np.array(sorted(kept, key=lambda one: (-texts[one], names[one]))[:most])
    kept = np.array(sorted(kept, key=lambda one: names[one]), dtype=np.int64)
    rows = len(said.ends) - 1
    rarity = np.log((1 + rows) / (1 + texts[kept])) + 1
    return Known(tuple(names[kept]), rarity.astype(np.float32), longest)


def rows_of(said: Counting, known: Known) -> Any:
    """The texts as a sparse matrix, a row each of length one (or empty)."""
    index = {term: number for number, term in enumerate(known.terms)}
    place = np.full(len(said.ids), -1, np.int64)
    for term, number in said.ids.items():
        place[number] = index.get(term, -1)
    columns = place[np.frombuffer(said.columns, np.int32)]
    keep = columns >= 0
    ends = np.concatenate(([0], np.cumsum(keep)))[np.frombuffer(said.ends, np.int32)]
    times = np.frombuffer(said.times, np.int32)[keep]
    values = (1 + np.log(times)) * known.rarity[columns[keep]]
    matrix = sparse.csr_matrix(
        (values, columns[keep], ends), shape=(len(ends) - 1, len(known.terms))
    )
    matrix.sort_indices()
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    return sparse.diags(1 / np.where(length > 0, length, 1)) @ matrix


def types_of(types: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The types in their own order, and each row's number among them."""
    names = tuple(sorted(set(types)))
    number = {name: place for place, name in enumerate(names)}
    return names, np.array([number[one] for one in types], dtype=np.int64)
