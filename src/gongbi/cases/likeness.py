"""Weights of what is likely the same: learning them here, comparing, switching, going back."""

from gongbi.cases.merging.gathering import Gathered, gather
from gongbi.cases.merging.learning import Learnt, TooLittle, compare, learn_weights
from gongbi.cases.scorecards import (
    NoSuchCard,
    all_kept,
    go_back,
    in_force,
    kept,
    switch,
    switches,
)
from gongbi.kernel.cases.alike_learning import Beside, Move, Rate

__all__ = [
    "Beside",
    "Gathered",
    "Learnt",
    "Move",
    "NoSuchCard",
    "Rate",
    "TooLittle",
    "all_kept",
    "compare",
    "gather",
    "go_back",
    "in_force",
    "kept",
    "learn_weights",
    "switch",
    "switches",
]
