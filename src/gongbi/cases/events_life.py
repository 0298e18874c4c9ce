"""Facts of joint duty, of what is asked of somebody above, and of promises told step by step."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongbi.core.public import Fact


@dataclass(frozen=True, slots=True)
class CaseFiled(Fact):
    """The centre says that it is a matter of the city's."""

    case: UUID
    number: str


@dataclass(frozen=True, slots=True)
class TaskAdded(Fact):
    """One more unit is asked for a share: now, or when earlier tasks are settled."""

    case: UUID
    number: str
    unit: str
    task: int
    planned: bool
    needed: bool


@dataclass(frozen=True, slots=True)
class TaskStarted(Fact):
    """What came before a planned task is settled; it begins."""

    case: UUID
    number: str
    unit: str
    task: int


@dataclass(frozen=True, slots=True)
class TaskWithdrawn(Fact):
    """A helping task, or an offered lead, was called off."""

    case: UUID
    number: str
    unit: str
    task: int


@dataclass(frozen=True, slots=True)
class TaskReturned(Fact):
    """A unit gave back a share, or did not take a lead over; the case stays in hand."""

    case: UUID
    number: str
    unit: str
    task: int
    reason: str


@dataclass(frozen=True, slots=True)
class TaskDone(Fact):
    """A helping unit says what became of its share."""

    case: UUID
    number: str
    unit: str
    task: int
    declared: str


@dataclass(frozen=True, slots=True)
class StageReached(Fact):
    """Work in hand came to a stage of its type."""

    case: UUID
    number: str
    unit: str
    stage: str


@dataclass(frozen=True, slots=True)
class TransferOffered(Fact):
    """The unit that leads asks another to take the case over."""

    case: UUID
    number: str
    unit: str
    to_unit: str
    task: int


@dataclass(frozen=True, slots=True)
class CaseTransferred(Fact):
    """The other unit accepted: it leads now."""

    case: UUID
    number: str
    was: str
    unit: str
    task: int


@dataclass(frozen=True, slots=True)
class ExtensionAsked(Fact):
    """The unit asks for more time."""

    case: UUID
    number: str
    unit: str
    more: str
    was_due_at: datetime
    would_due_at: datetime


@dataclass(frozen=True, slots=True)
class ExtensionDecided(Fact):
    """A supervisor granted or refused it."""

    case: UUID
    number: str
    decided: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CaseSupervised(Fact):
    """A supervisor asks for an answer by a deadline."""

    case: UUID
    number: str
    unit: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class SupervisionAnswered(Fact):
    """The unit answered its supervisor."""

    case: UUID
    number: str
    unit: str
    late: bool


@dataclass(frozen=True, slots=True)
class AppealMade(Fact):
    """A unit appeals its assignment or a verdict; a named referee owes a decision."""

    case: UUID
    number: str
    unit: str
    about: str
    referee: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AppealDecided(Fact):
    """The referee decided; it binds."""

    case: UUID
    number: str
    about: str
    decided: str
    unit: str


@dataclass(frozen=True, slots=True)
class PromiseEscalated(Fact):
    """A step before or after a deadline came; those named were told, once."""

    case: UUID
    number: str
    kind: str
    step: str
    to: tuple[str, ...]
    due_at: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class PackTried(Fact):
    """Somebody had a changed pack tried on recorded cases; nothing was switched by it."""

    rehearsal: UUID
    based_on: int
    days: int
