"""The compiled fold equals a plain one, row for row, and a recorded day adds up."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.fold import (
    AGGREGATES,
    BOOK,
    empty_cells,
    fold_rows,
    ring_size,
    value_of,
)
from gongbi.kernel.stream.slots import build_index, find_slots

MINUTE = 60_000_000


def make_book(widths: list[int], lates: list[int], final: list[int]) -> np.ndarray:
    """Series whose first window that may change is ``final``; one of each aggregate in turn."""
    book = np.zeros(len(widths), BOOK)
    book["width"], book["late"], book["final"] = widths, lates, final
    book["ring"] = [ring_size(w, late) for w, late in zip(widths, lates, strict=True)]
    book["first"] = np.cumsum(book["ring"]) - book["ring"]
    book["closed"] = book["final"]
    return book


def fold(
    rows: list[tuple[int, int, float]], book: np.ndarray, members: dict[int, list[int]]
) -> Any:
    """(cells, what was handed back, unknown rows, dirty) of rows (datastream, time, value)."""
    streams = np.array(sorted(members), np.int64)
    index = build_index(streams)
    counts = [len(members[s]) for s in streams.tolist()]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    flat = np.array([m for s in streams.tolist() for m in members[s]], np.int64)
    cells, dirty = empty_cells(int(book["ring"].sum())), np.zeros(len(book), np.int8)
    kept = np.empty((len(rows) * max([1, *counts]), 3), np.int64)
    ids, times, values = (np.array([row[i] for row in rows]) for i in range(3))
    back, unknown = fold_rows(
        ids.astype(np.int64), times.astype(np.int64), values.astype(float), index.keys,
        index.slots, starts, flat, book, cells, dirty, kept,
    )  # fmt: skip
    return cells, kept[:back].tolist(), unknown, dirty


def plain_fold(
    rows: list[tuple[int, int, float]], book: np.ndarray, members: dict[int, list[int]]
) -> Any:
    """The same in words: a list of rows for each (series, window)."""
    windows: dict[tuple[int, int], list[tuple[int, float]]] = {}
    back, unknown = [], 0
    for at, (stream, time, value) in enumerate(rows):
        unknown += stream not in members
        for series in members.get(stream, []):
            entry = book[series]
            window = (time - int(entry["offset"])) // int(entry["width"])
            if window < entry["final"]:
                back.append([at, series, 1])
            elif window >= entry["final"] + entry["ring"]:
                back.append([at, series, 2])
            else:
                windows.setdefault((series, window), []).append((time, value))
    return windows, back, unknown


def plain_value(rows: list[tuple[int, float]], aggregate: str) -> float:
    """What an aggregate is, in words."""
    values = [value for _, value in rows]
    newest = max(time for time, _ in rows)
    total = 0.0
    for value in values:
        total += value
    return {
        "sum": total,
        "mean": total / len(values),
        "min": min(values),
        "max": max(values),
        "last": [value for time, value in rows if time == newest][-1],
        "count": float(len(values)),
        "share": sum(value > 0 for value in values) / len(values),
    }[aggregate]


def test_five_rows_by_hand() -> None:
    """docs/kernel/fold.md: minute windows; 10 at 0 s, 20 at 30 s, 4 at 59 s, 7 at 60 s, 1 late."""
    book = make_book([MINUTE], [0], [0])
    second = 1_000_000
    rows = [(5, 0, 10.0), (5, 30 * second, 20.0), (5, 59 * second, 4.0), (5, 60 * second, 7.0)]
    cells, back, unknown, _ = fold([*rows, (5, -1, 1.0), (6, 0, 1.0)], book, {5: [0]})
    assert (cells[0]["count"], cells[0]["sum"], cells[0]["min"], cells[0]["max"]) == (3, 34, 4, 20)
    assert (cells[0]["last"], cells[0]["positive"]) == (4.0, 3)
    assert (cells[1]["window"], cells[1]["count"], cells[1]["sum"]) == (1, 1, 7.0)
    assert back == [[4, 0, 1]]
    assert unknown == 1


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 20 * MINUTE), st.floats(-1e6, 1e6)),
        min_size=1, max_size=60,
    ),
    st.lists(
        st.tuples(st.integers(1, 5), st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=3
    ),
)  # fmt: skip
def test_equals_a_plain_fold(
    rows: list[tuple[int, int, float]], shapes: list[tuple[int, int, int]]
) -> None:
    book = make_book(
        [w * MINUTE for w, _, _ in shapes],
        [late * MINUTE for _, late, _ in shapes],
        [final for _, _, final in shapes],
    )
    members = {s: [i for i in range(len(shapes)) if (s + i) % 2] for s in (1, 2, 3)}
    cells, back, unknown, _ = fold(rows, book, members)
    windows, plain_back, plain_unknown = plain_fold(rows, book, members)
    assert (back, unknown) == (plain_back, plain_unknown)
    for (series, window), inside in windows.items():
        cell = cells[book[series]["first"] + window % book[series]["ring"]]
        assert (cell["window"], cell["count"]) == (window, len(inside))
        for code, aggregate in enumerate(AGGREGATES):
            assert value_of(cell, code) == plain_value(inside, aggregate)


def test_a_row_below_the_verdict_marks_its_series() -> None:
    book = make_book([MINUTE, MINUTE], [5 * MINUTE, 5 * MINUTE], [0, 0])
    book["closed"] = 3
    rows = [(1, 2 * MINUTE, 1.0), (2, 3 * MINUTE, 1.0)]
    _, _, _, dirty = fold(rows, book, {1: [0], 2: [1]})
    assert dirty.tolist() == [1, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(2**62), 2**62), unique=True), st.integers(-(2**62), 2**62))
def test_slots_are_places(ids: list[int], stranger: int) -> None:
    index = build_index(np.array(ids, np.int64))
    assert find_slots(index, np.array(ids, np.int64)).tolist() == list(range(len(ids)))
    if stranger not in ids:
        assert find_slots(index, np.array([stranger])).tolist() == [-1]


def test_an_id_that_stands_twice_is_named() -> None:
    with pytest.raises(ValueError, match="Id 7 stands twice"):
        build_index(np.array([3, 7, 7], np.int64))


def test_the_metro_day_adds_up(shared_data: Callable[[str], Path]) -> None:
    """Recorded: Shanghai, 1 April 2015; entries of 290 stations per five minutes, by the hour."""
    path = shared_data("shanghai-metro-2015-04-01") / "station_flow_5min.csv"
    with path.open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    moments = [np.datetime64(row["time_local"], "us").astype(np.int64) for row in found]
    first = min(moments)
    rows = [(1, int(t), float(r["entries"] or 0)) for t, r in zip(moments, found, strict=True)]
    book = make_book([60 * MINUTE], [30 * 60 * MINUTE], [int(first) // (60 * MINUTE)])
    cells, back, _, _ = fold(rows, book, {1: [0]})
    assert back == []
    filled = cells[cells["count"] > 0]
    assert filled["sum"].sum() == 4_541_256
    assert filled["count"].sum() == 62_287
    by_hour = {int(c["window"]) % 24: float(c["sum"]) for c in filled}
    assert max(by_hour, key=lambda hour: by_hour[hour]) == 8
