"""How far two people's words are about one thing: shared pieces, numbers of assets, danger.

Pieces are pairs of neighbouring Chinese characters, Latin words and runs of digits, and three
letters in a row inside longer words (so that a slip of the finger costs a part, not all). A piece
counts by how rare it is among the texts at hand: everybody in a street names the street.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt

from gongbi.kernel.reading.folding import fold

MOST_CHARACTERS = 1000
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+")
_LONG_WORD = 5

# What carries a number in a city, by the name two languages give it.
_ASSETS_ZH = (
    ("lamp", "路灯|灯杆|灯柱"),
    ("lift", "电梯|客梯|货梯"),
    ("cover", "井盖|窨井"),
    ("hydrant", "消防栓|消火栓"),
    ("signal", "信号灯|红绿灯"),
    ("charger", "充电桩"),
)
_ASSETS_EN = (
    ("lamp", r"street ?lights?|street ?lamps?|lamp ?posts?|lamps?|light poles?"),
    ("lift", r"lifts?|elevators?"),
    ("cover", r"manholes?(?: covers?)?"),
    ("hydrant", r"hydrants?"),
    ("signal", r"traffic lights?|signals?"),
    ("charger", r"chargers?|charging points?"),
)
_CODE = r"([a-z]{0,4}-?\d{1,8})"
_AFTER_ZH = re.compile(r"\s*(?:编号|号码|号)?\s*[:\uff1a]?\s*(?:no\.?|#)?\s*" + _CODE)
_BEFORE_ZH = re.compile(r"(\d{1,4})号$")
# A number that counts something else: floors, minutes, days, times.
_COUNTS_ZH = re.compile(r"[楼层点分天次个米部盏小月日年]")
_AFTER_EN = re.compile(r"\s*(?:no\.?|number|nr\.?|#)?\s*" + _CODE + r"(?![a-z0-9])")
_COUNTS_EN = re.compile(
    r"\s*(?:days?|hours?|minutes?|times?|nights?|floors?|metres?|st|nd|rd|th|am|pm)\b"
)
_DANGER = re.compile(
    "救命|被困|困人|困在|关在电梯|里面有人|有人在里面|受伤|流血|昏迷|晕倒|触电|溺水|"
    r"\b(?:trapped|stuck in(?:side)?|stuck between|people inside|someone inside|injured|bleeding|"
    r"unconscious|drowning|electrocuted|is stuck)\b"
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is compared of a text: its pieces, and which scripts it is written in."""

    all: frozenset[str]
    han: bool
    latin: bool


def plain(text: str) -> str:
    """The text in one spelling (see ``fold``), its first thousand characters."""
    return fold(text[:MOST_CHARACTERS])


def pieces_of(text: str) -> Pieces:
    """The pieces of a text."""
    said = plain(text)
    found: set[str] = set()
    runs = _HAN_RUN.findall(said)
    for run in runs:
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    words = _LATIN.findall(said)
    for word in words:
        found.add(f"{word} ")
        if len(word) >= _LONG_WORD:
            found.update(word[at : at + 3] for at in range(len(word) - 2))
    return Pieces(frozenset(found), bool(runs), any(not word.isdigit() for word in words))


def commonness(several: Iterable[Pieces]) -> dict[str, float]:
    """In which share of the texts each piece stands, never quite 0 and never quite 1."""
    texts = list(several)
    counts: Counter[str] = Counter(piece for one in texts for piece in one.all)
    return {piece: (many + 0.5) / (len(texts) + 1.0) for piece, many in counts.items()}


def likeness(one: Pieces, other: Pieces, common: Mapping[str, float]) -> float:
    """Cosine of the two texts, each piece weighing ``-log`` of its commonness; 0 to 1."""
    shared = sum(-log(common.get(piece, 0.1)) for piece in one.all & other.all)
    sizes = [sum(-log(common.get(piece, 0.1)) for piece in pieces.all) for pieces in (one, other)]
    return shared / sqrt(sizes[0] * sizes[1]) if min(sizes) > 0 else 0.0


def cross_script(one: Pieces, other: Pieces) -> bool:
    """Whether one is written in Chinese only and the other without any."""
    return (one.han and not one.latin and other.latin and not other.han) or (
        other.han and not other.latin and one.latin and not one.han
    )


def assets_in(text: str) -> frozenset[str]:
    """Numbered things a text names, as ``lamp:A123`` or ``lift:3``.

    A number that counts floors, minutes or days is none: the lift that is stuck at floor 3 is
    not lift 3.
    """
    said = plain(text)
    found: set[str] = set()
    for kind, names in _ASSETS_ZH:
        for match in re.finditer(names, said):
            found |= _numbered(kind, said, match, _AFTER_ZH, _COUNTS_ZH)
            before = _BEFORE_ZH.search(said[: match.start()])
            if before:
                found.add(f"{kind}:{_code(before[1])}")
    for kind, names in _ASSETS_EN:
        for match in re.finditer(rf"\b(?:{names})\b", said):
            found |= _numbered(kind, said, match, _AFTER_EN, _COUNTS_EN)
    return frozenset(found)


def _numbered(
    kind: str,
    said: str,
    name: "re.Match[str]",
    after: "re.Pattern[str]",
    counts: "re.Pattern[str]",
) -> set[str]:
    number = after.match(said, name.end())
    if not number or counts.match(said, number.end()):
        return set()
    return {f"{kind}:{_code(number[1])}"}


def _code(text: str) -> str:
    bare = text.replace("-", "").upper()
    letters = bare.rstrip("0123456789")
    return letters + (bare[len(letters) :].lstrip("0") or "0")


def in_danger(text: str) -> bool:
    """Whether somebody says that a person is trapped or hurt: such matters are never joined
    without a person, because two people in two lifts are two cases."""
    return bool(_DANGER.search(plain(text)))
