"""Filters: what is asked, and which entities answer. Written against a small known world."""

from typing import Any

import pytest
from tests import remembered
from tests.things.conftest import Client, datastream, location, observed, sensor, thing

LINE = {"type": "LineString", "coordinates": [[5, 52], [5, 53]]}
SQUARE = {"type": "Polygon", "coordinates": [[[6, 50], [8, 50], [8, 54], [6, 54], [6, 50]]]}
RESULTS: list[Any] = [0, 1, 2.5, -3, "4", "abc", True, False, None, {"deep": {"down": 7}}, 10]


@pytest.fixture
def world(sta: Client) -> Client:
    """Two things, three locations, three datastreams, eleven observations; ids from 1 in order."""
    remembered.rows(make_world)
    return sta


def make_world() -> None:
    sta = Client()
    numbers = {
        "floor": 3,
        "height": 2.5,
        "name": "north",
        "open": True,
        "rooms": [{"no": 12}],
        "none": None,
    }
    places = [
        location("Point", {"type": "Point", "coordinates": [8, 52]}),
        location("Line", LINE),
        location("Square", SQUARE),
    ]
    streams = [
        datastream("First", Sensor=sensor("one"), ObservedProperty=observed("Humidity")),
        datastream("Second", Sensor=sensor("two")),
    ]
    sta.made(
        "Things", thing("Alpha", properties=numbers, Locations=places[:1], Datastreams=streams)
    )
    other = [
        datastream("Third", unitOfMeasurement={"name": "Metre", "symbol": "m", "definition": None})
    ]
    sta.made(
        "Things",
        thing("Beta's", properties={"floor": "3"}, Locations=places[1:2], Datastreams=other),
    )
    sta.made("Locations", places[2])
    first = sta.get("Datastreams", filter="name eq 'First'").ids[0]
    for at, result in enumerate(RESULTS):
        body = {
            "phenomenonTime": f"2016-01-{at + 1:02d}T0{at % 10}:30:15.250Z",
            "resultTime": f"2016-02-{at + 1:02d}T00:00:00Z",
            "result": result,
            "parameters": {"at": at, "text": f"no {at}"},
        }
        sta.made(f"Datastreams({first})/Observations", body)
    body = {
        "phenomenonTime": "2017-01-01T00:00:00Z/2017-01-03T00:00:00Z",
        "validTime": "2017-01-01T00:00:00Z/2017-02-01T00:00:00Z",
        "result": 20,
    }
    sta.made(f"Datastreams({first + 1})/Observations", body)


def names(client: Client, path: str, said: str) -> list[str]:
    found = client.get(path, filter=said, orderby="name")
    assert found.status == 200, found.text
    return [one["name"] for one in found.json["value"]]


THINGS = {
    "name eq 'Alpha'": ["Alpha"],
    "name eq 'Beta''s'": ["Beta's"],
    "name ne 'Alpha'": ["Beta's"],
    "'Alpha' eq name": ["Alpha"],
    "name lt 'B'": ["Alpha"],
    "'B' gt name": ["Alpha"],
    "not name eq 'Alpha'": ["Beta's"],
    "not (name eq 'Alpha' or name eq 'x')": ["Beta's"],
    "name eq 'x' or name eq 'Alpha' and name eq 'y'": [],
    "(name eq 'x' or name eq 'Alpha') and not name eq 'y'": ["Alpha"],
    "substringof('lph', name)": ["Alpha"],
    "substringof('', name)": ["Alpha", "Beta's"],
    "startswith(name, 'Al')": ["Alpha"],
    "endswith(name, 's')": ["Beta's"],
    "endswith(name, 'longer than the name')": [],
    "startswith(name, 'Al') eq false": ["Beta's"],
    "length(name) eq 5": ["Alpha"],
    "length(name) mod 2 eq 1": ["Alpha"],
    "indexof(name, 'pha') eq 2": ["Alpha"],
    "indexof(name, 'zz') eq -1": ["Alpha", "Beta's"],
    "substring(name, 1) eq 'lpha'": ["Alpha"],
    "substring(name, 1, 2) eq 'lp'": ["Alpha"],
    "tolower(name) eq 'alpha'": ["Alpha"],
    "toupper(name) eq 'ALPHA'": ["Alpha"],
    "trim(concat('  ', name)) eq 'Alpha'": ["Alpha"],
    "concat(concat(name, ', '), description) eq 'Alpha, About Alpha'": ["Alpha"],
    "properties/floor eq 3": ["Alpha"],
    "properties/floor eq '3'": ["Beta's"],
    "properties/floor gt 2 and properties/floor lt 4": ["Alpha"],
    "properties/height mul 2 eq 5": ["Alpha"],
    "properties/name eq 'north'": ["Alpha"],
    "startswith(properties/name, 'no')": ["Alpha"],
    "properties/open eq true": ["Alpha"],
    "properties/open": ["Alpha"],
    "properties/rooms/0/no eq 12": ["Alpha"],
    "properties/none eq null": ["Alpha", "Beta's"],
    "properties/name ne null": ["Alpha"],
    "properties/nowhere eq 1": [],
    "properties/nowhere ne 1": ["Alpha", "Beta's"],
    "Datastreams/name eq 'Second'": ["Alpha"],
    "Datastreams/Sensor/name eq 'two'": ["Alpha"],
    "Datastreams/unitOfMeasurement/name eq 'Metre'": ["Beta's"],
    "Datastreams/ObservedProperty/name eq 'Humidity'": ["Alpha"],
    "Datastreams/Observations/result gt 19": ["Alpha"],
    "Datastreams/Observations/result lt 19": ["Alpha"],
    "Locations/name eq 'Line'": ["Beta's"],
    "geo.intersects(Locations/location, geography'POLYGON ((7 51, 9 51, 9 53, 7 53, 7 51))')": [
        "Alpha"
    ],
    "geo.distance(Locations/location, geography'POINT (8 53)') le 1": ["Alpha"],
    "geo.distance(Locations/location, geography'POINT (8 53)') gt 2": ["Beta's"],
    "2 lt geo.distance(Locations/location, geography'POINT (8 53)')": ["Beta's"],
    "1 eq 1": ["Alpha", "Beta's"],
    "true": ["Alpha", "Beta's"],
    "false": [],
    "3 sub 1 eq 2 and 7 div 2 eq 3.5 and 7 mod 4 eq 3 and 2 add 3 mul 4 eq 14": [
        "Alpha",
        "Beta's",
    ],
    "1 div 0 eq 1": [],
}


@pytest.mark.parametrize("said", THINGS)
def test_things(world: Client, said: str) -> None:
    assert names(world, "Things", said) == THINGS[said]


LOCATIONS = {
    "st_equals(location, geography'POINT (8 52)')": ["Point"],
    "st_within(location, geography'POLYGON ((4 49, 9 49, 9 55, 4 55, 4 49))')": [
        "Line",
        "Point",
        "Square",
    ],
    "st_within(location, geography'POLYGON ((4 49, 5.5 49, 5.5 55, 4 55, 4 49))')": ["Line"],
    "st_disjoint(location, geography'POLYGON ((4 49, 5.5 49, 5.5 55, 4 55, 4 49))')": [
        "Point",
        "Square",
    ],
    "st_touches(geography'POLYGON ((8 51, 9 51, 9 53, 8 53, 8 51))', location)": [
        "Point",
        "Square",
    ],
    "st_overlaps(geography'POLYGON ((7 51, 9 51, 9 53, 7 53, 7 51))', location)": ["Square"],
    "st_crosses(geography'LINESTRING (4 52.5, 7 52.5)', location)": ["Line", "Square"],
    "st_intersects(location, geography'LINESTRING (4 52.5, 7 52.5)')": ["Line", "Square"],
    "st_contains(geography'POLYGON ((4 49, 9 49, 9 55, 4 55, 4 49))', location)": [
        "Line",
        "Point",
        "Square",
    ],
    "st_relate(location, geography'POLYGON ((4 49, 5.5 49, 5.5 55, 4 55, 4 49))', 'T********')": [
        "Line"
    ],
    "geo.length(location) eq 1": ["Line"],
    "geo.length(location) gt 1": ["Square"],
    "not st_equals(location, geography'POINT (8 52)')": ["Line", "Square"],
    "Things/name eq 'Alpha'": ["Point"],
}


@pytest.mark.parametrize("said", LOCATIONS)
def test_locations(world: Client, said: str) -> None:
    assert names(world, "Locations", said) == LOCATIONS[said]


def results(client: Client, said: str) -> list[Any]:
    found = client.get("Observations", filter=said, orderby="phenomenonTime", select="result")
    assert found.status == 200, found.text
    return [one["result"] for one in found.json["value"]]


OBSERVATIONS: dict[str, list[Any]] = {
    "result gt 1": [2.5, 10, 20],
    "result le 0": [0, -3],
    "result eq 1": [1],
    "result eq 'abc'": ["abc"],
    "result eq '4'": ["4"],
    "result eq '10'": [10],
    "result eq true": [True],
    "result eq null": [None],
    "result/deep/down eq 7": [{"deep": {"down": 7}}],
    "result add 1 eq 2": [1],
    "result sub -1 eq 2": [1],
    "-result eq 3": [-3],
    "round(result) eq 3": [2.5],
    "floor(result) eq 2": [2.5],
    "ceiling(result) eq 3": [2.5],
    "result lt 0 or result gt 9": [-3, 10, 20],
    "not result lt 10": ["4", "abc", True, False, None, {"deep": {"down": 7}}, 10, 20],
    "parameters/at eq 2": [2.5],
    "parameters/text eq 'no 2'": [2.5],
    "phenomenonTime lt 2016-01-02T00:00:00Z": [0],
    "phenomenonTime lt '2016-01-02T00:00:00Z'": [0],
    "phenomenonTime lt 2016-01-02": [0],
    "phenomenonTime gt 2016-01-11T00:00:00+08:00": [10, 20],
    "phenomenonTime eq 2016-01-03T02:30:15.250Z": [2.5],
    "phenomenonTime ge 2016-01-11T00:30:15.250Z and phenomenonTime lt 2017-01-01T00:00:00Z": [10],
    "phenomenonTime eq 2017-01-01T00:00:00Z/2017-01-03T00:00:00Z": [20],
    "phenomenonTime lt 2017-01-02T00:00:00Z and phenomenonTime gt 2016-12-01T00:00:00Z": [],
    "resultTime gt 2016-02-10T12:00:00Z": [10],
    "resultTime eq null": [20],
    "validTime ne null": [20],
    "validTime lt 2017-02-02T00:00:00Z": [20],
    "year(phenomenonTime) eq 2017": [20],
    "month(resultTime) eq 2 and day(resultTime) eq 3": [2.5],
    "hour(phenomenonTime) eq 2 and minute(phenomenonTime) add 0 eq 30": [2.5],
    "fractionalseconds(phenomenonTime) eq 0.25 and day(phenomenonTime) eq 1": [0],
    "date(phenomenonTime) eq 2016-01-03": [2.5],
    "date(phenomenonTime) eq date(2016-01-03T12:00:00Z)": [2.5],
    "time(phenomenonTime) lt 00:45:00": [0, 10, 20],
    "totaloffsetminutes(phenomenonTime) eq 0 and result eq 1": [1],
    "phenomenonTime gt now()": [],
    "phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime() and result eq 1": [1],
    "phenomenonTime add duration'P1D' gt 2016-01-12T00:00:00Z and result lt 15": [10],
    "phenomenonTime gt 2016-01-12T00:00:00Z sub duration'P1D' and result lt 15": [10],
    "Datastream/name eq 'Second'": [20],
    "Datastream/Thing/name eq 'Alpha' and result gt 9": [10, 20],
    "Datastream/Thing/properties/floor eq 3 and result gt 9": [10, 20],
    "FeatureOfInterest/name eq 'Point' and result gt 9": [10, 20],
    "Datastream/Thing/Locations/name eq 'Point' and result gt 9": [10, 20],
    "st_within(FeatureOfInterest/feature, geography'POLYGON ((7 51, 9 51, 9 53, 7 53, 7 51))') "
    "and result gt 9": [10, 20],
}


@pytest.mark.parametrize("said", OBSERVATIONS)
def test_observations(world: Client, said: str) -> None:
    assert results(world, said) == OBSERVATIONS[said]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("name eq", "it ends"),
        ("name eq 'x", "cannot be read"),
        ("name = 'x'", "stands"),
        ("colour eq 'red'", "no property 'colour'"),
        ("Datastreams eq 1", "is an entity"),
        ("name eq 3", "cannot be compared"),
        ("shout(name) eq 'X'", "no function 'shout'"),
        ("length(name, name) eq 2", "takes 1"),
        ("length(3) eq 2", "needs a text"),
        ("year(name) eq 2", "needs a time"),
        ("geo.intersects(name, geography'POINT (1 1)')", "needs a geometry"),
        ("geo.intersects(Locations/location, geography'POINT 1 1')", "well-known text"),
        ("st_relate(Locations/location, geography'POINT (1 1)', 'hello')", "nine of"),
        ("name", "A condition is wanted"),
        ("name/first eq 'x'", "nothing below"),
        ("(" * 60 + "1 eq 1" + ")" * 60, "nested deeper"),
        (f"name eq '{'x' * 17000}'", "longer than"),
    ],
)
def test_what_cannot_be_asked_is_said(world: Client, said: str, sentence: str) -> None:
    found = world.get("Things", filter=said)
    assert found.status == 400
    assert sentence in found.json["message"]


def test_a_plus_in_an_address_is_an_offset(world: Client) -> None:
    said = "Observations?$filter=phenomenonTime+lt+2016-01-02T08:00:00+08:00"
    assert [one["result"] for one in world.send("GET", said).json["value"]] == [0]
