"""Facts reports tells."""

from dataclasses import dataclass

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class ForwardSetAside(Fact):
    """A task could not be sent on to its unit's own system; a person must decide."""

    number: str
    task: int
    unit: str
    tries: int


@dataclass(frozen=True, slots=True)
class ForwardDecided(Fact):
    """A person decided: sent again, found there, or taken back."""

    number: str
    task: int
    unit: str
    decided: str
