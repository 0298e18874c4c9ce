"""How well a reader reads: on all rows, on each type alike, by what it says of itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """A figure with the bounds that hold it in 95 of 100 redrawn tests."""

    value: float
    low: float
    high: float


def accuracy(truth: Ints, said: Ints) -> float:
    """Share of rows read right."""
    return float((truth == said).mean())


def macro_recall(truth: Ints, said: Ints) -> float:
    """Share read right of each type that occurs, the mean over types: rare ones count alike."""
    return float(np.mean(list(recalls(truth, said).values())))


def recalls(truth: Ints, said: Ints) -> dict[int, float]:
    """Share read right of each type that occurs."""
    return {int(one): float((said[truth == one] == one).mean()) for one in np.unique(truth)}


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error: how far confidence and truth lie apart, by equal bins."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    sums = np.bincount(place, confidence, bins) - np.bincount(place, right, bins)
    return float(np.abs(sums).sum() / max(1, len(right)))


def differences(
    truth: Ints, said: Ints, other: Ints, *, rounds: int = 2000, seed: int = 7
) -> tuple[Span, Span]:
    """By how much ``said`` beats ``other`` in accuracy and macro recall, rows redrawn in pairs."""
    kinds, row = np.unique(truth, return_inverse=True)
    hits = np.stack([truth == said, truth == other]).astype(float)
    gain = hits[0] - hits[1]
    rng = np.random.default_rng(seed)
    drawn = np.empty((rounds, 2))
    for one in range(rounds):
        times = np.bincount(rng.integers(0, len(truth), len(truth)), minlength=len(truth))
        each = np.bincount(row, times * gain, len(kinds))
        of = np.bincount(row, times, len(kinds))
        drawn[one] = each.sum() / len(truth), (each[of > 0] / of[of > 0]).mean()
    values = (
        accuracy(truth, said) - accuracy(truth, other),
        macro_recall(truth, said) - (macro_recall(truth, other)),
    )
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return tuple(  # type: ignore[return-value]
        Span(float(v), float(a), float(b)) for v, a, b in zip(values, low, high, strict=True)
    )
