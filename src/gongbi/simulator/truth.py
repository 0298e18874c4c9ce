"""What is really so in the played city, appended line by line; judgements are measured on it.

Started again, the play knows from here what has happened, so the file is also its memory.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class Remembered:
    """The file, folded."""

    opening: int | None = None
    mended: dict[str, int] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    declared: dict[str, bool] = field(default_factory=dict)

    def take(self, line: dict[str, Any]) -> None:
        """One line more."""
        what = line["what"]
        if what == "opening":
            self.opening = line["seconds"]
        elif what == "incident":
            self.struck.add(line["id"])
        elif what == "mended":
            self.mended[line["incident"]] = line["seconds"]
        elif what == "report":
            self.tokens[line["reference"]] = line
        elif what == "declared":
            self.declared[line["case"]] = line["truly"]
        elif what == "verdict":
            self.tokens.get(line["reference"], {}).update(asked=line["turn"] + 1)


class Truth:
    """The file and what it says so far."""

    def __init__(self, file: Path, zone: ZoneInfo) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._zone = zone
        self.known = Remembered()
        whole = 0
        for line, size in _lines(file):
            self.known.take(line)
            whole += size
        # It holds the secrets of follow links: nobody else's to read.
        self._out = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        os.ftruncate(self._out, whole)
        os.lseek(self._out, 0, os.SEEK_END)

    def tell(self, what: str, seconds: int, **said: Any) -> dict[str, Any]:
        """Append one line; it stays when this process is killed."""
        at = datetime.fromtimestamp(seconds, self._zone).isoformat()
        line = {"what": what, "at": at, "seconds": seconds} | said
        os.write(self._out, (json.dumps(line, ensure_ascii=False) + "\n").encode())
        self.known.take(line)
        return line

    def close(self) -> None:
        """Let the file go."""
        os.close(self._out)


def _lines(file: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Whole lines with their length in bytes; a line torn by a kill ends it."""
    if not file.exists():
        return
    for raw in file.read_bytes().splitlines(keepends=True):
        try:
            line: dict[str, Any] = json.loads(raw)
        except ValueError:
            return
        if not raw.endswith(b"\n"):
            return
        yield line, len(raw)
