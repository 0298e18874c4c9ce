"""The entities as a table: properties, their columns, and ways from one to another.

Everything else reads this table: reading, writing, filters, links and sentences of refusal.
"""

from dataclasses import dataclass, field
from typing import Literal

from django.db import models as orm

from gongbi.things import models

Type = Literal["text", "any", "object", "geometry", "unit", "instant", "span", "result"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its name, its column (a span: its first), its type."""

    name: str
    column: str
    type: Type = "text"
    needed: bool = True
    end_column: str = ""
    computed: bool = False
    shown_empty: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A way to another kind: its name, where it leads, the ORM's names for it and its way back."""

    name: str
    target: str
    column: str
    back: str
    many: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the eight."""

    name: str
    plural: str
    model: type[orm.Model]
    properties: tuple[Property, ...]
    relations: tuple[Relation, ...]
    place: str
    """The ORM path to the place a row belongs to; empty: everybody who may read sees it."""
    by_name: dict[str, Property] = field(init=False, repr=False)
    ways: dict[str, Relation] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {one.name: one for one in self.properties})
        object.__setattr__(self, "ways", {one.name: one for one in self.relations})


def _span(name: str, start: str, end: str, **more: bool) -> Property:
    """A property in two columns: from when to when."""
    return Property(name, start, "span", needed=False, end_column=end, **more)


def _history(back: str) -> Relation:
    """The way to where things have been."""
    return Relation(
        "HistoricalLocations", "HistoricalLocation", "historical_locations", back, many=True
    )


def _streams(back: str) -> Relation:
    """The way to datastreams."""
    return Relation("Datastreams", "Datastream", "datastreams", back, many=True)


NAME = Property("name", "name")
WORDS = (NAME, Property("description", "description"))
CODING = Property("encodingType", "encoding_type")
EXTRA = Property("properties", "properties", "object", needed=False)

THING = Kind(
    "Thing",
    "Things",
    models.Thing,
    (*WORDS, EXTRA),
    (
        Relation("Locations", "Location", "locations", "things", many=True),
        _history("thing"),
        _streams("thing"),
    ),
    "place_path",
)
LOCATION = Kind(
    "Location",
    "Locations",
    models.Location,
    (*WORDS, CODING, Property("location", "location", "geometry"), EXTRA),
    (
        Relation("Things", "Thing", "things", "locations", many=True),
        _history("locations"),
    ),
    "things__place_path",
)
HISTORICAL = Kind(
    "HistoricalLocation",
    "HistoricalLocations",
    models.HistoricalLocation,
    (Property("time", "time", "instant"),),
    (
        Relation("Thing", "Thing", "thing", "historical_locations", needed=True),
        Relation(
            "Locations", "Location", "locations", "historical_locations", many=True, needed=True
        ),
    ),
    "thing__place_path",
)
DATASTREAM = Kind(
    "Datastream",
    "Datastreams",
    models.Datastream,
    (
        *WORDS,
        Property("unitOfMeasurement", "unit", "unit"),
        Property("observationType", "observation_type"),
        EXTRA,
        Property("observedArea", "observed_area", "geometry", needed=False, computed=True),
        _span("phenomenonTime", "phenomenon_start", "phenomenon_end", computed=True),
        _span("resultTime", "result_start", "result_end", computed=True),
    ),
    (
        Relation("Thing", "Thing", "thing", "datastreams", needed=True),
        Relation("Sensor", "Sensor", "sensor", "datastreams", needed=True),
        Relation(
            "ObservedProperty", "ObservedProperty", "observed_property", "datastreams", needed=True
        ),
        Relation("Observations", "Observation", "observations", "datastream", many=True),
    ),
    "thing__place_path",
)
SENSOR = Kind(
    "Sensor",
    "Sensors",
    models.Sensor,
    (*WORDS, CODING, Property("metadata", "metadata", "any"), EXTRA),
    (_streams("sensor"),),
    "",
)
OBSERVED = Kind(
    "ObservedProperty",
    "ObservedProperties",
    models.ObservedProperty,
    (NAME, Property("definition", "definition"), WORDS[1], EXTRA),
    (_streams("observed_property"),),
    "",
)
OBSERVATION = Kind(
    "Observation",
    "Observations",
    models.Observation,
    (
        _span("phenomenonTime", "phenomenon_start", "phenomenon_end", shown_empty=True),
        Property("result", "result", "result", shown_empty=True),
        Property("resultTime", "result_time", "instant", needed=False, shown_empty=True),
        Property("resultQuality", "result_quality", "any", needed=False),
        _span("validTime", "valid_start", "valid_end"),
        Property("parameters", "parameters", "object", needed=False),
    ),
    (
        Relation("Datastream", "Datastream", "datastream", "observations", needed=True),
        Relation("FeatureOfInterest", "FeatureOfInterest", "feature", "observations"),
    ),
    "datastream__thing__place_path",
)
FEATURE = Kind(
    "FeatureOfInterest",
    "FeaturesOfInterest",
    models.FeatureOfInterest,
    (*WORDS, CODING, Property("feature", "feature", "geometry"), EXTRA),
    (Relation("Observations", "Observation", "observations", "feature", many=True),),
    "observations__datastream__thing__place_path",
)
KINDS = (THING, LOCATION, HISTORICAL, DATASTREAM, SENSOR, OBSERVED, OBSERVATION, FEATURE)
BY_NAME = {kind.name: kind for kind in KINDS}
BY_PLURAL = {kind.plural: kind for kind in KINDS}


def target_of(way: Relation) -> Kind:
    """The kind a way leads to."""
    return BY_NAME[way.target]
