"""Fold rows into tumbling windows: one cell per series and open window, in the order of the log.

A window is ``[k * width + offset, (k + 1) * width + offset)`` with whole number ``k``. Series that
share width, lateness and aggregate share a *band*: their windows open, close and become final
together, so a band keeps these once, for all. Its cells lie window by window, ``ring`` windows of
``size`` cells each, for the windows ``final .. final + ring - 1``. A row below ``final`` is too
late and handed back, a row beyond the ring is ahead of the clock and handed back too: nothing is
dropped.
"""

from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.stream.prefetch import prefetch
from gongbi.kernel.stream.slots import SlotIndex, slot_of

_Micros = TypeVar("_Micros", int, NDArray[np.int64])
UNBORN = -(1 << 60)
"""``final`` of a band whose clock has not begun: every row is ahead of it."""

BAND = np.dtype(
    [
        ("width", "i8"),  # microseconds
        ("offset", "i8"),  # microseconds from 1970 UTC to where windows begin
        ("late", "i8"),  # microseconds a row may come after its window's end
        ("aggregate", "i8"),  # its place in AGGREGATES
        ("ring", "i8"),  # windows that have cells
        ("held", "i8"),  # windows whose verdict may still be corrected, at most
        ("start", "i8"),  # slot of its first series; the others follow
        ("size", "i8"),  # its series
        ("cells", "i8"),  # place of its first cell
        ("times", "i8"),  # place of its first time of a last row; only ``last`` has them
        ("shown", "i8"),  # place of its first verdict shown
        ("profile", "i8"),  # place of its first profile of usual hours, -1 where it has none
        ("novel", "i8"),  # place of its first record of ``NOVELTY``, -1 where it has none
        ("final", "i8"),  # first window that may still change
        ("closed", "i8"),  # first window that has no verdict yet
        ("open", "i8"),  # microseconds at which that window begins
        ("here", "i8"),  # a slot and this make the place of its cell for that window
        ("born", "i8"),  # first window in which rows were expected
        ("depth", "i8"),  # 0 where rows are folded; what is made of series comes after these
        ("marked", "i8"),  # 1 when a row has changed a window that has a verdict
    ]
)
CELL = np.dtype([("value", "f8"), ("count", "i8")])
"""``value`` is the sum, lowest, highest or last of ``count`` rows, or how many were above 0."""
AGGREGATES = ("sum", "mean", "min", "max", "last", "count", "share")
SUM, MEAN, MIN, MAX, LAST, COUNT, SHARE = range(7)
SPARE_WINDOWS = 3
MANY = 1 << 62
SLOT_BITS = 40
BLOCK = 64
"""Rows looked up together, so that waiting for memory is done for all of them at once."""


class Planes(NamedTuple):
    """What rows are folded into."""

    bands: NDArray[Any]
    cells: NDArray[Any]
    times: NDArray[np.int64]
    """Microseconds of the last row of each cell of the bands of ``last``."""
    dirty: NDArray[np.int8]
    """By series slot: 1 when a row has changed a window that has a verdict."""


class Routes(NamedTuple):
    """Where the rows of a datastream go: the way of each id, found as ``slot_of`` finds slots.

    A way is ``band << SLOT_BITS | slot`` of the one series a datastream belongs to, or
    ``MANY | d``: then ``members[starts[d]:starts[d + 1]]`` are its ways.
    """

    keys: NDArray[np.int64]
    ways: NDArray[np.int64]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]


def ring_size(width: _Micros, late: _Micros) -> _Micros:
    """Windows a band keeps: those within the lateness bound, the open one and two ahead of it."""
    return -(-late // width) + SPARE_WINDOWS


def draw_routes(index: SlotIndex, starts: NDArray[np.int64], members: NDArray[np.int64]) -> Routes:
    """Routes of indexed datastreams; ``starts`` and ``members`` as in ``Routes``."""
    counts = np.diff(starts)
    single = counts == 1
    ways = np.arange(len(counts), dtype=np.int64) | MANY
    ways[single] = members[starts[:-1][single]]
    known = index.slots >= 0
    found = np.full(len(index.slots), -1, np.int64)
    found[known] = ways[index.slots[known]]
    return Routes(index.keys, found, starts, members)


@njit(cache=True)
def put(cells, times, band, at, time, value):  # type: ignore[no-untyped-def]  # Numba infers
    """Add one row to the cell at place ``at``."""
    cell, aggregate = cells[at], band["aggregate"]
    first = cell["count"] == 0
    if aggregate <= MEAN:
        cell["value"] += value
    elif aggregate == MIN:
        cell["value"] = value if first else min(cell["value"], value)
    elif aggregate == MAX:
        cell["value"] = value if first else max(cell["value"], value)
    elif aggregate == LAST:
        place = band["times"] + at - band["cells"]
        if first or time >= times[place]:
            cell["value"], times[place] = value, time
    elif aggregate == SHARE:
        cell["value"] += 1 if value > 0 else 0
    cell["count"] += 1


@njit(cache=True)
def value_of(cell, aggregate):  # type: ignore[no-untyped-def]
    """The cell's value under its band's aggregate; the cell is not empty."""
    if aggregate in (MEAN, SHARE):
        return cell["value"] / cell["count"]
    return float(cell["count"]) if aggregate == COUNT else cell["value"]


@njit(cache=True)
def window_at(band, time):  # type: ignore[no-untyped-def]
    """The number of the window in which ``time`` lies."""
    return (time - band["offset"]) // band["width"]


@njit(cache=True)
def cell_at(band, series, window):  # type: ignore[no-untyped-def]
    """The place of a series' cell for a window."""
    plane = window % band["ring"]
    return band["cells"] + plane * band["size"] + series - band["start"]


@njit(cache=True)
def find_open(bands):  # type: ignore[no-untyped-def]
    """Note where the open window of each band begins, and where its cells lie."""
    for number in range(bands.size):
        band = bands[number]
        if band["closed"] != UNBORN:
            band["open"] = band["closed"] * band["width"] + band["offset"]
            band["here"] = cell_at(band, 0, band["closed"])


@njit(cache=True)
def offer(bands, cells, newest, dirty, way, time, value):  # type: ignore[no-untyped-def]
    """Fold one row into one series: 0 folded, 1 too late, 2 ahead of the ring."""
    band, series = bands[way >> SLOT_BITS], way & ((1 << SLOT_BITS) - 1)
    window = window_at(band, time)
    if window < band["final"]:
        return 1
    if window >= band["final"] + band["ring"]:
        return 2
    put(cells, newest, band, cell_at(band, series, window), time, value)
    if window < band["closed"]:
        dirty[series] = 1
        band["marked"] = 1
    return 0


@njit(cache=True)
def _look_up(ids, times, begin, end, keys, known, bands, cells, ways, places):  # type: ignore[no-untyped-def]
    """Find the ways of a block of rows, and ask memory for cells of windows that are open.

    ``places`` receives the place of such a cell, -1 for a row that needs a closer look.
    """
    for row in range(begin, end):
        ways[row - begin] = slot_of(ids[row], keys, known)
    for row in range(begin, end):
        way, at = ways[row - begin], -1
        if 0 <= way < MANY:
            band = bands[way >> SLOT_BITS]
            if 0 <= times[row] - band["open"] < band["width"]:
                at = band["here"] + (way & ((1 << SLOT_BITS) - 1))
                prefetch(cells, at)  # type: ignore[call-arg]  # mypy sees its first argument
        places[row - begin] = at


@njit(cache=True)
def _keep(kept, back, row, way, fate):  # type: ignore[no-untyped-def]
    """Hand a row back unless it was folded; how many that makes."""
    if fate == 0:
        return back
    kept[back, 0], kept[back, 1], kept[back, 2] = row, way & ((1 << SLOT_BITS) - 1), fate
    return back + 1


@njit(cache=True, nogil=True)
def fold_rows(ids, times, values, routes, planes, kept):  # type: ignore[no-untyped-def]
    """Fold a batch; return (rows handed back, rows whose datastream is unknown).

    ``kept`` (int64, n x 3) receives (row, series, 1 too late | 2 ahead) and must hold a row for
    each (row, series) of the batch.
    """
    # Arrays are taken out of their tuples once: inside the loops each look would count references.
    bands, cells, newest, dirty = planes.bands, planes.cells, planes.times, planes.dirty
    keys, known, starts, members = routes.keys, routes.ways, routes.starts, routes.members
    back, unknown = 0, 0
    ways, places = np.empty(BLOCK, np.int64), np.empty(BLOCK, np.int64)
    for begin in range(0, ids.size, BLOCK):
        end = min(begin + BLOCK, ids.size)
        _look_up(ids, times, begin, end, keys, known, bands, cells, ways, places)
        for row in range(begin, end):
            way, time, value = ways[row - begin], times[row], values[row]
            if places[row - begin] >= 0:
                put(cells, newest, bands[way >> SLOT_BITS], places[row - begin], time, value)
            elif way < 0:
                unknown += 1
            elif way < MANY:
                fate = offer(bands, cells, newest, dirty, way, time, value)
                back = _keep(kept, back, row, way, fate)
            else:
                for place in range(starts[way ^ MANY], starts[(way ^ MANY) + 1]):
                    fate = offer(bands, cells, newest, dirty, members[place], time, value)
                    back = _keep(kept, back, row, members[place], fate)
    return back, unknown


@njit(cache=True)
def band_of(bands, series):  # type: ignore[no-untyped-def]
    """The number of the band in which a slot lies."""
    low, high = 0, bands.size
    while high - low > 1:
        middle = (low + high) // 2
        if bands[middle]["start"] <= series:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def fold_series(series, times, values, planes, fates):  # type: ignore[no-untyped-def]
    """Fold rows that already name their series; ``fates`` receives what ``offer`` says of each."""
    bands, cells, newest, dirty = planes.bands, planes.cells, planes.times, planes.dirty
    for row in range(series.size):
        way = (band_of(bands, series[row]) << SLOT_BITS) | series[row]
        fates[row] = offer(bands, cells, newest, dirty, way, times[row], values[row])


def lay_out(bands: NDArray[np.void]) -> Planes:
    """Give each band its places, one after the other, and return empty memory for all of them.

    ``width``, ``late``, ``aggregate``, ``ring`` and ``size`` must be set.
    """
    bands["held"] = np.maximum(bands["ring"] - SPARE_WINDOWS, 1)
    sizes, series = bands["ring"] * bands["size"], int(bands["size"].sum())
    timed = np.where(bands["aggregate"] == LAST, sizes, 0)
    bands["start"] = np.cumsum(bands["size"]) - bands["size"]
    bands["cells"] = np.cumsum(sizes) - sizes
    bands["times"] = np.cumsum(timed) - timed
    bands["shown"] = np.cumsum(bands["held"] * bands["size"]) - bands["held"] * bands["size"]
    cells = np.zeros(int(sizes.sum()), CELL)
    find_open(bands)
    return Planes(bands, cells, np.zeros(int(timed.sum()), np.int64), np.zeros(series, np.int8))


def empty_bands(count: int) -> NDArray[np.void]:
    """Bands whose clock has not begun."""
    bands = np.zeros(count, BAND)
    for name in ("final", "closed", "born", "open"):
        bands[name] = UNBORN
    bands["profile"] = bands["novel"] = -1
    return bands
