"""Facts desk tells."""

from dataclasses import dataclass
from uuid import UUID

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class ShiftTaken(Fact):
    """Somebody took over a place from the shift before."""

    shift: UUID
    place: str
    lines: int


@dataclass(frozen=True, slots=True)
class LineAcknowledged(Fact):
    """The incoming officer has seen one line of a handover."""

    shift: UUID
    line: int
    subject: str
