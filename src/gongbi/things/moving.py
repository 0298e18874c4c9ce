"""A thing moves: its location is another, and where it has been is kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gongbi.core.public import locate, pack_version, place
from gongbi.things.errors import Refused
from gongbi.things.geometry import shape_of
from gongbi.things.models import FeatureOfInterest, HistoricalLocation, Location, Thing


def move(thing_id: int, locations: list[int], at: datetime) -> None:
    """Put a thing at locations (the same spot, said in several ways), and keep since when."""
    thing = Thing.objects.get(pk=thing_id)
    if set(thing.locations.values_list("pk", flat=True)) == set(locations):
        return
    thing.locations.set(locations)
    if locations:
        HistoricalLocation.objects.create(thing=thing, time=at).locations.set(locations)
    settle(thing)


def follow(history: HistoricalLocation) -> None:
    """A place told to be the thing's newest is where the thing is now."""
    rows = HistoricalLocation.objects.filter(thing=history.thing_id)
    if rows.filter(time__gt=history.time).exclude(pk=history.pk).exists():
        return
    history.thing.locations.set(history.locations.all())
    settle(history.thing)


def settle(thing: Thing) -> None:
    """Find the city's place a thing stands in: by its properties, or by where it is."""
    found = place_path(
        thing.properties, thing.locations.order_by("pk").values_list("location", flat=True)
    )
    if found != thing.place_path:
        thing.place_path = found
        thing.save(update_fields=["place_path"])


def place_path(properties: Any, locations: Iterable[Any]) -> str:
    """The path of a place named in ``properties.place``, or of the area that holds a location."""
    if not pack_version():
        return ""
    named = properties.get("place") if isinstance(properties, dict) else None
    if isinstance(named, str) and (known := place(named[:32])) is not None:
        return known.path
    for said in locations:
        shape = shape_of(said)
        if shape is not None:
            point = shape.centroid
            held = locate(point.x, point.y)
            if held is not None:
                return held.path
    return ""


def feature_for(thing_id: int) -> int:
    """The feature of interest made from where a thing stands; the same one until it moves."""
    rows = Location.objects.filter(things=thing_id).order_by("pk")
    ours = rows.exclude(west=None).first() or rows.first()
    if ours is None:
        raise Refused(
            "The Observation names no FeatureOfInterest and its Thing has no Location to make "
            "one from; give one of the two."
        )
    if ours.feature_made_id is None:
        ours.feature_made = FeatureOfInterest.objects.create(
            name=ours.name,
            description=ours.description,
            properties=ours.properties,
            encoding_type=ours.encoding_type,
            feature=ours.location,
            **{side: getattr(ours, side) for side in ("west", "south", "east", "north")},
        )
        ours.save(update_fields=["feature_made"])
    return int(ours.feature_made_id or 0)
