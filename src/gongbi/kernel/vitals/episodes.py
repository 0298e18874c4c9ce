"""Episodes: from the first to the last window above level 0, kept the same under late corrections.

The part of a series that is final gives at most one open episode, its *lead*. The verdicts after
it are drawn again with each correction, and so are the episodes they make; ``match`` says which of
them are alerts already told, so that a moved start or a changed peak keeps the alert's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Verdict:
    """A window's number, value (None when empty), level, and whether it is final."""

    window: int
    value: float | None
    level: int
    final: bool


@dataclass(frozen=True, slots=True)
class Episode:
    """From window ``start`` to before window ``end`` (None: still on); the worst it has been."""

    start: int
    end: int | None
    level: int
    peak_level: int
    peak_value: float
    silent: bool = False
    """It ended because rows stopped coming, not because the value went back."""


def worse(a: float, b: float, sign: float) -> float:
    """The one further beyond the limits; ``sign`` is +1 for limits above, -1 for below."""
    return a if sign * a >= sign * b else b


def draw_episodes(
    lead: Episode | None, chain: Sequence[Verdict], sign: float
) -> tuple[list[Episode], Episode | None]:
    """Episodes of a series from its lead and the verdicts after it; and the lead for next time."""
    done: list[Episode] = []
    now = next_lead = lead
    for verdict in chain:
        now, ended = _extend(now, verdict, sign)
        if ended is not None:
            done.append(ended)
        if verdict.final:
            next_lead = now
    return ([*done, now] if now is not None else done), next_lead


def _extend(
    now: Episode | None, verdict: Verdict, sign: float
) -> tuple[Episode | None, Episode | None]:
    """(the episode that is on, the one that has ended) after one more verdict."""
    if verdict.level <= 0:
        if now is None:
            return None, None
        return None, replace(now, end=verdict.window, level=0, silent=verdict.level < 0)
    value = verdict.value
    if now is None:
        peak = float("nan") if value is None else value
        return Episode(verdict.window, None, verdict.level, verdict.level, peak), None
    peak = now.peak_value if value is None else worse(now.peak_value, value, sign)
    most = max(now.peak_level, verdict.level)
    return replace(now, level=verdict.level, peak_level=most, peak_value=peak), None


def _meet(a: Episode, b: Episode) -> bool:
    """Whether two episodes share a window or touch."""
    return (a.end is None or b.start <= a.end) and (b.end is None or a.start <= b.end)


def match(told: Sequence[Episode], drawn: Sequence[Episode]) -> list[int | None]:
    """For each drawn episode, in order, the place in ``told`` of the alert it continues, or None.

    Both are in order of start. An alert goes to the first episode it meets, and an episode takes
    the first alert that is left; an alert no episode takes has been withdrawn.
    """
    taken: set[int] = set()
    found: list[int | None] = []
    for episode in drawn:
        places = (i for i, old in enumerate(told) if i not in taken and _meet(old, episode))
        place = next(places, None)
        found.append(place)
        if place is not None:
            taken.add(place)
    return found
