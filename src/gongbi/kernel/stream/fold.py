"""Fold rows into tumbling windows: one cell per series and open window, in the order of the log.

A window is ``[k * width + offset, (k + 1) * width + offset)`` with whole number ``k``. Each series
keeps a ring of ``ring`` cells for the windows ``final .. final + ring - 1``; a cell carries its
window's number, so a stale one is recognised and begun anew. A row below ``final`` is too late and
handed back, a row beyond the ring is ahead of the clock and handed back too: nothing is dropped.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.stream.slots import slot_of

UNBORN = -(1 << 60)
"""``final`` of a series whose clock has not begun: every row is ahead of it."""

BOOK = np.dtype(
    [
        ("width", "i8"),  # microseconds
        ("offset", "i8"),  # microseconds from 1970 UTC to where windows begin
        ("late", "i8"),  # microseconds a row may come after its window's end
        ("first", "i8"),  # place of the ring's first cell
        ("ring", "i8"),  # cells in the ring
        ("final", "i8"),  # first window that may still change
        ("closed", "i8"),  # first window that has no verdict yet
        ("due", "i8"),  # microseconds: nothing to do for this series before then
        ("born", "i8"),  # first window in which rows were expected
        ("aggregate", "i8"),
    ]
)
CELL = np.dtype(
    [
        ("window", "i8"),
        ("count", "i8"),
        ("sum", "f8"),
        ("min", "f8"),
        ("max", "f8"),
        ("last", "f8"),
        ("last_time", "i8"),
        ("positive", "i8"),
    ]
)
AGGREGATES = ("sum", "mean", "min", "max", "last", "count", "share")
SPARE_WINDOWS = 3


def ring_size(width: int, late: int) -> int:
    """Cells a series needs: those within the lateness bound, the open one and two ahead of it."""
    return -(-late // width) + SPARE_WINDOWS


@njit(cache=True)
def put(cell, window, time, value):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Add one row to its cell; a cell of another window is begun anew."""
    if cell["window"] != window:
        cell["window"] = window
        cell["count"] = 0
        cell["sum"] = 0.0
        cell["positive"] = 0
    if cell["count"] == 0:
        cell["min"] = value
        cell["max"] = value
        cell["last_time"] = time
        cell["last"] = value
    cell["count"] += 1
    cell["sum"] += value
    cell["positive"] += 1 if value > 0 else 0
    cell["min"] = min(cell["min"], value)
    cell["max"] = max(cell["max"], value)
    if time >= cell["last_time"]:
        cell["last_time"] = time
        cell["last"] = value


@njit(cache=True)
def value_of(cell, aggregate):  # type: ignore[no-untyped-def]
    """The cell's value under an aggregate (its place in ``AGGREGATES``); the cell is not empty."""
    if aggregate == 0:
        value = cell["sum"]
    elif aggregate == 1:
        value = cell["sum"] / cell["count"]
    elif aggregate == 2:
        value = cell["min"]
    elif aggregate == 3:
        value = cell["max"]
    elif aggregate == 4:
        value = cell["last"]
    elif aggregate == 5:
        value = float(cell["count"])
    else:
        value = cell["positive"] / cell["count"]
    return value


@njit(cache=True)
def offer(book, cells, dirty, series, time, value):  # type: ignore[no-untyped-def]
    """Fold one row into one series: 0 folded, 1 too late, 2 ahead of the ring."""
    entry = book[series]
    window = (time - entry["offset"]) // entry["width"]
    if window < entry["final"]:
        return 1
    if window >= entry["final"] + entry["ring"]:
        return 2
    put(cells[entry["first"] + window % entry["ring"]], window, time, value)
    if window < entry["closed"]:
        dirty[series] = 1
    return 0


@njit(cache=True, nogil=True)
def fold_rows(  # type: ignore[no-untyped-def]
    ids, times, values, keys, slots, starts, members, book, cells, dirty, kept
):
    """Fold a batch; return (rows handed back, rows whose datastream is unknown).

    ``keys``/``slots`` index the datastreams, ``members[starts[d]:starts[d + 1]]`` are the series
    of datastream slot d. ``kept`` (int64, n x 3) receives (row, series, 1 too late | 2 ahead) and
    must hold a row for each (row, series) of the batch.
    """
    back, unknown = 0, 0
    for row in range(ids.size):
        at = slot_of(ids[row], keys, slots)
        if at < 0:
            unknown += 1
            continue
        for place in range(starts[at], starts[at + 1]):
            series = members[place]
            fate = offer(book, cells, dirty, series, times[row], values[row])
            if fate:
                kept[back, 0], kept[back, 1], kept[back, 2] = row, series, fate
                back += 1
    return back, unknown


@njit(cache=True, nogil=True)
def fold_series(series, times, values, book, cells, dirty, fates):  # type: ignore[no-untyped-def]
    """Fold rows that already name their series; ``fates`` receives what ``offer`` says of each."""
    for row in range(series.size):
        fates[row] = offer(book, cells, dirty, series[row], times[row], values[row])


def empty_cells(count: int) -> NDArray[np.void]:
    """Cells that belong to no window."""
    cells = np.zeros(count, CELL)
    cells["window"] = UNBORN
    return cells
