"""Whether a reader still reads as it did when it was judged."""

from collections.abc import Mapping
from dataclasses import dataclass

from gongbi.kernel.cases.shares import wilson

LEAST = 50


@dataclass(frozen=True, slots=True)
class Share:
    """A share of some rows, with the bounds that a like sample would give (Wilson, 95 %)."""

    hits: int
    of: int
    value: float
    low: float
    high: float


def share(hits: int, of: int) -> Share:
    """A share with its bounds; of nothing it may be anything."""
    if of == 0:
        return Share(0, 0, 0.0, 0.0, 1.0)
    return Share(hits, of, hits / of, *wilson(hits, of))


def shifted(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """How much of the types' shares moved: half the sum of differences, 0 none, 1 all."""
    first, second = sum(before.values()) or 1, sum(after.values()) or 1
    names = set(before) | set(after)
    return sum(abs(before.get(n, 0) / first - after.get(n, 0) / second) for n in names) / 2


@dataclass(frozen=True, slots=True)
class Drift:
    """What a reader did lately beside what was told of it, and what is worth a look."""

    agreed: Share
    agreed_told: float
    to_person: Share
    to_person_told: float
    moved: float
    reasons: tuple[str, ...]


def drift(
    agreed: Share,
    agreed_told: float,
    to_person: Share,
    to_person_told: float,
    moved: float,
    *,
    slack: float = 0.05,
    most_moved: float = 0.25,
) -> Drift:
    """Reasons to look: only what chance does not explain, and only of enough rows.

    ``agreement``: people settle on another type more often. ``person``: more is sent to people.
    ``types``: other types are named than were before.
    """
    reasons = []
    if agreed.of >= LEAST and agreed.high < agreed_told - slack:
        reasons.append("agreement")
    if to_person.of >= LEAST and to_person.low > to_person_told + slack:
        reasons.append("person")
    if to_person.of >= LEAST and moved > most_moved:
        reasons.append("types")
    return Drift(agreed, agreed_told, to_person, to_person_told, moved, tuple(reasons))
