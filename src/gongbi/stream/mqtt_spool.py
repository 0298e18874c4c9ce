"""What the MQTT bridge must remember over its own death: batches under way, and what they held.

A batch is on disk, under its number, before it is sent to the door; after a kill the newest is
sent again under the same number, so the door stores it once. Which messages it held is known too:
the broker sends those again that were not acknowledged, marked as such, and they are let go.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

KEPT = 64
Keys = list[tuple[int, str]]
"""Of each message its packet identifier and the digest of topic and payload."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows on their way to the door."""

    number: int
    keys: Keys
    body: bytes


class Spool:
    """The folder ``mqtt`` of a data folder; one bridge at a time."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "mqtt"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.sender = self._name()
        kept = self._kept()
        self.next = max(kept, default=-1) + 1

    def _name(self) -> str:
        """Who this bridge is to the broker and the door, for good: drawn once."""
        file = self._folder / "sender"
        if not file.exists():
            write_whole(file, f"mqtt-{secrets.token_hex(4)}".encode())
        return file.read_text("utf-8").strip()

    def _kept(self) -> list[int]:
        return sorted(int(path.suffix[1:]) for path in self._folder.glob("batch.[0-9]*"))

    def _path(self, number: int) -> Path:
        return self._folder / f"batch.{number:012d}"

    def batches(self) -> list[Batch]:
        """The newest batches, the oldest first; the last may not have reached the door."""
        return [self._read(number) for number in self._kept()]

    def _read(self, number: int) -> Batch:
        head, _, body = self._path(number).read_bytes().partition(b"\n")
        return Batch(number, [(mid, digest) for mid, digest in json.loads(head)], body)

    def forget(self, batch: Batch) -> None:
        """The door has refused it whole: its messages are not stored."""
        self._path(batch.number).unlink(missing_ok=True)

    def keep(self, keys: Keys, body: bytes) -> Batch:
        """Put the next batch on disk."""
        batch = Batch(self.next, keys, body)
        write_whole(self._path(batch.number), json.dumps(keys).encode() + b"\n" + body)
        self.next += 1
        self._path(batch.number - KEPT).unlink(missing_ok=True)
        return batch


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file by one that is on disk."""
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
