"""Late or bulk history from files: through the door into the log, folded, into history.

Every piece has a number under the name of the file's content, so a file taken in twice, or again
after a kill, is stored once. The door refuses bad rows one by one; the others go on.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongbi.config.bulk_files import CannotRead, Piece, files_in, name_of, pieces_of
from gongbi.doors.public import Door, NotTaken

KEY = "backfill"
"""Name of the key; rows that come under it correct what the log said of their times before."""
MOST_SHOWN = 1_000
FORGOTTEN = 409
ENGINE_SECONDS = 600.0
Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not stored: file, line (of a table: row), reason."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Account:
    """What became of the rows of all files."""

    files: int = 0
    stored: int = 0
    known: int = 0
    """Stored before, under the same content."""
    refused: int = 0
    shown: list[Refused] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Files of which nothing, or not all, could be taken, each with the reason."""

    @property
    def read(self) -> int:
        """Rows that reached the door."""
        return self.stored + self.known + self.refused


def take_in(path: Path, door: Door, told: Told) -> Account:
    """Send a file, or a folder of files, to the door; CannotRead where there is nothing at all."""
    account = Account()
    for file in files_in(path):
        account.files += 1
        try:
            _take_file(file, door, account, told)
        except CannotRead as error:
            account.unread.append(str(error))
    return account


def _take_file(file: Path, door: Door, account: Account, told: Told) -> None:
    sender = name_of(file)
    for number, piece in enumerate(pieces_of(file)):
        try:
            said = _send(door, piece, sender, number)
        except NotTaken as error:
            raise CannotRead(
                f"{file.name}: from line {piece.skipped + 1} on nothing was taken: {error.said}"
            ) from error
        _count(file, piece, said, account)
        told(file.name, piece.done)


def _send(door: Door, piece: Piece, sender: str, number: int) -> dict[str, Any]:
    headers = {
        "Content-Type": piece.kind,
        "Gongbi-Sender": sender,
        "Gongbi-Sequence": str(number),
    }
    try:
        said: dict[str, Any] = door.send("/ingest/observations", piece.body, headers)
    except NotTaken as error:
        # Numbers go up one by one: one the door no longer remembers was stored long ago.
        if error.status == FORGOTTEN and "too far behind" in error.said:
            return {"stored": piece.rows, "refused": [], "repeated": True}
        raise
    return said


def _count(file: Path, piece: Piece, said: dict[str, Any], account: Account) -> None:
    refused = said.get("refused", [])
    if said.get("repeated"):
        account.known += said["stored"]
    else:
        account.stored += said["stored"]
    account.refused += said.get("refused_in_all", len(refused))
    for one in refused[: MOST_SHOWN - len(account.shown)]:
        account.shown.append(Refused(file.name, one["line"] + piece.skipped, one["reason"]))


def wait_for_engine(
    position: Callable[[], tuple[int, int]], *, seconds: float = ENGINE_SECONDS
) -> Iterator[float]:
    """Shares of the log folded, until all that is there now is; TimeoutError without progress.

    ``position`` gives (how far the engine is, how far the log goes).
    """
    _, end = position()
    at, last, until = -1, 0, time.monotonic() + seconds
    begun, _ = position()
    while at < end:
        at, _ = position()
        if at > last:
            last, until = at, time.monotonic() + seconds
        if at < end and time.monotonic() > until:
            raise TimeoutError
        yield (at - begun) / max(end - begun, 1)
        if at < end:
            time.sleep(0.2)
