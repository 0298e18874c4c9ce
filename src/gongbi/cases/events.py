"""Facts cases tells. They carry ids, codes and instants; never what anybody wrote.

Each names its case twice, by id and by public number, and inherits from ``Fact`` alone, because
the outbox knows the direct kinds of ``Fact`` only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongbi.cases.events_life import (
    AppealDecided,
    AppealMade,
    CaseFiled,
    CaseSupervised,
    CaseTransferred,
    ExtensionAsked,
    ExtensionDecided,
    PromiseEscalated,
    StageReached,
    SupervisionAnswered,
    TaskAdded,
    TaskDone,
    TaskReturned,
    TaskStarted,
    TaskWithdrawn,
    TransferOffered,
)
from gongbi.core.public import Fact

__all__ = [
    "AppealDecided",
    "AppealMade",
    "CaseAssetNamed",
    "CaseCancelled",
    "CaseClosed",
    "CaseComplaint",
    "CaseDispatched",
    "CaseFiled",
    "CaseMerged",
    "CaseOpened",
    "CaseReopened",
    "CaseResumed",
    "CaseReturned",
    "CaseSorted",
    "CaseSupervised",
    "CaseTransferred",
    "CaseUrged",
    "CaseWaiting",
    "CaseWeighed",
    "DeadlineMissed",
    "EvidenceSeen",
    "ExtensionAsked",
    "ExtensionDecided",
    "OutcomeDeclared",
    "PartForgotten",
    "PromiseEscalated",
    "ReporterForgotten",
    "ReporterSeen",
    "ResidentSought",
    "SignalJoined",
    "StageReached",
    "SupervisionAnswered",
    "TaskAccepted",
    "TaskAdded",
    "TaskArrived",
    "TaskDone",
    "TaskReturned",
    "TaskStarted",
    "TaskWithdrawn",
    "TransferOffered",
    "VerdictAsked",
    "VerdictGiven",
]


@dataclass(frozen=True, slots=True)
class CaseOpened(Fact):
    """The city owes an answer to something new."""

    case: UUID
    number: str
    type: str
    place: str
    source: str
    priority: int
    level: int
    suggested_unit: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignalJoined(Fact):
    """One more signal hangs on a case that was there."""

    case: UUID
    number: str
    signal: UUID
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class CaseSorted(Fact):
    """Its type was set or set right."""

    case: UUID
    number: str
    type: str
    was: str


@dataclass(frozen=True, slots=True)
class CaseDispatched(Fact):
    """A unit was asked to take it."""

    case: UUID
    number: str
    unit: str
    task: int
    suggested: bool


@dataclass(frozen=True, slots=True)
class TaskAccepted(Fact):
    """The unit took it."""

    case: UUID
    number: str
    unit: str
    task: int


@dataclass(frozen=True, slots=True)
class TaskArrived(Fact):
    """Somebody of the unit is there."""

    case: UUID
    number: str
    unit: str
    task: int


@dataclass(frozen=True, slots=True)
class CaseReturned(Fact):
    """The unit gave it back, with a reason."""

    case: UUID
    number: str
    unit: str
    reason: str
    times: int


@dataclass(frozen=True, slots=True)
class CaseWaiting(Fact):
    """Its promises stand still; counted, so that pausing cannot hide."""

    case: UUID
    number: str
    waiting_for: str


@dataclass(frozen=True, slots=True)
class CaseResumed(Fact):
    """Its promises run again."""

    case: UUID
    number: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseWeighed(Fact):
    """A person said how urgent it is: 1 urgent to 4."""

    case: UUID
    number: str
    was: int
    priority: int


@dataclass(frozen=True, slots=True)
class CaseAssetNamed(Fact):
    """Somebody said which asset it is about, as KIND:CODE; empty: none."""

    case: UUID
    number: str
    was: str
    asset: str


@dataclass(frozen=True, slots=True)
class CaseComplaint(Fact):
    """Somebody said that it complains of a unit, or of none. Which one stands with the step."""

    case: UUID
    number: str
    stands: bool


@dataclass(frozen=True, slots=True)
class CaseUrged(Fact):
    """A supervisor asked the unit to hurry."""

    case: UUID
    number: str
    unit: str
    times: int


@dataclass(frozen=True, slots=True)
class OutcomeDeclared(Fact):
    """What the handler says became of it."""

    case: UUID
    number: str
    unit: str
    declared: str
    outcome: int


@dataclass(frozen=True, slots=True)
class VerdictAsked(Fact):
    """The system asked the resident whether it is solved."""

    case: UUID
    number: str
    outcome: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class VerdictGiven(Fact):
    """What the resident said: solved or not_solved."""

    case: UUID
    number: str
    outcome: int
    said: str
    channel: str


@dataclass(frozen=True, slots=True)
class CaseReopened(Fact):
    """The resident said it is not solved, or an official opened it again; it is owed again."""

    case: UUID
    number: str
    times: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseClosed(Fact):
    """Nothing is owed any more, as: solved, unanswered, done or not_possible."""

    case: UUID
    number: str
    ended_as: str


@dataclass(frozen=True, slots=True)
class CaseMerged(Fact):
    """It is the same matter as another case."""

    case: UUID
    number: str
    into: UUID
    into_number: str


@dataclass(frozen=True, slots=True)
class CaseUnmerged(Fact):
    """It is another matter after all; it stands as it did."""

    case: UUID
    number: str
    out_of: UUID
    out_of_number: str = ""


@dataclass(frozen=True, slots=True)
class CaseSplit(Fact):
    """Some of its reports are another matter and have a case of their own."""

    case: UUID
    number: str
    into: UUID
    signals: int
    into_number: str = ""


@dataclass(frozen=True, slots=True)
class CaseCancelled(Fact):
    """It was no matter for the city, or was withdrawn."""

    case: UUID
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeadlineMissed(Fact):
    """A promise passed without being kept."""

    case: UUID
    number: str
    kind: str
    due_at: datetime
    unit: str


@dataclass(frozen=True, slots=True)
class ReporterSeen(Fact):
    """Somebody with that right read how to reach a reporter, or their unmasked words."""

    case: UUID
    number: str
    signal: UUID


@dataclass(frozen=True, slots=True)
class EvidenceSeen(Fact):
    """Somebody with that right opened a sealed evidence copy."""

    case: UUID
    number: str
    photo: UUID


@dataclass(frozen=True, slots=True)
class ReporterForgotten(Fact):
    """A reporter's words, contact and photos can no longer be read by anybody."""

    case: UUID
    number: str
    signal: UUID


@dataclass(frozen=True, slots=True)
class ResidentSought(Fact):
    """Somebody looked for what is held of a person by a way to reach them: why, on whose request.

    Neither the way nor a digest of it is here: the journal is kept for ever.
    """

    purpose: str
    request: str
    found: int


@dataclass(frozen=True, slots=True)
class PartForgotten(Fact):
    """A reporter's contact, or their photos, can no longer be read; their words still can."""

    case: UUID
    number: str
    signal: UUID
    part: str


@dataclass(frozen=True, slots=True)
class BurstOpened(Fact):
    """Many report at once: a parent matter, with what was seen and what was expected."""

    burst: UUID
    group: str
    place: str
    seen: int
    expected: float


@dataclass(frozen=True, slots=True)
class BurstEnded(Fact):
    """A parent matter is over; its children are answered each by itself."""

    burst: UUID
    group: str
    place: str


@dataclass(frozen=True, slots=True)
class WordsSearched(Fact):
    """Somebody looked in what reporters wrote. ``asked`` is a keyed digest of the question."""

    asked: str
    found: int


@dataclass(frozen=True, slots=True)
class CasesExported(Fact):
    """Somebody took a list of cases out as a file: by which filter."""

    filter: str
