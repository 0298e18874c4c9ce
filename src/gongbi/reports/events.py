"""Facts reports tells."""

from dataclasses import dataclass
from uuid import UUID

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class CallBackSeen(Fact):
    """Somebody with that right opened the number and words of whoever was promised a call."""

    callback: UUID
    number: str
    call: UUID


@dataclass(frozen=True, slots=True)
class ForwardSetAside(Fact):
    """What was, or was to be, sent on to a unit's own system waits for a person."""

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
