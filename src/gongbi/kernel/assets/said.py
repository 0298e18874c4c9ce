"""A code as somebody says it to be looked up: read out on the telephone, typed on the spot, or the
whole address that a square code holds.

Unlike a code in a report's words (``kernel.assets.naming``) it is known to be one, so that it is
asked of every kind. The answer has three values: none, the one, several to choose from.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar
from urllib.parse import unquote

_KIND = re.compile(r"[a-z0-9-]{1,32}")
MOST = 200


class Coded(Protocol):
    """Anything of a kind that bears a code."""

    @property
    def kind(self) -> str:
        """What it is, by the pack's code."""

    @property
    def code(self) -> str:
        """What is printed on it."""


T = TypeVar("T", bound=Coded)


def read_said(text: str) -> tuple[str, str]:
    """The kind, where it is named, and the code: of ``3-0421``, ``lamp:3-0421`` or a link."""
    said = unicodedata.normalize("NFKC", unquote(text[:MOST])).strip()
    if "asset=" in said:
        said = said.rpartition("asset=")[2].partition("&")[0].strip()
    kind, colon, code = said.partition(":")
    if colon and _KIND.fullmatch(kind.strip()):
        return kind.strip(), code.strip()
    return "", said


def meant(code: str, rows: Iterable[T], wanted: Collection[str] = ()) -> list[T]:
    """Which of the rows with that code, however written, can be meant: of the kinds that the
    matter is about before others; within a kind the one written so before those written
    otherwise. Between kinds a dash says nothing: nobody reads it out."""
    found = list(rows)
    found = [row for row in found if row.kind in wanted] or found
    exact = {row.kind for row in found if row.code == code}
    return [row for row in found if row.code == code or row.kind not in exact]
