"""Another Open311 server, as well or badly behaved as a test wants, and cases sent on to it."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone

from gongbi.cases import actors
from gongbi.cases.models import Case, Signal
from gongbi.cases.public import SignalIn, receive_signal
from gongbi.core import outbox
from gongbi.core.public import now
from gongbi.reports.open311 import forwarding
from gongbi.reports.open311.models import OpenForward

CLERK = actors.application("test")


@dataclass
class Other:
    """Another Open311 server, as well or badly behaved as a test wants."""

    url: str = ""
    posts: list[dict[str, str]] = field(default_factory=list)
    behave: list[str] = field(default_factory=list)
    shows_words: bool = True
    status: str = "open"
    says_zone: bool = True
    most: int = 1000
    knows_pages: bool = True

    def page(self, number: int) -> list[dict[str, Any]]:
        """So many of its requests, the oldest first."""
        rows = [self.row(n) for n in range(len(self.posts))]
        before = (number - 1) * self.most if self.knows_pages else 0
        return rows[before : before + self.most]

    def when(self) -> str:
        """A time as it writes them: some say no zone."""
        at = now() if self.says_zone else now().replace(tzinfo=None)
        return at.isoformat()

    def row(self, number: int) -> dict[str, Any]:
        said = self.posts[number]
        return {
            "service_request_id": f"W-{number}", "status": self.status, "status_notes": "Mended",
            "service_code": said["service_code"], "requested_datetime": self.when(),
            "description": said["description"] if self.shows_words else None,
        }  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """One question or request to the other server."""

    there: Other

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        how = self.there.behave.pop(0) if self.there.behave else "take"
        if how.startswith("take"):
            self.there.posts.append({key: value[0] for key, value in parse_qs(body).items()})
        if how == "take":
            self.answer(200, [{"service_request_id": f"W-{len(self.there.posts) - 1}"}])
        elif how.isdigit():
            self.answer(int(how), [{"code": int(how), "description": "not so"}])
        # else the line breaks without an answer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        name = parts.path.rsplit("/", 1)[1]
        if name == "requests.json":
            page = int(parse_qs(parts.query).get("page", ["1"])[0])
            self.answer(200, self.there.page(page))
        else:
            number = int(name.removeprefix("W-").partition(".")[0])
            self.answer(200, [self.there.row(number)])

    def answer(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def report(**said: Any) -> Case:
    given = {
        "source": "web", "reference": f"r{Signal.objects.count()}", "words": "漏水 13912345678",
        "type": "burst-pipe", "lon": 122.95, "lat": 30.2, "place": None, "place_words": "",
        "at": now(), "language": "", "contact": "13900000000",
    }  # fmt: skip
    return Case.objects.get(number=receive_signal(SignalIn(**(given | said))).number)


def go_round() -> None:
    """What the worker does: tell facts, then send on what is owed, whenever it is due."""
    outbox.order_lines()
    outbox.deliver_due()
    OpenForward.objects.update(due_at=timezone.now())
    forwarding.send_on()
