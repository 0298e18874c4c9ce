"""What is known beside a text and may tell something: coarse, and of no person."""

from datetime import datetime


def hours(at: datetime) -> tuple[str, ...]:
    """The hour, the hour of a weekend or not, a sixth of the day; ``at`` is the place's own time.

    Music is loud at night and cars are in the way by day.
    """
    end = "weekend" if at.weekday() >= 5 else "week"
    return f"hour {at.hour}", f"hour {at.hour} {end}", f"part {at.hour // 4} {end}"
