"""Which alerts are one matter: a burst main lowers pressure, wets a road and empties hydrants.

A *cause* names the signs that lead (what breaks) and those that follow (what is felt), how far
apart they may begin and the kind of place within which they belong together. The alert of a
leading sign is the parent; those that follow are its children and need no case of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """A rule of the pack.

    Parameters
    ----------
    code
        Its name.
    leads, follows
        Codes of indicators. The same code in both: one alert of it may explain another.
    seconds
        How far apart the beginnings of parent and child may lie, either way.
    """

    code: str
    leads: frozenset[str]
    follows: frozenset[str]
    seconds: float

    def __post_init__(self) -> None:
        if not self.leads or not self.follows:
            raise ValueError(f"The cause {self.code!r} needs signs that lead and that follow.")
        if self.seconds <= 0:
            raise ValueError(f"The cause {self.code!r} needs a span of more than 0 seconds.")


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert: its sign, where (a path "/city/district/…/"), and when it began (seconds).

    ``within`` is the path of the place that a matter led by it may fill, by cause.
    """

    name: str
    sign: str
    path: str
    began: float
    within: dict[str, str]


@dataclass(frozen=True, slots=True)
class Parent:
    """The alert another one follows from, the cause that says so, and how far apart they began."""

    name: str
    cause: str
    seconds: float


def parent_of(one: Episode, others: Iterable[Episode], causes: Sequence[Cause]) -> Parent | None:
    """The alert that explains ``one``: by the first cause that fits, the one that began first.

    A place belongs to a matter when it lies below the matter's place or above it: what a whole
    city feels of a burst main in one of its subdistricts is felt of that main.
    """
    others = [other for other in others if other.name != one.name]
    for cause in causes:
        if one.sign not in cause.follows:
            continue
        fits = [(other.began, other.name) for other in others if _leads(other, one, cause)]
        if fits:
            began, name = min(fits)
            return Parent(name, cause.code, abs(one.began - began))
    return None


def _leads(other: Episode, one: Episode, cause: Cause) -> bool:
    if other.sign not in cause.leads or abs(other.began - one.began) > cause.seconds:
        return False
    if other.sign == one.sign and (other.began, other.name) >= (one.began, one.name):
        return False  # of two alerts of one sign only the earlier can explain the other
    return near(one.path, other.within.get(cause.code, other.path))


def near(path: str, within: str) -> bool:
    """Whether a place lies below a matter's place, or that place below it."""
    return path.startswith(within) or within.startswith(path)
