"""One thread writes: requests that wait together share one commit, and each is answered after it.

On SQLite one writer at a time is all there is; on PostgreSQL it saves commits. A request that is
refused takes back its own part only.
"""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from django.db import DatabaseError, connection, transaction

from gongbi.things.requests import Reply, Request, problem

said = logging.getLogger("gongbi.things")
MOST_TOGETHER = 64
Job = tuple[Request, "Future[Reply]"]
AWAY = "The database does not answer; nothing was stored, send again."


class Scribe:
    """The thread and what waits for it."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self._answer = answer
        self._waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        threading.Thread(target=self._write, name="things-scribe", daemon=True).start()

    def take(self, request: Request) -> "Future[Reply]":
        """A promise of the answer, which is kept once all of it is safe."""
        promise: Future[Reply] = Future()
        self._waiting.put((request, promise))
        return promise

    def _write(self) -> None:
        while True:
            jobs = [self._waiting.get()]
            while len(jobs) < MOST_TOGETHER and not self._waiting.empty():
                jobs.append(self._waiting.get())
            for (_, promise), reply in zip(jobs, self._together(jobs), strict=True):
                if not promise.cancelled():
                    promise.set_result(reply)

    def _together(self, jobs: list[Job]) -> list[Reply]:
        try:
            if len(jobs) == 1:
                return [self._answer(jobs[0][0])]
            with transaction.atomic():
                return [self._answer(request) for request, _ in jobs]
        except DatabaseError as error:
            said.warning("nothing of %d requests was stored: %s", len(jobs), error)
            connection.close()
        except Exception:  # a fault of ours must not end the only thread that writes
            said.exception("a fault while writing")
            connection.close()
            return [problem(500, "Something went wrong here; it is in the log.") for _ in jobs]
        return [problem(503, AWAY) for _ in jobs]
