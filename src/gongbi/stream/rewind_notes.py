"""What was told of a window before it was corrected: so that the past can be shown as it was.

A reading carries the engine's clock of the moment it was told. Of an hour that is finished only
the last word of each window goes into Parquet; earlier words, where there were any, lie in
``readings/superseded/<hour>.rec``, in the order told. Both are pure functions of the log.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

MOMENT = pa.timestamp("us", tz="UTC")


def superseded_path(data: Path, hour: int) -> Path:
    """Earlier words on windows that begin in this hour (number since 1970 UTC)."""
    name = datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y-%m-%dT%H")
    return data / "readings" / "superseded" / f"{name}.rec"


def write_superseded(data: Path, hour: int, rows: NDArray[np.void]) -> None:
    """Put an hour's superseded readings in place at once, safe on disk."""
    path = superseded_path(data, hour)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(rows.tobytes())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def superseded(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Of readings in the order told, those that are not the last of their window."""
    order = np.lexsort((np.arange(len(rows)), rows["window_start"], rows["series"]))
    series, start = rows["series"][order], rows["window_start"][order]
    again = (series[1:] == series[:-1]) & (start[1:] == start[:-1])
    return rows[np.sort(order[:-1][again])] if len(rows) else rows


def read_superseded(data: Path, hour: int, kind: np.dtype[Any]) -> NDArray[np.void]:
    """The superseded readings of an hour, in the order told; none where nothing was corrected."""
    try:
        return np.frombuffer(superseded_path(data, hour).read_bytes(), kind)
    except FileNotFoundError:
        return np.empty(0, kind)


def with_told(table: pa.Table, told: NDArray[np.int64]) -> pa.Table:
    """Readings with one more column: the engine's clock when each was told."""
    return table.append_column("told", pa.array(told).cast(MOMENT))
