"""The log's notice board: a few numbers the writer keeps in a mapped file for whoever reads.

``end`` moves only after ``fdatasync``, so a reader that stays below it never sees a row that a
power cut could take back.
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

_NUMBERS = struct.Struct("<8q")
_ONE = struct.Struct("<q")
NEVER = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Board:
    """Log position that is safe on disk, rows before it, and what the clocks say."""

    end: int = 0
    rows: int = 0
    stamp: int = 0  # newest receive stamp, microseconds
    clamped: int = 0  # stamps held back because the machine's clock went backwards
    tick: int = NEVER  # newest tick, microseconds
    plan: int = 0
    frames: int = 0
    failures: int = 0  # writes refused by the disk


def read_board(log: Path) -> Board | None:
    """What the board says, or None when no writer has ever run."""
    try:
        packed = (log / "board").read_bytes()
    except FileNotFoundError:
        return None
    return Board(*_NUMBERS.unpack(packed)) if len(packed) == _NUMBERS.size else None


class BoardWriter:
    """The writer's side; ``end`` is set last, in one aligned store."""

    def __init__(self, log: Path) -> None:
        path = log / "board"
        if not path.exists() or path.stat().st_size != _NUMBERS.size:
            path.write_bytes(_NUMBERS.pack(*_fields(Board())))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _NUMBERS.size)

    def show(self, board: Board) -> None:
        """Publish these numbers."""
        fields = _fields(board)
        for place in range(len(fields) - 1, -1, -1):
            _ONE.pack_into(self._map, 8 * place, fields[place])

    def close(self) -> None:
        """Let the file go."""
        self._map.close()


def _fields(board: Board) -> tuple[int, ...]:
    return (
        board.end,
        board.rows,
        board.stamp,
        board.clamped,
        board.tick,
        board.plan,
        board.frames,
        board.failures,
    )
