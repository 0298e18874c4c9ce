"""MQTT in: messages become batches at the door, and are acknowledged when their rows are safe."""

import hashlib
import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import httpx

from gongbi.stream.known import RowRefused
from gongbi.stream.mqtt_rows import lines_of
from gongbi.stream.mqtt_spool import Batch, Spool

said = logging.getLogger("gongbi.stream.mqtt")
MOST_MESSAGES = 1000
MOST_BYTES = 4 << 20
MOST_WAITING = 20_000
MOST_KNOWN = 8192
GATHER_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came; ``session`` counts the sessions the broker had for us."""

    topic: str
    payload: bytes
    mid: int
    qos: int
    session: int
    digest: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A message's rows."""

    message: Arrived
    lines: bytes


class Inbox:
    """Messages on their way; the network's thread puts, one other takes."""

    def __init__(self, spool: Spool, ack: Callable[[int, int], Any]) -> None:
        self._ack = ack
        self._lock = threading.Lock()
        self._waiting: queue.Queue[Arrived] = queue.Queue()
        self._known: OrderedDict[int, tuple[str, bool]] = OrderedDict()
        """By packet identifier: digest, and whether its rows are stored."""
        self._session = 0
        self.dropped = 0
        for batch in spool.batches():
            for mid, digest in batch.keys:
                self._remember(mid, digest, stored=True)

    def session_lost(self) -> None:
        """The broker begins anew: its packet identifiers mean other messages from here on."""
        with self._lock:
            self._known.clear()
            self._session += 1

    def put(self, topic: str, payload: bytes, *, mid: int, qos: int, again: bool) -> None:
        """Take a message; one that came before is acknowledged or waited for, not taken twice."""
        digest = hashlib.sha256(topic.encode() + b"\0" + payload).hexdigest()[:32]
        with self._lock:
            before = self._known.get(mid) if qos and again else None
            if before is not None and before[0] == digest:
                if before[1]:
                    self._ack(mid, qos)
                return
            if qos:
                self._remember(mid, digest, stored=False)
            elif self._waiting.qsize() >= MOST_WAITING:
                self.dropped += 1
                return
            self._waiting.put(Arrived(topic, payload, mid, qos, self._session, digest))

    def take(self, seconds: float) -> list[Arrived]:
        """The messages of the next batch; none when nothing comes for so long."""
        try:
            found = [self._waiting.get(timeout=seconds)]
        except queue.Empty:
            return []
        size, until = len(found[0].payload), time.monotonic() + GATHER_SECONDS
        while len(found) < MOST_MESSAGES and size < MOST_BYTES:
            try:
                more = self._waiting.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            found.append(more)
            size += len(more.payload)
        return found

    def done(self, messages: list[Arrived]) -> None:
        """Their rows are stored, or refused for good: the broker may forget them."""
        with self._lock:
            for message in messages:
                if message.qos and message.session == self._session:
                    self._remember(message.mid, message.digest, stored=True)
                    self._ack(message.mid, message.qos)

    def _remember(self, mid: int, digest: str, *, stored: bool) -> None:
        self._known[mid] = digest, stored
        self._known.move_to_end(mid)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


class Carrier:
    """Carries batches to the door until it has them; refusals go to ``tell_refused``."""

    def __init__(
        self,
        door: httpx.Client,
        spool: Spool,
        tell_refused: Callable[[str, int, str], None],
        stop: threading.Event,
        clock: Callable[[], int],
    ) -> None:
        self._door, self._spool = door, spool
        self._tell_refused, self._stop, self._clock = tell_refused, stop, clock

    def resume(self) -> None:
        """Send the newest batch again: whoever carried it may have died before it arrived."""
        batches = self._spool.batches()
        if batches:
            self._send(batches[-1])

    def carry(self, messages: list[Arrived]) -> bool:
        """Bring messages to the door; False when told to stop before they were safe."""
        rows = [found for one in messages if (found := self._rows(one)) is not None]
        if not rows:
            return True
        answer = self._post(rows)
        if answer is not None and answer.status_code in (400, 413) and len(rows) > 1:
            return all(self.carry([one.message]) for one in rows)
        if answer is None:
            return False
        self._tell(rows, answer)
        return True

    def _rows(self, message: Arrived) -> Rows | None:
        try:
            return Rows(message, lines_of(message.topic, message.payload, self._clock()))
        except RowRefused as refusal:
            self._tell_refused(message.topic, 1, str(refusal))
            return None

    def _post(self, rows: list[Rows]) -> httpx.Response | None:
        keys = [(one.message.mid, one.message.digest) for one in rows if one.message.qos]
        return self._send(self._spool.keep(keys, b"\n".join(one.lines for one in rows)))

    def _send(self, batch: Batch) -> httpx.Response | None:
        """The door's answer; None when told to stop first. Nothing is given up."""
        headers = {"Gongbi-Sender": self._spool.sender, "Gongbi-Sequence": str(batch.number)}
        pause = 0.1
        while True:
            wait, why = pause, ""
            try:
                answer = self._door.post(
                    "/ingest/observations", content=batch.body, headers=headers
                )
                if answer.status_code in (400, 413):
                    self._spool.forget(batch)
                if answer.status_code in (200, 400, 413):
                    return answer
                wait = float(answer.headers.get("retry-after", pause))
                why = f"{answer.status_code} {answer.text[:200]}"
            except httpx.TransportError as error:
                why = str(error)
            said.warning("The door did not take a batch, trying again: %s", why)
            if self._stop.wait(wait):
                return None
            pause = min(pause * 2, 10.0)

    def _tell(self, rows: list[Rows], answer: httpx.Response) -> None:
        """Say of each refused row in which message it stood, and on which line of that."""
        if answer.status_code != 200:
            self._tell_refused(rows[0].message.topic, 1, str(answer.json().get("error")))
            return
        refused = answer.json()["refused"]
        if not refused:
            return
        ends = list(accumulate(one.lines.count(b"\n") + 1 for one in rows))
        at = 0
        for one in refused:
            while ends[at] < one["line"]:
                at += 1
            line = one["line"] - (ends[at - 1] if at else 0)
            self._tell_refused(rows[at].message.topic, line, one["reason"])
