"""Facts of reading: that words were learnt from, and which reader judges from now on."""

from dataclasses import dataclass

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class WordsLearnt(Fact):
    """A reader was made of so many reports; of the city's own cases or of a file."""

    number: int
    reports: int
    own: bool


@dataclass(frozen=True, slots=True)
class ReaderSwitched(Fact):
    """Another reader judges from now on; 0 is the pack's listed words alone."""

    number: int
    was: int
    digest: str


@dataclass(frozen=True, slots=True)
class DangerWordsSought(Fact):
    """Reports were read, masked, to see which danger words are missing; so many were raised."""

    days: int
    raised: int
    reports: int
