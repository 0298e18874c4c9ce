"""One stream of news a browser: which parts have changed, never what.

A page fetches again what it shows, through the same gate as before; so the stream needs no gate
of its own beyond a sign-in, and a missed line costs a moment, not a fact. One tailer a process
reads the journal by its order (``seq``) and wakes every stream.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.db import Error, close_old_connections
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from gongbi.core import clock
from gongbi.core.models import JournalLine

_log = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 1.0
BEAT_EVERY_SECONDS = 15.0


@dataclass(slots=True)
class _Tailer:
    """Reads the journal for all streams of this process."""

    listeners: set[asyncio.Queue[tuple[str, ...]]] = field(default_factory=set)
    task: asyncio.Task[None] | None = None

    def listen(self) -> "asyncio.Queue[tuple[str, ...]]":
        queue: asyncio.Queue[tuple[str, ...]] = asyncio.Queue(maxsize=16)
        self.listeners.add(queue)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._run())
        return queue

    async def _run(self) -> None:
        seen: int | None = None
        away = False
        while self.listeners:
            try:
                seen, parts = await _since(seen)
            except Error as error:
                # A database that starts anew must not end the news of every open page.
                if not away:
                    _log.warning("No news can be read from the journal: %s", type(error).__name__)
                await sync_to_async(close_old_connections)()
                away, parts = True, ()
            else:
                away = False
            if parts:
                self._tell(parts)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _tell(self, parts: tuple[str, ...]) -> None:
        for queue in self.listeners:
            if not queue.full():  # a reader that slow will fetch everything at its next turn
                queue.put_nowait(parts)


_tailer = _Tailer()


async def _since(seen: int | None) -> tuple[int, tuple[str, ...]]:
    """How far the journal goes, and the parts with lines after ``seen``; None begins here."""
    if seen is None:
        found = await JournalLine.objects.aaggregate(last=Max("seq"))
        return found["last"] or 0, ()
    rows = JournalLine.objects.filter(seq__gt=seen).order_by("seq")
    news = [row async for row in rows.values_list("seq", "kind")[:500]]
    last = news[-1][0] if news else None
    return last or seen, tuple(sorted({kind.split(".")[0] for _, kind in news}))


async def live(request: HttpRequest) -> HttpResponseBase:
    """The stream: ``change`` events with the names of the parts that changed."""
    user = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    answer = StreamingHttpResponse(_news(), content_type="text/event-stream")
    answer["Cache-Control"] = "no-cache"
    answer["X-Accel-Buffering"] = "no"
    return answer


async def _news() -> AsyncIterator[str]:
    queue = _tailer.listen()
    try:
        yield "retry: 3000\n\n"
        while True:
            try:
                parts = await asyncio.wait_for(queue.get(), BEAT_EVERY_SECONDS)
            except TimeoutError:
                parts = ()
            yield _event(parts)
    finally:
        _tailer.listeners.discard(queue)


def _event(parts: tuple[str, ...]) -> str:
    said = {"parts": parts, "now": clock.now().isoformat()}
    return f"event: change\ndata: {json.dumps(said)}\n\n"
