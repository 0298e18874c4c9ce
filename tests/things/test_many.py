"""Many at once: data arrays and batches."""

from typing import Any

import pytest
from tests.things.conftest import Client, datastream, location, observation, thing


def array(stream: int, rows: list[Any], *names: str) -> dict[str, Any]:
    components = ["phenomenonTime", "result", *names]
    return {
        "Datastream": {"@iot.id": stream},
        "components": components,
        "dataArray@iot.count": len(rows),
        "dataArray": rows,
    }


def at(minute: int) -> str:
    return f"2010-12-23T10:{minute:02d}:00-07:00"


def test_a_line_for_each_row_in_order(sta: Client, house: dict[str, Any]) -> None:
    stream = house["stream"]
    first = sta.made(f"Datastreams({stream})/Observations", observation(0, 1))
    feature = sta.get(f"Observations({first})/FeatureOfInterest").key
    body = [
        array(stream, [[at(0), 20, feature], [at(1), 30, "noId"]], "FeatureOfInterest/id"),
        array(stream, [[at(2), 65], [at(3)], ["yesterday", 1], ["2010-12-23T10:21:00-0700Z", 60]]),
        array(99999, [[at(0), 1]]),
        array(stream, [[at(4), {"a": 1}, "ok", {"p": 1}]], "resultQuality", "parameters"),
        {"Datastream": {"@iot.id": stream}},
    ]
    found = sta.post("CreateObservations", body)
    assert found.status == 201
    stored = [not line.startswith("error") for line in found.json]
    assert stored == [True, False, True, False, False, True, False, True, False]
    assert "noId" in found.json[1]
    assert "yesterday" in found.json[4]
    for line, good in zip(found.json, stored, strict=True):
        if good:
            assert sta.get(line.partition("/v1.1/")[2]).json["@iot.selfLink"] == line
    shown = sta.get(found.json[7].partition("/v1.1/")[2]).json
    assert (shown["result"], shown["resultQuality"], shown["parameters"]) == (
        {"a": 1},
        "ok",
        {"p": 1},
    )
    told = sta.get(f"Datastreams({stream})").json["phenomenonTime"]
    assert told.startswith("2010-12-23T17:00:00.000Z/")


def test_hundreds_of_rows_keep_their_order_and_types(sta: Client, house: dict[str, Any]) -> None:
    values = [n if n % 3 else f"text {n}" if n % 2 else None for n in range(300)]
    rows = [
        [f"2011-01-01T{n // 60:02d}:{n % 60:02d}:00Z", value] for n, value in enumerate(values)
    ]
    found = sta.post("CreateObservations", [array(house["stream"], rows)])
    assert len(found.json) == 300
    page = sta.get("Observations", top="300", orderby="phenomenonTime").json["value"]
    assert [one["result"] for one in page] == values
    assert [one["@iot.selfLink"] for one in page] == found.json
    assert sta.filter("Observations", "result eq null") == [
        page[n]["@iot.id"] for n, value in enumerate(values) if value is None
    ]
    last = page[-1]["@iot.id"]
    assert sta.made(f"Datastreams({house['stream']})/Observations", observation(0, 1)) == last + 1


@pytest.mark.parametrize("body", [{}, "x", None, 3])
def test_a_body_that_is_no_list_is_refused(sta: Client, body: Any) -> None:
    assert sta.post("CreateObservations", body).status == 400


def test_a_batch_with_references(sta: Client) -> None:
    requests = [
        {"id": "t", "method": "post", "url": "Things", "body": thing(Locations=[location()])},
        {
            "id": "d",
            "method": "post",
            "url": "Datastreams",
            "dependsOn": ["t"],
            "body": datastream(Thing={"@iot.id": "$t"}),
        },
        {"id": "o", "method": "post", "url": "$d/Observations", "body": observation(0, 7)},
        {"id": "g", "method": "get", "url": "Observations?$filter=result eq 7&$select=result"},
        {"id": "bad", "method": "post", "url": "Things", "body": {}},
        {"id": "late", "method": "get", "url": "Things", "dependsOn": ["bad"]},
        {"id": "p", "method": "patch", "url": "$t", "body": {"name": "Renamed"}},
        {"id": "x", "method": "delete", "url": "/Things(99999)"},
    ]
    found = sta.post("$batch", {"requests": requests})
    assert found.status == 200, found.text
    done = {one["id"]: one for one in found.json["responses"]}
    statuses = {name: one["status"] for name, one in done.items()}
    assert statuses == {
        "t": 201,
        "d": 201,
        "o": 201,
        "g": 200,
        "bad": 400,
        "late": 424,
        "p": 200,
        "x": 404,
    }
    assert done["g"]["body"]["value"] == [{"result": 7}]
    assert done["t"]["location"] == done["t"]["body"]["@iot.selfLink"]
    assert [one["name"] for one in sta.get("Things").json["value"]] == ["Renamed"]


def test_a_group_is_kept_whole_or_not_at_all(sta: Client) -> None:
    requests = [
        {"id": "1", "atomicityGroup": "g", "method": "post", "url": "Things", "body": thing("A")},
        {"id": "2", "atomicityGroup": "g", "method": "post", "url": "Things", "body": {"name": 1}},
        {"id": "3", "atomicityGroup": "g", "method": "post", "url": "Things", "body": thing("C")},
        {"id": "4", "method": "post", "url": "Things", "body": thing("D")},
    ]
    done = sta.post("$batch", {"requests": requests}).json["responses"]
    assert [one["status"] for one in done] == [424, 400, 424, 201]
    assert [one["name"] for one in sta.get("Things").json["value"]] == ["D"]


def test_a_part_whose_address_is_none_leaves_the_others(sta: Client) -> None:
    requests = [
        {"id": "1", "method": "get", "url": "http://[half"},
        {"id": "2", "method": "get", "url": "Things"},
    ]
    done = sta.post("$batch", {"requests": requests}).json["responses"]
    assert [one["status"] for one in done] == [400, 200]
    assert "is no address" in done[0]["body"]["message"]


@pytest.mark.parametrize(
    "body",
    [{}, {"requests": 3}, {"requests": [3]}, {"requests": [{"method": "steal", "url": "x"}]}],
)
def test_a_batch_that_cannot_be_read_is_refused(sta: Client, body: Any) -> None:
    assert sta.post("$batch", body).status == 400


def test_a_multipart_batch(sta: Client) -> None:
    text = (
        "--b1\r\nContent-Type: application/http\r\n\r\nGET Things HTTP/1.1\r\nHost: x\r\n\r\n\r\n"
        "--b1\r\nContent-Type: multipart/mixed; boundary=c1\r\n\r\n"
        "--c1\r\nContent-Type: application/http\r\nContent-ID: 9\r\n\r\n"
        "POST Things HTTP/1.1\r\nContent-Type: application/json\r\n\r\n"
        '{"name": "M", "description": "m"}\r\n'
        "--c1--\r\n--b1--\r\n"
    )
    kind = "multipart/mixed; boundary=b1"
    found = sta.send("POST", "$batch", text.encode(), content_type=kind)
    assert found.status == 200, found.text
    assert "HTTP/1.1 200" in found.text
    assert "HTTP/1.1 201" in found.text
    assert [one["name"] for one in sta.get("Things").json["value"]] == ["M"]
