"""Facts of likeness: that pairs were learnt from, and which weights judge from now on."""

from dataclasses import dataclass

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class PairsLearnt(Fact):
    """A scorecard was made of what people said of so many cases; their words were compared."""

    number: int
    cases: int
    pairs: int


@dataclass(frozen=True, slots=True)
class ScorecardSwitched(Fact):
    """Other weights judge from now on; 0 are the shipped ones."""

    number: int
    was: int
