"""How surely two reports are one matter, and which parts say so.

A scorecard (Fellegi and Sunter 1969; weights fitted together by logistic regression): each part
of the comparison (where, when, type, words, place named, asset, photo) is at one level, each level
has a weight in log-odds, and the chance is the logistic of their sum. What is not known is a level
of its own, never a zero. How much *near* and *soon* say depends on how the types go together: two
lamps at one corner are likelier one than a lamp and a dog, so these two have a table for each.
Weights come from drawn cities (``bench/duplicates.py --fit``); see docs/kernel/alike.md for what
they know and what they do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians

import numpy as np
from numpy.typing import NDArray

from gongbi.kernel.cases.alike_card import SHIPPED, Card, logistic
from gongbi.kernel.cases.alike_places import Named, named_in, same_place_said
from gongbi.kernel.cases.alike_text import (
    Pieces,
    assets_in,
    commonness,
    cross_script,
    in_danger,
    likeness,
    pieces_of,
)
from gongbi.kernel.cases.prints import ALIKE_BITS, bits_apart

METRES_A_DEGREE = 111_320.0
HOUR = 3600.0
SPACE = (15, 40, 80, 160, 320, 640)
HOURS = (0.5, 2, 6, 24, 72, 168)
PROMISED = ((8.0, "quick"), (24.0, "day"))
"""Hours within which a type is promised to be solved; what is promised later is *slow*."""
HABIT = (1, 6, 24, 96)
WORDS = (0.03, 0.08, 0.15, 0.25, 0.4, 0.6)
AGREED = (0.15, 0.3, 0.5, 0.75)
_KIND = {
    "same": "same",
    "kin": "near",
    **{f"guess.{level}": "near" for level in (*(f"to_{edge:g}" for edge in AGREED), "over_0.75")},
    "guess.kin": "unlike",
    "guess.other": "unlike",
    "other": "unlike",
    "unsaid": "unsaid",
}
"""How two types go together, in a word."""
SHORTLIST = 24
LEAST_DEPTH = 4
"""A path of four places or more names a quarter or less: city, district, subdistrict, quarter."""


@dataclass(frozen=True, slots=True)
class Told:
    """A report as it is compared.

    Parameters
    ----------
    at
        Seconds since 1970.
    lon, lat
        Degrees in WGS84, or None.
    place
        Chain of places, "/city/…/quarter/"; "" or the city alone when unknown.
    type, group
        Codes; "" when nobody sorted it.
    spreads
        Whether matters of the type reach along a network (water, power).
    promised
        Hours within which matters of its type are to be solved; None where it has no type.
    danger
        Whether its type means people in danger; what the words say is looked at besides.
    guesses
        Where nobody sorted it: types its words speak for, best first, as (type, group, score).
    asset
        The asset of the city's register it is about, as kind:id; "" when none is known.
    prints, photos
        Prints of its pictures, and digests of their bytes.
    """

    at: float
    lon: float | None = None
    lat: float | None = None
    place: str = ""
    type: str = ""
    group: str = ""
    spreads: bool = False
    promised: float | None = None
    danger: bool = False
    words: str = ""
    guesses: tuple[tuple[str, str, float], ...] = ()
    asset: str = ""
    prints: tuple[int, ...] = ()
    photos: frozenset[str] = frozenset()
    _read: dict[str, Pieces] = field(default_factory=dict, compare=False, repr=False)
    _seen: dict[str, Named] = field(default_factory=dict, compare=False, repr=False)

    @property
    def pieces(self) -> Pieces:
        """The pieces of its words, read once."""
        if "pieces" not in self._read:
            self._read["pieces"] = pieces_of(self.words)
        return self._read["pieces"]

    @property
    def named(self) -> Named:
        """The houses and roads its words name, read once."""
        if "named" not in self._seen:
            self._seen["named"] = named_in(self.words)
        return self._seen["named"]

    @property
    def people_in_danger(self) -> bool:
        """Whether somebody may be trapped or hurt."""
        return self.danger or in_danger(self.words)


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the comparison says: its level, and what it adds to the log-odds.

    ``measure`` is metres, hours or a likeness from 0 to 1, where there is one.
    """

    name: str
    level: str
    weight: float
    measure: float | None = None

    @property
    def key(self) -> str:
        """The name of its level on a scorecard."""
        return f"{self.name}.{self.level}"


@dataclass(frozen=True, slots=True)
class Likeness:
    """The chance that two reports are one matter, what says so, and whether to take care.

    ``careful``: people may be in danger, so a person decides and no one-tap joining is offered.
    """

    chance: float
    parts: tuple[Part, ...]
    careful: bool

    def because(self, most: int = 3) -> tuple[Part, ...]:
        """The parts that speak most, for or against, strongest first."""
        return tuple(sorted(self.parts, key=lambda part: -abs(part.weight))[:most])


def compare(
    one: Told,
    other: Told,
    common: Mapping[str, float] | None = None,
    card: Card = SHIPPED,
) -> Likeness:
    """How surely two reports are one matter; ``common`` is the commonness of pieces around."""
    if common is None:
        common = commonness([one.pieces, other.pieces])
    kind = _type(one, other)
    said = (
        _space(one, other, _KIND[kind.level]),
        _time(one, other, _KIND[kind.level]),
        kind,
        _words(one, other, common),
        _said_place(one, other),
        _asset(one, other),
        _photo(one, other),
        _habit(one, other),
    )
    parts = tuple(
        Part(part.name, part.level, card.weight(part.key), part.measure) for part in said
    )
    return Likeness(
        chance=logistic(card.bias + sum(part.weight for part in parts)),
        parts=parts,
        careful=one.people_in_danger or other.people_in_danger,
    )


def rank(
    new: Told, others: Sequence[Told], most: int = 3, card: Card = SHIPPED
) -> list[tuple[int, Likeness]]:
    """The likeliest of several reports for a new one: (index, likeness), best first."""
    common = commonness([new.pieces, *(other.pieces for other in others)])
    found = [(at, compare(new, other, common, card)) for at, other in enumerate(others)]
    return sorted(found, key=lambda pair: (-pair[1].chance, pair[0]))[:most]


def shortlist(
    new: Told,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    at: NDArray[np.float64],
    same_type: NDArray[np.bool_],
    most: int = SHORTLIST,
) -> NDArray[np.int64]:
    """Rows worth reading closely, by place, time and type alone; columns of shape (n,).

    Words are read of these only: reading is what costs. Rows without a point have NaN there.
    """
    reach = 300.0 if new.spreads else 100.0
    far = np.full(len(lon), 2.0)
    if new.lon is not None and new.lat is not None and len(lon):
        east = (lon - new.lon) * cos(radians(new.lat))
        far = np.nan_to_num(np.hypot(east, lat - new.lat) * METRES_A_DEGREE / reach, nan=2.0)
    days = np.abs(at - new.at) / (48.0 * HOUR)
    order = np.argsort(far + days - 2.0 * same_type, kind="stable")
    return order[:most].astype(np.int64)


def metres_between(one: Told, other: Told) -> float | None:
    """Metres on a plane, or None when one of them has no point."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return hypot(east, one.lat - other.lat) * METRES_A_DEGREE


def _part(name: str, level: str, measure: float | None = None) -> Part:
    """What was found; its weight is the scorecard's."""
    return Part(name, level, 0.0, measure)


def _space(one: Told, other: Told, kind: str) -> Part:
    reach = "spread" if one.spreads and other.spreads else "point"
    apart = metres_between(one, other)
    if apart is not None:
        return _part("space", f"{kind}.{reach}.{_band(apart, SPACE)}", round(apart, 1))
    known = min(_depth(one.place), _depth(other.place)) >= LEAST_DEPTH
    if known and one.place == other.place:
        return _part("space", f"{kind}.same_place")
    if known and (one.place.startswith(other.place) or other.place.startswith(one.place)):
        return _part("space", f"{kind}.within")
    return _part("space", f"{kind}.elsewhere" if known else "unsaid")


def _depth(path: str) -> int:
    return path.strip("/").count("/") + 1 if path.strip("/") else 0


def _time(one: Told, other: Told, kind: str) -> Part:
    """Hours apart. Of one type they say as much as its matters last: how soon it is promised to be
    solved tells that in every city. A crowd of yesterday is another one, a pothole is not."""
    hours = abs(one.at - other.at) / HOUR
    table = f"{kind}.{_haste(one, other)}" if kind == "same" else kind
    return _part("time", f"{table}.{_band(hours, HOURS)}", round(hours, 2))


def _haste(one: Told, other: Told) -> str:
    known = [told.promised for told in (one, other) if told.promised is not None]
    within = min(known) if known else PROMISED[-1][0]
    return next((name for edge, name in PROMISED if within <= edge), "slow")


def _habit(one: Told, other: Told) -> Part:
    """How soon more people speak of one matter of this very type: only a city's own merges know,
    so that the shipped weight of each is nothing."""
    if not one.type or one.type != other.type:
        return _part("habit", "unsaid")
    hours = abs(one.at - other.at) / HOUR
    return _part("habit", f"{one.type}.{_band(hours, HABIT)}", round(hours, 2))


def _type(one: Told, other: Told) -> Part:
    """Of two types that are known; else of what the words speak for, which is less sure."""
    if one.type and other.type:
        if one.type == other.type:
            return _part("type", "same")
        return _part("type", "kin" if one.group and one.group == other.group else "other")
    mine, theirs = _kinds(one), _kinds(other)
    if not mine or not theirs:
        return _part("type", "unsaid")
    agreed = sum(share * theirs.get(kind, 0.0) for kind, share in mine.items())
    if agreed > 0:
        return _part("type", f"guess.{_band(agreed, AGREED)}", round(agreed, 3))
    groups = [
        {group for _, group, _ in told.guesses} | {told.group} - {""} for told in (one, other)
    ]
    return _part("type", "guess.kin" if groups[0] & groups[1] else "guess.other")


def _kinds(told: Told) -> dict[str, float]:
    """Types it may be of, with their scores."""
    return {told.type: 1.0} if told.type else {kind: score for kind, _, score in told.guesses}


def _words(one: Told, other: Told, common: Mapping[str, float]) -> Part:
    if not one.pieces.all or not other.pieces.all:
        return _part("words", "none")
    if cross_script(one.pieces, other.pieces):
        return _part("words", "other_script")
    score = likeness(one.pieces, other.pieces, common)
    return _part("words", _band(score, WORDS), round(score, 3))


def _said_place(one: Told, other: Told) -> Part:
    """The houses and roads the words name, where both name one."""
    return _part("named", same_place_said(one.named, other.named))


def _asset(one: Told, other: Told) -> Part:
    """By the register where it knows both, else by numbers in the words.

    Its weights are those of numbers in words, which err more often than a register that confirmed
    them: the least it can say. Of two kinds it says nothing: a lamp lies dark beside its cabinet.
    """
    if one.asset and other.asset:
        if one.asset == other.asset:
            return _part("asset", "same")
        of_one_kind = one.asset.partition(":")[0] == other.asset.partition(":")[0]
        return _part("asset", "other" if of_one_kind else "unsaid")
    mine, theirs = assets_in(one.words), assets_in(other.words)
    kinds = {said.partition(":")[0] for said in mine} & {said.partition(":")[0] for said in theirs}
    if not kinds:
        return _part("asset", "unsaid")
    return _part("asset", "same" if mine & theirs else "other")


def _photo(one: Told, other: Told) -> Part:
    if one.photos & other.photos:
        return _part("photo", "same_bytes")
    if not one.prints or not other.prints:
        return _part("photo", "unsaid")
    apart = min(bits_apart(mine, theirs) for mine in one.prints for theirs in other.prints)
    return _part("photo", "alike" if apart <= ALIKE_BITS else "unlike", float(apart))


def _band(value: float, edges: Sequence[float]) -> str:
    return next((f"to_{edge:g}" for edge in edges if value <= edge), f"over_{edges[-1]:g}")
