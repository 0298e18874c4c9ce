"""Sentences for what is wrong, and the nearest right word."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a mapping: where it stands and what to do."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


class BadMapping(ValueError):
    """A mapping with faults; all of them at once in `faults`."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one row, or one file, cannot be used; `remedy` says what to do."""

    reason: str
    remedy: str
    column: str = ""
    value: str = ""


class UnreadableTable(Exception):
    """A whole file or sheet that cannot be used, from `row` on (0: from its start)."""

    def __init__(self, trouble: Trouble, *, row: int = 0) -> None:
        super().__init__(trouble.reason)
        self.trouble = trouble
        self.row = row


def nearest(word: str, known: Iterable[str]) -> str:
    """A clause that names the nearest known word, or lists a few when none is near."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if close:
        return f"the nearest known is {close[0]!r}"
    listed = ", ".join(repr(known_word) for known_word in words[:12])
    return f"known are {listed}" if listed else "none is known"


def shortened(value: object, limit: int = 60) -> str:
    """A value fit for a sentence: one line, at most `limit` characters and its true length."""
    text = " ".join(str(value)[: limit * 2].split())
    length = len(str(value))
    return text if len(text) <= limit and length <= limit * 2 else f"{text[:limit]}… ({length:,} characters)"
