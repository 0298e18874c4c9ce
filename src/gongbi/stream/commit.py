"""Group commit: one thread writes what has gathered, syncs once, then tells every sender."""

import asyncio
import queue
import threading
import time
from dataclasses import dataclass, field

from gongbi.stream.log_writer import CannotWrite, Entry, LogWriter

MOST_ENTRIES = 256
MOST_BYTES = 16 << 20


@dataclass(slots=True)
class CommitTimes:
    """How long commits took, in seconds, and how many frames shared them."""

    commits: int = 0
    frames: int = 0
    seconds: float = 0.0
    refused: int = 0


@dataclass(slots=True)
class _Waiting:
    entry: Entry
    done: "asyncio.Future[int]"
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = sum(len(part) for part in self.entry.parts)


class Committer:
    """Takes entries from the event loop and resolves each once it is safe on disk."""

    def __init__(self, writer: LogWriter, loop: asyncio.AbstractEventLoop) -> None:
        self.writer = writer
        self.times = CommitTimes()
        self._loop = loop
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def submit(self, entry: Entry) -> "asyncio.Future[int]":
        """A future of the log's end after this entry; CannotWrite when the disk refused."""
        waiting = _Waiting(entry, self._loop.create_future())
        self._queue.put(waiting)
        return waiting.done

    def close(self) -> None:
        """Write what is queued, then let the log go."""
        self._queue.put(None)
        self._thread.join()
        self.writer.close()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._gather(first)
            self._write(group)
            if last:
                return

    def _gather(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        group, size = [first], first.size
        while len(group) < MOST_ENTRIES and size < MOST_BYTES:
            try:
                more = self._queue.get_nowait()
            except queue.Empty:
                return group, False
            if more is None:
                return group, True
            group.append(more)
            size += more.size
        return group, False

    def _write(self, group: list[_Waiting]) -> None:
        began = time.perf_counter()
        try:
            end = self.writer.write([waiting.entry for waiting in group])
        except CannotWrite as refusal:
            self._write_apart(group, refusal)
            return
        self.times.commits += 1
        self.times.frames += len(group)
        self.times.seconds += time.perf_counter() - began
        self._tell(group, end)

    def _write_apart(self, group: list[_Waiting], refusal: CannotWrite) -> None:
        """A small batch may fit where the group did not: give each its own answer."""
        if len(group) > 1:
            for waiting in group:
                self._write([waiting])
            return
        self.times.refused += 1
        self._tell(group, refusal)

    def _tell(self, group: list[_Waiting], answer: int | CannotWrite) -> None:
        self._loop.call_soon_threadsafe(_resolve, [waiting.done for waiting in group], answer)


def _resolve(futures: "list[asyncio.Future[int]]", answer: int | CannotWrite) -> None:
    for future in futures:
        if future.done():
            continue
        if isinstance(answer, CannotWrite):
            future.set_exception(answer)
        else:
            future.set_result(answer)
