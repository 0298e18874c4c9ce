"""Recognising what a cell says, whichever of two languages and many habits it is written in."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from functools import cache
from typing import Any

from gongbi.generator.names import HERE

Terms = dict[str, list[str]]


@cache
def vocabulary() -> dict[str, Any]:
    """sheet_words.toml."""
    return tomllib.loads((HERE / "sheet_words.toml").read_text(encoding="utf-8"))


def plain(value: object) -> str:
    """A cell as text: full-width letters narrowed, spaces and invisible marks taken off."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFKC", str(value))
    text = re.sub(r"[\u200b-\u200f\ufeff\x00-\x08]", "", text)
    return re.sub(r"\s+", " ", text).strip()


def match(text: str, terms: Terms) -> str | None:
    """The key one of whose words is the whole text; a heading's note in brackets is ignored."""
    wanted = re.sub(r"\(.*?\)|[*:：]", "", plain(text).lower()).strip()
    whole = plain(text).lower()
    for key, words in terms.items():
        if any(word.rstrip("*") in (wanted, whole) for word in words):
            return key
    return None


def match_within(text: str, terms: Terms) -> str | None:
    """The key whose word is found inside the text, the longest word first."""
    low = plain(text).lower()
    found = [(len(word), key) for key, words in terms.items() for word in words if word in low]
    return max(found)[1] if found else None


def nearest(text: str, known: list[str]) -> str:
    """A sentence naming the nearest known words, to help with a slip of the pen."""
    close = difflib.get_close_matches(text, known, n=1, cutoff=0.4)
    if close:
        return f"Did you mean “{close[0]}”?"
    return "Known are: " + ", ".join(known[:12]) + ("…" if len(known) > 12 else "") + "."


def promise(text: str) -> str | None:
    """Read 4小时, 5个工作日, 24 hours, 3天 or a bare number of working days."""
    found = re.fullmatch(
        r"(?P<number>\d{1,3})\s*(?P<unit>分钟|minutes?|min|个?小时|hours?|h|"
        r"个?工作日|working[ _]days?|wd|天|日|days?)?(?:内|以内)?",
        plain(text).lower(),
    )
    if not found or int(found["number"]) == 0:
        return None
    unit = found["unit"] or "工作日"
    for word, name in (
        ("工作", "working_days"),
        ("work", "working_days"),
        ("wd", "working_days"),
        ("分", "minutes"),
        ("min", "minutes"),
        ("时", "hours"),
        ("h", "hours"),
    ):
        if word in unit:
            return f"{found['number']} {name}"
    return f"{found['number']} days"
