"""Facts reports tells."""

from dataclasses import dataclass
from uuid import UUID

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class CallerReached(Fact):
    """Somebody looked at the number and the words of a caller who was promised a call."""

    callback: UUID


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


@dataclass(frozen=True, slots=True)
class CityConnected(Fact):
    """Another city's requests are read by the clock from now on, or otherwise than before."""

    city: str
    every_minutes: int


@dataclass(frozen=True, slots=True)
class CityReadingSet(Fact):
    """Reading another city was paused, resumed, asked for at once, or ended."""

    city: str
    to: str


@dataclass(frozen=True, slots=True)
class CityNotRead(Fact):
    """Another city could not be read, for the first time since it could."""

    city: str
    trouble: str


@dataclass(frozen=True, slots=True)
class CityReadAgain(Fact):
    """A city that could not be read can be read again."""

    city: str
    tries: int
