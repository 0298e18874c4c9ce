"""Where readers lie, which one is in force, and how to go back to the one before.

``reading/reader-3.npz`` is the third; ``reading/in_force`` names it with the digest of its file
and those in force before. Switching replaces that one small file, so that nobody ever sees half.
"""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from gongbi.cases.reading.facts import ReaderSwitched
from gongbi.cases.reading.form import CannotRead, from_bytes, to_bytes
from gongbi.core.public import now, publish
from gongbi.kernel.reading.reader import Reader

LISTED = 0
"""The number that stands for no reader: the pack's listed words alone."""
MOST_BEFORE = 20
_NAME = re.compile(r"reader-(\d{1,6})\.npz")

__all__ = [
    "LISTED",
    "CannotRead",
    "KeptReader",
    "go_back",
    "in_force",
    "in_force_since",
    "keep",
    "kept",
    "kept_numbers",
    "switch",
]


@dataclass(frozen=True, slots=True)
class KeptReader:
    """A reader with its number, and what is told of it."""

    number: int
    digest: str
    reader: Reader
    told: dict[str, Any]


def _folder() -> Path:
    return Path(settings.GONGBI_DATA) / "reading"


def kept_numbers() -> list[int]:
    """The numbers of the readers there are, oldest first."""
    names = (_NAME.fullmatch(file.name) for file in _folder().glob("reader-*.npz"))
    return sorted(int(found[1]) for found in names if found)


def keep(reader: Reader, told: dict[str, Any]) -> int:
    """Write a reader to disk under the next number; it is not in force by that."""
    _folder().mkdir(parents=True, exist_ok=True)
    number = max(kept_numbers(), default=0) + 1
    _write(_folder() / f"reader-{number}.npz", to_bytes(reader, told))
    return number


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f"{file.name}.tmp")
    with part.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.chmod(part, 0o600)
    part.replace(file)


def kept(number: int) -> KeptReader:
    """The reader of that number; CannotRead with a sentence where there is none."""
    try:
        content = (_folder() / f"reader-{number}.npz").read_bytes()
    except OSError as error:
        there = ", ".join(map(str, kept_numbers())) or "none"
        raise CannotRead(f"There is no reader {number}; there are: {there}.") from error
    found = from_bytes(content)
    return KeptReader(number, _digest(content), found.reader, found.told)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _pointer() -> dict[str, Any]:
    try:
        said = json.loads((_folder() / "in_force").read_text("utf-8"))
        return {
            "number": int(said["number"]),
            "digest": str(said["digest"]),
            "before": [int(one) for one in said["before"]],
            "at": str(said.get("at", "")),
        }
    except FileNotFoundError:
        return {"number": LISTED, "digest": "", "before": [], "at": ""}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotRead(
            f"The file reading/in_force cannot be read ({error}). Name a reader anew: "
            "gongbi reports switch NUMBER"
        ) from error


_seen: tuple[tuple[int, int, str], KeptReader | None] | None = None


def in_force() -> KeptReader | None:
    """The reader in use, or None for the listed words; read once a process and change."""
    global _seen  # noqa: PLW0603 - one reader a process, a few dozen megabytes
    file = _folder() / "in_force"
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    stamp = (state.st_mtime_ns, state.st_ino, str(file))
    if _seen is None or _seen[0] != stamp:
        _seen = stamp, _opened()
    return _seen[1]


def _opened() -> KeptReader | None:
    said = _pointer()
    if said["number"] == LISTED:
        return None
    found = kept(said["number"])
    if found.digest != said["digest"]:
        raise CannotRead(
            f"The file of reader {found.number} is not the one that was switched on. If that is "
            f"meant: gongbi reports switch {found.number}"
        )
    return found


def in_force_since() -> datetime | None:
    """When what is in force was switched on, by the city's clock."""
    at = _pointer()["at"]
    return datetime.fromisoformat(at) if at else None


def switch(number: int, *, actor: str) -> int:
    """Put a reader in force (0: the listed words alone); returns the number in force before."""
    before = _before()
    digest = kept(number).digest if number != LISTED else ""
    history = [*before["before"], before["number"]][-MOST_BEFORE:]
    _put(number, digest, history, actor, was=before["number"])
    return int(before["number"])


def _before() -> dict[str, Any]:
    try:
        return _pointer()
    except CannotRead:  # naming a reader is how a broken pointer is mended
        return {"number": LISTED, "digest": "", "before": [], "at": ""}


def go_back(*, actor: str) -> int:
    """Put the reader before in force again; returns its number."""
    said = _pointer()
    if not said["before"]:
        raise CannotRead("No other reader was in force before.")
    *history, number = said["before"]
    _put(number, kept(number).digest if number else "", history, actor, was=said["number"])
    return int(number)


@transaction.atomic
def _put(number: int, digest: str, history: list[int], actor: str, *, was: int) -> None:
    publish(
        ReaderSwitched(number=number, was=was, digest=digest),
        subject=f"reader:{number}",
        actor=actor,
    )
    _folder().mkdir(parents=True, exist_ok=True)
    said = {"number": number, "digest": digest, "before": history, "at": now().isoformat()}
    _write(_folder() / "in_force", json.dumps(said).encode())
