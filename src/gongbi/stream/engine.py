"""The engine's process: follows the log, folds it, and can be killed at any instant.

``python -m gongbi.stream.engine --data DIR`` runs until told to stop; ``--until-end`` folds what
the log holds now, writes a checkpoint and ends.
"""

import argparse
import fcntl
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import orjson

from gongbi.stream import facts
from gongbi.stream.board import NEVER
from gongbi.stream.checkpoint import (
    checkpoint_paths,
    forget_drafts,
    read_checkpoint,
    write_checkpoint,
)
from gongbi.stream.compiled import forget_stale
from gongbi.stream.errand import Errand, orphaned, send
from gongbi.stream.fold_log import Engine
from gongbi.stream.log_reader import LogReader
from gongbi.stream.log_writer import wall_micros
from gongbi.stream.made import ARRAYS as MADE
from gongbi.stream.segments import LogDamaged
from gongbi.stream.sensors import ARRAYS
from gongbi.stream.snapshot import write_whole
from gongbi.stream.state import KINDS
from gongbi.stream.telling import tell_in_json

said = logging.getLogger("gongbi.stream.engine")

CHECKPOINT_SECONDS = 10.0
SNAPSHOT_SECONDS = 1.0
IDLE_SECONDS = 0.02
LONG_CHECKPOINT_SECONDS = 0.5
AT_MOST_OF_TIME = 8
"""A checkpoint that takes longer is made more seldom, so that it goes on an eighth of the time."""
LARGE_BYTES = 64 << 20
"""A memory that is worth a child to write it."""
PATIENCE_SECONDS = 30.0
"""A child's checkpoint waits so long, at most, for a time when few windows close."""
REPORT_SECONDS = 30.0
ASIDE_LOCK = "engine/aside.lock"


class TwoEngines(Exception):
    """Another engine folds this log."""


@dataclass(slots=True)
class Saving:
    """A checkpoint on its way: its log position, and the hours that were finished then."""

    position: int
    finished: list[int]
    began: float
    errand: Errand | None = None


class Runner:
    """Drives an engine: reading, checkpoints, snapshots. None of it shows in the output."""

    def __init__(
        self,
        data: Path,
        *,
        checkpoint_seconds: float = CHECKPOINT_SECONDS,
        large_bytes: int = LARGE_BYTES,
    ) -> None:
        self.data = data
        (data / "engine").mkdir(parents=True, exist_ok=True)
        self._lock = _lock(data / "engine" / "engine.lock")
        self.engine = Engine(data)
        self._every = self._least = checkpoint_seconds
        self._large = large_bytes
        self._saving: Saving | None = None
        self._checkpoint_took = 0.0
        self._saved_at = time.monotonic()
        self._saved_position, self._saved_stamp = 0, NEVER
        self._finished_before: list[int] = []
        self._shown_at = 0.0
        self._reported_at, self._reported_rows = time.monotonic(), 0
        self._stop = self._begun = False
        self._resume()
        self.reader = LogReader(data / "log", self.engine.position, self.engine.number)

    def _resume(self) -> None:
        # A child of an engine that was killed gives up at once, but it may be putting its
        # checkpoint in place just now: what is read next must not change any more.
        os.close(_lock(self.data / ASIDE_LOCK, wait=True))
        forget_drafts(self.data)
        found = read_checkpoint(self.data, KINDS | ARRAYS | MADE)
        if found is not None:
            self.engine.take_up(*found)
            self._saved_position = self.engine.position
            self._finished_before = list(self.engine.outputs.finished)
        self.engine.outputs.cut_back()
        said.info("Beginning at log position %d.", self.engine.position)

    def stop(self, *_: int | FrameType | None) -> None:
        """End soon, with a checkpoint."""
        self._stop = True

    def run(self, *, until_end: bool = False) -> None:
        """Fold until told to stop, or until the log has been read to its end."""
        while not self._stop:
            position = self.engine.position
            self.fold_some()
            idle = self.engine.position == position
            if idle and until_end:
                break
            self._care(idle)
            if idle:
                time.sleep(IDLE_SECONDS)
        self.engine.outputs.look_after(wait=True)
        self.checkpoint()
        self._look_after(wait=True)
        self.show()
        self.release()

    def release(self) -> None:
        """Close the files and let another engine have the log."""
        self._look_after(wait=True)
        self.engine.outputs.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def fold_some(self) -> None:
        """Fold the frames that are there, a few megabytes at most."""
        for frame in self.reader.read():
            self.engine.take(frame)
            if not self._begun:
                self._begun = True
                said.info("First frame folded; compiled code is in place.")
            if self._stop:
                return

    def _care(self, idle: bool) -> None:
        now = time.monotonic()
        moved = self.engine.position != self._saved_position
        self._look_after()
        if moved and self._saving is None and self._is_time(now - self._saved_at):
            self.checkpoint()
        if now - self._shown_at >= SNAPSHOT_SECONDS:
            self.show()
        elif idle:
            self.engine.outputs.flush()
        if now - self._reported_at >= REPORT_SECONDS:
            self._report(now)

    def _is_time(self, since: float) -> bool:
        """Whether a checkpoint is due, and a child that writes it would be done in time.

        While it writes, each page this process changes is copied first. A closing changes them
        all, and people wait for it: so one that is near is let pass.
        """
        engine = self.engine
        if since < self._every or not self._aside or since > self._every + PATIENCE_SECONDS:
            return since >= self._every
        return engine.until_rush() > 1_000_000 * (1 + 1.25 * self._checkpoint_took)

    @property
    def _aside(self) -> bool:
        """Whether the memory is worth a child to write it."""
        state = self.engine.state
        return state is not None and state.size >= self._large

    def checkpoint(self) -> None:
        """Make the files safe, then remember how long they are and what the arrays hold.

        A small memory is written at once. A large one is written by a child that sees it as it
        is now, while this process folds on; ``_look_after`` hears when it is in place.
        """
        self._look_after(wait=True)
        engine = self.engine
        engine.outputs.flush()
        saving = Saving(engine.position, list(engine.outputs.finished), time.monotonic())
        if not self._aside:
            self._save(lambda: True)
            self._saved(saving)
            return
        parent = os.getpid()
        saving.errand = send(lambda: self._save_aside(parent), [self._lock])
        self._saving = saving

    def _save_aside(self, parent: int) -> None:
        """In the child. An engine that begins waits for this lock: see ``_resume``."""
        _lock(self.data / ASIDE_LOCK)
        self._save(lambda: not orphaned(parent))

    def _save(self, may_place: Callable[[], bool]) -> None:
        self.engine.outputs.sync()
        books, arrays = self.engine.books(), self.engine.arrays()
        write_checkpoint(self.data, books, arrays, may_place=may_place)

    def _look_after(self, *, wait: bool = False) -> None:
        """Hear of the checkpoint that is being written aside, if there is one."""
        saving = self._saving
        if saving is None or saving.errand is None:
            return
        went = saving.errand.wait() if wait else saving.errand.done()
        if went is None:
            return
        self._saving = None
        if went:
            self._saved(saving)
        else:
            said.error("The checkpoint at log position %d was not written.", saving.position)
            self._saved_at = time.monotonic()

    def _saved(self, saving: Saving) -> None:
        # A recent file may go once both checkpoints that are kept know its hour as finished.
        if len(checkpoint_paths(self.data)) > 1:
            known = [hour for hour in saving.finished if hour in self._finished_before]
            self.engine.outputs.drop_finished(known)
        self._finished_before = saving.finished
        self._saved_at, self._saved_position = time.monotonic(), saving.position
        self._saved_stamp = wall_micros()
        self._checkpoint_took = self._saved_at - saving.began
        if self._checkpoint_took > LONG_CHECKPOINT_SECONDS:
            self._every = max(self._least, AT_MOST_OF_TIME * self._checkpoint_took)

    def show(self) -> None:
        """Let readers see: flush the files and write the status."""
        engine = self.engine
        engine.outputs.flush()
        state = engine.state
        late = int(state.bands["late"].max(initial=0)) if state is not None else 0
        words = {
            "position": engine.position,
            "rows": engine.rows,
            "late": engine.late,
            "left_out": engine.left_out,
            "clock": engine.clock,
            "watermark": engine.clock - late if engine.clock != NEVER else None,
            "checkpoint": self._saved_stamp,
            "checkpoint_seconds": round(self._checkpoint_took, 3),
            "plan": engine.plan.number if engine.plan else 0,
            "facts_end": engine.outputs.length(facts.FILE),
            "seen": wall_micros(),
        }
        write_whole(self.data / "engine" / "status.json", orjson.dumps(words))
        self._shown_at = time.monotonic()

    def _report(self, now: float) -> None:
        engine = self.engine
        rate = (engine.rows - self._reported_rows) / (now - self._reported_at)
        figures = {
            "position": engine.position,
            "rows_per_second": round(rate),
            "late": engine.late,
            "ahead": len(engine.state.ahead) if engine.state else 0,
        }
        said.info("Folded %d rows.", engine.rows, extra={"figures": figures})
        self._reported_at, self._reported_rows = now, engine.rows


def _lock(path: Path, *, wait: bool = False) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        os.close(file)
        raise TwoEngines(
            f"Another engine already folds {path.parent.parent}. One log has one engine: stop "
            "that process, or give this one another data folder."
        ) from error
    return file


def main() -> None:
    """Run the engine of one data folder."""
    words = argparse.ArgumentParser(prog="python -m gongbi.stream.engine", description=__doc__)
    words.add_argument("--data", default=os.environ.get("GONGBI_DATA", "./var"))
    words.add_argument("--until-end", action="store_true", help="end where the log ends now")
    words.add_argument("--checkpoint-seconds", type=float, default=CHECKPOINT_SECONDS)
    words.add_argument(
        "--large-bytes", type=int, default=LARGE_BYTES, help="memory that a child writes aside"
    )
    given = words.parse_args()
    tell_in_json()
    data = Path(given.data).resolve()
    forget_stale()
    try:
        runner = Runner(
            data, checkpoint_seconds=given.checkpoint_seconds, large_bytes=given.large_bytes
        )
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, runner.stop)
        runner.run(until_end=given.until_end)
    except (TwoEngines, LogDamaged, FileNotFoundError) as error:
        said.error("%s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
