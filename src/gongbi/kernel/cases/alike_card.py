"""A scorecard of alikeness: a bias and a weight for each level, with the number it is known by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

from gongbi.kernel.cases.alike_unseen import UNSEEN
from gongbi.kernel.cases.alike_weights import BIAS, WEIGHTS

SHIPPED_NUMBER = 0
HABIT = "habit."


@dataclass(frozen=True, slots=True)
class Card:
    """Weights in log-odds by level; ``number`` 0 is the one that is shipped."""

    number: int
    bias: float
    weights: Mapping[str, float]

    def chance(self, levels: Iterable[str]) -> float:
        """How surely two reports whose parts are at these levels are one matter."""
        return logistic(self.bias + sum(self.weight(level) for level in levels))

    def weight(self, level: str) -> float:
        """The weight of a level; a city's habits weigh nothing before they are learnt."""
        return self.weights.get(level, 0.0) if level.startswith(HABIT) else self.weights[level]


def log_odds(chance: float) -> float:
    """The log-odds of a chance, within what numbers of this size tell apart.

    >>> round(log_odds(logistic(3.6)), 6), log_odds(0.5)
    (3.6, 0.0)
    """
    kept = min(max(chance, 1e-12), 1 - 1e-12)
    return log(kept / (1 - kept))


def logistic(odds: float) -> float:
    """The chance of log-odds, without overflow on either side."""
    return 1.0 / (1.0 + exp(-odds)) if odds >= 0 else exp(odds) / (1.0 + exp(odds))


SHIPPED = Card(SHIPPED_NUMBER, BIAS, WEIGHTS | UNSEEN)
