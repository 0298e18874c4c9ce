"""The city's own danger words: ``danger.toml`` of the pack, beside the tables of the kernel.

A pack may do without it. Words are added by hand, because each of them puts cases before others.
"""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gongbi.core.public import Fault, Unreadable, kept_folder, pack_version, read_toml_with_lines
from gongbi.kernel.reading.urgency import STANDARD, DangerWords, know_danger, urgency_of

FILE = "danger.toml"
LIFE, HAZARD, FIGURES = "life", "hazard", "not_danger"
KEYS = (LIFE, HAZARD, FIGURES)
SHORTEST = 2
HEAD = "# Danger words of this city, beside those that are always looked for."


def danger_words() -> DangerWords:
    """The words of the pack in force, with those that are always looked for."""
    file = kept_folder(pack_version()) / FILE
    try:
        stamp = file.stat().st_mtime_ns
    except FileNotFoundError:
        return STANDARD
    return _read(file, stamp)


@lru_cache(maxsize=4)
def _read(file: Path, _stamp: int) -> DangerWords:
    said = tomllib.loads(file.read_text("utf-8"))
    return know_danger(*(said.get(key, ()) for key in KEYS))


def check(folder: Path) -> list[Fault]:
    """Faults of danger.toml."""
    file = folder / FILE
    if not file.exists():
        return []
    try:
        said, line_of = read_toml_with_lines(file)
    except Unreadable as error:
        return [error.fault]
    return [Fault(FILE, line_of("", 0, key) or 1, why) for key, why in _troubles(said)]


def _troubles(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, words in said.items():
        if key not in KEYS:
            yield key, f"Nothing reads the key {key!r}; use {', '.join(KEYS)}."
        elif not (isinstance(words, list) and all(isinstance(one, str) for one in words)):
            yield key, f"{key} is a list of words in quotes."
        else:
            yield from ((key, _why_not(one)) for one in words if _why_not(one))


def _why_not(word: str) -> str:
    if len(word.strip()) < SHORTEST:
        return f"{word!r} is too short for a danger word: it would be found everywhere."
    return ""


class CannotAdd(Exception):
    """A word is not added; the sentence says why, and the code for pages of both languages."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


def add_word(folder: Path, word: str, key: str) -> bool:
    """Write a danger word into a pack's file; False where it stands there or is known anyway."""
    word = " ".join(word.split())
    if _why_not(word):
        raise CannotAdd(_why_not(word), "short")
    if not word.isprintable():
        raise CannotAdd("A danger word has no signs that cannot be seen.", "unseen")
    if check(folder):
        raise CannotAdd(f"{FILE} has faults already: see gongbi pack check {folder}.")
    file = folder / FILE
    text = file.read_text("utf-8") if file.exists() else HEAD + "\n"
    said = tomllib.loads(text)
    known = know_danger(*(said.get(one, ()) for one in KEYS))
    if word in said.get(key, []) or (key == LIFE and urgency_of(word, known).level == 1):
        return False
    said.setdefault(key, []).append(word)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    lists = [_as_toml(one, said[one]) for one in KEYS if one in said]
    file.write_text("\n".join([*comments, *lists]) + "\n", "utf-8")
    return True


def with_word(word: str, key: str) -> tuple[str, DangerWords] | None:
    """The file of the pack in force with one more word, and all words then; None where it adds
    nothing. CannotAdd says why it cannot be one."""
    with TemporaryDirectory() as scratch:
        folder, file = Path(scratch), kept_folder(pack_version()) / FILE
        if file.exists():
            (folder / FILE).write_bytes(file.read_bytes())
        if not add_word(folder, word, key):
            return None
        text = (folder / FILE).read_text("utf-8")
    said = tomllib.loads(text)
    return text, know_danger(*(said.get(one, ()) for one in KEYS))


def _as_toml(key: str, words: list[str]) -> str:
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "\n".join([f"{key} = [", *(f'  "{word}",' for word in quoted), "]"])
