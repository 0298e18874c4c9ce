"""Resource paths: ``Things(1)/Datastreams(2)/Observations/$ref`` to what it means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gongbi.things.access import Reader, rows_of
from gongbi.things.entities import BY_PLURAL, Kind, Property, Relation, target_of
from gongbi.things.errors import NotThere, Refused

MOST_STEPS = 24
MOST_ID = 2**63 - 1
_SEGMENT = re.compile(r"(?P<name>[@$\w.-]+)(?:\((?P<id>[^()]*)\))?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: a set of a kind, or one entity, or a property of it."""

    kind: Kind
    id: int | None = None
    within: tuple[Relation, Kind, int] | None = None
    """The way the set was reached by, from which kind and which entity."""
    property: Property | None = None
    inside: tuple[str, ...] = ()
    ending: str = ""
    """``$value``, ``$ref``, ``$count`` or nothing."""

    def rows(self, reader: Reader) -> Any:
        """The entities meant, within what the reader may see."""
        found = rows_of(self.kind, reader)
        if self.within is not None:
            way, _, parent = self.within
            found = found.filter(**{way.back: parent})
        return found if self.id is None else found.filter(pk=self.id)


def find(path: str, reader: Reader) -> Place:
    """What a path below the service root means; NotThere where an entity on the way is missing."""
    segments = path.strip("/").split("/")
    if len(segments) > MOST_STEPS:
        raise Refused(f"The path has more than {MOST_STEPS} steps.")
    name, key = _split(segments[0])
    kind = BY_PLURAL.get(name)
    if kind is None:
        raise NotThere(f"There is no set {name!r}; there are {', '.join(BY_PLURAL)}.")
    place = Place(kind) if key is None else _one(Place(kind, _id(key, kind)), reader)
    for at, segment in enumerate(segments[1:], 1):
        if place.property is not None or place.ending:
            return _end(place, segments[at:])
        place = _step(place, segment, reader)
    return place


def _split(segment: str) -> tuple[str, str | None]:
    found = _SEGMENT.fullmatch(segment)
    if found is None:
        raise NotThere(f"The part {segment!r} of the path cannot be read.")
    return found["name"], found["id"]


def _id(said: str, kind: Kind) -> int:
    bare = said.strip().strip("'")
    if not re.fullmatch(r"-?\d{1,19}", bare, re.ASCII) or abs(int(bare)) > MOST_ID:
        raise NotThere(f"There is no {kind.name} {said!r}; ids are whole numbers.")
    return int(bare)


def _one(place: Place, reader: Reader) -> Place:
    if not place.rows(reader).exists():
        raise NotThere(f"There is no {place.kind.name} {place.id} here.")
    return place


def _step(place: Place, segment: str, reader: Reader) -> Place:
    name, key = _split(segment)
    if name in ("$ref", "$count") and key is None:
        return Place(place.kind, place.id, place.within, ending=name)
    if place.id is None:
        raise NotThere(f"After the set {place.kind.plural} comes an id: {place.kind.plural}(1).")
    way = place.kind.ways.get(name)
    if way is None:
        return _property(place, name)
    within, target = (way, place.kind, place.id), target_of(way)
    if way.many:
        if key is None:
            return Place(target, within=within)
        return _one(Place(target, _id(key, target), within), reader)
    found = Place(target, within=within).rows(reader).values_list("pk", flat=True).first()
    if found is None:
        raise NotThere(f"{place.kind.name} {place.id} has no {name}.")
    return Place(target, found, within)


def _property(place: Place, name: str) -> Place:
    if name in ("@iot.id", "id"):
        return Place(place.kind, place.id, place.within, Property("@iot.id", "pk"))
    one = place.kind.by_name.get(name)
    if one is None:
        raise NotThere(f"{place.kind.name} has neither a property nor a relation {name!r}.")
    return Place(place.kind, place.id, place.within, one)


def _end(place: Place, rest: Sequence[str]) -> Place:
    ending = "$value" if rest[-1] == "$value" else ""
    inside = tuple(rest[: len(rest) - bool(ending)])
    if place.property is None or (
        inside and place.property.type not in ("any", "object", "unit", "geometry", "result")
    ):
        raise NotThere(f"There is nothing at {'/'.join(rest)}.")
    return Place(place.kind, place.id, place.within, place.property, inside, ending)
