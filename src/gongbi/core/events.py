"""Facts core tells."""

from dataclasses import dataclass

from gongbi.core.journal import Fact


@dataclass(frozen=True, slots=True)
class PackLoaded(Fact):
    """A new version of the city pack is in force."""

    number: int


@dataclass(frozen=True, slots=True)
class KeyDestroyed(Fact):
    """The words of an owner (a case, a person) can no longer be read by anybody."""

    owner: str


@dataclass(frozen=True, slots=True)
class SignedIn(Fact):
    """Somebody with an account came in."""

    person: str
