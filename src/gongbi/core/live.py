"""One stream of news a browser: which parts have changed, never what.

A page fetches again what it shows, through the same gate as before; so the stream needs no gate
of its own beyond a sign-in, and a missed line costs a moment, not a fact. One tailer a process
reads the journal by its order (``seq``) and wakes every stream.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from gongbi.core import clock
from gongbi.core.models import JournalLine

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
        seen = await _last_seq()
        while self.listeners:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            rows = JournalLine.objects.filter(seq__gt=seen).order_by("seq")
            news = [row async for row in rows.values_list("seq", "kind")[:500]]
            if news:
                seen = news[-1][0] or seen
                self._tell(tuple(sorted({kind.split(".")[0] for _, kind in news})))

    def _tell(self, parts: tuple[str, ...]) -> None:
        for queue in self.listeners:
            if not queue.full():  # a reader that slow will fetch everything at its next turn
                queue.put_nowait(parts)


_tailer = _Tailer()


async def _last_seq() -> int:
    found = await JournalLine.objects.aaggregate(last=Max("seq"))
    return found["last"] or 0


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
