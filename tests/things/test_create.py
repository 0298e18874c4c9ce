"""Creating entities: whole, linked, nested, refused."""

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


def test_a_thing_with_all_below_it_is_one_request(sta: Client) -> None:
    body = thing(
        properties={"floor": 3},
        Locations=[location()],
        Datastreams=[datastream(Observations=[observation(0, 3), observation(1, 4.5)])],
    )
    key = sta.made("Things", body)
    shown = sta.get(
        f"Things({key})", expand="Locations,Datastreams($expand=Observations,Sensor)"
    ).json
    stream = shown["Datastreams"][0]
    assert shown["properties"] == {"floor": 3}
    assert [one["result"] for one in stream["Observations"]] == [3, 4.5]
    assert stream["Sensor"]["metadata"] == "Probe"
    assert stream["phenomenonTime"] == "2026-11-24T08:00:00.000Z/2026-11-24T08:01:00.000Z"
    assert stream["observedArea"] == {"type": "Point", "coordinates": [-117.05, 51.05]}
    assert sta.get(f"Things({key})/HistoricalLocations").json["value"]


def test_links_by_id(sta: Client) -> None:
    keys = {
        "Thing": sta.made("Things", thing()),
        "Sensor": sta.made("Sensors", sensor()),
        "ObservedProperty": sta.made("ObservedProperties", observed()),
    }
    body = datastream(**{name: {"@iot.id": key} for name, key in keys.items()})
    stream = sta.made("Datastreams", body)
    for name, key in keys.items():
        assert sta.get(f"Datastreams({stream})/{name}").key == key


@pytest.mark.parametrize("missing", ["name", "description"])
def test_a_missing_property_is_named(sta: Client, missing: str) -> None:
    body = thing()
    del body[missing]
    found = sta.post("Things", body)
    assert found.status == 400
    assert f"lacks the property {missing}" in found.json["message"]


@pytest.mark.parametrize("missing", ["Thing", "Sensor", "ObservedProperty"])
def test_a_datastream_without_what_it_needs_is_refused(sta: Client, missing: str) -> None:
    body = datastream(Thing=thing())
    del body[missing]
    found = sta.post("Datastreams", body)
    assert found.status == 400
    assert f"needs a {missing}" in found.json["message"]
    for each in ("Things", "Sensors", "ObservedProperties", "Datastreams"):
        assert not sta.get(each).ids, "nothing of a refused deep insert is kept"


def test_an_observation_needs_a_datastream_and_a_place(sta: Client) -> None:
    key = sta.made("Things", thing(Datastreams=[datastream()]))
    stream = sta.get(f"Things({key})/Datastreams").ids[0]
    assert "needs a Datastream" in sta.post("Observations", observation(0, 1)).json["message"]
    found = sta.post(f"Datastreams({stream})/Observations", observation(0, 1))
    assert found.status == 400
    assert "Location" in found.json["message"]


def test_the_feature_is_made_once_from_where_the_thing_stands(
    sta: Client, house: dict[str, Any]
) -> None:
    stream = f"Datastreams({house['stream']})/Observations"
    first, second = (sta.made(stream, observation(at, at)) for at in (0, 1))
    features = [sta.get(f"Observations({key})/FeatureOfInterest") for key in (first, second)]
    assert features[0].key == features[1].key
    assert (
        features[0].json["feature"] == sta.get(f"Locations({house['location']})").json["location"]
    )
    sta.patch(
        f"Locations({house['location']})", {"location": {"type": "Point", "coordinates": [1, 2]}}
    )
    third = sta.made(stream, observation(2, 2))
    moved = sta.get(f"Observations({third})/FeatureOfInterest")
    assert moved.json["feature"]["coordinates"] == [1, 2]
    assert sta.get(f"Observations({first})/FeatureOfInterest").json == features[0].json


@pytest.mark.parametrize(
    "result", [1, 1.23, "forty two", True, False, None, [1.23, "a", True], {"number": 1.23}]
)
def test_any_json_is_a_result(sta: Client, house: dict[str, Any], result: Any) -> None:
    key = sta.made(f"Datastreams({house['stream']})/Observations", observation(0, result))
    shown = sta.get(f"Observations({key})").json
    assert shown["result"] == result
    assert shown["resultTime"] is None


def test_times_are_whole(sta: Client, house: dict[str, Any]) -> None:
    body = {
        "phenomenonTime": "2015-03-01T00:00:00+08:00/2015-03-01T01:00:00+08:00",
        "resultTime": "2015-03-01T00:00:10.123456Z",
        "validTime": "2015-03-01T00:00:00Z/2015-03-02T00:00:00Z",
        "result": 1,
        "resultQuality": "High",
        "parameters": {"lowVoltage": True},
    }
    key = sta.made(f"Datastreams({house['stream']})/Observations", body)
    shown = sta.get(f"Observations({key})").json
    assert shown["phenomenonTime"] == "2015-02-28T16:00:00.000Z/2015-02-28T17:00:00.000Z"
    assert shown["resultTime"] == "2015-03-01T00:00:10.123456Z"
    assert shown["validTime"] == "2015-03-01T00:00:00.000Z/2015-03-02T00:00:00.000Z"
    assert (shown["resultQuality"], shown["parameters"]) == ("High", {"lowVoltage": True})


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("Things", [], "JSON object"),
        ("Things", b"{", "not JSON"),
        ("Things", thing(colour="red"), "no property 'colour'"),
        ("Things", thing(properties="sweet"), "JSON object"),
        ("Things", thing(name=3), "text"),
        ("Things", thing(Locations=[{"@iot.id": 999}]), "no Location 999"),
        ("Things", thing(Locations={"@iot.id": 999}), "a list"),
        ("Locations", location(geometry={"type": "Point", "coordinates": "x"}), "GeoJSON"),
        ("Things(1)", thing(), "no Thing 1"),
        ("Nothings", thing(), "no set 'Nothings'"),
    ],
)
def test_what_is_wrong_is_said(sta: Client, path: str, body: Any, sentence: str) -> None:
    found = sta.post(path, body)
    assert found.status in (400, 404)
    assert sentence in found.json["message"]


def test_a_post_to_one_entity_is_not_done(sta: Client, house: dict[str, Any]) -> None:
    assert sta.post(f"Things({house['thing']})", thing()).status == 405


def test_a_location_made_with_its_things_moves_them(sta: Client, house: dict[str, Any]) -> None:
    body = location("Cellar", Things=[{"@iot.id": house["thing"]}])
    key = sta.made("Locations", body)
    assert sta.get(f"Things({house['thing']})/Locations").ids == [key]
    assert len(sta.get(f"Things({house['thing']})/HistoricalLocations").ids) == 2
    again = sta.made(f"Things({house['thing']})/Locations", location("Attic"))
    assert sta.get(f"Things({house['thing']})/Locations").ids == [again]


def test_a_historical_location_of_the_past_moves_nothing(
    sta: Client, house: dict[str, Any]
) -> None:
    key = sta.made("Locations", location("Once"))
    links = {"Thing": {"@iot.id": house["thing"]}, "Locations": [{"@iot.id": key}]}
    sta.made("HistoricalLocations", {"time": "2015-03-01T00:40:00Z", **links})
    assert sta.get(f"Things({house['thing']})/Locations").ids == [house["location"]]
    sta.made("HistoricalLocations", {"time": "2999-03-01T00:40:00Z", **links})
    assert sta.get(f"Things({house['thing']})/Locations").ids == [key]
