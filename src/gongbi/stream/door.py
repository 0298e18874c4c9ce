"""The door for readings: a bare ASGI callable, because a web framework costs more than the work.

Run it with one worker: ``uvicorn gongbi.stream.door:app --port 8701`` with GONGBI_DATA set. The
answer to a batch comes after its rows are safe on disk.
"""

import argparse
import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from gongbi.stream import decode
from gongbi.stream.compiled import forget_stale
from gongbi.stream.frames import NO_SEQUENCE
from gongbi.stream.ingest import LAST_TICK, Decoder, Ingest, Refused, Settings
from gongbi.stream.log_writer import CannotWrite, TwoWriters
from gongbi.stream.meters import Meters
from gongbi.stream.segments import LogDamaged
from gongbi.stream.snapshot import engine_figures
from gongbi.stream.telling import tell_in_json

said = logging.getLogger("gongbi.stream.door")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
MOST_REFUSALS_SHOWN = 1000
TICK_SECONDS = 1.0
PLAN_LOOK_SECONDS = 0.25


class Gone(Exception):
    """The sender hung up before its body had come."""


class Door:
    """The ASGI application of one data folder; it opens the log when the server starts."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._ingest: Ingest | None = None
        self._duties: list[asyncio.Task[None]] = []
        self.meters = Meters()

    @property
    def ingest(self) -> Ingest:
        """The open log."""
        assert self._ingest is not None, "The server must run the ASGI lifespan."
        return self._ingest

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._open()
        except (TwoWriters, LogDamaged, OSError) as error:
            said.error("%s", error)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._close()
        await send({"type": "lifespan.shutdown.complete"})

    def _open(self) -> None:
        settings = self._settings or Settings.read(os.environ)
        self._ingest = Ingest(settings)
        duties = (
            [self._follow_plans()] if settings.played else [self._follow_plans(), self._tick()]
        )
        self._duties = [asyncio.create_task(duty) for duty in duties]
        said.info("The log of %s is open.", settings.data)

    async def _close(self) -> None:
        for duty in self._duties:
            duty.cancel()
        await asyncio.gather(*self._duties, return_exceptions=True)
        await asyncio.to_thread(self.ingest.committer.close)

    async def _follow_plans(self) -> None:
        while True:
            with _told("follow the plan"):
                await self.ingest.follow_plan()
            await asyncio.sleep(PLAN_LOOK_SECONDS)

    async def _tick(self) -> None:
        while True:
            with _told("write the tick"):
                await self.ingest.tick_live()
            await asyncio.sleep(TICK_SECONDS)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; each way to fail has its status and its sentence."""
        door = f"{scope['method']} {scope['path']}"
        try:
            handle = ROUTES.get(door)
            if handle is None:
                raise Refused(404, f"There is no door {door}. See docs/parts/stream.md.")
            status, kind, body = await handle(self, scope, receive)
        except Gone:
            return
        except Refused as refusal:
            status, kind, body = _failed(refusal.status, refusal.sentence)
        except CannotWrite as refusal:
            status, kind, body = _failed(503, str(refusal))
        if door not in ROUTES:
            door = "other"
        self.meters.requests[door, status] += 1
        await _send(send, status, kind, body)

    async def observations(self, scope: Message, receive: Receive) -> "Reply":
        """POST /ingest/observations: newline JSON."""
        return await self._take(scope, receive, decode.decode_lines, 200)

    async def create_observations(self, scope: Message, receive: Receive) -> "Reply":
        """POST /sensorthings/v1.1/CreateObservations: SensorThings data arrays."""
        return await self._take(scope, receive, decode.decode_arrays, 201)

    async def _take(
        self, scope: Message, receive: Receive, decoder: Decoder, status: int
    ) -> "Reply":
        headers = _headers(scope)
        sender, sequence = self._sender(headers)
        body = await self._body(headers, receive)
        try:
            answer = await self.ingest.store(body, decoder, sender, sequence)
        except decode.BodyRefused as refusal:
            raise Refused(400, str(refusal)) from refusal
        self.meters.stored += 0 if answer.repeated else answer.stored
        self.meters.refused += len(answer.refused)
        self.meters.repeated += answer.repeated
        shown = answer.refused[:MOST_REFUSALS_SHOWN]
        said_: Message = {
            "stored": answer.stored,
            "refused": [{"line": r.line, "reason": r.reason} for r in shown],
            "repeated": answer.repeated,
        }
        if len(shown) < len(answer.refused):
            said_["refused_in_all"] = len(answer.refused)
        return _json(status, said_)

    async def tick(self, scope: Message, receive: Receive) -> "Reply":
        """POST /ingest/tick: the clock of a played city."""
        headers = _headers(scope)
        self._sender(headers)
        body = await self._body(headers, receive)
        try:
            micros = decode.micros_of(orjson.loads(body)["time"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise Refused(400, 'Write {"time": "2026-11-24T08:00:00+08:00"}.') from error
        except decode.RowRefused as refusal:
            raise Refused(400, f"The tick's {refusal}.") from refusal
        if not decode.EARLIEST <= micros <= LAST_TICK:
            # A clock goes only forwards: one wrong tick would end the city's day for good.
            raise Refused(
                400,
                f"The tick says {decode.in_words(micros)}, which lies outside 1990 to 2200; "
                "whole numbers are milliseconds since 1970.",
            )
        await self.ingest.tick(micros)
        return _json(200, {"time": micros // 1000})

    async def healthz(self, scope: Message, receive: Receive) -> "Reply":
        """GET /healthz: this process answers, and whether its log takes rows."""
        return 200, b"text/plain; charset=utf-8", b"ok\n"

    async def metrics(self, scope: Message, receive: Receive) -> "Reply":
        """GET /metrics: Prometheus text."""
        ingest = self.ingest
        engine = engine_figures(ingest.settings.data, ingest.writer.board)
        text = self.meters.text(ingest.writer.board, ingest.committer.times, engine)
        return 200, b"text/plain; version=0.0.4; charset=utf-8", text.encode()

    def _sender(self, headers: dict[bytes, bytes]) -> tuple[str, int]:
        """(key's name and sender's name, sequence number); 401 without a key."""
        key = headers.get(b"authorization", b"").decode("latin-1")
        owner = self.ingest.keys.owner_of(key)
        if owner is None:
            wrong = "The key is not known here" if key else "No key was sent"
            raise Refused(
                401,
                f"{wrong}. Send 'Authorization: Bearer KEY'; a keeper makes one with: "
                "gongbi key NAME --scope ingest.",
            )
        name = headers.get(b"gongbi-sender", b"").decode("latin-1")
        if len(name) > 128:
            raise Refused(400, "Gongbi-Sender is longer than 128 characters.")
        return f"{owner}/{name}", _sequence(headers.get(b"gongbi-sequence"))

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        """The whole body; 413 as soon as it is known to be too large."""
        most = self.ingest.settings.most_bytes
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise Refused(415, "The body is compressed; send it as it is.")
        length = headers.get(b"content-length", b"0")
        size, parts = int(length) if length.isdigit() else 0, list[bytes]()
        got, more = 0, True
        while size <= most and got <= most and more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            part = message.get("body", b"")
            parts.append(part)
            got += len(part)
            more = message.get("more_body", False)
        if size > most or got > most:
            raise Refused(413, f"The body is larger than {most} bytes; send it in parts.")
        return parts[0] if len(parts) == 1 else b"".join(parts)


Reply = tuple[int, bytes, bytes]
ROUTES: dict[str, Callable[[Door, Message, Receive], Awaitable[Reply]]] = {
    "POST /ingest/observations": Door.observations,
    "POST /sensorthings/v1.1/CreateObservations": Door.create_observations,
    "POST /ingest/tick": Door.tick,
    "GET /healthz": Door.healthz,
    "GET /metrics": Door.metrics,
}


def _headers(scope: Message) -> dict[bytes, bytes]:
    return dict(scope["headers"])


def _sequence(given: bytes | None) -> int:
    if given is None:
        return NO_SEQUENCE
    if not given.isdigit() or len(given) > 18:
        raise Refused(400, "Gongbi-Sequence must be a whole number from 0.")
    return int(given)


def _json(status: int, said_: Message) -> Reply:
    return status, b"application/json", orjson.dumps(said_)


def _failed(status: int, sentence: str) -> Reply:
    return _json(status, {"stored": 0, "refused": [], "repeated": False, "error": sentence})


async def _send(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextlib.contextmanager
def _told(what: str) -> Any:
    """A duty that fails once is told and tried again: a full disk must not end it for good."""
    try:
        yield
    except (CannotWrite, OSError, ValueError) as error:
        said.error("Could not %s: %s", what, error)


app = Door()


def main() -> None:
    """Serve the door of one data folder until told to stop."""
    import uvicorn

    words = argparse.ArgumentParser(prog="python -m gongbi.stream.door", description=__doc__)
    words.add_argument("--data", help="the data folder (default: GONGBI_DATA, else ./var)")
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--port", type=int, default=8701)
    given = words.parse_args()
    if given.data:
        os.environ["GONGBI_DATA"] = given.data
    tell_in_json()
    forget_stale()
    uvicorn.run(app, host=given.host, port=given.port, access_log=False, log_config=None)


if __name__ == "__main__":
    main()
