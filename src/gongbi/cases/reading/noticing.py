"""What is read in a report beside its type: danger, place, things, and the writer's wishes.

It is read once, at intake, with contacts masked, and kept sealed under the reporter's key: it
quotes what they wrote, and goes when their words go.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from gongbi.cases.models import CaseType
from gongbi.cases.reading.danger import danger_words
from gongbi.cases.reading.guessing import NOWHERE, Point, SubRead, guess_sub, reader_in_force
from gongbi.cases.reading.listing import sub_types_of
from gongbi.core.public import city, pack_stamp, places_of_kind
from gongbi.kernel.cases.masking import mask_contacts
from gongbi.kernel.cases.suggest import Guess
from gongbi.kernel.reading.asking import Thing, Wish, things_of, wishes_of
from gongbi.kernel.reading.nearby import Near, told_nearby
from gongbi.kernel.reading.placing import PlaceName, PlaceRead, Places, know_places, place_of
from gongbi.kernel.reading.urgency import Urgency, urgency_of

KINDS = ("district", "subdistrict", "grid", "quarter")
LIFE = 1


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a report says, each with its words; ``reader`` is 0 for the listed words."""

    reader: int
    guesses: tuple[tuple[str, float, tuple[str, ...]], ...]
    urgency: Urgency
    place: PlaceRead
    things: tuple[Thing, ...]
    wishes: tuple[Wish, ...]
    sub: SubRead | None = None
    near: tuple[Near, ...] = ()
    """What was settled near by before and spoke for the likeliest type."""

    def to_json(self) -> str:
        """As it is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)


def notice(
    words: str,
    guesses: list[Guess],
    kind: CaseType | None = None,
    at: datetime | None = None,
    point: Point = NOWHERE,
) -> Noticed:
    """Read a report; ``kind``: its type, where it is known or sure; when and where it was said."""
    shown, found = mask_contacts(words), reader_in_force()
    return Noticed(
        reader=found.number if found else 0,
        guesses=tuple((one.type, round(one.score, 3), one.words) for one in guesses),
        urgency=urgency_of(shown, danger_words()),
        place=place_of(shown, known_places()),
        things=things_of(shown),
        wishes=wishes_of(shown),
        sub=_sub(words, guesses, kind, at, point),
        near=told_nearby(guesses[0].beside) if guesses else (),
    )


def _sub(
    words: str, guesses: list[Guess], kind: CaseType | None, at: datetime | None, point: Point
) -> SubRead | None:
    """The sub-type within its type, or within the one that is likeliest."""
    if kind is not None:
        return guess_sub(words, kind.code, kind.sub_types, at, point)
    if not guesses:
        return None
    likeliest = guesses[0].type
    return guess_sub(words, likeliest, sub_types_of(likeliest), at, point)


def from_json(text: str) -> dict[str, Any]:
    """What was noticed, as plain values for a page; an unknown form is nothing."""
    said = json.loads(text)
    return said if isinstance(said, dict) else {}


def place_named(words: str) -> str | None:
    """The code of the one place that words name; None when none or several may be meant."""
    return place_of(words, known_places()).code if words.strip() else None


def known_places() -> Places:
    """The city's places by name, made ready once for each pack. One query."""
    return _places(city().code, pack_stamp())


def forget_places() -> None:
    """Read them anew: for whoever changes them without loading a pack."""
    _places.cache_clear()


@lru_cache(maxsize=2)
def _places(_city: str, _stamp: tuple[int, datetime | None]) -> Places:
    return know_places(
        PlaceName(place.code, place.path, tuple(filter(None, (place.name_zh, place.name_en))))
        for kind in KINDS
        for place in places_of_kind(kind)
    )
