"""Reading the log behind its writer: frames up to the position that is safe on disk."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gongbi.stream import frames
from gongbi.stream.board import read_board
from gongbi.stream.frames import Frame
from gongbi.stream.segments import (
    LogDamaged,
    frames_or_gap,
    segment_of,
    segment_path,
    segment_starts,
)

CHUNK_BYTES = 8 << 20


class LogReader:
    """Follows a log from a position; ``number`` is that of the frame expected next."""

    def __init__(self, log: Path, position: int = 0, number: int = 0) -> None:
        self._log = log
        self.position = position
        self.number = number
        self._starts: list[int] = []
        self.skipped = 0

    def skip_removed(self) -> int:
        """Go on where the log begins when it was shortened past here; how many bytes that skips.

        Only for who may miss something: the engine must not.
        """
        starts = segment_starts(self._log)
        if not starts or self.position >= starts[0]:
            return 0
        skipped, path = starts[0] - self.position, segment_path(self._log, starts[0])
        first = frames.read_at(read_bytes(path, 0, path.stat().st_size), 0, starts[0])
        if first is None:
            return 0
        self.position, self.number, self._starts = first.start, first.number, starts
        return skipped

    def read(self) -> Iterator[Frame]:
        """The next whole frames, about eight megabytes of them; nothing when there is no more.

        The caller may stop at any frame: ``position`` and ``number`` follow each one given.
        LogDamaged when frames are missing.
        """
        board = read_board(self._log)
        if board is None or board.end <= self.position:
            return
        start, until = self._stretch(board.end)
        path = segment_path(self._log, start)
        wanted = CHUNK_BYTES
        while True:
            buffer = read_bytes(path, self.position - start, min(wanted, until - self.position))
            before = self.position
            yield from self._frames(path, buffer)
            if self.position > before:
                return
            if wanted >= until - before:
                raise LogDamaged(path, before, "the log goes on but no frame is whole here")
            wanted *= 4

    def _stretch(self, end: int) -> tuple[int, int]:
        """(start of the segment the position is in, position up to which to read in it)."""
        if not self._starts or self.position >= self._starts[-1]:
            self._starts = segment_starts(self._log)
        start = segment_of(self._starts, self.position)
        if start > self.position:
            why = f"the log begins at {start}, what was before it has been removed"
            raise LogDamaged(segment_path(self._log, start), self.position, why)
        later = [other for other in self._starts if other > self.position]
        return start, min([*later[:1], end])

    def _frames(self, path: Path, buffer: memoryview) -> Iterator[Frame]:
        for found in frames_or_gap(path, buffer, self.position, self.number):
            if isinstance(found, tuple):
                self.skipped += found[1] - found[0]
                continue
            if found.number != self.number:
                why = f"frame {self.number} is missing, frame {found.number} stands here"
                raise LogDamaged(path, found.start, why)
            self.position, self.number = found.end, found.number + 1
            yield found


def read_bytes(path: Path, at: int, size: int) -> memoryview:
    """Bytes of a file in memory aligned for columns of eight bytes."""
    place = np.empty(size + 8, np.uint8)
    shift = -place.ctypes.data % 8
    with path.open("rb") as file:
        file.seek(at)
        got = file.readinto(place.data[shift : shift + size])
    return place.data[shift : shift + got]


def all_frames(log: Path, starts: list[int] | None = None) -> Iterator[Frame]:
    """Every whole frame of the given segments (default: all) that is safe on disk."""
    board = read_board(log)
    end = board.end if board else 0
    for start in segment_starts(log) if starts is None else starts:
        path = segment_path(log, start)
        try:
            size = min(path.stat().st_size, end - start)
            buffer = read_bytes(path, 0, max(size, 0))
        except FileNotFoundError:  # the log was shortened meanwhile
            continue
        yield from frames.walk(buffer, start)
