"""Creating, changing and deleting entities, with all that hangs on them, in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from gongbi.things.access import Reader, rows_of
from gongbi.things.bodies import link_of, read_body, related
from gongbi.things.entities import Kind, Relation, target_of
from gongbi.things.errors import Refused
from gongbi.things.extents import Extent, grow, recount
from gongbi.things.models import Datastream, Location, Observation
from gongbi.things.moving import feature_for, follow, move, settle

MOST_DEEP = 8
Known = dict[str, Any]


@dataclass(slots=True)
class Hand:
    """One request that writes: who, when, in which manner, and what it has changed so far."""

    reader: Reader
    now: datetime
    lenient: bool = False
    depth: int = 0
    extents: dict[int, Extent] = field(default_factory=dict)
    recounts: set[int] = field(default_factory=set)
    streams: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Thing, and what the log makes of it, of datastreams that observations came for."""

    def finish(self) -> None:
        """Write what datastreams tell of their observations."""
        if self.extents:
            grow(self.extents)
        if self.recounts:
            recount(self.recounts)


def create(hand: Hand, kind: Kind, body: Any, known: Known | None = None) -> Any:
    """Make an entity and all that is written out inside it; ``known``: keys set from outside."""
    known = known or {}
    if hand.depth >= MOST_DEEP:
        raise Refused(f"Entities are nested deeper than {MOST_DEEP}.")
    hand.depth += 1
    values = read_body(kind, body, whole=True, lenient=hand.lenient)
    values |= _to_one(hand, kind, body, known)
    if kind.name == "Observation":
        _complete(hand, values)
    if kind.name == "HistoricalLocation":
        known = _where_it_was(body, values, known)
    row = kind.model(**values)
    row.save(force_insert=True)
    _to_many(hand, kind, row, body, known)
    _after(hand, kind, row, known)
    hand.depth -= 1
    return row


def _where_it_was(body: dict[str, Any], values: dict[str, Any], known: Known) -> Known:
    """The locations of a place in a thing's past; where none is told, those it has now."""
    if body.get("Locations") or known.get("at"):
        return known
    found = Location.objects.filter(things=values["thing_id"]).values_list("pk", flat=True)
    if not found:
        raise Refused("HistoricalLocation needs Locations: a list of one or more.")
    return {**known, "at": list(found)}


def _to_one(hand: Hand, kind: Kind, body: dict[str, Any], known: Known) -> dict[str, int]:
    found = dict[str, int]()
    for way in kind.relations:
        if way.many:
            continue
        given = related(kind, body, way)
        column = f"{way.column}_id"
        if column in known:
            found[column] = known[column]
        elif given:
            found[column] = _linked_or_made(hand, way, given[0])
        elif way.needed:
            raise Refused(f'{kind.name} needs a {way.name}: {{"@iot.id": 1}} or one written out.')
    return found


def _linked_or_made(hand: Hand, way: Relation, given: Any, known: Known | None = None) -> int:
    target, key = target_of(way), link_of(given)
    if key is None:
        return int(create(hand, target, given, known).pk)
    there = rows_of(target, hand.reader).filter(pk=key)
    found = stream_told(hand, key) if target.name == "Datastream" else there.exists()
    if not found or (hand.reader.places is not None and not there.exists()):
        raise Refused(f"There is no {target.name} {key} to link with.")
    return key


def stream_told(hand: Hand, key: int) -> tuple[int, str] | tuple[()]:
    """(thing, what the log makes of it) of a datastream, nothing where there is none."""
    found = Datastream.objects.filter(pk=key).values_list("thing_id", "sensing").first()
    if found:
        hand.streams[key] = found
    return found or ()


def _complete(hand: Hand, values: dict[str, Any]) -> None:
    """An observation's time and feature, where it does not say them; its share of the extent."""
    if "phenomenon_start" not in values:
        values |= {"phenomenon_start": hand.now, "phenomenon_end": hand.now, "is_interval": False}
    stream = values["datastream_id"]
    thing, sensing = hand.streams.get(stream) or stream_told(hand, stream) or (0, "unknown")
    if "feature_id" not in values:
        values["feature_id"] = feature_for(thing)
    values["owed"] = is_owed(values, sensing)
    extent = hand.extents.setdefault(stream, Extent())
    extent.take(
        values["phenomenon_start"],
        values["phenomenon_end"],
        values.get("result_time"),
        values["feature_id"],
    )


def is_owed(values: dict[str, Any], sensing: str) -> bool:
    """Whether the log is to be given an observation: a number of a datastream it may know."""
    return values.get("number") is not None and sensing != "unknown"


def _to_many(hand: Hand, kind: Kind, row: Any, body: dict[str, Any], known: Known) -> None:
    # In the table's order: a thing has its location before its datastreams bring observations.
    for way in kind.relations:
        if not way.many or way.name not in body:
            continue
        given = related(kind, body, way)
        if kind.model._meta.get_field(way.column).many_to_many:
            _join(hand, kind, row, way, given)
        else:
            for one in given:
                _adopt(hand, kind, row, way, one)


def _adopt(hand: Hand, kind: Kind, row: Any, way: Relation, one: Any) -> None:
    """A child written out is made; one that is linked changes its parent."""
    column, target = f"{way.back}_id", target_of(way)
    key = link_of(one)
    if key is None:
        create(hand, target, one, {column: row.pk})
        return
    found = rows_of(target, hand.reader).filter(pk=key)
    if target.name == "Observation":
        hand.recounts |= {row.pk, *found.values_list("datastream_id", flat=True)}
    if not found.update(**{column: row.pk}):
        raise Refused(f"There is no {target.name} {key} to link with.")


def _join(hand: Hand, kind: Kind, row: Any, way: Relation, given: list[Any]) -> None:
    if (kind.name, way.name) == ("Location", "Things"):
        for one in given:
            move(_linked_or_made(hand, way, one), [row.pk], hand.now)
    elif (kind.name, way.name) == ("Location", "HistoricalLocations"):
        for one in given:
            _linked_or_made(hand, way, one, {"at": [row.pk]})
    elif kind.name == "Thing":
        move(row.pk, [_linked_or_made(hand, way, one) for one in given], hand.now)
    else:
        row.locations.set([_linked_or_made(hand, way, one) for one in given])


def _after(hand: Hand, kind: Kind, row: Any, known: Known) -> None:
    if kind.name == "HistoricalLocation":
        if "at" in known:
            row.locations.add(*known["at"])
        follow(row)
    elif kind.name == "Thing":
        settle(row)


def create_in(hand: Hand, kind: Kind, body: Any, within: tuple[Relation, Kind, int] | None) -> Any:
    """POST to a set, also to one reached from another entity."""
    if within is None:
        return create(hand, kind, body)
    way, parent, key = within
    if parent.model._meta.get_field(way.column).many_to_many:
        return _create_joined(hand, kind, body, way, parent, key)
    if isinstance(body, dict) and not way.many:
        raise Refused(f"{parent.name} {key} has one {way.name}; change it with PATCH.")
    return create(hand, kind, body, {f"{way.back}_id": key})


def _create_joined(
    hand: Hand, kind: Kind, body: Any, way: Relation, parent: Kind, key: int
) -> Any:
    if kind.name == "HistoricalLocation":
        return create(hand, kind, body, {"at": [key]})
    linked = link_of(body)
    made = (
        create(hand, kind, body)
        if linked is None
        else kind.model._default_manager.get(pk=_linked_or_made(hand, way, body))
    )
    if parent.name == "Thing":
        move(key, [made.pk], hand.now)
    elif kind.name == "Thing":
        move(made.pk, [key], hand.now)
    else:
        parent.model._default_manager.get(pk=key).locations.add(made.pk)  # type: ignore[attr-defined]
    return made


def change(hand: Hand, kind: Kind, key: int, body: Any, *, whole: bool) -> None:
    """PATCH (what is named is replaced), or PUT (what is not named is emptied)."""
    values = read_body(kind, body, whole=whole, lenient=hand.lenient)
    for way in kind.relations:
        given = related(kind, body, way)
        if not way.many and given:
            values[f"{way.column}_id"] = _linked_or_made(hand, way, given[0])
    row = kind.model._default_manager.select_for_update().get(pk=key)
    before = getattr(row, "datastream_id", None)
    for column, value in values.items():
        setattr(row, column, value)
    if isinstance(row, Location) and "location" in values:
        row.feature_made = None  # what was observed at the old spot stays there
        row.save(update_fields=[*values, "feature_made"])
    elif values:
        row.save(update_fields=list(values))
    if isinstance(row, Observation):
        hand.recounts |= {before, row.datastream_id} - {None}  # type: ignore[arg-type]
    _to_many(hand, kind, row, body, {})
    _settle_again(kind, row)


def _settle_again(kind: Kind, row: Any) -> None:
    if kind.name == "Thing":
        settle(row)
    elif isinstance(row, Location):
        for thing in row.things.all()[:1000]:
            settle(thing)


def delete(hand: Hand, kind: Kind, key: int) -> None:
    """Delete an entity and, as the standard says, what cannot be without it."""
    row: Model = kind.model._default_manager.get(pk=key)
    if isinstance(row, Observation):
        hand.recounts.add(row.datastream_id)
    elif kind.name == "FeatureOfInterest":
        streams = Observation.objects.filter(feature=key).order_by()
        hand.recounts |= set(streams.values_list("datastream_id", flat=True).distinct())
    elif isinstance(row, Location):
        row.historical_locations.all().delete()
    row.delete()
