"""The small city with an Open311 door, an application that reports, and a case's whole way."""

import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation
from tests import remembered
from tests.reports.conftest import TOWN

if TYPE_CHECKING:
    from tests.reports.open311.elsewhere import Elsewhere
    from tests.reports.open311.forwarded import Other

    from gongbi.cases.models import Case

OPEN311 = """
jurisdiction_id = "inkwell.example"
contact = "Hotline 12345"
point = "near"

[[service]]
type = "burst-pipe"
point = "place"

[[service]]
type = "lamp-out"
point = "exact"
words = true
description_en = "A lamp that stays dark"
description_zh = "路灯不亮"

[[service.attribute]]
code = "POLE"
datatype = "string"
required = true
description_en = "Number on the post"
description_zh = "灯杆编号"

[[service.attribute]]
code = "SINCE"
datatype = "datetime"
description_en = "Since when"

[[service.attribute]]
code = "LAMPS"
datatype = "number"
description_en = "How many"

[[service.attribute]]
code = "COLOUR"
datatype = "singlevaluelist"
description_en = "Colour"
values = [{ key = "w", name_en = "white" }, { key = "y", name_en = "yellow" }]

[[service.attribute]]
code = "SEEN"
datatype = "multivaluelist"
description_en = "What you see"
values = [{ key = "a", name_en = "flicker" }, { key = "b", name_en = "dark" }]
"""
READERS = ["gongbi.core.pack", "gongbi.cases.pack", "gongbi.reports.open311.pack"]
LAMP = {
    "service_code": "lamp-out", "lat": "30.2", "long": "122.95",
    "description": "Lamp dark, call 13912345678", "attribute[POLE]": "P-7",
}  # fmt: skip


@pytest.fixture
def town(db: None, tmp_path: Path, settings: Any) -> Path:
    """The city, loaded into a data folder of the test's own."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in (TOWN | {"open311.toml": OPEN311}).items():
        (folder / name).write_text(text, "utf-8")
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = READERS
    remembered.load(folder)
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def key(town: Path) -> str:
    """The key of an application that reports."""
    from gongbi.core.public import make_application_key

    return make_application_key("fixit", ["report"])


@pytest.fixture
def get(town: Path) -> Callable[..., Any]:
    """Ask: ``get("requests.json", status="open")``."""
    client = Client(headers={"accept-language": "en"})

    def ask(path: str, **said: str) -> Any:
        return client.get(f"/open311/v2/{path}", said)

    return ask


@pytest.fixture
def post(key: str) -> Callable[..., Any]:
    """Report: ``post(LAMP)``; files go in as they are."""
    client = Client(headers={"accept-language": "en"})

    def send(said: dict[str, Any], path: str = "requests.json", *, api_key: str = key) -> Any:
        return client.post(f"/open311/v2/{path}", {"api_key": api_key} | said)

    return send


@pytest.fixture
def number(post: Callable[..., Any]) -> str:
    """A lamp that was reported."""
    return str(post(LAMP).json()[0]["service_request_id"])


@pytest.fixture
def act() -> Callable[..., None]:
    """What the city does with a case: ``act(number, "dispatch", "accept", "declare")``."""
    from gongbi.cases import actions, actors
    from gongbi.cases.models import Case
    from gongbi.cases.public import run_due
    from gongbi.core.public import now

    clerk = actors.application("test")

    deeds = {
        "dispatch": lambda case, task: actions.dispatch(case, clerk),
        "accept": lambda case, task: actions.accept(task, clerk),
        "arrive": lambda case, task: actions.arrive(task, clerk),
        "declare": lambda case, task: actions.declare(
            task, clerk, declared="done", words="New bulb for Mr Li"
        ),
        "ask": lambda case, task: run_due(now()),
        "cancel": lambda case, task: actions.cancel(
            case, clerk, reason="not_a_matter", words="Another city"
        ),
    }

    def go(number: str, *verbs: str) -> None:
        for verb in verbs:
            case = Case.objects.get(number=number)
            deeds[verb](case, case.tasks.order_by("-pk").first())

    return go


@pytest.fixture
def other() -> "Iterator[Other]":
    """A unit's own system."""
    from tests.reports.open311.forwarded import Handler, Other

    there = Other()
    handler = type("OfThisTest", (Handler,), {"there": there})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    there.url = f"http://127.0.0.1:{server.server_port}/v2"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield there
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sent(town: Path, other: "Other") -> "Callable[..., Case]":
    """A case dispatched to the water works, whose own system is the other server."""
    from tests.reports.open311.forwarded import CLERK, go_round, report

    from gongbi.cases import actions
    from gongbi.reports.open311.receivers import enter

    enter("water", other.url, key="K", jurisdiction="water", codes={"burst-pipe": "017"})

    def send() -> "Case":
        case = report()
        actions.dispatch(case, CLERK, unit_code="water")
        go_round()
        return case

    return send


@pytest.fixture
def there() -> "Iterator[Elsewhere]":
    """Another city's door."""
    from tests.reports.open311.elsewhere import elsewhere

    with elsewhere() as city:
        yield city
