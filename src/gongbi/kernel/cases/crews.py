"""Who could be there first: a unit's crews for one task, now, and why.

It orders by one figure that anybody can check, the minutes until a crew could be on site: until
its shift begins, the tasks it has in hand, and the way. It says nothing of how well anybody works,
keeps nothing, and knows no more of a crew than it is given. What is not known is not held against
anybody: an unknown way counts as a usual one, an unknown skill is neither there nor missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from gongbi.kernel.datum import metres_between

STREET_FACTOR = 1.35  # streets against the crow's way: 1.2 to 1.4 in most cities
METRES_A_MINUTE = 300.0  # 18 km/h: a van in a dense city, stops included
TASK_MINUTES = 40.0
USUAL_WAY_MINUTES = 20.0
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Crew:
    """A crew, or one person. ``at`` is lon, lat in degrees; None in a field is *not known*.

    ``shift_in`` is how many minutes until its shift begins: 0 while it runs.
    """

    code: str
    at: Point | None = None
    tasks: int = 0
    shift_in: float | None = None
    skills: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How soon a crew could be on site, in minutes, and the parts that add up to it.

    ``fits`` is False where a skill that is needed is missing, None where skills are not known.
    """

    code: str
    minutes: float
    fits: bool | None
    shift: float
    tasks: float
    way: float
    metres: float | None
    lacks: frozenset[str] = field(default_factory=frozenset)


def minutes_until(shift: tuple[int, int], minute: int) -> int:
    """Minutes from a minute of the day until a daily shift begins; 0 while it runs."""
    opens, closes = shift
    runs = (minute >= opens or minute < closes) if closes < opens else opens <= minute < closes
    return 0 if runs else (opens - minute) % 1440


def order_crews(
    crews: Iterable[Crew],
    site: Point | None,
    needs: frozenset[str] = frozenset(),
    *,
    task_minutes: float = TASK_MINUTES,
) -> list[Fit]:
    """Crews by who could be there first; those that lack a skill last; ties as given."""
    found = [_fit(crew, site, needs, task_minutes) for crew in crews]
    return sorted(found, key=lambda fit: (fit.fits is False, round(fit.minutes, 6), not fit.fits))


def _fit(crew: Crew, site: Point | None, needs: frozenset[str], task_minutes: float) -> Fit:
    if crew.tasks < 0:
        raise ValueError("Expected tasks >= 0.")
    metres = _metres(crew.at, site)
    shift, tasks = max(crew.shift_in or 0.0, 0.0), crew.tasks * task_minutes
    way = USUAL_WAY_MINUTES if metres is None else metres / METRES_A_MINUTE
    lacks = needs - crew.skills if crew.skills is not None else frozenset[str]()
    unknown = bool(needs) and crew.skills is None
    return Fit(
        code=crew.code,
        minutes=shift + tasks + way,
        fits=None if unknown else not lacks,
        shift=shift,
        tasks=tasks,
        way=way,
        metres=metres,
        lacks=lacks,
    )


def _metres(one: Point | None, other: Point | None) -> float | None:
    """The way by streets, from the crow's way; None where either end is not known."""
    if one is None or other is None:
        return None
    ends = (np.array([degrees]) for degrees in (*one, *other))
    return float(metres_between(*ends)[0]) * STREET_FACTOR
