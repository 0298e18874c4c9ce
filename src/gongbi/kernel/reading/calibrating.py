"""Making a confidence mean what it says, and choosing how sure is sure enough.

``p = softmax(scale * scores + shift)`` with ``scale`` and ``shift`` (one for each type) of least
``mean(-ln p(type)) + (ln(scale) ** 2 + sum(shift ** 2)) / rows`` on rows that were not learnt
from: the second part keeps few rows from saying much.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
LEAST_ACCEPTED = 30


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns scores into confidences."""

    scale: float
    shift: Floats


def confidences(scores: Floats, by: Calibration) -> Floats:
    """The share of each type, for each row of scores."""
    return np.asarray(special.softmax(by.scale * scores + by.shift, axis=-1))


def calibrate(scores: Floats, types: NDArray[np.int64]) -> Calibration:
    """Fit scale and shift on rows that were kept back."""
    rows, count = scores.shape
    if rows == 0:
        return Calibration(1.0, np.zeros(count))
    wanted = np.zeros((rows, count))
    wanted[np.arange(rows), types] = 1

    def loss(flat: Floats) -> tuple[float, Floats]:
        scale, shift = np.exp(flat[0]), flat[1:]
        said = scale * scores + shift
        off = special.softmax(said, axis=1) - wanted
        cost = (special.logsumexp(said, axis=1) - said[wanted == 1]).mean()
        slope = np.concatenate(([scale * (off * scores).sum() / rows], off.mean(0)))
        return float(cost + (flat**2).sum() / rows), slope + 2 * flat / rows

    from scipy.optimize import minimize  # half a second to import, which only learning needs

    found = minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B")
    return Calibration(float(np.exp(found.x[0])), np.asarray(found.x[1:]))


def threshold_for(
    confidence: Floats, right: NDArray[np.bool_], precision: float, *, doubt: float = 1.0
) -> float:
    """The least confidence from which on types may be taken without a person.

    So many are taken as are right in at least the share asked, less ``doubt`` standard errors.
    Without enough of them it is above 1: a person looks at everything.
    """
    order = np.argsort(-confidence, kind="stable")
    taken = np.arange(1, len(order) + 1)
    share = np.cumsum(right[order]) / taken
    lower = share - doubt * np.sqrt(np.maximum(share * (1 - share), 1 / (4 * taken)) / taken)
    sound = np.flatnonzero((lower >= precision) & (taken >= LEAST_ACCEPTED))
    return float(confidence[order][sound[-1]]) if len(sound) else 1.01
