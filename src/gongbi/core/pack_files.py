"""Reading a pack's files so that every fault can name its file, line and reason."""

import csv
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a pack: where, and what to do."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(slots=True)
class Known:
    """Codes the pack defines, gathered reader by reader so that later ones can refer to them."""

    places: set[str] = field(default_factory=set)
    place_kinds: dict[str, str] = field(default_factory=dict)
    place_parents: dict[str, str] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    unit_kinds: set[str] = field(default_factory=set)
    asset_kinds: set[str] = field(default_factory=set)
    calendars: set[str] = field(default_factory=set)
    case_types: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    answers: dict[str, dict[str, set[str]]] = field(default_factory=dict)


class Unreadable(Exception):
    """A whole file cannot be read; carries the one fault that says so."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read_toml_with_lines(path: Path) -> tuple[dict[str, Any], Callable[..., int]]:
    """A TOML file and ``line_of(table, index, key)``: where an entry, or a key of it, stands."""
    text = _text(path)
    try:
        return tomllib.loads(text), _line_finder(text.splitlines())
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else 1
        raise Unreadable(Fault(path.name, line, f"This is not TOML: {error}.")) from error


def _line_finder(lines: list[str]) -> Callable[..., int]:
    heads = [
        (number, found.group(1).strip().strip('"'))
        for number, line in enumerate(lines, 1)
        if (found := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", line))
    ]

    def line_of(table: str = "", index: int = 0, key: str = "") -> int:
        starts = [number for number, name in heads if name == table]
        start = starts[index] if index < len(starts) else (1 if not table else 0)
        end = min((number for number, _ in heads if number > start), default=len(lines) + 1)
        for number in range(max(start, 1), end):
            if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", lines[number - 1]):
                return number
        return max(start, 1)

    return line_of


def read_csv_rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a UTF-8 CSV with their line numbers; Unreadable when a column is missing."""
    reader = csv.DictReader(_text(path).splitlines())
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise Unreadable(
            Fault(path.name, 1, f"The heading lacks the column {', '.join(missing)}; add it.")
        )
    return [
        (reader.line_num, {key: (value or "").strip() for key, value in row.items() if key})
        for row in reader
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Unreadable(Fault(path.name, 0, "The file is missing; a pack needs it.")) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        reason = "The file is not UTF-8 from here on; save it as UTF-8."
        raise Unreadable(Fault(path.name, line, reason)) from error
