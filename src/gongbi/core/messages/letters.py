"""What crosses between who owes a message and who carries it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gongbi.core.models import Message

MAIL, SMS = "mail", "sms"
WAYS = (MAIL, SMS)


@dataclass(frozen=True, slots=True)
class Owed:
    """A message as the part that owes it says so: ``reference`` once for each occasion."""

    reference: str
    way: str
    writer: str
    kind: str
    subject: str
    about: str = ""
    place_path: str = "/"
    said: dict[str, Any] | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message written out. ``stop`` is the address that ends such messages."""

    to: str
    language: str
    text: str
    title: str = ""
    stop: str = ""


class Writer(Protocol):
    """What a part offers to have its messages sent (``MESSAGE_WRITERS``)."""

    def write(self, kind: str, subject: str, about: str, said: dict[str, Any]) -> Letter | None:
        """The letter; None when nobody wants it any more."""


class WayAway(Exception):
    """The way itself does not work now: nothing can go by it, and no message is to blame."""


class NotNow(Exception):
    """The message waits until then: it is night, or its receiver had enough today."""

    def __init__(self, why: str, until: datetime) -> None:
        super().__init__(why)
        self.until = until


class NotTaken(Exception):
    """This message was not taken. ``for_good``: trying again would change nothing."""

    def __init__(self, trouble: str, *, for_good: bool = False) -> None:
        super().__init__(trouble)
        self.for_good = for_good


def id_of(message: Message) -> str:
    """The same at every sending, and says nothing of whom it is for."""
    return hashlib.sha256(f"gongbi.message\x1f{message.reference}".encode()).hexdigest()[:32]
