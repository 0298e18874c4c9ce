"""What a writer finds when it opens a log again: a torn tail is cut, a hole is refused."""

import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from gongbi.stream import frames
from gongbi.stream.board import NEVER, Board, read_board
from gongbi.stream.frames import Damaged, Frame, Kind
from gongbi.stream.segments import (
    EMPTY_SEAL,
    LogDamaged,
    Seal,
    frames_or_gap,
    segment_path,
    segment_starts,
)
from gongbi.stream.senders import Senders, Stored

said = logging.getLogger("gongbi.stream.log")


@dataclass(slots=True)
class Recovered:
    """Where the log ends and what its newest segment says; ``start`` is -1 when there is none."""

    start: int
    board: Board
    senders: Senders
    seal: Seal
    plan_digest: str = ""
    sealed: bool = False
    event: int = 0
    """The number of the newest event known ahead."""


def recover(log: Path) -> Recovered:
    """Read the newest segment, cut what is torn from its end, and take up its books."""
    starts = segment_starts(log)
    while starts:
        found = _read_segment(log, starts[-1])
        if found is not None:
            return found
        starts = _drop_empty(log, starts)
    return Recovered(-1, Board(), Senders(), EMPTY_SEAL)


def _drop_empty(log: Path, starts: list[int]) -> list[int]:
    """Remove a newest segment in which not even the first frame is whole."""
    path = segment_path(log, starts[-1])
    _keep_torn(log, starts[-1], path.read_bytes())
    said.warning("Segment %s was begun but holds no whole frame; removed.", path.name)
    path.unlink()
    return starts[:-1]


def _read_segment(log: Path, start: int) -> Recovered | None:
    path = segment_path(log, start)
    raw = path.read_bytes()
    buffer = memoryview(raw)
    try:
        first = frames.read_at(buffer, 0, start)
    except Damaged as damage:
        first = None
        _refuse_if_published(log, path, start, damage.why)
    if first is None or first.kind != Kind.BEGIN:
        return None
    found = _begin(start, first)
    for frame in frames_or_gap(path, buffer, start, first.number):
        if isinstance(frame, tuple):
            said.warning("Skipped %d..%d of the log: it provably held no frame.", *frame)
        elif frame.number != first.number:
            _take(found, frame)
    _cut(log, path, found, raw)
    return found


def _refuse_if_published(log: Path, path: Path, position: int, why: str) -> None:
    board = read_board(log)
    if board is not None and board.end > position:
        raise LogDamaged(path, position, why)


def _begin(start: int, first: Frame) -> Recovered:
    memory: dict[str, Any] = orjson.loads(first.payload)
    board = Board(
        end=first.end,
        rows=memory["rows"],
        stamp=first.stamp,
        clamped=memory["clamped"],
        tick=NEVER if memory["tick"] is None else memory["tick"],
        plan=memory["plan"],
        frames=first.number + 1,
    )
    senders = Senders.unpack(memory["senders"])
    event = memory.get("event", 0)  # logs of before know none
    return Recovered(start, board, senders, EMPTY_SEAL, memory["plan_digest"], event=event)


def _take(found: Recovered, frame: Frame) -> None:
    """Bring the books up to this frame."""
    board = replace(found.board, end=frame.end, stamp=frame.stamp, frames=frame.number + 1)
    if frame.kind == Kind.ROWS:
        board = replace(board, rows=board.rows + _take_rows(found, frame))
    elif frame.kind == Kind.TICK:
        board = replace(board, tick=frames.unpack_tick(frame.payload))
    elif frame.kind == Kind.PLAN:
        number, found.plan_digest = frames.unpack_plan(frame.payload)
        board = replace(board, plan=number)
    elif frame.kind == Kind.EVENT:
        found.event, _ = frames.unpack_event(frame.payload)
    found.board, found.sealed = board, frame.kind == Kind.SEAL


def _take_rows(found: Recovered, frame: Frame) -> int:
    batch = frames.unpack_batch(frame.payload)
    rows = len(batch.ids)
    if batch.sequence != frames.NO_SEQUENCE:
        found.senders.add(batch.sender, batch.sequence, Stored(rows, batch.body_crc))
    if rows:
        found.seal = replace(
            found.seal,
            rows=found.seal.rows + rows,
            earliest=min(found.seal.earliest, int(np.min(batch.times))),
            latest=max(found.seal.latest, int(np.max(batch.times))),
        )
    return rows


def _cut(log: Path, path: Path, found: Recovered, raw: bytes) -> None:
    """Cut the file after its last whole frame; the cut bytes are kept aside."""
    keep = found.board.end - found.start
    torn = len(raw) - keep
    if not torn:
        return
    _refuse_if_published(log, path, found.board.end, "a frame that was acknowledged is not whole")
    _keep_torn(log, found.board.end, raw[keep:])
    said.warning(
        "The log ended in %d bytes that are no whole frame (a write cut short, never "
        "acknowledged): cut at position %d.", torn, found.board.end
    )  # fmt: skip
    with path.open("r+b") as file:
        file.truncate(keep)
        os.fsync(file.fileno())


def _keep_torn(log: Path, position: int, torn: bytes) -> None:
    if torn:
        folder = log / "torn"
        folder.mkdir(exist_ok=True)
        (folder / f"{position:020d}.bin").write_bytes(torn)
