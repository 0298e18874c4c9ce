"""Which batches each sender has already had stored, so that a resend is harmless."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

REMEMBERED_NUMBERS = 1024
REMEMBERED_SENDERS = 10_000


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored under a sequence number: rows, and the checksum of the body it came in."""

    rows: int
    body_crc: int


class TooOld(Exception):
    """The number lies so far behind the sender's newest that nobody remembers it."""


@dataclass(slots=True)
class _Sender:
    numbers: dict[int, Stored] = field(default_factory=dict)
    forgotten: int = -1
    """The highest number that is no longer remembered."""


class Senders:
    """The newest numbers of each sender; older ones are forgotten in a fixed order.

    One thread adds, any may look: each is a single step on a dictionary.
    """

    def __init__(self) -> None:
        self._senders: OrderedDict[str, _Sender] = OrderedDict()

    def find(self, sender: str, sequence: int) -> Stored | None:
        """What was stored under this number, or None; TooOld when it cannot be told."""
        known = self._senders.get(sender)
        if known is None:
            return None
        found = known.numbers.get(sequence)
        if found is None and sequence <= known.forgotten:
            raise TooOld
        return found

    def add(self, sender: str, sequence: int, stored: Stored) -> None:
        """Remember a number; forget the oldest of this sender and the quietest sender."""
        known = self._senders.setdefault(sender, _Sender())
        self._senders.move_to_end(sender)
        known.numbers[sequence] = stored
        if len(known.numbers) > REMEMBERED_NUMBERS:
            oldest = next(iter(known.numbers))
            del known.numbers[oldest]
            known.forgotten = max(known.forgotten, oldest)
        if len(self._senders) > REMEMBERED_SENDERS:
            self._senders.popitem(last=False)

    def pack(self) -> list[Any]:
        """As plain lists, for the first frame of a segment."""
        return [
            [name, known.forgotten, [[n, s.rows, s.body_crc] for n, s in known.numbers.items()]]
            for name, known in self._senders.items()
        ]

    @classmethod
    def unpack(cls, packed: list[Any]) -> "Senders":
        """The table that ``pack`` gave."""
        senders = cls()
        for name, forgotten, numbers in packed:
            kept = {number: Stored(rows, crc) for number, rows, crc in numbers}
            senders._senders[name] = _Sender(kept, forgotten)
        return senders
