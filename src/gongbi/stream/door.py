"""The door for readings: a bare ASGI callable, because a web framework costs more than the work.

Run it with one worker: ``uvicorn gongbi.stream.door:app --port 8701`` with GONGBI_DATA set. The
answer to a batch comes after its rows are safe on disk.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import orjson

from gongbi.stream.arrow_rows import decode_arrow
from gongbi.stream.bodies import Gone, read_body
from gongbi.stream.buckets import Buckets
from gongbi.stream.compiled import forget_stale
from gongbi.stream.created import Datastream, id_of
from gongbi.stream.csv_rows import decode_csv
from gongbi.stream.decode import decode_arrays, decode_lines
from gongbi.stream.frames import NO_SEQUENCE
from gongbi.stream.ingest import LAST_TICK, Answer, Decoder, Ingest, Refused, Settings
from gongbi.stream.keys import IngestKey
from gongbi.stream.known import RowRefused
from gongbi.stream.line_protocol import decode_influx
from gongbi.stream.log_writer import CannotWrite, TwoWriters
from gongbi.stream.meters import Meters
from gongbi.stream.replies import (
    Message,
    Reply,
    Send,
    failed,
    in_json,
    of_batch,
    of_influx,
    send_reply,
)
from gongbi.stream.rows import EARLIEST, BodyRefused, in_words, micros_of
from gongbi.stream.segments import LogDamaged
from gongbi.stream.snapshot import engine_figures
from gongbi.stream.telling import tell_in_json

said = logging.getLogger("gongbi.stream.door")

Receive = Callable[[], Awaitable[Message]]
TICK_SECONDS = 1.0
PLAN_LOOK_SECONDS = 0.25
_DATASTREAM = (
    '{"name": "air/yl-04/pm25", "place": "yl-04", "property": "pm25", "unit": "ug/m3", '
    '"step_seconds": 60}'
)


FORMATS: dict[bytes, Decoder] = {
    b"text/csv": decode_csv,
    b"application/vnd.apache.arrow.stream": decode_arrow,
}
"""By content type; whatever says another, or none, is taken as newline JSON."""


class Door:
    """The ASGI application of one data folder; it opens the log when the server starts."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._ingest: Ingest | None = None
        self._duties: list[asyncio.Task[None]] = []
        self.meters = Meters()
        self._buckets = Buckets()

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
            with _told("follow what is known ahead"):
                await self.ingest.follow_known()
            await asyncio.sleep(PLAN_LOOK_SECONDS)

    async def _tick(self) -> None:
        while True:
            with _told("write the tick"):
                await self.ingest.tick_live()
            await asyncio.sleep(TICK_SECONDS)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; each way to fail has its status and its sentence."""
        door, refused = f"{scope['method']} {scope['path']}", None
        try:
            handle = ROUTES.get(door)
            if handle is None:
                raise Refused(404, f"There is no door {door}. See docs/parts/stream.md.")
            reply = await handle(self, scope, receive)
        except Gone:
            return
        except Refused as refusal:
            refused, reply = refusal, failed(refusal.status, refusal.sentence)
        except CannotWrite as refusal:
            reply = failed(503, str(refusal))
        if door not in ROUTES:
            door = "other"
        self.meters.requests[door, reply[0]] += 1
        await send_reply(send, reply, refused)

    async def observations(self, scope: Message, receive: Receive) -> Reply:
        """POST /ingest/observations: newline JSON, CSV or Arrow, by Content-Type."""
        kind = _headers(scope).get(b"content-type", b"").partition(b";")[0].strip().lower()
        return of_batch(200, await self._take(scope, receive, FORMATS.get(kind, decode_lines)))

    async def create_observations(self, scope: Message, receive: Receive) -> Reply:
        """POST /sensorthings/v1.1/CreateObservations: SensorThings data arrays."""
        return of_batch(201, await self._take(scope, receive, decode_arrays))

    async def write(self, scope: Message, receive: Receive) -> Reply:
        """POST /write and /api/v2/write: InfluxDB line protocol."""
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        decoder = partial(decode_influx, precision=asked.get("precision", ["ns"])[0])
        return of_influx(await self._take(scope, receive, decoder))

    async def _take(self, scope: Message, receive: Receive, decoder: Decoder) -> Answer:
        headers = _headers(scope)
        key = self._key(headers)
        sender, sequence = _sender(key, headers)
        body = await self._body(key, headers, receive)
        try:
            answer = await self.ingest.store(body, decoder, sender, sequence, key.prefix)
        except BodyRefused as refusal:
            raise Refused(400, str(refusal)) from refusal
        self._buckets.charge(key.name, answer.stored + len(answer.refused))
        self.meters.count(key.name, answer)
        return answer

    async def datastreams(self, scope: Message, receive: Receive) -> Reply:
        """POST /ingest/datastreams: a datastream the pack does not name."""
        headers = _headers(scope)
        key = self._key(headers)
        wanted = _wanted(await self._body(key, headers, receive))
        identity, fresh = await self.ingest.create(wanted, key.prefix)
        return in_json(201 if fresh else 200, {"id": identity, "created": fresh})

    async def tick(self, scope: Message, receive: Receive) -> Reply:
        """POST /ingest/tick: the clock of a played city."""
        headers = _headers(scope)
        body = await self._body(self._key(headers), headers, receive)
        try:
            micros = micros_of(orjson.loads(body)["time"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise Refused(400, 'Write {"time": "2026-11-24T08:00:00+08:00"}.') from error
        except RowRefused as refusal:
            raise Refused(400, f"The tick's {refusal}.") from refusal
        if not EARLIEST <= micros <= LAST_TICK:
            # A clock goes only forwards: one wrong tick would end the city's day for good.
            raise Refused(
                400,
                f"The tick says {in_words(micros)}, which lies outside 1990 to 2200; "
                "whole numbers are milliseconds since 1970.",
            )
        await self.ingest.tick(micros)
        return in_json(200, {"time": micros // 1000})

    async def healthz(self, scope: Message, receive: Receive) -> Reply:
        """GET /healthz: this process answers, and whether its log takes rows."""
        return 200, b"text/plain; charset=utf-8", b"ok\n"

    async def metrics(self, scope: Message, receive: Receive) -> Reply:
        """GET /metrics: Prometheus text."""
        ingest = self.ingest
        engine = engine_figures(ingest.settings.data, ingest.writer.board)
        text = self.meters.text(ingest.writer.board, ingest.committer.times, engine)
        return 200, b"text/plain; version=0.0.4; charset=utf-8", text.encode()

    def _key(self, headers: dict[bytes, bytes]) -> IngestKey:
        """The key of a request: 401 without one, 429 when it has sent too much."""
        said_ = headers.get(b"authorization", b"").decode("latin-1")
        key = self.ingest.keys.find(said_)
        if key is None:
            wrong = "The key is not known here" if said_ else "No key was sent"
            raise Refused(
                401,
                f"{wrong}. Send 'Authorization: Bearer KEY'; a keeper makes one with: "
                "gongbi key NAME --scope ingest.",
            )
        wait = self._buckets.wait(key.name, key.rows_per_second, time.monotonic())
        if wait:
            self.meters.keys[key.name].limited += 1
            raise Refused(
                429, f"The key {key.name!r} may send {key.rows_per_second} rows a second and has "
                f"sent more; nothing of this was stored. Send it again in {wait} s.", wait=wait
            )  # fmt: skip
        return key

    async def _body(self, key: IngestKey, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        most = self.ingest.settings.most_bytes
        return await read_body(headers, receive, min(most, key.most_bytes or most))


ROUTES: dict[str, Callable[[Door, Message, Receive], Awaitable[Reply]]] = {
    "POST /ingest/observations": Door.observations,
    "POST /ingest/datastreams": Door.datastreams,
    "POST /sensorthings/v1.1/CreateObservations": Door.create_observations,
    "POST /write": Door.write,
    "POST /api/v2/write": Door.write,
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


def _sender(key: IngestKey, headers: dict[bytes, bytes]) -> tuple[str, int]:
    """(key's name and sender's name, sequence number)."""
    name = headers.get(b"gongbi-sender", b"").decode("latin-1")
    if len(name) > 128:
        raise Refused(400, "Gongbi-Sender is longer than 128 characters.")
    return f"{key.name}/{name}", _sequence(headers.get(b"gongbi-sequence"))


def _wanted(body: bytes) -> Datastream:
    """The datastream that a body describes; Refused with what to write."""
    try:
        said_ = orjson.loads(body)
        words = [said_[key] for key in ("name", "place", "property", "unit")]
        step = said_.get("step_seconds", 60)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise Refused(400, f"Write {_DATASTREAM}.") from error
    if not all(isinstance(word, str) and len(word) <= 255 for word in words) or not words[2]:
        raise Refused(400, f"name, place, property and unit are words: {_DATASTREAM}.")
    if type(step) is not int or not 1 <= step < 1 << 31:
        raise Refused(400, "step_seconds must be a whole number, 1 or more.")
    name, place, what, unit = words
    return Datastream(id_of(name), name, place, what, unit, step)


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
