"""Another city's Open311 door on a real port, as well or badly behaved as a test wants."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


@dataclass
class Elsewhere:
    """What it holds, what it was asked, and how it answers next."""

    url: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    behave: list[str] = field(default_factory=list)
    most: int = 1000
    knows_pages: bool = True
    knows_times: bool = True
    names: tuple[str, str, str] = ("updated_datetime", "updated_after", "updated_before")

    def has(self, id: str, at: datetime, **more: Any) -> dict[str, Any]:
        """One more request."""
        row = {
            "service_request_id": id, "status": "open", "service_code": "012",
            "service_name": "Straßenbaustellen", "description": f"Bake {id}",
            "requested_datetime": stamp(at), "updated_datetime": stamp(at), "lat": 50.93,
            "long": 6.91,
        }  # fmt: skip
        self.rows.append(row | more)
        return self.rows[-1]

    def found(self, said: dict[str, str]) -> list[dict[str, Any]]:
        """What it answers: the newest first, no more than it gives at once."""
        rows = sorted(self.rows, key=lambda one: one["requested_datetime"], reverse=True)
        ids = said.get("service_request_id")
        if ids:
            return [one for one in rows if one["service_request_id"] in ids.split(",")]
        which, first, last = self.names
        if self.knows_times and first in said:
            since = datetime.fromisoformat(said[first])
            rows = [one for one in rows if datetime.fromisoformat(one[which]) >= since]
        if self.knows_times and last in said:
            until = datetime.fromisoformat(said[last])
            rows = [one for one in rows if datetime.fromisoformat(one[which]) <= until]
        most = min(self.most, int(said.get("page_size", self.most)))
        before = (int(said.get("page", "1")) - 1) * most if self.knows_pages else 0
        return rows[before : before + most]


class Door(BaseHTTPRequestHandler):
    """One question to the other city."""

    there: Elsewhere

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        said = {key: value[0] for key, value in parse_qs(parts.query).items()}
        self.there.asked.append(said | {"path": parts.path})
        how = self.there.behave.pop(0) if self.there.behave else "well"
        if how == "drip":
            self._drip()
            return
        status, body, headers = self._answer(how, said, parts.path)
        self.send_response(status)
        self.send_header("content-length", str(len(body) + (how == "break")))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, how: str, said: dict[str, str], path: str) -> tuple[int, bytes, Any]:
        rows = self.there.found(said)
        body = _xml(rows) if path.endswith(".xml") else json.dumps(rows).encode()
        if how.isdigit():
            error = json.dumps([{"code": int(how), "description": "not now"}]).encode()
            wait = {"retry-after": "7200"} if how == "429" else {}
            return int(how), error, wait | {"location": "http://127.0.0.1:1/"}
        return 200, {"bad json": b"[{", "bad xml": b"<service_requests", "empty": b"",
                     "page": b"<html><body>Moved</body></html>"}.get(how, body), (
            {"content-encoding": "gzip"} if how == "packed" else {}
        )  # fmt: skip

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "100000")
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        pass


def _xml(rows: list[dict[str, Any]]) -> bytes:
    top = ET.Element("service_requests")
    for row in rows:
        one = ET.SubElement(top, "request")
        for key, value in row.items():
            ET.SubElement(one, key).text = str(value)
    return ET.tostring(top)


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """The other city, as long as it is wanted."""
    there = Elsewhere()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OfThisTest", (Door,), {"there": there}))
    server.daemon_threads = True
    there.url = f"http://127.0.0.1:{server.server_port}/v2"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
