"""A small city with systems around it, and one that listens."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from tests import remembered
from tests.reports.conftest import TOWN


@pytest.fixture
def town(db: None, tmp_path: Path, settings: Any) -> Path:
    """Three places, four units, three types; returns the data folder."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in TOWN.items():
        (folder / name).write_text(text, "utf-8")
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    remembered.load(folder)
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def signed_in(town: Path) -> Callable[..., Client]:
    """A browser of somebody who holds a post: ``signed_in("unit_lead", unit="water")``."""

    def enter(role: str = "", *, unit: str = "centre", place: str = "xx") -> Client:
        from gongbi.core.models import Person, Post

        name = f"{role}-{unit}-{place}"
        person = Person.objects.create_user(username=name, name=name)
        if role:
            Post.objects.create(person=person, role=role, unit_id=unit, place_id=place)
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        return client

    return enter


@pytest.fixture
def registered(town: Path) -> Callable[..., Any]:
    """Enter a system: ``registered("app", scopes=["hear"], owner_id="water")``."""

    def enter(name: str = "app", **said: Any) -> Any:
        from gongbi.core.models import Application

        given = {"scopes": ["hear", "report"], "owner_id": "water", "place_id": "xx"} | said
        return Application.objects.create(
            name=name, made_at=timezone.now(), made_by="test", **given
        )

    return enter


@dataclass
class Listener:
    """A receiver of webhooks: what came, and what it answers next."""

    url: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    always: int = 204

    def bodies(self) -> list[dict[str, Any]]:
        """The events as objects."""
        return [json.loads(body) for _headers, body in self.came]


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A real HTTP server of another system."""
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # its sender was killed in the middle: nobody takes half a message
            heard.came.append((dict(self.headers.items()), body))
            status = heard.answers.pop(0) if heard.answers else heard.always
            self.send_response(status)
            if status in (301, 307):
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def hooked(registered: Callable[..., Any], listener: Listener) -> Callable[..., tuple[Any, str]]:
    """An application that listens: (webhook, secret)."""

    def make(
        name: str = "app", wanted: Sequence[str] = ("cases.CaseOpened",), **said: Any
    ) -> tuple[Any, str]:
        from gongbi.core.webhooks import keeping

        row = registered(name, **said)
        return keeping.make_webhook(row, url=listener.url, kinds=list(wanted), by="test")

    return make
