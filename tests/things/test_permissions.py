"""Who may read and write: keys, people by their post and place, and a door that is open."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from tests.things.conftest import Client, datastream, location, observation, thing
from tests.vitals.conftest import CAST, NOW, pack_folder, small_city  # noqa: F401 - fixtures

from gongbi.config.options import BadOption, read_options
from gongbi.core.public import make_application_key
from gongbi.stream.public import keep_ingest_key

EAST, WEST = [122.94, 30.2], [122.86, 30.2]
SETS = ["Things", "Locations", "HistoricalLocations", "Datastreams"]
SETS += ["Observations", "FeaturesOfInterest"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The city's now."""
    from types import SimpleNamespace

    from gongbi.core import clock as core_clock

    told = SimpleNamespace(now=NOW)
    monkeypatch.setattr(core_clock.timezone, "now", lambda: told.now)
    return told


@pytest.fixture
def city(small_city: Any) -> Any:  # noqa: F811
    """The small city with one thing of our own in the east, one in the west."""
    keep_ingest_key(small_city.data, "meters", "secret")
    sender = Client(headers={"authorization": "Bearer secret"})
    for name, code in (("East", "xx-e-1-a"), ("West", "xx-w-1-a")):
        body = thing(
            name,
            properties={"place": code},
            Locations=[location(name)],
            Datastreams=[datastream(name, Observations=[observation(0, 1)])],
        )
        sender.made("Things", body)
    small_city.sender = sender
    return small_city


@pytest.fixture
def as_person(city: Any) -> Callable[[str], Client]:
    """A client with the session of somebody of the cast; "" for nobody."""

    def enter(name: str) -> Client:
        if not name:
            return Client()
        browser = Browser()
        browser.force_login(city.people[name], "django.contrib.auth.backends.ModelBackend")
        return Client(headers={"cookie": f"sessionid={browser.cookies['sessionid'].value}"})

    return enter


SEES_ALL = {"officer", "supervisor", "dispatcher", "keeper"}
SEES_WEST = {"west"}


@pytest.mark.parametrize("who", [*CAST, ""])
def test_who_sees_which_things(as_person: Callable[[str], Client], who: str) -> None:
    found = as_person(who).get("Things", filter="name eq 'East' or name eq 'West'", orderby="name")
    if who in SEES_ALL | SEES_WEST:
        names = [one["name"] for one in found.json["value"]]
        assert names == (["West"] if who in SEES_WEST else ["East", "West"])
    else:
        assert found.status == (403 if who else 401)


@pytest.mark.parametrize("who", [*CAST, ""])
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_nobody_writes_by_session(
    as_person: Callable[[str], Client], who: str, method: str
) -> None:
    path = "Things" if method == "POST" else "Things(1)"
    assert as_person(who).send(method, path, thing()).status == (403 if who else 401)


@pytest.mark.parametrize("path", SETS)
def test_an_officer_of_the_west_sees_nothing_of_the_east(
    as_person: Callable[[str], Client], city: Any, path: str
) -> None:
    all_of_them, west = city.sender.get(path), as_person("west").get(path)
    assert 0 < len(west.ids) < len(all_of_them.ids)
    for key in set(all_of_them.ids) - set(west.ids):
        assert as_person("west").get(f"{path}({key})").status == 404


def test_nor_by_a_way_around(as_person: Callable[[str], Client], city: Any) -> None:
    west = as_person("west")
    east = city.sender.get("Things", filter="name eq 'East'").ids[0]
    stream = city.sender.get(f"Things({east})/Datastreams").ids[0]
    assert west.get(f"Datastreams({stream})/Observations").status == 404
    for one in west.get("Sensors", expand="Datastreams($expand=Thing)").json["value"]:
        assert all(inner["Thing"]["name"] != "East" for inner in one["Datastreams"])
    body = {"requests": [{"id": "1", "method": "get", "url": f"Things({east})"}]}
    assert west.post("$batch", body).json["responses"][0]["status"] == 404
    body = {"requests": [{"id": "1", "method": "delete", "url": "Things(1)"}]}
    assert west.post("$batch", body).json["responses"][0]["status"] == 403


def test_keys_write_and_read_others_do_not(city: Any) -> None:
    assert city.sender.get("Things").status == 200
    wrong = Client(headers={"authorization": "Bearer wrong"})
    found = wrong.get("Things")
    assert found.status == 401
    assert "gongbi key NAME --scope ingest" in found.json["message"]
    for scope in ("report", "work", "dispatch"):
        key = make_application_key(f"other-{scope}", [scope])
        other = Client(headers={"authorization": f"Bearer {key}"})
        assert other.get("Things").status == 401
        assert other.post("Things", thing()).status == 401


def test_open_needs_no_key(city: Any, settings: Any) -> None:
    settings.GONGBI_SENSORTHINGS = "open"
    assert Client().get("Things").status == 200
    assert Client().post("Things", thing()).status == 201


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "city.example"])
def test_open_on_an_address_that_others_reach_is_refused(host: str, tmp_path: Path) -> None:
    said = {
        "GONGBI_DATA": str(tmp_path),
        "GONGBI_HOST": host,
        "GONGBI_PUBLIC_URL": "http://127.0.0.1:8700",
    }
    with pytest.raises(BadOption, match="anybody"):
        read_options(said | {"GONGBI_SENSORTHINGS": "open"})
    assert read_options(said | {"GONGBI_SENSORTHINGS": "open-to-all"})
    for loopback in ("127.0.0.1", "localhost", "::1"):
        assert read_options(said | {"GONGBI_SENSORTHINGS": "open", "GONGBI_HOST": loopback})
