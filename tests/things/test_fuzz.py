"""Whatever is asked or sent, the answer is a sentence and never a fault of ours."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.things.conftest import Client, datastream, location, observation, thing

QUIET = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PATHS = [
    "name",
    "description",
    "properties",
    "properties/a",
    "properties/a/0",
    "unitOfMeasurement/name",
    "result",
    "phenomenonTime",
    "resultTime",
    "validTime",
    "Thing/name",
    "Thing/properties/a",
    "Datastreams/name",
    "Observations/result",
    "Locations/location",
    "location",
    "observedArea",
    "metadata",
    "@iot.id",
    "Nothing/x",
]
VALUES = [
    "1",
    "-2.5",
    "0",
    "1e308",
    "'x'",
    "''",
    "'1'",
    "true",
    "false",
    "null",
    "2026-11-24T08:00:00Z",
    "2026-11-24",
    "08:00",
    "duration'PT1H'",
    "geography'POINT(1_2)'",
    "now()",
    "'2026-11-24T08:00:00Z/2026-11-25T08:00:00Z'",
]
CALLS = [
    "length",
    "tolower",
    "toupper",
    "trim",
    "year",
    "hour",
    "second",
    "fractionalseconds",
    "date",
    "time",
    "round",
    "floor",
    "ceiling",
    "totaloffsetminutes",
    "geo.length",
]
PAIRS = [
    "substringof",
    "startswith",
    "endswith",
    "indexof",
    "concat",
    "substring",
    "geo.distance",
    "geo.intersects",
    "st_within",
    "st_relate",
]
SIGNS = ["eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "mod", "and", "or"]
atoms = st.sampled_from([*PATHS, *(value.replace("_", " ") for value in VALUES)])
filters = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(SIGNS), inner),
        st.builds("{}({})".format, st.sampled_from(CALLS), inner),
        st.builds("{}({}, {})".format, st.sampled_from(PAIRS), inner, inner),
        st.builds("not {}".format, inner),
    ),
    max_leaves=6,
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
SETS = ("Things", "Locations", "Datastreams", "Sensors", "Observations", "FeaturesOfInterest")


@pytest.fixture
def one(sta: Client) -> Client:
    streams = [datastream(Observations=[observation(0, 1), observation(1, "x")])]
    sta.made("Things", thing(properties={"a": [1]}, Locations=[location()], Datastreams=streams))
    return sta


@QUIET
@given(path=st.sampled_from(SETS), said=filters)
def test_any_filter(one: Client, path: str, said: str) -> None:
    assert one.get(path, filter=said).status in (200, 400)


@QUIET
@given(path=st.sampled_from(SETS), said=filters, falling=st.booleans())
def test_any_order(one: Client, path: str, said: str, falling: bool) -> None:
    order = f"{said} desc" if falling else said
    assert one.get(path, orderby=order).status in (200, 400)


@QUIET
@given(
    path=st.sampled_from(SETS),
    name=st.sampled_from(["filter", "orderby", "expand", "select", "top", "skip", "count"]),
    said=st.text(max_size=30),
)
def test_any_option(one: Client, path: str, name: str, said: str) -> None:
    assert one.get(path, **{name: said}).status in (200, 400)


@QUIET
@given(
    path=st.sampled_from(SETS),
    changes=st.dictionaries(
        st.sampled_from(
            [
                "name",
                "description",
                "properties",
                "location",
                "feature",
                "result",
                "phenomenonTime",
                "validTime",
                "metadata",
                "unitOfMeasurement",
                "encodingType",
                "Locations",
                "Datastreams",
                "Thing",
                "Sensor",
                "Datastream",
            ]
        ),
        json_values,
        max_size=3,
    ),
)
def test_any_body(one: Client, path: str, changes: Any) -> None:
    import orjson

    try:
        body = orjson.dumps(changes)
    except (orjson.JSONEncodeError, TypeError):
        return
    whole = {**thing(), **location(), **observation(0, 1), **datastream()}
    mixed = orjson.dumps({**whole, **orjson.loads(body)})
    for sent in (body, mixed):
        assert one.send("POST", path, sent).status in (201, 400, 404, 409)
    key = one.get(path).ids[0]
    assert one.send("PATCH", f"{path}({key})", body).status in (200, 400)


@QUIET
@given(said=json_values)
def test_any_array_and_batch(one: Client, said: Any) -> None:
    import orjson

    try:
        bodies = [
            orjson.dumps(said),
            orjson.dumps([said]),
            orjson.dumps(
                [{"Datastream": {"@iot.id": 1}, "components": said, "dataArray": [said]}]
            ),
            orjson.dumps([{"Datastream": said, "components": ["result"], "dataArray": [[said]]}]),
        ]
        batches = [orjson.dumps({"requests": said}), orjson.dumps({"requests": [said]})]
    except (orjson.JSONEncodeError, TypeError):
        return
    for body in bodies:
        assert one.send("POST", "CreateObservations", body).status in (201, 400)
    for body in batches:
        assert one.send("POST", "$batch", body).status in (200, 400)


@QUIET
@given(said=st.text(max_size=40))
def test_any_path(one: Client, said: str) -> None:
    for path in (said, f"Things({said})", f"Things(1)/{said}"):
        if "?" not in path and "#" not in path:
            assert one.send("GET", path).status in (200, 204, 400, 401, 404)
