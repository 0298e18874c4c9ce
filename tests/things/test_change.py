"""Changing and deleting entities, and what hangs on them."""

from typing import Any

import pytest
from tests.things.conftest import (
    Client,
    datastream,
    location,
    observation,
    observed,
    sensor,
    thing,
)

POINT = {"type": "Point", "coordinates": [114.05, -50]}
PATCHES = {
    "Things": ("description", "patched"),
    "Locations": ("location", POINT),
    "HistoricalLocations": ("time", "2015-07-01T00:00:00.000Z"),
    "Datastreams": ("unitOfMeasurement", {"name": "E", "symbol": "S", "definition": None}),
    "Sensors": ("metadata", {"any": ["json"]}),
    "ObservedProperties": ("definition", "http://example.org/other"),
    "Observations": ("phenomenonTime", "2015-07-01T00:40:00.000Z"),
    "FeaturesOfInterest": ("feature", POINT),
}


@pytest.fixture
def one(sta: Client) -> Client:
    """One of each."""
    streams = [datastream(Observations=[observation(0, 1), observation(5, 2)])]
    sta.made("Things", thing(properties={"a": 1}, Locations=[location()], Datastreams=streams))
    return sta


@pytest.mark.parametrize("name", PATCHES)
def test_patch_changes_what_it_names_and_nothing_else(one: Client, name: str) -> None:
    key, (prop, value) = one.get(name).ids[0], PATCHES[name]
    before = one.get(f"{name}({key})").json
    found = one.patch(f"{name}({key})", {prop: value})
    assert found.status == 200, found.text
    after = one.get(f"{name}({key})").json
    assert after == found.json == before | {prop: value}


def test_put_empties_what_it_does_not_name(one: Client) -> None:
    key = one.get("Things").ids[0]
    assert one.put(f"Things({key})", thing("New")).status == 200
    shown = one.get(f"Things({key})").json
    assert shown["name"] == "New"
    assert "properties" not in shown
    assert one.put(f"Things({key})", {"name": "x"}).status == 400
    assert one.get(f"Things({key})/Datastreams").ids


def test_patch_of_a_needed_property_with_null_is_refused(one: Client) -> None:
    key = one.get("Things").ids[0]
    assert one.patch(f"Things({key})", {"name": None}).status == 400
    assert one.patch(f"Things({key})", {"properties": None}).status == 200
    assert "properties" not in one.get(f"Things({key})").json


def test_json_patch(one: Client) -> None:
    key = one.get("Things").ids[0]
    steps = [
        {"op": "test", "path": "/properties/a", "value": 1},
        {"op": "add", "path": "/properties/b", "value": [1, 2]},
        {"op": "add", "path": "/properties/b/1", "value": 9},
        {"op": "copy", "from": "/name", "path": "/properties/was"},
        {"op": "replace", "path": "/name", "value": "New"},
        {"op": "remove", "path": "/properties/a"},
    ]
    kind = "application/json-patch+json"
    found = one.patch(f"Things({key})", steps, content_type=kind)
    assert (found.status, found.json["name"]) == (200, "New")
    assert found.json["properties"] == {"b": [1, 9, 2], "was": "Boiler"}
    failed = [{"op": "test", "path": "/name", "value": "x"}, {"op": "remove", "path": "/name"}]
    assert one.patch(f"Things({key})", failed, content_type=kind).status == 409
    absent = [{"op": "remove", "path": "/properties/zz"}]
    assert one.patch(f"Things({key})", absent, content_type=kind).status == 400


def test_a_moved_thing_keeps_where_it_was(one: Client) -> None:
    key = one.get("Things").ids[0]
    there = one.made("Locations", location("Elsewhere"))
    assert len(one.get("HistoricalLocations").ids) == 1
    assert one.patch(f"Things({key})", {"Locations": [{"@iot.id": there}]}).status == 200
    assert one.get(f"Things({key})/Locations").ids == [there]
    past = one.get(f"Things({key})/HistoricalLocations", expand="Locations", orderby="time").json
    assert [item["Locations"][0]["name"] for item in past["value"]] == ["Roof", "Elsewhere"]
    one.patch(f"Things({key})", {"Locations": [{"@iot.id": there}]})
    assert len(one.get("HistoricalLocations").ids) == 2, "it stood there already"


def test_relations_are_changed_by_link(one: Client) -> None:
    stream = one.get("Datastreams").ids[0]
    other, probe = one.made("Things", thing("Other")), one.made("Sensors", sensor("New"))
    links = {"Thing": {"@iot.id": other}, "Sensor": {"@iot.id": probe}}
    assert one.patch(f"Datastreams({stream})", links).status == 200
    assert one.get(f"Datastreams({stream})/Thing").key == other
    assert one.get(f"Datastreams({stream})/Sensor").key == probe
    assert one.patch(f"Datastreams({stream})", {"Sensor": {"@iot.id": 9999}}).status == 400
    assert one.patch("Things(9999)", {"name": "x"}).status == 404


def test_extents_follow_changes_and_deletions(one: Client) -> None:
    stream = one.get("Datastreams").ids[0]
    first, last = one.get("Observations", orderby="phenomenonTime").ids

    def told() -> Any:
        return one.get(f"Datastreams({stream})").json.get("phenomenonTime")

    assert told() == "2026-11-24T08:00:00.000Z/2026-11-24T08:05:00.000Z"
    one.patch(
        f"Observations({last})",
        {"phenomenonTime": "2026-11-24T08:03:00Z", "resultTime": "2026-11-25T00:00:00Z"},
    )
    assert told() == "2026-11-24T08:00:00.000Z/2026-11-24T08:03:00.000Z"
    one.delete(f"Observations({first})")
    assert told() == "2026-11-24T08:03:00.000Z/2026-11-24T08:03:00.000Z"
    shown = one.get(f"Datastreams({stream})").json
    assert shown["resultTime"] == "2026-11-25T00:00:00.000Z/2026-11-25T00:00:00.000Z"
    one.delete(f"Observations({last})")
    assert told() is None
    assert "observedArea" not in one.get(f"Datastreams({stream})").json


GONE = {
    "Things": {"Datastreams", "Observations", "HistoricalLocations"},
    "Locations": {"HistoricalLocations"},
    "HistoricalLocations": set(),
    "Datastreams": {"Observations"},
    "Sensors": {"Datastreams", "Observations"},
    "ObservedProperties": {"Datastreams", "Observations"},
    "Observations": set(),
    "FeaturesOfInterest": {"Observations"},
}


@pytest.mark.parametrize("name", GONE)
def test_deleting_takes_along_what_cannot_be_without(one: Client, name: str) -> None:
    for key in one.get(name).ids:
        assert one.delete(f"{name}({key})").status == 200
        assert one.get(f"{name}({key})").status == 404
        assert one.delete(f"{name}({key})").status == 404
    for other in GONE:
        left = one.get(other).ids
        assert bool(left) == (other != name and other not in GONE[name]), other


def test_a_set_is_not_deleted(one: Client) -> None:
    assert one.delete("Things").status == 405
    assert one.delete("Things(1)/name").status in (404, 405)


def test_a_datastream_gets_its_property_by_post_to_it(one: Client) -> None:
    prop = one.made("ObservedProperties", observed("Noise"))
    body = datastream("Loud", Thing={"@iot.id": one.get("Things").ids[0]})
    del body["ObservedProperty"]
    key = one.made(f"ObservedProperties({prop})/Datastreams", body)
    assert one.get(f"Datastreams({key})/ObservedProperty").key == prop


def test_a_number_longer_than_64_bits_is_read_back(one: Client) -> None:
    """PostgreSQL keeps 1e300 as a whole number of 301 digits."""
    key = one.get("Things").ids[0]
    assert one.patch(f"Things({key})", {"properties": {"a": 1e300}}).status == 200
    assert float(one.get(f"Things({key})").json["properties"]["a"]) == 1e300
    assert float(one.get(f"Things({key})/properties/$value").json["a"]) == 1e300
    assert one.get("Things?$filter=properties/a gt 1").status == 200
