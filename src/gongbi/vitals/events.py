"""Facts vitals tells."""

from dataclasses import dataclass
from datetime import datetime

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class AlertRaised(Fact):
    """An indicator at a place has left the normal."""

    alert: str
    indicator: str
    place: str
    level: int
    since: datetime


@dataclass(frozen=True, slots=True)
class AlertChanged(Fact):
    """An alert that is on has become better or worse, or late rows corrected it."""

    alert: str
    indicator: str
    place: str
    level: int
    corrected: bool


@dataclass(frozen=True, slots=True)
class AlertCleared(Fact):
    """It is back to normal, has fallen silent, or late rows took it back."""

    alert: str
    indicator: str
    place: str
    until: datetime
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class AlertAcknowledged(Fact):
    """Somebody has seen it."""

    alert: str
    person: str


@dataclass(frozen=True, slots=True)
class AlertMuted(Fact):
    """It will not call until then, for a reason."""

    alert: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class AlertUnmuted(Fact):
    """It may call again before its time."""

    alert: str


@dataclass(frozen=True, slots=True)
class AlertTaken(Fact):
    """Somebody makes it his own; an empty person: he lets it go."""

    alert: str
    person: str


@dataclass(frozen=True, slots=True)
class AlertEscalated(Fact):
    """Nobody had seen it in time: so many people were told, in the first or second step."""

    alert: str
    step: int
    minutes: int
    told: int


@dataclass(frozen=True, slots=True)
class MatterFound(Fact):
    """An alert follows from another one, by a cause of the pack."""

    alert: str
    parent: str
    cause: str


@dataclass(frozen=True, slots=True)
class LevelCorrected(Fact):
    """Late rows changed the level of a window that had been told already."""

    series: int
    indicator: str
    place: str
    window_start: datetime
    level: int
    was: int


@dataclass(frozen=True, slots=True)
class LevelsChanged(Fact):
    """Levels of some series are other than before: how many, up to which of the engine's facts."""

    count: int
    worst: int
    position: int


@dataclass(frozen=True, slots=True)
class KnownEventEntered(Fact):
    """Something is known ahead at a place: what is expected there is shifted while it lasts."""

    event: int
    place: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class KnownEventWithdrawn(Fact):
    """It no longer holds: by a person, or because its warning was replaced."""

    event: int
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class BulletinTaken(Fact):
    """A CAP message was taken in; only a status of Actual has an effect."""

    bulletin: int
    status: str
    type: str
    events: int


@dataclass(frozen=True, slots=True)
class SensorTroubleBegan(Fact):
    """A sensor, or all behind one gateway, is not to be believed."""

    trouble: str
    kind: str
    place: str
    sensors: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SensorTroubleEnded(Fact):
    """It is to be believed again, or the pack has it no more."""

    trouble: str
    until: datetime
