"""What each page of the front doors needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongbi.cases import public as cases
from gongbi.cases.public import Suggestion, TypeRecord
from gongbi.core import public as core
from gongbi.core.public import AssetRecord
from gongbi.reports.where import Named, place_in_words

OTHER = "other"
"""What a form says where the type stands in the long list, not among the suggested ones."""
SURE_SCORE = 0.5
SURE_LEAD = 1.5
SHORTEST_WORDS = 2
KINDS_OF_PLACE = ("district", "subdistrict", "grid", "quarter")


@dataclass(frozen=True, slots=True)
class Choice:
    """One type the words suggest, named, with the words that decided."""

    code: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The question *what kind of problem?*: suggestions first, every type behind them."""

    choices: tuple[Choice, ...]
    types: tuple[TypeRecord, ...]
    chosen: str
    other: str
    by_hand: bool

    @property
    def code(self) -> str:
        """The type that is chosen, among the suggested ones or in the long list; empty: none."""
        return self.other if self.chosen == OTHER else self.chosen


def kinds(
    words: str,
    *,
    chosen: str = "",
    other: str = "",
    by_hand: bool = False,
    about: AssetRecord | None = None,
) -> Kinds:
    """Suggestions for the words; the first is chosen only when it is sure and nobody chose.

    ``about``: the asset it is about; its types are suggested too, and the only one is sure.
    """
    types = tuple(cases.case_types(for_residents=True))
    names = {known.code: known.name for known in types}
    found = cases.suggest_types(words) if len(words.strip()) >= SHORTEST_WORDS else []
    found = [one for one in found if one.type in names][:3]
    choices = tuple(Choice(one.type, _named(one, names), tuple(one.words)) for one in found)
    meant = cases.types_about(about.kind) if about else []
    said = {one.type for one in found}
    because = (f"{about.kind_name} {about.code}",) if about else ()
    choices += tuple(Choice(c, names[c], because) for c in meant if c in names and c not in said)
    if not by_hand:
        chosen = found[0].type if is_sure(found) else meant[0] if len(meant) == 1 else ""
    elif chosen and chosen not in {choice.code for choice in choices}:
        # The words moved on, but somebody chose this type by hand: it stays, in the long list.
        chosen, other = OTHER, other or chosen
    return Kinds(choices, types, chosen, other, by_hand)


def _named(one: Suggestion, names: dict[str, str]) -> str:
    """A type, with what kind of it the words speak for."""
    name = names[one.type]
    return f"{name} ({one.sub_type})" if one.sub_type else name


def is_sure(found: Sequence[Suggestion]) -> bool:
    """Whether the first suggestion is good enough to be chosen for somebody."""
    if not found or found[0].score < SURE_SCORE:
        return False
    return len(found) == 1 or found[0].score >= SURE_LEAD * found[1].score


def named_places() -> list[Named]:
    """Every place that people may name, from districts down. One query a kind."""
    return [
        Named(place.code, place.name_en, place.name_zh, place.path.count("/"))
        for kind in KINDS_OF_PLACE
        for place in core.places_of_kind(kind)
    ]


def place_said(words: str) -> str | None:
    """The place that somebody's words name, if just one does."""
    return place_in_words(words, named_places()) if words else None


def lies_outside(lon: float, lat: float) -> bool:
    """Whether a point lies outside a city that has drawn its borders; a town without has none."""
    if core.locate(lon, lat) is not None:
        return False
    return core.locate(*core.city().centre) is not None


def map_bounds() -> str:
    """West, south, east, north of where people live, with a margin; empty when no place has a
    point. A base map reaches far out to sea and along roads, where nobody reports.
    """
    found = core.places_of_kind("quarter") or core.places_of_kind("subdistrict")
    points = [(p.lon, p.lat) for p in found if p.lon is not None and p.lat is not None]
    if not points:
        return ""
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    aside = max(max(lons) - min(lons), max(lats) - min(lats), 0.01) * 0.15
    edges = (min(lons) - aside, min(lats) - aside, max(lons) + aside, max(lats) + aside)
    return ",".join(f"{edge:.5f}" for edge in edges)
