"""What a datastream tells of its observations: their times and where they were made."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from gongbi.things.geometry import Box, area_of
from gongbi.things.models import Datastream, FeatureOfInterest, Observation

TIMES = ("phenomenon_start", "phenomenon_end", "result_start", "result_end")


@dataclass(slots=True)
class Extent:
    """From when to when, and about which features, some observations of one datastream are."""

    phenomenon_start: datetime | None = None
    phenomenon_end: datetime | None = None
    result_start: datetime | None = None
    result_end: datetime | None = None
    features: set[int] = field(default_factory=set)

    def take(
        self, start: datetime, end: datetime, result: datetime | None, feature: int | None
    ) -> None:
        """One observation more."""
        self.phenomenon_start = least(self.phenomenon_start, start)
        self.phenomenon_end = most(self.phenomenon_end, end)
        self.result_start = least(self.result_start, result)
        self.result_end = most(self.result_end, result)
        if feature is not None:
            self.features.add(feature)


def least(one: Any, other: Any) -> Any:
    """The smaller of two, of which either may be missing."""
    return other if one is None else one if other is None else min(one, other)


def most(one: Any, other: Any) -> Any:
    """The greater of two, of which either may be missing."""
    return other if one is None else one if other is None else max(one, other)


def grow(extents: dict[int, Extent]) -> None:
    """Widen datastreams by what came; nothing is written where nothing grows."""
    rows = Datastream.objects.select_for_update().filter(pk__in=list(extents)).order_by("pk")
    boxes = _boxes({key for extent in extents.values() for key in extent.features})
    for stream in rows.only("pk", *TIMES, "observed_area", "west", "south", "east", "north"):
        extent = extents[stream.pk]
        changed = _widen(stream, extent)
        found = [boxes[key] for key in extent.features if key in boxes]
        changed += _spread(stream, found)
        if changed:
            stream.save(update_fields=changed)


def _widen(stream: Datastream, extent: Extent) -> list[str]:
    changed = []
    for name in TIMES:
        choose = least if name.endswith("start") else most
        grown = choose(getattr(stream, name), getattr(extent, name))
        if grown != getattr(stream, name):
            setattr(stream, name, grown)
            changed.append(name)
    return changed


def _boxes(features: set[int]) -> dict[int, Box]:
    found = FeatureOfInterest.objects.filter(pk__in=features).exclude(west=None)
    return {
        key: (west, south, east, north)
        for key, west, south, east, north in found.values_list(
            "pk", "west", "south", "east", "north"
        )
        if west is not None and south is not None and east is not None and north is not None
    }


def _spread(stream: Datastream, boxes: Iterable[Box]) -> list[str]:
    before = (stream.west, stream.south, stream.east, stream.north)
    for west, south, east, north in boxes:
        stream.west, stream.south = least(stream.west, west), least(stream.south, south)
        stream.east, stream.north = most(stream.east, east), most(stream.north, north)
    after = (stream.west, stream.south, stream.east, stream.north)
    if after == before:
        return []
    stream.observed_area = area_of(after)  # type: ignore[arg-type]  # all four are there by now
    return ["west", "south", "east", "north", "observed_area"]


def recount(streams: Iterable[int]) -> None:
    """Reckon the extents anew: an observation was changed or deleted."""
    for stream in Datastream.objects.select_for_update().filter(pk__in=list(streams)):
        rows = Observation.objects.filter(datastream=stream.pk)
        found = rows.aggregate(
            phenomenon_start=Min("phenomenon_start"),
            phenomenon_end=Max("phenomenon_end"),
            result_start=Min("result_time"),
            result_end=Max("result_time"),
        )
        for name, value in found.items():
            setattr(stream, name, value)
        stream.west = stream.south = stream.east = stream.north = stream.observed_area = None
        features = set(rows.order_by().values_list("feature_id", flat=True).distinct()[:10_000])
        _spread(stream, _boxes(features).values())
        stream.save(update_fields=[*found, "west", "south", "east", "north", "observed_area"])
