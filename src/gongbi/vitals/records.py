"""What crosses the door of vitals: frozen records."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignRecord:
    """An indicator at a place, as a figure: its last value, level, sparkline and limits.

    ``here`` is false where the place asked for has no series of its own and the worst one below
    it stands in. ``spark`` holds values of the last hours, oldest first. ``of`` series of the
    indicator stand below the place, ``off`` of them out of the normal, ``silent`` without data.
    """

    indicator: str
    name: str
    kind: str
    place: str
    place_name: str
    here: bool
    unit: str
    value: float | None
    level: int
    at: datetime | None
    since: datetime | None
    provisional: bool
    spark: tuple[float, ...]
    limits: tuple[tuple[int, float], ...]
    href: str
    series: int
    why: str
    of: int = 1
    off: int = 0
    silent: int = 0
    foreseen: str = ""
    known: tuple[str, ...] = ()
    said: str = ""
    """Of a rule that holds or does not: which, in words, instead of a figure."""


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An episode above level 0."""

    id: str
    indicator: str
    name: str
    place: str
    place_name: str
    place_path: str
    lon: float | None
    lat: float | None
    level: int
    peak_level: int
    value: float | None
    unit: str
    began_at: datetime
    ended_at: datetime | None
    acknowledged: bool
    muted: bool
    case_number: str
    href: str
    owner: str = ""
    follows: bool = False
    """It follows from another alert, by a cause of the pack."""


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A level that changed, for the live feed."""

    name: str
    place_name: str
    at: datetime
    level: int
    was: int
    value: str
    corrects: bool
    href: str
