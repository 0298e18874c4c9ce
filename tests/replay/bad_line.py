"""A bad line to a city: it passes on what it is sent to the real doors, unless told otherwise."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@dataclass
class Line:
    """What the line should do next, and what has come along it."""

    city: str  # the real door's address; "" when nothing is behind the line
    busy: int = 0  # so many more requests are answered 503
    lost: int = 0  # so many more batches are stored, and the answer lost on the way
    slow_seconds: float = 0.0  # before each answer
    answers: tuple[int, str] | None = None  # every request gets this
    url: str = ""
    batches: int = 0
    waiting: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Line
    lock: threading.Lock

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

    def _pass_on(self, body: bytes) -> None:
        batch = self.path == "/ingest/observations"
        with self.lock:
            busy = self.line.busy > 0 and self.command == "POST"
            lost = self.line.lost > 0 and batch
            self.line.busy -= busy
            self.line.lost -= lost and not busy
        self.line.waiting.wait(self.line.slow_seconds)
        if self.line.answers:
            return self._say(*self.line.answers)
        if busy:
            return self._say(503, json.dumps({"error": "The disk is full."}))
        answer = httpx.request(
            self.command,
            self.line.city + self.path,
            content=body,
            headers={key: value for key, value in self.headers.items() if key != "Host"},
        )
        self.line.batches += batch
        if lost:
            self.close_connection = True
            return None
        return self._say(answer.status_code, answer.text)

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: a test's output is its verdict."""


@contextmanager
def bad_line(city: str, port: int = 0) -> Iterator[Line]:
    """A line to a city on a port of this machine, until the block ends."""
    line = Line(city)
    handler = type("Handler", (_Handler,), {"line": line, "lock": threading.Lock()})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    line.url = f"http://127.0.0.1:{server.server_port}"
    runner = threading.Thread(target=server.serve_forever, args=(0.01,))
    runner.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        runner.join()
