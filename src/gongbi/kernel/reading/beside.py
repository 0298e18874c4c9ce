"""What is known beside a text and may tell something: coarse, and of no person."""

from datetime import datetime
from math import floor


def hours(at: datetime) -> tuple[str, ...]:
    """The hour, the hour of a weekend or not, a sixth of the day; ``at`` is the place's own time.

    Music is loud at night and cars are in the way by day.
    """
    end = "weekend" if at.weekday() >= 5 else "week"
    return f"hour {at.hour}", f"hour {at.hour} {end}", f"part {at.hour // 4} {end}"


SQUARES = (0.002, 0.005, 0.02)
"""Sides in degrees: some 200 m, 500 m and 2 km."""


def squares(lon: float | None, lat: float | None) -> tuple[str, ...]:
    """The squares of the earth a report lies in, WGS84; none where it has no point.

    Where cars are in the way they are so again; a square that few reports lie in is not learnt.
    """
    if lon is None or lat is None:
        return ()
    return tuple(f"square {side} {floor(lon / side)} {floor(lat / side)}" for side in SQUARES)
