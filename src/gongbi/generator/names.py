"""Names that no real city bears, in Chinese and in plain letters."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Name:
    """One name in both languages."""

    zh: str
    en: str

    def called(self, zh: str, en: str) -> Name:
        """The name with what it is: 汀 + 街道, Ting + Subdistrict."""
        return Name(self.zh + zh, f"{self.en} {en}")


@cache
def words() -> dict[str, Any]:
    """The characters and ready names of words.toml."""
    return tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))


def syllables(text: str) -> list[Name]:
    """Split 澄cheng 汐xi … into names of one character."""
    return [Name(part[0], part[1:]) for part in text.split()]


def ready(kind: str) -> list[Name]:
    """Names written out whole in words.toml."""
    return [Name(*text.split(" ", 1)) for text in words()[kind]]


def name_city(rng: np.random.Generator) -> Name:
    """One of the fictional cities."""
    names = ready("cities")
    return names[int(rng.integers(len(names)))]


def letters(name: str) -> str:
    """A code of small letters for a city: Mingjiang → mingjiang."""
    return re.sub(r"[^a-z0-9]", "", name.lower())[:20] or "city"


class NameBook:
    """Hands out names; none comes twice from one book before the book is used up."""

    def __init__(self, rng: np.random.Generator, *, roads: bool = False) -> None:
        first = syllables(words()["first"])
        second = first if roads else syllables(words()["second"])
        real = set(words()["real"])
        pairs = [_join(a, b) for a in first for b in second if a.zh != b.zh]
        pairs = _sounding_apart([pair for pair in pairs if pair.zh not in real], rng)
        self._names = pairs
        self._next = 0

    def take(self) -> Name:
        """The next name; once all are used, the same again with a numeral."""
        again, place = divmod(self._next, len(self._names))
        self._next += 1
        name = self._names[place]
        if not again:
            return name
        return Name(f"{name.zh}{_numeral(again + 1)}", f"{name.en} {again + 1}")


def _join(a: Name, b: Name) -> Name:
    joint = "'" if b.en[0] in "aeo" else ""
    return Name(a.zh + b.zh, (a.en + joint + b.en).capitalize())


def _sounding_apart(pairs: list[Name], rng: np.random.Generator) -> list[Name]:
    """Shuffle, and keep one of those that read alike in letters."""
    shuffled = [pairs[row] for row in rng.permutation(len(pairs))]
    return list({pair.en: pair for pair in reversed(shuffled)}.values())[::-1]


def _numeral(number: int) -> str:
    if number <= 10:
        return NUMERALS[number - 1]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, up to 99; digits beyond."""
    return _numeral(number) if number < 100 else str(number)
