"""What the engine shows to whoever asks: its status, and the newest reading of each series."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from gongbi.stream.board import NEVER, Board, read_board
from gongbi.stream.facts import moment_of


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """How far the log and the engine are. Times are None where nothing has happened yet."""

    log_end: int = 0
    log_rows: int = 0
    engine_position: int = 0
    lag_rows: int = 0
    watermark: datetime | None = None
    """No window that ends before this may change any more."""
    last_checkpoint: datetime | None = None
    clock: datetime | None = None
    """The newest tick in the log."""
    plan: int = 0
    late_rows: int = 0
    """Rows (per series) that came after their window was final; kept in ``engine/aside.log``."""
    stamps_clamped: int = 0
    """Receive stamps held back because the machine's clock went backwards."""
    writes_refused: int = 0
    facts_end: int = 0
    engine_seen: datetime | None = None
    """When the engine last said it was there (its machine's clock)."""


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None or micros <= NEVER else moment_of(micros)


def read_engine(data: Path) -> dict[str, Any]:
    """The engine's own words, {} when it has not spoken."""
    with contextlib.suppress(FileNotFoundError, orjson.JSONDecodeError):
        found: dict[str, Any] = orjson.loads((data / "engine" / "status.json").read_bytes())
        return found
    return {}


def status(data: Path) -> StreamStatus:
    """How far the log and the engine are; cheap, asks neither process."""
    board = read_board(data / "log") or Board()
    engine = read_engine(data)
    return StreamStatus(
        log_end=board.end,
        log_rows=board.rows,
        engine_position=engine.get("position", 0),
        lag_rows=max(0, board.rows - engine.get("rows", 0)),
        watermark=_moment(engine.get("watermark")),
        last_checkpoint=_moment(engine.get("checkpoint")),
        clock=_moment(board.tick),
        plan=board.plan,
        late_rows=engine.get("late", 0),
        stamps_clamped=board.clamped,
        writes_refused=board.failures,
        facts_end=engine.get("facts_end", 0),
        engine_seen=_moment(engine.get("seen")),
    )


def engine_figures(data: Path, board: Board) -> dict[str, float]:
    """The engine's figures under the names of ``/metrics``."""
    engine = read_engine(data)
    watermark = engine.get("watermark") or 0
    return {
        "gongbi_engine_position_bytes": engine.get("position", 0),
        "gongbi_engine_lag_rows": max(0, board.rows - engine.get("rows", 0)),
        "gongbi_engine_late_rows_total": engine.get("late", 0),
        "gongbi_engine_watermark_seconds": max(watermark, 0) / 1e6,
    }


def write_whole(path: Path, packed: bytes) -> None:
    """Put a small file in place at once. Not synced: it can be made again from the log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(packed)
    draft.replace(path)
