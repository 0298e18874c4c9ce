"""Compact files and tables say what the plain ones would: readings, newest readings, names."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.fold import empty_bands, lay_out
from gongbi.stream import outputs
from gongbi.stream.latest import FILE, Latest, read_latest
from gongbi.stream.outputs import (
    READING,
    newest_of,
    pack_readings,
    read_recent,
    table_of,
    write_parquet,
)
from gongbi.stream.plans import Names, alike

START = 1_454_716_800_000_000
ROW = st.tuples(
    st.integers(1, 2**40),
    st.integers(0, 2**33),
    st.floats(allow_nan=False),
    st.integers(-1, 3),
    st.one_of(st.just(float("nan")), st.floats(width=32, allow_nan=False)),
)


def readings_of(rows: list[Any], start: int = START) -> np.ndarray:
    """Readings of one window."""
    packed = [(s, start, count, value, level, e, e) for s, count, value, level, e in rows]
    return np.array(packed, READING)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(ROW, min_size=1, max_size=9), min_size=1, max_size=4), st.integers(0, 7))
def test_blocks_give_back_what_they_were_given(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[Any]], torn: int
) -> None:
    path = tmp_path_factory.mktemp("recent") / "2016-02-06T00.rec"
    parts = [readings_of(rows, START + 60 * at) for at, rows in enumerate(blocks)]
    raw = b"".join(pack_readings(part) for part in parts)
    path.write_bytes(raw + pack_readings(parts[0])[: torn * 4])
    whole = np.concatenate(parts)
    assert read_recent(path).tobytes() == whole.tobytes()
    middle = int(np.median(whole["series"]))
    low = whole[whole["series"] <= middle]
    assert read_recent(path, None, middle).tobytes() == low.tobytes()


def test_an_hour_in_portions_is_the_hour_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(5)
    parts = []
    for at in range(12):
        rows = np.zeros(400, READING)
        rows["series"] = np.sort(draw.permutation(9_000)[:400])
        rows["window_start"], rows["count"] = START + 300_000_000 * (at % 7), at + 1
        rows["value"] = draw.normal(size=400)
        rows["expected"] = rows["scatter"] = np.nan
        parts.append(rows)
    recent = tmp_path / "2016-02-06T00.rec"
    recent.write_bytes(b"".join(pack_readings(part) for part in parts))
    write_parquet(tmp_path / "one.parquet", recent)
    monkeypatch.setattr(outputs, "PORTION", 500)
    write_parquet(tmp_path / "many.parquet", recent)
    whole = pq.read_table(tmp_path / "one.parquet")
    assert whole.equals(pq.read_table(tmp_path / "many.parquet"))
    assert whole.equals(table_of(newest_of(np.concatenate(parts))))


def test_a_reader_waits_for_what_is_changing(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    bands = empty_bands(2)
    bands["size"], bands["ring"], bands["width"] = [3, 2], 4, 60_000_000
    lay_out(bands)
    bands["final"] = 10
    latest = Latest(tmp_path, np.array([5, 7, 9, 6, 8]), bands)
    latest.newest["window"] = [9, 10, -(1 << 60), 10, 9]
    latest.newest["value"] = [1.0, 2.0, 0.0, 3.0, np.nan]
    assert read_latest(tmp_path)["series"].to_pylist() == [5, 7, 6, 8]
    some = read_latest(tmp_path, [8, 7, 99, 7]).select(["series", "value", "provisional"])
    assert some.to_pydict() == {
        "series": [7, 8],
        "value": [2.0, None],
        "provisional": [True, False],
    }
    latest.change(True)
    assert latest._head[1] % 2 == 1
    assert read_latest(tmp_path, [7])["value"].to_pylist() == [2.0], "an engine killed amid"
    latest.change(False)
    assert latest._head[1] == 2
    (tmp_path / FILE).write_bytes(b"")
    assert read_latest(tmp_path).num_rows == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=12), unique=True, max_size=30), st.text(max_size=12))
def test_names_find_what_a_dictionary_finds(names: list[str], stranger: str) -> None:
    ids = np.arange(len(names), dtype=np.int64) * 3 + 1
    plain = dict(zip(names, ids.tolist(), strict=True))
    found = Names(pa.chunked_array([pa.array(names, pa.string())]), ids)
    assert len(found) == len(names)
    assert [found[name] for name in names] == list(plain.values())
    assert found.get(stranger) == plain.get(stranger)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.integers(0, 2))))
def test_rows_that_say_the_same_are_alike(rows: list[tuple[int, str, int]]) -> None:
    columns = [pa.chunked_array([pa.array([row[at] for row in rows])]) for at in range(3)]
    if not rows:
        columns = [pa.chunked_array([pa.array([], pa.int64())])] * 3
    codes, firsts = alike(columns)
    assert len(set(codes.tolist())) == len(set(rows)) == len(firsts)
    for code, row in zip(codes.tolist(), rows, strict=True):
        assert rows[int(firsts[code])] == row
