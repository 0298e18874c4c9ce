"""Reading: addresses, options, pages, expansions and what they cost."""

from collections.abc import Callable
from typing import Any

import pytest
from tests import remembered
from tests.things.conftest import BASE, Client, datastream, location, observation, thing

SETS = {
    "Things": "Thing",
    "Locations": "Location",
    "HistoricalLocations": "HistoricalLocation",
    "Datastreams": "Datastream",
    "Sensors": "Sensor",
    "ObservedProperties": "ObservedProperty",
    "Observations": "Observation",
    "FeaturesOfInterest": "FeatureOfInterest",
}
NEEDED = {
    "Things": ["name", "description"],
    "Locations": ["name", "description", "encodingType", "location"],
    "HistoricalLocations": ["time"],
    "Datastreams": ["name", "description", "unitOfMeasurement", "observationType"],
    "Sensors": ["name", "description", "encodingType", "metadata"],
    "ObservedProperties": ["name", "definition", "description"],
    "Observations": ["phenomenonTime", "result", "resultTime"],
    "FeaturesOfInterest": ["name", "description", "encodingType", "feature"],
}
WAYS = {
    "Things": ["Locations", "HistoricalLocations", "Datastreams"],
    "Locations": ["Things", "HistoricalLocations"],
    "HistoricalLocations": ["Thing", "Locations"],
    "Datastreams": ["Thing", "Sensor", "ObservedProperty", "Observations"],
    "Sensors": ["Datastreams"],
    "ObservedProperties": ["Datastreams"],
    "Observations": ["Datastream", "FeatureOfInterest"],
    "FeaturesOfInterest": ["Observations"],
}


@pytest.fixture
def town(sta: Client) -> Client:
    """Three things with two datastreams of four observations each."""
    remembered.rows(make_town)
    return sta


def make_town() -> None:
    sta = Client()
    for name in ("One", "Two", "Three"):
        streams = [
            datastream(f"{name} {n}", Observations=[observation(m, m * 10 + n) for m in range(4)])
            for n in range(2)
        ]
        sta.made("Things", thing(name, Locations=[location(name)], Datastreams=streams))


@pytest.mark.parametrize("version", ["v1.1", "v1.0"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_the_root_lists_the_sets(sta: Client, version: str, slash: str) -> None:
    found = sta.send("GET", f"{BASE}/sensorthings/{version}{slash}").json
    root = f"{BASE}/sensorthings/{version}"
    assert {one["name"]: one["url"] for one in found["value"]} == {n: f"{root}/{n}" for n in SETS}
    assert ("serverSettings" in found) == (version == "v1.1")


def test_conformance_is_told(sta: Client) -> None:
    classes = sta.get("").json["serverSettings"]["conformance"]
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/thing" in classes


@pytest.mark.parametrize("name", SETS)
def test_sets_and_entities(town: Client, name: str) -> None:
    page = town.get(name).json["value"]
    assert page
    for one in page:
        link = f"{town.root}/{name}({one['@iot.id']})"
        assert one["@iot.selfLink"] == link
        assert all(needed in one for needed in NEEDED[name])
        assert all(one[f"{way}@iot.navigationLink"] == f"{link}/{way}" for way in WAYS[name])
    assert town.get(f"{name}({page[0]['@iot.id']})").json == page[0]


@pytest.mark.parametrize("name", SETS)
def test_properties_and_their_values(town: Client, name: str) -> None:
    key = town.get(name).ids[0]
    for prop in NEEDED[name]:
        found = town.get(f"{name}({key})/{prop}")
        assert found.status == 200
        assert list(found.json) == [prop]
        bare = town.get(f"{name}({key})/{prop}/$value")
        assert bare.status == 200
        is_object = prop in ("location", "feature", "unitOfMeasurement")
        assert bare.text.startswith("{") == is_object


@pytest.mark.parametrize("name", SETS)
def test_paths_four_levels_deep(town: Client, name: str) -> None:
    def walk(path: str, set_name: str, left: int) -> None:
        found = town.get(path)
        assert found.status == 200, path
        links = town.get(f"{path}/$ref").json
        assert [one["@iot.selfLink"] for one in links["value"]] == [
            one["@iot.selfLink"] for one in found.json["value"]
        ]
        if not left:
            return
        key = found.ids[0]
        for way in WAYS[set_name]:
            if way in SETS:
                walk(f"{path}({key})/{way}", way, left - 1)
            else:
                assert town.get(f"{path}({key})/{way}").status == 200

    walk(name, name, 2)


@pytest.mark.parametrize(
    "path",
    [
        "Things(99999)",
        "Things(9999999999999999999999)",
        "Things('abc')",
        "Things(1)/Nothing",
        "Things(1)/Datastreams(99999)",
        "Nothings",
        "Things/Datastreams",
        "Things(1)/name/first",
    ],
)
def test_what_is_not_there_is_not_found(town: Client, path: str) -> None:
    assert town.get(path).status == 404


def test_another_things_datastream_is_not_below_this_one(town: Client) -> None:
    things = town.get("Things").ids
    theirs = town.get(f"Things({things[1]})/Datastreams").ids[0]
    assert town.get(f"Things({things[0]})/Datastreams({theirs})").status == 404


def test_inside_a_json_property(town: Client) -> None:
    key = town.get("Datastreams").ids[0]
    assert town.get(f"Datastreams({key})/unitOfMeasurement/symbol").json == {"symbol": "degC"}
    assert town.get(f"Datastreams({key})/unitOfMeasurement/symbol/$value").text == "degC"
    assert town.get(f"Datastreams({key})/properties").status == 204


def test_pages_lead_through_all_and_end(town: Client) -> None:
    seen, link = list[int](), "Observations?$top=5&$filter=result ge 0&$count=true"
    while link:
        page = town.send("GET", link).json
        assert page["@iot.count"] == 24
        seen += [one["@iot.id"] for one in page["value"]]
        link = page.get("@iot.nextLink", "")
    assert len(seen) == len(set(seen)) == 24


@pytest.mark.parametrize(("top", "more"), [(1, True), (2, True), (3, False), (4, False)])
def test_top_tells_whether_there_is_more(town: Client, top: int, more: bool) -> None:
    found = town.get("Things", top=str(top)).json
    assert len(found["value"]) == min(top, 3)
    assert ("@iot.nextLink" in found) == more


def test_skip(town: Client) -> None:
    assert len(town.get("Things", skip="1").ids) == 2
    assert town.get("Things", skip="3").ids == []
    assert "@iot.nextLink" not in town.get("Things", skip="1").json


def test_count_beside_and_alone(town: Client) -> None:
    assert town.get("Things", count="true", top="1").json["@iot.count"] == 3
    assert "@iot.count" not in town.get("Things", count="false").json
    assert town.get("Things/$count").text == "3"


@pytest.mark.parametrize(
    ("path", "order", "by"),
    [
        ("Things", "name", ["One", "Three", "Two"]),
        ("Things", "name desc", ["Two", "Three", "One"]),
        ("Things", "description asc,name desc", ["One", "Three", "Two"]),
        ("Things", "length(name) desc,name", ["Three", "One", "Two"]),
        (
            "Datastreams",
            "Thing/name desc,name",
            ["Two 0", "Two 1", "Three 0", "Three 1", "One 0", "One 1"],
        ),
        (
            "Datastreams",
            "@iot.id desc",
            ["Three 1", "Three 0", "Two 1", "Two 0", "One 1", "One 0"],
        ),
    ],
)
def test_order(town: Client, path: str, order: str, by: list[str]) -> None:
    assert [one["name"] for one in town.get(path, orderby=order).json["value"]] == by


@pytest.mark.parametrize("name", SETS)
def test_every_property_orders(town: Client, name: str) -> None:
    for prop in NEEDED[name]:
        for way in ("asc", "desc"):
            assert town.get(name, orderby=f"{prop} {way}").status == 200


def test_results_of_mixed_types_have_an_order(town: Client) -> None:
    values = [
        one["result"] for one in town.get("Observations", orderby="result desc").json["value"]
    ]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("name", SETS)
def test_select_shows_what_is_selected(town: Client, name: str) -> None:
    for prop in NEEDED[name]:
        assert all(list(one) == [prop] for one in town.get(name, select=prop).json["value"])
    chosen = ",".join(NEEDED[name])
    for one in town.get(name, select=f"{chosen},{WAYS[name][0]},@iot.id").json["value"]:
        assert {*one} == {*NEEDED[name], "@iot.id", f"{WAYS[name][0]}@iot.navigationLink"}


@pytest.mark.parametrize("name", SETS)
def test_expand_every_way(town: Client, name: str) -> None:
    for way in WAYS[name]:
        for one in town.get(name, expand=way).json["value"]:
            assert way in one
            assert f"{way}@iot.navigationLink" not in one
            inner = town.get(f"{name}({one['@iot.id']})/{way}").json
            assert one[way] == (inner["value"] if way in SETS else inner)


def test_the_newest_of_each_datastream(town: Client) -> None:
    said = "Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc;$select=result))"
    for one in town.get("Things", expand=said).json["value"]:
        newest = [stream["Observations"][0] for stream in one["Datastreams"]]
        assert newest == [{"result": 30}, {"result": 31}]
        link = one["Datastreams"][0]["Observations@iot.nextLink"]
        page = town.send("GET", link).json["value"]
        assert page == [{"result": 20}]


def test_expand_by_slashes_and_by_parentheses_is_the_same(town: Client) -> None:
    slashes = town.get("Things", expand="Datastreams/Observations,Datastreams/Sensor,Locations")
    inner = town.get("Things", expand="Datastreams($expand=Observations,Sensor),Locations")
    assert slashes.json == inner.json


def test_options_inside_expand(town: Client) -> None:
    inner = "$filter=endswith(name,'1');$count=true;$select=name;$expand=Thing($select=name)"
    said = f"Datastreams({inner})"
    for one in town.get("Things", expand=said).json["value"]:
        assert one["Datastreams@iot.count"] == 1
        assert one["Datastreams"] == [{"name": f"{one['name']} 1", "Thing": {"name": one["name"]}}]


@pytest.mark.parametrize(
    "query",
    [
        "$expand=Nothing",
        "$expand=Datastreams($top=x)",
        "$expand=Datastreams($top=1",
        "$expand=Datastreams/Thing/Datastreams/Thing/Datastreams/Thing/Datastreams",
        "$select=colour",
        "$top=-1",
        "$top=many",
        "$count=perhaps",
        "$fiter=name eq 'x'",
        "$orderby=Datastreams/name",
        "$orderby=",
        "$resultFormat=dataArray",
    ],
)
def test_options_that_cannot_be_read_are_refused(town: Client, query: str) -> None:
    found = town.send("GET", f"Things?{query}")
    assert found.status == 400
    assert found.json["message"]


def test_data_arrays(town: Client) -> None:
    found = town.send("GET", "Observations?$count=true&$top=3&$resultFormat=dataArray").json
    assert (found["@iot.count"], "@iot.nextLink" in found) == (24, True)
    for group in found["value"]:
        assert group["Datastream@iot.navigationLink"].startswith(f"{town.root}/Datastreams(")
        assert group["components"][:3] == ["id", "phenomenonTime", "result"]
        assert group["dataArray@iot.count"] == len(group["dataArray"])
        assert all(len(row) == len(group["components"]) for row in group["dataArray"])


@pytest.mark.parametrize("things", [1, 3])
def test_an_expansion_costs_two_statements_a_level(
    town: Client, things: int, queries: Callable[[], int]
) -> None:
    said = "Locations,Datastreams($expand=Sensor,Observations($top=2;$expand=FeatureOfInterest))"
    queries()
    found = town.get("Things", top=str(things), expand=said)
    assert len(found.json["value"]) == things
    # Things 1; Locations 2, Datastreams 2, Sensors 1, Observations 2, Features 1.
    assert queries() == 9


def test_a_page_and_an_entity_cost_one_statement(town: Client, queries: Callable[[], int]) -> None:
    queries()
    town.get("Things", filter="name eq 'One'")
    assert queries() == 1
    key: Any = town.get("Things").ids[0]
    queries()
    town.get(f"Things({key})")
    assert queries() == 2  # whether it is there, and what it is
