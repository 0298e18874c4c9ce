"""What an evaluation is asked of, and the instant it counts at."""

from dataclasses import dataclass
from datetime import datetime

from gongbi.core.public import PlaceRecord, Scope, UnitRecord

BY = ("all", "unit", "place", "type", "month", "source")


@dataclass(frozen=True, slots=True)
class Terms:
    """The cases opened in [since, until) at or below a place that somebody may see.

    ``scope`` None is the city itself. With a ``unit`` only what is that unit's, or of one below
    it: its cases and promises, the outcomes it declared, and the verdicts on those.
    """

    scope: Scope | None
    place: PlaceRecord
    since: datetime
    until: datetime
    unit: UnitRecord | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases of an evaluation are meant: those behind a share or what it is a share of.

    ``which`` is ``part`` or ``of``; ``group`` is a key of ``by``, None for the whole.
    """

    measure: str
    which: str
    by: str = "all"
    group: str | None = None
