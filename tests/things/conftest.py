"""A client that speaks to the door as HTTP does, in the test's transaction; sample things."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from gongbi.things.answering import answer
from gongbi.things.requests import Request

BASE = "http://127.0.0.1:8700"
POINT = {"type": "Point", "coordinates": [-117.05, 51.05]}
UNIT = {
    "name": "Celsius",
    "symbol": "degC",
    "definition": "http://qudt.org/vocab/unit#DegreeCelsius",
}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


@dataclass
class Answer:
    """Status, JSON (or text) and Location of an answer."""

    status: int
    text: str
    location: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def ids(self) -> list[int]:
        return [one["@iot.id"] for one in self.json["value"]]

    @property
    def key(self) -> int:
        return int(self.json["@iot.id"])


@dataclass
class Client:
    """Asks the door."""

    version: str = "v1.1"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"{BASE}/sensorthings/{self.version}"

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        parts = urlsplit(path)
        packed = body if isinstance(body, bytes) else json.dumps(body).encode()
        whole = parts.path if parts.scheme else f"/sensorthings/{self.version}/{parts.path}"
        kept = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(method, whole, parts.query, kept, b"" if body is None else packed, BASE)
        reply = answer(request)
        return Answer(reply.status, reply.packed().decode(), reply.location)

    def get(self, path: str, **options: str) -> Answer:
        """GET; options without their dollar."""
        query = "&".join(f"${name}={quote(value)}" for name, value in options.items())
        return self.send("GET", f"{path}?{query}" if query else path)

    def filter(self, path: str, said: str, **options: str) -> list[int]:
        """The ids a filter lets through, in order of ids."""
        found = self.get(path, filter=said, **options)
        assert found.status == 200, found.text
        return found.ids

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("POST", path, body, **headers)

    def made(self, path: str, body: Any) -> int:
        """POST what must succeed; its id."""
        found = self.post(path, body)
        assert found.status == 201, found.text
        assert found.location == f"{self.root}/{path.rsplit('/', 1)[-1]}({found.key})"
        return found.key

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: Any) -> Answer:
        return self.send("PUT", path, body)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)


@pytest.fixture
def sta(db: None, settings: Any) -> Client:
    """Version 1.1, open."""
    settings.GONGBI_SENSORTHINGS = "open"
    return Client()


@pytest.fixture
def sta10(db: None, settings: Any) -> Client:
    """Version 1.0, open."""
    settings.GONGBI_SENSORTHINGS = "open"
    return Client("v1.0")


def thing(name: str = "Boiler", **more: Any) -> dict[str, Any]:
    """A Thing's body."""
    return {"name": name, "description": f"About {name}", **more}


def location(name: str = "Roof", geometry: Any = None, **more: Any) -> dict[str, Any]:
    """A Location's body."""
    said = {"encodingType": "application/geo+json", "location": geometry or POINT}
    return {"name": name, "description": name, **said, **more}


def sensor(name: str = "Probe") -> dict[str, Any]:
    """A Sensor's body."""
    return {"name": name, "description": name, "encodingType": "text/html", "metadata": name}


def observed(name: str = "Temperature") -> dict[str, Any]:
    """An ObservedProperty's body."""
    return {"name": name, "description": name, "definition": f"http://example.org/{name}"}


def datastream(name: str = "Air", **more: Any) -> dict[str, Any]:
    """A Datastream's body, with a sensor and a property of its own."""
    said = {"unitOfMeasurement": UNIT, "observationType": MEASUREMENT}
    inner = {"Sensor": sensor(), "ObservedProperty": observed()}
    return {"name": name, "description": name, **said, **inner, **more}


def observation(minute: int, result: Any, **more: Any) -> dict[str, Any]:
    """An Observation's body at so many minutes after eight."""
    return {"phenomenonTime": f"2026-11-24T08:{minute:02d}:00Z", "result": result, **more}


@pytest.fixture
def house(sta: Client) -> dict[str, Any]:
    """A thing with a location, one datastream and its id."""
    key = sta.made("Things", thing(Locations=[location()], Datastreams=[datastream()]))
    stream = sta.get(f"Things({key})/Datastreams").ids[0]
    return {"thing": key, "stream": stream, "location": sta.get(f"Things({key})/Locations").ids[0]}


@pytest.fixture
def queries(db: None) -> Iterator[Callable[[], int]]:
    """How many statements were sent since the last look."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        seen = 0

        def since() -> int:
            nonlocal seen
            count, seen = len(caught) - seen, len(caught)
            return count

        yield since
