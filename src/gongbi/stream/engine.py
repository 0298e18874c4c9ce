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
from pathlib import Path
from types import FrameType

import orjson

from gongbi.stream import facts
from gongbi.stream.board import NEVER
from gongbi.stream.checkpoint import checkpoint_paths, read_checkpoint, write_checkpoint
from gongbi.stream.compiled import forget_stale
from gongbi.stream.fold_log import Engine
from gongbi.stream.log_reader import LogReader
from gongbi.stream.log_writer import wall_micros
from gongbi.stream.made import ARRAYS as MADE
from gongbi.stream.segments import LogDamaged
from gongbi.stream.sensors import ARRAYS
from gongbi.stream.snapshot import latest_table, write_latest, write_whole
from gongbi.stream.state import KINDS
from gongbi.stream.telling import tell_in_json

said = logging.getLogger("gongbi.stream.engine")

CHECKPOINT_SECONDS = 10.0
SNAPSHOT_SECONDS = 1.0
IDLE_SECONDS = 0.02
LONG_CHECKPOINT_SECONDS = 0.5
"""A checkpoint that takes longer is made more seldom, so that it costs a twentieth at most."""
REPORT_SECONDS = 30.0


class TwoEngines(Exception):
    """Another engine folds this log."""


class Runner:
    """Drives an engine: reading, checkpoints, snapshots. None of it shows in the output."""

    def __init__(self, data: Path, *, checkpoint_seconds: float = CHECKPOINT_SECONDS) -> None:
        self.data = data
        (data / "engine").mkdir(parents=True, exist_ok=True)
        self._lock = _lock(data / "engine" / "engine.lock")
        self.engine = Engine(data)
        self._every = checkpoint_seconds
        self._saved_at = time.monotonic()
        self._saved_position, self._saved_stamp = 0, NEVER
        self._finished_before: list[int] = []
        self._shown_at, self._shown_told, self._latest_at = 0.0, -1, 0.0
        self._reported_at, self._reported_rows = time.monotonic(), 0
        self._stop = self._begun = False
        self._resume()
        self.reader = LogReader(data / "log", self.engine.position, self.engine.number)

    def _resume(self) -> None:
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
        self.checkpoint()
        self.show(force=True)
        self.release()

    def release(self) -> None:
        """Close the files and let another engine have the log."""
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
        if moved and now - self._saved_at >= self._every:
            self.checkpoint()
        if now - self._shown_at >= SNAPSHOT_SECONDS:
            self.show()
        elif idle:
            self.engine.outputs.flush()
        if now - self._reported_at >= REPORT_SECONDS:
            self._report(now)

    def checkpoint(self) -> None:
        """Make the files safe, then remember how long they are and what the arrays hold."""
        began = time.monotonic()
        engine = self.engine
        engine.outputs.sync()
        write_checkpoint(self.data, engine.books(), engine.arrays())
        # A recent file may go once both checkpoints that are kept know its hour as finished.
        if len(checkpoint_paths(self.data)) > 1:
            engine.outputs.drop_finished(
                [hour for hour in engine.outputs.finished if hour in self._finished_before]
            )
        self._finished_before = list(engine.outputs.finished)
        self._saved_at, self._saved_position = time.monotonic(), engine.position
        self._saved_stamp = wall_micros()
        if self._saved_at - began > LONG_CHECKPOINT_SECONDS:
            self._every = max(self._every, 20 * (self._saved_at - began))

    def show(self, *, force: bool = False) -> None:
        """Let readers see: flush the files, write the status and the newest readings."""
        engine = self.engine
        engine.outputs.flush()
        state = engine.state
        if state is not None and (force or engine.told != self._shown_told):
            write_latest(self.data, latest_table(state))
            self._shown_told = engine.told
        late = int(state.bands["late"].max(initial=0)) if state is not None else 0
        words = {
            "position": engine.position,
            "rows": engine.rows,
            "late": engine.late,
            "left_out": engine.left_out,
            "clock": engine.clock,
            "watermark": engine.clock - late if engine.clock != NEVER else None,
            "checkpoint": self._saved_stamp,
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


def _lock(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
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
    given = words.parse_args()
    tell_in_json()
    data = Path(given.data).resolve()
    forget_stale()
    try:
        runner = Runner(data, checkpoint_seconds=given.checkpoint_seconds)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, runner.stop)
        runner.run(until_end=given.until_end)
    except (TwoEngines, LogDamaged, FileNotFoundError) as error:
        said.error("%s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
