"""Reading many sorted Parquet files as one, in blocks of whole series that fit in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gongbi.stream.plans import read_table

BLOCK_ROWS = 4_000_000
_ALL = 1 << 62


@dataclass(frozen=True, slots=True)
class Names:
    """Series ids in order, and the indicator of each."""

    ids: NDArray[np.int64]
    indicators: NDArray[np.str_]

    def of(self, series: NDArray[np.int64]) -> NDArray[np.str_]:
        """The indicator of each series; "" where no plan knows it."""
        if not len(self.ids):
            return np.full(len(series), "", self.indicators.dtype)
        at = np.minimum(np.searchsorted(self.ids, series), len(self.ids) - 1)
        return np.where(self.ids[at] == series, self.indicators[at], "")


def read_names(data: Path) -> Names:
    """Indicators of every series of every plan kept; the newest plan's word wins."""
    return _names(tuple(sorted(data.glob("plans/[0-9]*/series.arrow"), reverse=True)))


@lru_cache(maxsize=2)
def _names(paths: tuple[Path, ...]) -> Names:
    """Names of these plans; a plan's files never change, so they are remembered."""
    tables = [read_table(path).select(["id", "indicator"]) for path in paths]
    if not tables:
        return Names(np.empty(0, np.int64), np.empty(0, "U1"))
    joined = pa.concat_tables(tables)
    ids, first = np.unique(joined["id"].to_numpy(), return_index=True)
    names = joined["indicator"].to_numpy(zero_copy_only=False).astype(np.str_)
    return Names(ids, names[first])


def sorted_blocks(
    paths: Sequence[Path], time: str, columns: list[str], *, block_rows: int = BLOCK_ROWS
) -> Iterator[pa.Table]:
    """All rows of some files by series and ``time``, in blocks that split no series.

    Each file must be sorted by series; which row groups a block needs is read from their footers.
    """
    files = [_Footer(path) for path in paths]
    for low, high in _ranges(files, block_rows):
        parts = [part for file in files if (part := file.read(low, high, columns)) is not None]
        if parts:
            yield in_order(pa.concat_tables(parts, promote_options="default"), time)


class _Footer:
    """A file's row groups: the least and greatest series and the rows of each."""

    def __init__(self, path: Path) -> None:
        self.file = pq.ParquetFile(path, memory_map=True)
        metadata = self.file.metadata
        column = self.file.schema_arrow.get_field_index("series")
        groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
        stats = [group.column(column).statistics for group in groups if group.num_rows]
        self.low = np.array([one.min for one in stats], np.int64)
        self.high = np.array([one.max for one in stats], np.int64)
        self.rows = np.array([group.num_rows for group in groups if group.num_rows], np.int64)

    def read(self, low: int, high: int, columns: list[str]) -> pa.Table | None:
        """Rows of series in [low, high)."""
        meets = np.flatnonzero((self.low < high) & (self.high >= low)).tolist()
        if not meets:
            return None
        names = [name for name in columns if name in self.file.schema_arrow.names]
        table = self.file.read_row_groups(meets, columns=names, use_threads=False)
        series = table["series"].to_numpy()
        begin, end = np.searchsorted(series, [low, high]).tolist()
        return table.slice(begin, end - begin)


def _ranges(files: list[_Footer], block_rows: int) -> list[tuple[int, int]]:
    """[low, high) of series such that a block has about ``block_rows`` rows."""
    lows = np.concatenate([np.empty(0, np.int64), *(file.low for file in files)])
    rows = np.concatenate([np.empty(0, np.int64), *(file.rows for file in files)])
    order = np.argsort(lows, kind="stable")
    blocks = np.cumsum(rows[order]) // block_rows
    cuts = np.unique(lows[order][1:][blocks[1:] > blocks[:-1]]).tolist()
    return list(zip([-_ALL * 2, *cuts], [*cuts, _ALL * 2 - 1], strict=True))


def in_order(table: pa.Table, time: str) -> pa.Table:
    """A table by series and time; of runs that are sorted already this is nearly free."""
    table = table.combine_chunks()
    series = table["series"].to_numpy()
    ids = pc.unique(table["series"]).to_numpy()
    ranks = np.searchsorted(np.sort(ids), series)
    moments = table[time].cast(pa.int64()).to_numpy()
    span = int(moments.max(initial=0)) - (base := int(moments.min(initial=0))) + 1
    if len(ids) * span < 1 << 62:
        order = np.argsort(ranks * span + (moments - base), kind="stable")
    else:
        order = np.lexsort((moments, series))
    return table if (order[1:] > order[:-1]).all() else table.take(pa.array(order))


def split_by_indicator(table: pa.Table, names: Names) -> Iterator[tuple[str, pa.Table]]:
    """A sorted table cut into its indicators, each still sorted."""
    of = names.of(table["series"].to_numpy())
    codes, inverse = np.unique(of, return_inverse=True)
    if len(codes) == 1:
        yield str(codes[0]), table
        return
    order = np.argsort(inverse, kind="stable")
    ends = np.cumsum(np.bincount(inverse, minlength=len(codes)))
    whole = table.take(pa.array(order))
    for code, begin, end in zip(codes, [0, *ends[:-1]], ends, strict=True):
        yield str(code), whole.slice(int(begin), int(end - begin))
