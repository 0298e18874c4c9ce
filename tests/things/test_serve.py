"""A running server, by its own command; clients that we did not write; two writers at once."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from tests.ports import free_ports
from tests.things.conftest import POINT, datastream, location, observation, thing


class Server:
    """``gongbi sensorthings --open`` on a folder; it may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_ports()[0]
        self.root = f"http://127.0.0.1:{self.port}/sensorthings/v1.1"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "gongbi.config.cli", "sensorthings", "--open"]
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port), "--data", str(self.folder / "data")],
                env=env | {"DJANGO_SETTINGS_MODULE": "gongbi.config.settings"},
                stdout=log,
                stderr=log,
            )
        _wait(self.root, self.process, self.folder / "log")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of our own."""
    server = Server(tmp_path_factory.mktemp("sta"))
    yield server.root
    server.process.terminate()
    server.process.wait(20)


def _wait(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(address, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(log.read_text())


def test_over_http(root: str) -> None:
    made = httpx.post(f"{root}/Things", json=thing("Wire"))
    assert made.status_code == 201
    assert made.headers["location"] == made.json()["@iot.selfLink"]
    key = made.json()["@iot.id"]
    assert isinstance(key, int)
    assert httpx.get(made.headers["location"]).json()["name"] == "Wire"
    assert httpx.head(f"{root}/Things").status_code == 200
    assert httpx.request("OPTIONS", f"{root}/Things").status_code == 405
    assert httpx.get(root).json()["value"][0]["url"] == f"{root}/Things"
    assert httpx.get(f"{root}/").json() == httpx.get(root).json()
    too_much = httpx.post(f"{root}/Things", content=b" " * (17 << 20))
    assert too_much.status_code == 413
    assert httpx.delete(made.headers["location"]).status_code == 200
    assert httpx.get(made.headers["location"]).status_code == 404


def test_two_writers_at_once(root: str) -> None:
    body = thing("Busy", Locations=[location()], Datastreams=[datastream()])
    key = httpx.post(f"{root}/Things", json=body).json()["@iot.id"]
    stream = httpx.get(f"{root}/Things({key})/Datastreams").json()["value"][0]["@iot.id"]

    def write(who: int) -> list[int]:
        with httpx.Client(timeout=60) as client:
            return [
                client.post(
                    f"{root}/Datastreams({stream})/Observations",
                    json=observation(n, who * 100 + n),
                ).status_code
                for n in range(20)
            ]

    with ThreadPoolExecutor(4) as pool:
        assert {status for part in pool.map(write, range(4)) for status in part} == {201}
    page = httpx.get(f"{root}/Datastreams({stream})/Observations?$count=true").json()
    assert page["@iot.count"] == 80
    assert sorted(one["result"] for one in page["value"]) == sorted(
        who * 100 + n for who in range(4) for n in range(20)
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's own
def test_frost_client(root: str) -> None:
    fsc = pytest.importorskip("frost_sta_client")
    from geojson import Point

    service = fsc.SensorThingsService(root)
    spot = fsc.Location(
        name="Quay",
        description="q",
        location=Point((121.5, 31.2)),
        encoding_type="application/geo+json",
    )
    boat = fsc.Thing(name="Boat", description="b", properties={"deck": 2}, locations=[spot])
    service.create(boat)
    unit = fsc.UnitOfMeasurement(name="metre", symbol="m", definition="ucum:m")
    level = fsc.Datastream(
        name="Level",
        description="l",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=unit,
        thing=boat,
        sensor=fsc.Sensor(name="s", description="s", encoding_type="text/html", metadata="m"),
        observed_property=fsc.ObservedProperty(name="o", description="o", definition="o"),
    )
    service.create(level)
    for n in range(7):
        when = (datetime(2026, 11, 24, tzinfo=UTC) + timedelta(minutes=n)).isoformat()
        service.create(fsc.Observation(phenomenon_time=when, result=n * 1.5, datastream=level))
    found = level.get_observations().query().filter("result gt 2").orderby("result", "desc").top(2)
    assert [one.result for one in found.list()] == [9.0, 7.5, 6.0, 4.5, 3.0], "pages are followed"
    again = service.things().find(boat.id)
    assert (again.name, again.properties) == ("Boat", {"deck": 2})
    again.name = "Ship"
    service.update(again)
    assert service.things().find(boat.id).name == "Ship"
    service.delete(again)
    with pytest.raises(Exception, match="404|400|not"):
        service.things().find(boat.id)


def test_istsos_client(root: str) -> None:
    sos = pytest.importorskip("istsos4_client")
    with sos.Client(root, max_retries=0) as client:
        spot = sos.Location(name="Bank", description="b", location=POINT)
        made = client.post(sos.Thing(name="Post", description="p", locations=[spot]))
        stream = client.post(
            sos.Datastream(
                name="Depth",
                description="d",
                unit_of_measurement=sos.UnitOfMeasurement(name="m", symbol="m", definition="m"),
                observation_type="OM_Measurement",
                thing=made,
                sensor=sos.Sensor(name="s", description="s", encoding_type="x", metadata="m"),
                observed_property=sos.ObservedProperty(name="o", description="o", definition="o"),
            )
        )
        begin = datetime(2026, 11, 24, tzinfo=UTC)
        rows = [
            sos.Observation(
                phenomenon_time=begin + timedelta(minutes=n), result=n, datastream=stream
            )
            for n in range(30)
        ]
        assert client.bulk_observations(rows) == 30
        said = f"Datastream/@iot.id eq {stream.iot_id} and result ge 20"
        found = client.list(sos.Observation, filter=said, orderby="result", top=4)
        assert [one.result for one in found] == list(range(20, 30))
        client.patch(sos.Observation(iot_id=found[0].iot_id, result=99))
        assert client.get(sos.Observation, found[0].iot_id).result == 99
        shown = client.get(sos.Datastream, stream.iot_id, expand="Thing")
        assert shown.phenomenon_time.end == begin + timedelta(minutes=29)
        client.delete(sos.Thing, made.iot_id)
        assert client.list(sos.Observation, filter=said) == []


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    server = Server(tmp_path)
    body = thing("Hard", Locations=[location()], Datastreams=[datastream()])
    key = httpx.post(f"{server.root}/Things", json=body).json()["@iot.id"]
    path = f"{server.root}/Things({key})/Datastreams"
    stream = httpx.get(path).json()["value"][0]["@iot.id"]

    def write(who: int) -> list[str]:
        kept = list[str]()
        with httpx.Client(timeout=20) as client:
            for n in range(1000):
                one = observation(n % 60, who * 1000 + n)
                try:
                    made = client.post(
                        f"{server.root}/Datastreams({stream})/Observations", json=one
                    )
                except httpx.TransportError:
                    return kept
                kept += [made.headers["location"]] if made.status_code == 201 else []
        return kept

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, who) for who in range(3)]
        time.sleep(1.5)
        server.kill()
        acknowledged = {link for one in writers for link in one.result()}
    server.start()
    page = f"{server.root}/Observations?$top=10000&$select=@iot.selfLink"
    there = {one["@iot.selfLink"] for one in httpx.get(page).json()["value"]}
    told = httpx.get(f"{server.root}/Datastreams({stream})").json()
    server.kill()
    assert acknowledged
    assert acknowledged <= there
    assert len(there) - len(acknowledged) <= 3 * 1, "at most one a writer was on its way"
    assert told["phenomenonTime"].startswith("2026-11-24T08:00:00.000Z/")
