"""What the desk asks of vital signs: alerts that live, figures with their line and limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gongbi.core.public import Scope


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert in a list and on the map."""

    id: str
    title: str
    url: str
    place: str
    place_name: str
    level: int
    value: float | None
    unit: str
    started_at: datetime
    case: str
    acknowledged: bool
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class SignFigure:
    """An indicator at a place: its latest value, its line and its limits."""

    label: str
    place_name: str
    value: float | None
    unit: str
    level: int
    at: datetime | None
    url: str
    spark: tuple[float | None, ...]
    limits: tuple[tuple[int, float], ...]


def live_alerts(scope: Scope, most: int = 100, least_level: int = 1) -> Sequence[AlertLine]:
    """Alerts above a level that have not cleared, gravest first."""
    return []


def figures(scope: Scope, place: str, least_level: int = 0) -> Sequence[SignFigure]:
    """The vital signs of a place, gravest first."""
    return []
