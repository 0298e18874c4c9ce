"""Learning which terms speak for which type: a softmax over terms, row by row.

Sought is the least ``mean(-ln p(type | text)) + pull / 2 * sum(weights ** 2)``. Each row moves the
weights of its own terms, by steps that shrink as a weight has been moved (AdaGrad); the pull on a
weight is paid where its term stands, so that a term is not pulled more often than it is heard.
The rows are shuffled by a fixed seed from an order of their own, so that neither chance nor the
order in which they came shows in the result.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Told = Callable[[float], None]
SEED = 20_260_101
TINY = 1e-8


def fit(
    rows: Any,
    types: NDArray[np.int64],
    count: int,
    *,
    pull: float,
    weigh: Floats | None = None,
    rounds: int = 12,
    pace: float = 0.3,
    told: Told = lambda _share: None,
) -> tuple[Floats, Floats]:
    """Weights (terms by types) and a constant for each type, from a matrix with a row a text.

    Parameters
    ----------
    pull
        How strongly weights are drawn to zero.
    weigh
        How much each row counts; alike without it. Only the proportions matter.
    rounds
        How often all rows are gone through.
    pace
        The size of a weight's first step.
    """
    texts, terms = rows.shape
    each = np.ones(texts) if weigh is None else weigh * (texts / weigh.sum())
    heard = np.maximum(1, np.bincount(rows.indices, minlength=terms)).astype(np.float64)
    weights, constant = np.zeros((terms, count)), np.zeros(count)
    moved, shifted = np.full((terms, count), TINY), np.full(count, TINY)
    rng = np.random.default_rng(SEED)
    for one in range(rounds):
        order = rng.permutation(texts)
        _round(
            rows.indptr, rows.indices, rows.data, types, each, order,
            pull * texts / heard, pace, weights, constant, moved, shifted,
        )  # fmt: skip
        told((one + 1) / rounds)
    return weights, constant


@njit(cache=True)
def _round(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    ends, columns, values, types, each, order, pull, pace, weights, constant, moved, shifted
):
    count = constant.size
    off = np.empty(count)
    for row in order:
        begin, end = ends[row], ends[row + 1]
        off[:] = constant
        for at in range(begin, end):
            for kind in range(count):
                off[kind] += values[at] * weights[columns[at], kind]
        off -= off.max()
        off[:] = np.exp(off)
        off /= off.sum()
        off[types[row]] -= 1.0
        off *= each[row]
        for at in range(begin, end):
            term, value = columns[at], values[at]
            for kind in range(count):
                slope = off[kind] * value + pull[term] * weights[term, kind]
                moved[term, kind] += slope * slope
                weights[term, kind] -= pace * slope / np.sqrt(moved[term, kind])
        for kind in range(count):
            shifted[kind] += off[kind] * off[kind]
            constant[kind] -= pace * off[kind] / np.sqrt(shifted[kind])
