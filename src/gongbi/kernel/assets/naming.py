"""Which asset a text names by its code: candidates by the kinds' own words and shapes of codes.

A candidate is only a guess: it is an asset where the register has one of that kind and code near
the place that was reported, and nowhere else. The answer has three values: named and found, named
and unknown (the code is not in the register near there), not named.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gongbi.kernel.assets.codes import key_of

NEAR_METRES = 500.0
"""A position may be the street's other end; what bears the code farther away is not meant."""
MOST_CHARACTERS, MOST_CANDIDATES, MOST_SAID = 4_000, 20, 60
_ANY_CODE = r"[A-Za-z]{0,4}[-. ]?\d{1,8}(?:[-./]\d{1,6})?"
_LINK = r"(?:编号|編號|号码|號碼|编码|号|號|numbers?|no\.?|nr\.?|codes?|#)"
_AFTER = rf"\s*(?:的)?\s*(?P<link>{_LINK})?\s*(?:是|为|為|is)?\s*[:：#]?\s*"
_NOT_COUNTED = (
    r"(?![A-Za-z0-9_]|\s*(?:天|个|個|盏|盞|小时|小時|分钟|分鐘|楼|樓|层|層|米|次|点|點|月|日"
    r"|days?|hours?|nights?|times?|floors?|metres?|m\b|am\b|pm\b))"
)
_DISTINCT = 5
"""A shape of so many letters and digits, or with a letter in it, may stand without a word."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of asset: what people call it, and pictures of its codes (9 a digit, A a letter)."""

    code: str
    words: tuple[str, ...]
    shapes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that may be an asset's; ``clear``: it can hardly be anything else."""

    kind: str
    key: str
    said: str
    clear: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the register: how far it is from the reported point, whether in the place said."""

    id: int
    kind: str
    key: str
    metres: float | None
    in_place: bool | None


@dataclass(frozen=True, slots=True)
class Named:
    """Found: ``id`` and the words; unknown: a kind, no id; not named: neither."""

    id: int | None = None
    kind: str = ""
    said: str = ""


class Namer:
    """The kinds' patterns, made ready once; it may be asked from several threads."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._patterns = [
            (kind.code, shape, bool(kind.shapes)) for kind in kinds for shape in _patterns(kind)
        ]

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """Codes the text may name, in its order; at most twenty."""
        text = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])
        found: dict[tuple[str, str], tuple[int, Candidate]] = {}
        for kind, shape, shaped in self._patterns:
            for hit in shape.finditer(text):
                key = key_of(hit["code"])
                linked = "link" in shape.groupindex and bool(hit["link"])
                one = Candidate(kind, key, hit[0].strip()[:MOST_SAID], shaped or linked)
                if key and (kind, key) not in found:
                    found[kind, key] = hit.start("code"), one
        ranked = sorted(found.values(), key=lambda pair: (pair[0], pair[1].kind))
        return tuple(one for _at, one in ranked[:MOST_CANDIDATES])


def _patterns(kind: Kind) -> list[re.Pattern[str]]:
    code = "|".join(_shape(one) for one in kind.shapes) or _ANY_CODE
    said = f"(?P<code>{code})"
    words = "|".join(re.escape(unicodedata.normalize("NFKC", one)) for one in kind.words)
    found = []
    if words:
        word = rf"(?<![A-Za-z])(?:{words})"
        found.append(rf"{word}{_AFTER}{said}{_NOT_COUNTED}")
        found.append(rf"(?<![A-Za-z0-9_.-]){said}\s*(?P<link>号|號|#)\s*(?:{words})")
    alone = "|".join(_shape(one) for one in kind.shapes if _stands_alone(one))
    if alone:
        found.append(rf"(?<![A-Za-z0-9_.-])(?P<code>{alone})(?![A-Za-z0-9_.-])")
    return [re.compile(one, re.IGNORECASE) for one in found]


def _shape(picture: str) -> str:
    """``9-9999`` as a pattern; people leave dashes out, or write a blank."""
    parts = {"9": r"\d", "A": "[A-Za-z]"}
    return "".join(parts.get(one, "[-./ ]?") for one in picture) + r"(?!\d)"


def _stands_alone(picture: str) -> bool:
    """Whether nothing else in a sentence looks like that: 2 letters at least, or parted digits."""
    signs = sum(one in "9A" for one in picture)
    return signs >= _DISTINCT and (picture.count("A") >= 2 or "-" in picture)


def settle(candidates: Sequence[Candidate], known: Iterable[Known]) -> Named:
    """The first candidate that the register confirms near by; else what was clearly named."""
    rows: dict[tuple[str, str], list[Known]] = {}
    for row in known:
        rows.setdefault((row.kind, row.key), []).append(row)
    for one in candidates:
        found = _confirmed(one, rows.get((one.kind, one.key), []))
        if found is not None:
            return Named(found.id, one.kind, one.said)
    clear = next((one for one in candidates if one.clear), None)
    return Named(None, clear.kind, clear.said) if clear else Named()


def _confirmed(one: Candidate, rows: list[Known]) -> Known | None:
    """The one row it can be. Of two alike near by neither, unless one is much nearer."""
    near = [row for row in rows if row.metres is not None and row.metres <= NEAR_METRES]
    if near:
        near.sort(key=lambda row: (row.metres, row.id))
        alone = len(near) == 1 or (near[0].metres or 0.0) * 2 < (near[1].metres or 0.0)
        return near[0] if alone else None
    if any(row.metres is not None for row in rows):
        return None  # the position is known, and it is not there
    inside = [row for row in rows if row.in_place]
    if inside or any(row.in_place is not None for row in rows):
        return inside[0] if len(inside) == 1 else None
    return rows[0] if len(rows) == 1 and one.clear else None
