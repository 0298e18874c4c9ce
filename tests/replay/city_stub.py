"""A city's doors as a sender sees them, on a real socket: what is sent twice is stored once."""

import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEYS = {"ingest": "key-of-readings", "report": "key-of-reports"}


@dataclass
class City:
    """What came in, and what the doors should do next."""

    busy: int = 0  # so many more requests are answered 503
    broken: int = 0  # so many more batches are stored, and the answer lost on the way
    unknown: str = ""  # a datastream the city does not know
    readings: dict[tuple[str, int], float] = field(default_factory=dict)
    doubled: int = 0
    batches: dict[tuple[str, str], int] = field(default_factory=dict)
    reports: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    clock: int = 0
    ahead: list[str] = field(default_factory=list)  # reports told before they happened
    url: str = ""

    def store(self, body: bytes, sender: str, sequence: str) -> tuple[int, dict[str, Any]]:
        before = self.batches.get((sender, sequence))
        if before is not None:
            if before != zlib.crc32(body):
                return 409, {"error": f"Sequence {sequence} was used for another batch."}
            return 200, {"stored": 0, "refused": [], "repeated": True}
        self.batches[sender, sequence] = zlib.crc32(body)
        refused = []
        for number, line in enumerate(body.splitlines(), 1):
            row = json.loads(line)
            if row["datastream"] == self.unknown:
                refused.append({"line": number, "reason": "No such datastream."})
                continue
            key = (row["datastream"], row["time"])
            self.doubled += key in self.readings
            self.readings[key] = row["value"]
        stored = body.count(b"\n") + 1 - len(refused)
        return 200, {"stored": stored, "refused": refused, "repeated": False}

    def take(self, body: bytes) -> tuple[int, dict[str, Any]]:
        stored = repeated = 0
        for line in body.splitlines():
            row = json.loads(line)
            known = (row["source"], row["reference"]) in self.reports
            repeated, stored = repeated + known, stored + (not known)
            self.reports[row["source"], row["reference"]] = row
        return 200, {"stored": stored, "repeated": repeated, "refused": [], "receipts": []}

    def tick(self, body: bytes) -> tuple[int, dict[str, Any]]:
        moment = json.loads(body)["time"]
        if moment < self.clock:
            return 409, {"error": "The clock cannot go backwards."}
        self.clock = moment
        return 200, {"time": moment}


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    city: City
    lock: threading.Lock

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            status, said = self._answer(body)
            lost = status == 200 and self.path.endswith("observations") and self.city.broken > 0
            self.city.broken -= lost
        if lost:
            self.close_connection = True
            return
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        door = "report" if self.path == "/api/reports" else "ingest"
        if self.headers["Authorization"] != f"Bearer {KEYS[door]}":
            return 401, {"error": "No key, or one that is not known."}
        if self.city.busy:
            self.city.busy -= 1
            return 503, {"error": "The disk is full."}
        if door == "report":
            return self.city.take(body)
        if self.path == "/ingest/tick":
            return self.city.tick(body)
        return self.city.store(
            body, self.headers["Gongbi-Sender"], self.headers["Gongbi-Sequence"]
        )

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: a test's output is its verdict."""


@contextmanager
def open_city(port: int = 0, city: City | None = None) -> Iterator[City]:
    """A city on a port of this machine, until the block ends."""
    city = city or City()
    door = type("Door", (_Door,), {"city": city, "lock": threading.Lock()})
    server = ThreadingHTTPServer(("127.0.0.1", port), door)
    city.url = f"http://127.0.0.1:{server.server_port}"
    runner = threading.Thread(target=server.serve_forever, args=(0.01,))
    runner.start()
    try:
        yield city
    finally:
        server.shutdown()
        server.server_close()
        runner.join()
