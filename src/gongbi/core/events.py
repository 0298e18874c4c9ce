"""Facts core tells."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongbi.core.journal import Fact


@dataclass(frozen=True, slots=True)
class PackLoaded(Fact):
    """A new version of the city pack is in force."""

    number: int


@dataclass(frozen=True, slots=True)
class AssetsLoaded(Fact):
    """Rows of the register of assets were written."""

    new: int
    changed: int
    retired: int
    refused: int


@dataclass(frozen=True, slots=True)
class ModeSet(Fact):
    """A place is in another mode from now on, until it ends by itself at the latest."""

    span: int
    place: str
    mode: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ModeEnded(Fact):
    """Somebody ended it before its time."""

    span: int
    place: str
    mode: str


@dataclass(frozen=True, slots=True)
class KeyDestroyed(Fact):
    """The words of an owner (a case, a person) can no longer be read by anybody."""

    owner: str


@dataclass(frozen=True, slots=True)
class SignedIn(Fact):
    """Somebody with an account came in."""

    person: str


@dataclass(frozen=True, slots=True)
class ApplicationRegistered(Fact):
    """Another system stands in the register."""

    application: str


@dataclass(frozen=True, slots=True)
class ApplicationChanged(Fact):
    """Its entry was changed: which fields."""

    application: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApplicationRetired(Fact):
    """Its keys and webhooks ended."""

    application: str


@dataclass(frozen=True, slots=True)
class ApplicationKeyMade(Fact):
    """It has one more key."""

    application: str
    key: int


@dataclass(frozen=True, slots=True)
class ApplicationKeyRetired(Fact):
    """One of its keys ended."""

    application: str
    key: int


@dataclass(frozen=True, slots=True)
class WebhookChanged(Fact):
    """One of its webhooks was made, paused, resumed, replayed or ended."""

    application: str
    webhook: int
    change: str


@dataclass(frozen=True, slots=True)
class FileFoundBad(Fact):
    """The operator's scanner found something harmful in a file; it was put aside, shut."""

    file: UUID
    keeper: str
    found: str
    scanner: str


@dataclass(frozen=True, slots=True)
class FileOpenedAfterAll(Fact):
    """A keeper of the house called a find a false alarm and opened the file."""

    file: UUID
    keeper: str
    found: str
