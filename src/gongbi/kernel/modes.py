"""Which mode a place is in: the gravest of those set for it or for a place above it.

A mode is set for a span of time with an end; where none is set, everything is ordinary.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ORDINARY, ALERT, EMERGENCY = "ordinary", "alert", "emergency"
MODES = (ORDINARY, ALERT, EMERGENCY)
"""From calm to grave."""


@dataclass(frozen=True, slots=True)
class Span:
    """A mode of a place and all below it, from an instant (included) to another (excluded)."""

    place_path: str
    mode: str
    begins_at: datetime
    over_at: datetime


def mode_at(spans: Iterable[Span], place_path: str, at: datetime) -> str:
    """The mode of a place at an instant."""
    holding = (
        span.mode
        for span in spans
        if span.begins_at <= at < span.over_at and place_path.startswith(span.place_path)
    )
    return max(holding, key=MODES.index, default=ORDINARY)
