"""Numbers reach the log once; datastreams become known, or say why not; the pack's are there."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from tests.ports import free_ports
from tests.things.conftest import Client, datastream, location, observation, observed, thing
from tests.vitals.conftest import (  # noqa: F401 - fixtures
    NOW,
    STREAMS,
    Sensing,
    clock,
    pack_folder,
    sensing,
    small_city,
    stream_table,
)

from gongbi.core import packs
from gongbi.stream import public as stream
from gongbi.things import knowing
from gongbi.things import public as things
from gongbi.things.models import Observation, Passing

PRESSURE = {"name": "MPa", "symbol": "MPa", "definition": None}


@pytest.fixture
def city(small_city: Any, settings: Any) -> Any:  # noqa: F811
    """The small city, its SensorThings open."""
    settings.GONGBI_SENSORTHINGS = "open"
    small_city.sta = Client()
    return small_city


class Door:
    """A real ingest process that can be away."""

    def __init__(self, data: Path) -> None:
        (self.port,) = free_ports()
        self.data, self.url = data, f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        command = [sys.executable, "-m", "gongbi.stream.door", "--data", str(self.data)]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env=os.environ | {"GONGBI_DATA": str(self.data)},
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail("the ingest process did not come up")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def door(city: Any, settings: Any) -> Iterator[Door]:
    """The city's ingest process, not yet running."""
    made = Door(city.data)
    settings.GONGBI_INGEST_URL = made.url
    yield made
    made.kill()


def logged(city: Any, key: int) -> list[float]:
    rows = stream.observations(
        city.data,
        datastream=key,
        since=NOW - timedelta(days=1),
        until=NOW + timedelta(days=1),
        limit=1000,
    )
    return [float(value) for value in rows["value"].to_pylist()]


def test_what_was_acknowledged_reaches_the_log_once(
    city: Any, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(3):
        city.sta.made("Datastreams(1)/Observations", observation(at, 0.3 + at / 10))
    city.sta.made("Datastreams(1)/Observations", observation(9, "no number"))
    assert things.pass_on() == 0, "nobody answers yet"
    assert Passing.objects.count() == 1
    door.open()
    # The answer is lost on the way: what was sent is sent again, and is no second row.
    monkeypatch.setattr(Passing, "delete", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        things.pass_on()
    monkeypatch.undo()
    assert Passing.objects.count() == 1
    door.kill()
    city.sta.made("Datastreams(1)/Observations", observation(5, 0.9))
    assert things.pass_on() == 0
    door.open()
    assert things.pass_on() == 4
    assert things.pass_on() == 0
    assert not Passing.objects.exists()
    assert not Observation.objects.filter(owed=True).exists()
    assert logged(city, 1) == [0.3, 0.4, 0.5, 0.9]


def test_a_refused_row_is_told_at_its_datastream(city: Any, door: Door) -> None:
    city.sta.made(
        "Datastreams(1)/Observations", {"phenomenonTime": "1812-01-01T00:00:00Z", "result": 1}
    )
    door.open()
    assert things.pass_on() == 1
    told = city.sta.get("Datastreams(1)").json["properties"]["gongbi"]
    assert "refused a row" in told["why"]


def ask(monkeypatch: pytest.MonkeyPatch, answer: httpx.Response) -> list[Any]:
    """Let the ingest process answer this; what it was asked."""
    asked: list[Any] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, httpx.Response(200, content=request.content).json()))
        return answer

    monkeypatch.setattr(
        knowing,
        "client",
        lambda: httpx.Client(base_url="http://x", transport=httpx.MockTransport(handle)),
    )
    return asked


def new_stream(city: Any, **more: Any) -> int:
    """A datastream of water pressure in the east; its id."""
    body = datastream(
        "New",
        unitOfMeasurement=PRESSURE,
        ObservedProperty=observed("Water Pressure"),
        Thing=thing("Pump", properties={"place": "xx-e-1-a"}, Locations=[location()]),
        properties={"step_seconds": 30},
    )
    key: int = city.sta.made("Datastreams", body | more)
    return key


def test_a_new_datastream_is_made_known(city: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_stream(city)
    city.sta.made(f"Datastreams({key})/Observations", observation(0, 0.5))
    asked = ask(monkeypatch, httpx.Response(200, json={"id": 900, "created": True}))
    assert things.make_known() == 1
    assert asked == [
        (
            "/ingest/datastreams",
            {
                "name": f"sensorthings:{key}",
                "place": "xx-e-1-a",
                "property": "water_pressure",
                "unit": "MPa",
                "step_seconds": 30,
            },
        )
    ]
    shown = city.sta.get(f"Datastreams({key})").json["properties"]
    assert shown == {"step_seconds": 30, "gongbi": {"sensing": "read", "log": 900}}
    assert things.make_known() == 0
    assert things.datastreams([900, 1])[900].sensing == "read"
    city.sta.patch(f"Datastreams({key})", {"properties": shown})
    assert city.sta.get(f"Datastreams({key})").json["properties"] == shown
    packs.load_pack(packs.kept_folder(1), by="test")
    assert things.make_known() == 1, "another pack: said again"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"ObservedProperty": observed("Noise")}, "measures 'Noise'"),
        ({"unitOfMeasurement": {**PRESSURE, "name": "bar", "symbol": "bar"}}, "the pack in 'MPa'"),
        ({"Thing": thing("Ship", Locations=[location()])}, "nowhere in the city"),
    ],
)
def test_what_the_city_does_not_know_is_kept_and_says_why(
    city: Any, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], why: str
) -> None:
    key = new_stream(city, **more)
    city.sta.made(f"Datastreams({key})/Observations", observation(0, 0.5))
    assert ask(monkeypatch, httpx.Response(200, json={"id": 900})) == []
    assert things.make_known() == 1
    told = city.sta.get(f"Datastreams({key})").json["properties"]["gongbi"]
    assert told["sensing"] == "unknown"
    assert why in told["why"]
    assert city.sta.get(f"Datastreams({key})/Observations").json["value"][0]["result"] == 0.5
    assert not Observation.objects.filter(owed=True).exists()


def test_while_nobody_answers_it_stays_new(city: Any, door: Door) -> None:
    key = new_stream(city)
    assert things.make_known() == 0
    assert "gongbi" not in city.sta.get(f"Datastreams({key})").json["properties"]


def test_the_packs_datastreams_are_entities(city: Any, queries: Callable[[], int]) -> None:
    page = city.sta.get("Datastreams", expand="Thing,Sensor,ObservedProperty", orderby="@iot.id")
    shown = page.json["value"]
    assert [one["@iot.id"] for one in shown] == sorted(STREAMS)
    assert [one["ObservedProperty"]["name"] for one in shown] == [s[0] for s in STREAMS.values()]
    assert {one["Thing"]["properties"]["place"] for one in shown} == {
        s[2] for s in STREAMS.values()
    }
    things.make_known()
    assert city.sta.get("Datastreams(1)").json["properties"]["gongbi"]["sensing"] == "read"
    assert len(city.sta.get("Things").ids) == 3


def test_another_pack_keeps_ids_and_says_what_is_gone(city: Any, tmp_path: Path) -> None:
    city.sta.made("Datastreams(1)/Observations", observation(0, 0.5))
    own = new_stream(city)
    folder = tmp_path / "pack"
    less = {key: said for key, said in STREAMS.items() if key != 2} | {
        own: ("lift_fault", "0/1", "xx-w-1-a")
    }
    pq.write_table(stream_table(less), folder / "datastreams.parquet")
    packs.load_pack(folder, by="test")
    assert city.sta.get("Datastreams(1)/Observations").ids
    gone = city.sta.get("Datastreams(2)").json["properties"]["gongbi"]
    assert (gone["sensing"], "no longer" in gone["why"]) == ("unknown", True)
    assert city.sta.get(f"Datastreams({own})").json["name"] == "New", "whose id was taken keeps it"
    taken = city.sta.get("Datastreams", filter=f"endswith(name, ':{own}')").json["value"]
    assert taken[0]["properties"]["gongbi"]["log"] == own


def test_the_newest_row_of_the_log_is_an_observation(city: Any, sensing: Sensing) -> None:  # noqa: F811
    sensing.say((1, 0.2, 0.31), (1, 0.6, 0.32), (2, 0.3, 0.5))
    assert things.follow_log() == 2
    assert things.follow_log() == 0
    sensing.say((1, 2.0, 0.33), (1, 1.0, 0.29))
    sensing.tick(3)
    assert things.follow_log() == 1
    shown = city.sta.get("Datastreams", expand="Observations", orderby="@iot.id").json["value"]
    results = [[one["result"] for one in each["Observations"]] for each in shown]
    assert results == [[0.33], [0.5], [], [], []]
    assert shown[0]["Observations"][0]["phenomenonTime"] == "2026-11-24T02:02:00.000Z"
    city.sta.made("Datastreams(1)/Observations", observation(30, 0.4))
    sensing.say((1, 400.0, 0.35))
    things.follow_log()
    newest = city.sta.get("Datastreams(1)/Observations", orderby="phenomenonTime").json["value"]
    assert [one["result"] for one in newest] == [0.4, 0.35]
