"""Readings of many series in columns, taken out of the verdicts that were drawn of them."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gongbi.kernel.vitals.closing import NEW


class Columns(NamedTuple):
    """Readings by column; ``series`` are ids."""

    series: NDArray[np.int64]
    counts: NDArray[np.int64]
    value: NDArray[np.float64]
    level: NDArray[np.int8]
    expected: NDArray[np.float32]
    scatter: NDArray[np.float32]


def empty_columns(rows: int) -> Columns:
    """Room for so many readings."""
    kinds = (np.int64, np.int64, np.float64, np.int8, np.float32, np.float32)
    found: list[Any] = [np.empty(rows, kind) for kind in kinds]
    return Columns(*found)


@njit(cache=True, nogil=True)
def gather(verdicts, ids, start, columns):  # type: ignore[no-untyped-def]  # Numba infers the types
    """Readings of the windows that begin at ``start``; (how many, whether something is expected,
    when the next window begins that has readings: ``start`` where there is none)."""
    series, counts, value, level = columns.series, columns.counts, columns.value, columns.level
    expected, scatter = columns.expected, columns.scatter
    put, usual, after = 0, False, start
    for at in range(verdicts.size):
        row = verdicts[at]
        if row["flags"] & NEW == 0:
            continue
        if row["begin"] != start:
            if row["begin"] > start and (after == start or row["begin"] < after):
                after = row["begin"]
            continue
        usual = usual or not np.isnan(row["expected"])
        series[put], counts[put], value[put] = ids[row["series"]], row["count"], row["value"]
        level[put], expected[put], scatter[put] = row["level"], row["expected"], row["scatter"]
        put += 1
    return put, usual, after


@njit(cache=True, nogil=True)
def first_start(verdicts):  # type: ignore[no-untyped-def]
    """(whether there are readings, start of the earliest window that has some)."""
    found, start = False, np.int64(0)
    for at in range(verdicts.size):
        row = verdicts[at]
        if row["flags"] & NEW and (not found or row["begin"] < start):
            found, start = True, row["begin"]
    return found, start


def cut(columns: Columns, count: int) -> Columns:
    """The first ``count`` readings."""
    found: list[Any] = [column[:count] for column in columns]
    return Columns(*found)


def columns_of(rows: Any) -> Columns:
    """The columns of rows that have these names."""
    names = ("series", "count", "value", "level", "expected", "scatter")
    kinds: list[Any] = [column.dtype for column in list[Any](empty_columns(0))]
    pairs = zip(names, kinds, strict=True)
    found: list[Any] = [np.ascontiguousarray(rows[name], kind) for name, kind in pairs]
    return Columns(*found)
