"""The one writer of the log: frames in, positions out, safe on disk before anyone is told."""

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from gongbi.stream import frames
from gongbi.stream.board import NEVER, Board, BoardWriter
from gongbi.stream.frames import Bytes, Kind
from gongbi.stream.recovery import Recovered, recover
from gongbi.stream.segments import EMPTY_SEAL, SEGMENT_BYTES, pack_seal, segment_path
from gongbi.stream.senders import Senders, Stored

said = logging.getLogger("gongbi.stream.log")


class TwoWriters(Exception):
    """Another process writes this log."""


class CannotWrite(Exception):
    """The disk refused; nothing of the batch was stored and the log is whole."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame to write, and what it means for the writer's own books."""

    kind: Kind
    parts: list[Bytes]
    rows: int = 0
    sender: str = ""
    sequence: int = frames.NO_SEQUENCE
    body_crc: int = 0
    span: tuple[int, int] | None = None  # earliest and latest time of the rows, microseconds
    tick: int | None = None
    plan: int | None = None
    event: int | None = None


def wall_micros() -> int:
    """The machine's clock, microseconds since 1970 UTC."""
    return time.time_ns() // 1000


class LogWriter:
    """Holds the lock, the open segment and what a restart needs to know."""

    def __init__(
        self,
        log: Path,
        *,
        clock: Callable[[], int] = wall_micros,
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        log.mkdir(parents=True, exist_ok=True)
        self._log, self._clock, self._segment_bytes = log, clock, segment_bytes
        self._lock = _lock(log / "writer.lock")
        try:
            found = recover(log)
            self._file = self._open(found)
        except BaseException:
            os.close(self._lock)
            raise
        self.senders: Senders = found.senders
        self.plan_digest, self.event = found.plan_digest, found.event
        self._seal, self._start, self.board = found.seal, found.start, found.board
        self._board_file = BoardWriter(log)
        self._board_file.show(self.board)
        self._broken = ""

    def _open(self, found: Recovered) -> int:
        """The file to append to, or -1 when a new segment must be begun."""
        if found.start < 0 or found.sealed:
            return -1
        file = os.open(segment_path(self._log, found.start), os.O_RDWR | os.O_CLOEXEC)
        os.fdatasync(file)
        os.lseek(file, found.board.end - found.start, os.SEEK_SET)
        return file

    def write(self, entries: list[Entry]) -> int:
        """Append the entries as frames, wait for the disk, return the new end of the log.

        CannotWrite: none of them is stored.
        """
        if self._broken:
            raise CannotWrite(self._broken)
        if self._file >= 0 and self.board.end - self._start >= self._segment_bytes:
            self._turn_segment()
        if self._file < 0:
            self._begin_segment()
        board, pieces = self._build(entries)
        self._append(pieces)
        for entry in entries:
            self._remember(entry)
        self._publish(board)
        return board.end

    def _build(self, entries: list[Entry]) -> tuple[Board, list[Bytes]]:
        board, pieces = self.board, list[Bytes]()
        for entry in entries:
            board = self._stamped(board)
            pieces += frames.build(entry.kind, board.frames, board.stamp, entry.parts)
            board = replace(
                board,
                frames=board.frames + 1,
                rows=board.rows + entry.rows,
                tick=board.tick if entry.tick is None else entry.tick,
                plan=board.plan if entry.plan is None else entry.plan,
            )
        return replace(board, end=board.end + sum(len(piece) for piece in pieces)), pieces

    def _stamped(self, board: Board) -> Board:
        """A receive stamp that never decreases, whatever the machine's clock does."""
        now = self._clock()
        if now >= board.stamp:
            return replace(board, stamp=now)
        if board.stamp - now > 1_000_000 and board.clamped == self.board.clamped:
            back = (board.stamp - now) / 1e6
            said.warning("The machine's clock is %.1f s behind the last receive stamp.", back)
        return replace(board, clamped=board.clamped + 1)

    def _append(self, pieces: list[Bytes]) -> None:
        try:
            _write_all(self._file, pieces)
            os.fdatasync(self._file)
        except OSError as error:
            self._take_back(error)
            why = error.strerror or "write error"
            raise CannotWrite(
                f"The disk refused the write ({why}); nothing of this batch was stored. "
                "Free space in the data folder, then send it again."
            ) from error

    def _take_back(self, error: OSError) -> None:
        """Cut the file to its last good end; when even that fails, write no more."""
        self.board = replace(self.board, failures=self.board.failures + 1)
        self._board_file.show(self.board)
        at = self.board.end - self._start
        try:
            os.ftruncate(self._file, at)
            os.lseek(self._file, at, os.SEEK_SET)
            os.fdatasync(self._file)
        except OSError as second:
            self._broken = (
                f"The log could not be made whole after a failed write ({second.strerror}). "
                "Mend the disk, then restart the ingest process."
            )
        said.error("Write refused by the disk: %s", error)

    def _remember(self, entry: Entry) -> None:
        if entry.sequence != frames.NO_SEQUENCE:
            stored = Stored(entry.rows, entry.body_crc)
            self.senders.add(entry.sender, entry.sequence, stored)
        if entry.span is not None:
            self._seal = replace(
                self._seal,
                rows=self._seal.rows + entry.rows,
                earliest=min(self._seal.earliest, entry.span[0]),
                latest=max(self._seal.latest, entry.span[1]),
            )
        if entry.event is not None:
            self.event = entry.event
        if entry.kind is Kind.PLAN:
            self.plan_digest = bytes(entry.parts[1]).decode()

    def _publish(self, board: Board) -> None:
        self.board = board
        self._board_file.show(board)

    def _turn_segment(self) -> None:
        """Seal the full segment; the next one is begun by whoever writes next."""
        seal = replace(self._seal, last_stamp=self.board.stamp)
        board, pieces = self._build([Entry(Kind.SEAL, [pack_seal(seal)])])
        self._append(pieces)
        self._publish(board)
        os.close(self._file)
        self._file = -1

    def _begin_segment(self) -> None:
        path = segment_path(self._log, self.board.end)
        board, pieces = self._build([Entry(Kind.BEGIN, [self._memory()])])
        file = -1
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            _write_all(file, pieces)
            os.fdatasync(file)
            _sync_folder(self._log)
        except OSError as error:
            _throw_away(file, path)
            self.board = replace(self.board, failures=self.board.failures + 1)
            raise CannotWrite(
                f"No new log segment can be begun ({error.strerror}); nothing of this batch was "
                "stored. Free space in the data folder, then send it again."
            ) from error
        self._file, self._start, self._seal = file, self.board.end, EMPTY_SEAL
        self._publish(board)

    def _memory(self) -> bytes:
        board = self.board
        return orjson.dumps(
            {
                "rows": board.rows,
                "clamped": board.clamped,
                "tick": None if board.tick == NEVER else board.tick,
                "plan": board.plan,
                "plan_digest": self.plan_digest,
                "event": self.event,
                "senders": self.senders.pack(),
            }
        )

    def close(self) -> None:
        """Let the log go; another process may write it from now."""
        for file in (self._file, self._lock):
            if file >= 0:
                os.close(file)
        self._file = self._lock = -1
        self._board_file.close()


def _lock(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(file, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(file)
        raise TwoWriters(
            f"Another process (number {holder}) already writes {path.parent}. One log has one "
            "writer: stop that process, or give this one another data folder."
        ) from error
    os.ftruncate(file, 0)
    os.pwrite(file, str(os.getpid()).encode(), 0)
    return file


def _throw_away(file: int, path: Path) -> None:
    with contextlib.suppress(OSError):
        if file >= 0:
            os.close(file)
        path.unlink(missing_ok=True)


def _write_all(file: int, pieces: list[Bytes]) -> None:
    joined = pieces if len(pieces) <= 1000 else [b"".join(pieces)]
    wanted = sum(len(piece) for piece in joined)
    written = os.writev(file, joined)
    if written < wanted:
        rest = memoryview(b"".join(joined))[written:]
        while rest:
            rest = rest[os.write(file, rest) :]


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
