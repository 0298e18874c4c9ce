"""The newest rows of the log behind a position, for a reader that keeps its own place."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from gongbi.stream import frames
from gongbi.stream.board import read_board
from gongbi.stream.frames import Kind
from gongbi.stream.log_reader import CHUNK_BYTES, read_bytes
from gongbi.stream.segments import segment_of, segment_path, segment_starts


def newest_rows(data: Path, position: int | None) -> tuple[int, pa.Table]:
    """(position read up to, the latest row in time of each datastream in what was read).

    About eight megabytes of the log at a time; None begins with its last segment. Columns:
    datastream, time (microseconds since 1970), value.
    """
    log = data / "log"
    board, starts = read_board(log), segment_starts(log)
    if board is None or not starts:
        return position or 0, _table([])
    at = starts[-1] if position is None else max(position, starts[0])  # it may be shortened
    until = min([start for start in starts if start > at] + [board.end])
    parts, end = list[frames.Frame](), at
    wanted = CHUNK_BYTES
    while at < until and end == at:
        size, start = min(wanted, until - at), segment_of(starts, at)
        for frame in frames.walk(read_bytes(segment_path(log, start), at - start, size), at):
            end = frame.end
            parts += [frame] if frame.kind == Kind.ROWS else []
        if size == until - at:
            break
        wanted *= 4
    return end, _table(parts)


def _table(parts: list[frames.Frame]) -> pa.Table:
    batches = [frames.unpack_batch(part.payload) for part in parts]
    none = np.empty(0, np.int64)
    ids = np.concatenate([none, *(batch.ids for batch in batches)])
    times = np.concatenate([none, *(batch.times for batch in batches)])
    values = np.concatenate([none.astype(float), *(batch.values for batch in batches)])
    order = np.lexsort((times, ids))
    last = order[np.append(ids[order][1:] != ids[order][:-1], True)] if len(order) else order
    return pa.table({"datastream": ids[last], "time": times[last], "value": values[last]})
