"""The worst hundred now: read from the memory the engine shares, as a plain sort would give it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongbi.kernel.stream.fold import BAND, UNBORN
from gongbi.stream import public as stream
from gongbi.stream.latest import Latest, read_latest, read_worst

MINUTE = 60_000_000
Rows = list[tuple[int, int]]
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=40)


def show(folder: Path, rows: Rows) -> None:
    """Two bands of series, one of minutes and one of five; a window of 0 was never told."""
    cut = len(rows) // 2
    bands = np.zeros(2, BAND)
    bands["width"], bands["start"], bands["size"] = [MINUTE, 5 * MINUTE], [0, cut], [cut, 0]
    bands["size"][1] = len(rows) - cut
    (folder / "engine").mkdir(exist_ok=True)
    latest = Latest(folder, np.arange(100, 100 + len(rows)), bands)
    latest.newest["level"] = [level for level, _ in rows]
    latest.newest["window"] = [window or UNBORN for _, window in rows]
    latest.newest["count"] = 1


def plainly(table: pa.Table, most: int) -> list[int]:
    keys = [(name, "descending") for name in ("level", "window_start", "series")]
    return table.sort_by(keys)["series"].to_pylist()[:most]


@given(rows=ROWS, most=st.integers(1, 12))
def test_the_worst_are_those_a_plain_sort_puts_first(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, most: int
) -> None:
    folder = tmp_path_factory.mktemp("worst")
    show(folder, rows)
    found = stream.worst_now(folder, most=most)["series"].to_pylist()
    assert found == plainly(read_latest(folder), most)


def test_of_some_series_only_those_are_ranked(tmp_path: Path) -> None:
    show(tmp_path, [(3, 1), (1, 1), (2, 1), (0, 1)])
    assert read_worst(tmp_path, [101, 103], 5)["series"].to_pylist() == [101, 103]


def test_before_the_engine_has_run_nothing_is_worst(tmp_path: Path) -> None:
    assert len(stream.worst_now(tmp_path)) == 0
