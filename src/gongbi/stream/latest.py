"""The newest reading of each series, in a file that the engine and its readers map together.

Nothing is written to show it: the engine's own memory of what it told last *is* the file. A number
at its head is odd while that memory changes, so a reader takes what it copied only when the number
was even and is the same afterwards. A file belongs to one order of series; a new plan begins
another, and who still reads the old one reads on.
"""

import struct
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gongbi.kernel.stream.fold import BAND, UNBORN
from gongbi.kernel.vitals.closing import NEWEST
from gongbi.stream.outputs import READINGS, real_or_none

LATEST = pa.schema([*READINGS, ("provisional", pa.bool_())])
FILE = "engine/latest.bin"
_MAGIC = b"GBLATES1"
_HEAD = struct.Struct("<8s3q")  # magic, turn, series, bands
_TURN = 1  # place of the turn among the head's 8-byte numbers
_PIECE = 1 << 16
_PATIENCE_SECONDS = 0.5
Some = Sequence[int] | NDArray[np.int64]


class Latest:
    """The engine's side: ``newest`` is the memory that is shared."""

    def __init__(self, data: Path, series_ids: NDArray[np.int64], bands: NDArray[np.void]) -> None:
        path = data / FILE
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(_HEAD.pack(_MAGIC, 0, len(series_ids), len(bands)))
            file.write(np.ascontiguousarray(series_ids).data.cast("B"))
            file.write(bands.tobytes())
            file.truncate(file.tell() + len(series_ids) * NEWEST.itemsize)
        whole = np.memmap(draft, np.uint8, "r+")
        draft.replace(path)
        self._head, _, self._bands, self.newest = _parts(whole)

    def change(self, begins: bool) -> None:
        """Say that the memory is about to change, or has been changed."""
        if (self._head[_TURN] % 2 == 1) != begins:
            self._head[_TURN] += 1

    def show(self, bands: NDArray[np.void]) -> None:
        """Say how far the bands are."""
        self._bands[:] = bands


def _parts(whole: NDArray[np.uint8]) -> tuple[Any, Any, Any, Any]:
    """(head, series ids, bands, newest) of a mapped file."""
    head = whole[: _HEAD.size].view(np.int64)
    _, _, series, bands = head.tolist()
    cuts = np.cumsum([_HEAD.size, 8 * series, bands * BAND.itemsize, series * NEWEST.itemsize])
    kinds = (np.dtype("i8"), BAND, NEWEST)
    found = [whole[a:b].view(k) for a, b, k in zip(cuts, cuts[1:], kinds, strict=False)]
    return head, found[0], found[1], found[2]


def read_latest(data: Path, series: Sequence[int] | None = None) -> pa.Table:
    """The newest readings of these series (None: of all); empty when the engine has not run."""
    try:
        whole = np.memmap(data / FILE, np.uint8, "r")
    except (FileNotFoundError, ValueError):
        return LATEST.empty_table()
    head, ids, bands, newest = _parts(whole)
    slots = np.arange(len(ids)) if series is None else _slots_of(series, ids, bands)
    tables = [_table(*piece) for piece in _pieces(head, slots, ids, bands, newest)]
    return pa.concat_tables(tables) if tables else LATEST.empty_table()


def read_worst(data: Path, series: Some | None, most: int) -> pa.Table:
    """The ``most`` newest readings at the highest levels; of equal ones the latest window.

    Chosen in the shared memory and copied afterwards: a level that changed in between shows as it
    is now.
    """
    try:
        whole = np.memmap(data / FILE, np.uint8, "r")
    except (FileNotFoundError, ValueError):
        return LATEST.empty_table()
    head, ids, bands, newest = _parts(whole)
    slots = _worst(np.arange(len(ids)) if series is None else _slots_of(series, ids, bands),
                   bands, newest, most)  # fmt: skip
    taken, reached = _copy(head, slots, newest, bands)
    table = _table(
        ids[slots], taken, reached[np.searchsorted(reached["start"], slots, "right") - 1]
    )
    keys = [(name, "descending") for name in ("level", "window_start", "series")]
    return table.sort_by(keys)


def _worst(slots: Any, bands: Any, newest: Any, most: int) -> NDArray[np.int64]:
    """Slots of the worst, in order of slots; only the lowest level that is shown is ranked."""
    known = newest["window"][slots] != UNBORN
    slots, level = slots[known], newest["level"][slots][known]
    for cut in range(int(level.max(initial=0)), int(level.min(initial=0)) - 1, -1):
        if (level >= cut).sum() >= most:
            break
    else:
        return np.asarray(slots)
    above, level_with = slots[level > cut], slots[level == cut]
    band = bands[np.searchsorted(bands["start"], level_with, "right") - 1]
    start = newest["window"][level_with] * band["width"] + band["offset"]
    left = most - len(above)
    latest = np.lexsort((level_with, start))[-left:] if left else np.empty(0, np.int64)
    return np.sort(np.concatenate((above, level_with[latest])))


def _slots_of(series: Some, ids: Any, bands: Any) -> NDArray[np.int64]:
    """Where these series lie; ids are in order within a band."""
    wanted = np.unique(np.array(list(series), np.int64))
    found = [np.empty(0, np.int64)]
    for band in bands:
        mine = ids[band["start"] : band["start"] + band["size"]]
        at = np.searchsorted(mine, wanted)
        hit = at < len(mine)
        hit[hit] = mine[at[hit]] == wanted[hit]
        found.append(at[hit] + band["start"])
    return np.sort(np.concatenate(found))


def _pieces(head: Any, slots: Any, ids: Any, bands: Any, newest: Any) -> Iterator[Any]:
    for begin in range(0, len(slots), _PIECE):
        at = slots[begin : begin + _PIECE]
        taken, reached = _copy(head, at, newest, bands)
        yield ids[at], taken, reached[np.searchsorted(reached["start"], at, "right") - 1]


def _copy(head: Any, at: Any, newest: Any, bands: Any) -> tuple[Any, Any]:
    """A copy made while nothing changed; of an engine killed amid a change, what there is."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        before = int(head[_TURN])
        found = newest[at], np.array(bands)
        if (before % 2 == 0 and int(head[_TURN]) == before) or time.monotonic() > until:
            return found
        time.sleep(0.001)


def _table(ids: Any, newest: Any, bands: Any) -> pa.Table:
    known = newest["window"] != UNBORN
    ids, newest, bands = ids[known], newest[known], bands[known]
    start = newest["window"] * bands["width"] + bands["offset"]
    columns = [
        pa.array(ids),
        pa.array(start).cast(LATEST.field("window_start").type),
        pa.array(newest["count"].astype(np.int64)),
        pa.array(np.ascontiguousarray(newest["value"]), mask=np.isnan(newest["value"])),
        pa.array(newest["level"].astype(np.int8)),
        *(real_or_none(newest[name]) for name in ("expected", "scatter")),
        pa.array(newest["window"] >= bands["final"]),
    ]
    return pa.table(columns, schema=LATEST)
