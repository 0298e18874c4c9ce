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
    SLOT_BITS,
    Planes,
    cell_at,
    draw_routes,
    empty_bands,
    find_open,
    fold_rows,
    fold_series,
    lay_out,
    ring_size,
    value_of,
)
from gongbi.kernel.stream.slots import build_index, find_slots

MINUTE = 60_000_000


Shape = tuple[int, int, int, str]


def make_planes(shapes: list[Shape]) -> Planes:
    """A band for each series: (width, lateness, first window that may change, aggregate)."""
    bands = empty_bands(len(shapes))
    for band, (width, late, final, aggregate) in zip(bands, shapes, strict=True):
        band["width"], band["late"], band["final"], band["size"] = width, late, final, 1
        band["ring"], band["aggregate"] = ring_size(width, late), AGGREGATES.index(aggregate)
        band["closed"] = final
    return lay_out(bands)


def fold(rows: list[tuple[int, int, float]], planes: Planes, members: dict[int, list[int]]) -> Any:
    """(what was handed back, unknown rows) of rows (datastream, time, value)."""
    streams = np.array(sorted(members), np.int64)
    counts = [len(members[s]) for s in streams.tolist()]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    flat = np.array([m << SLOT_BITS | m for s in streams.tolist() for m in members[s]], np.int64)
    kept = np.empty((len(rows) * max([1, *counts]), 3), np.int64)
    ids, times, values = (np.array([row[i] for row in rows]) for i in range(3))
    back, unknown = fold_rows(
        ids.astype(np.int64), times.astype(np.int64), values.astype(float),
        draw_routes(build_index(streams), starts, flat), planes, kept,
    )  # fmt: skip
    return kept[:back].tolist(), unknown


def cell_of(planes: Planes, series: int, window: int) -> Any:
    """The cell of a window of a series that is a band of its own."""
    return planes.cells[cell_at(planes.bands[series], series, window)]


def plain_fold(
    rows: list[tuple[int, int, float]], bands: np.ndarray, members: dict[int, list[int]]
) -> Any:
    """The same in words: a list of rows for each (series, window)."""
    windows: dict[tuple[int, int], list[tuple[int, float]]] = {}
    back, unknown = [], 0
    for at, (stream, time, value) in enumerate(rows):
        unknown += stream not in members
        for series in members.get(stream, []):
            entry = bands[series]
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
    planes = make_planes([(MINUTE, 0, 0, aggregate) for aggregate in AGGREGATES])
    second = 1_000_000
    rows = [(5, 0, 10.0), (5, 30 * second, 20.0), (5, 59 * second, 4.0), (5, 60 * second, 7.0)]
    everything = list(range(len(AGGREGATES)))
    back, unknown = fold([*rows, (5, -1, 1.0), (6, 0, 1.0)], planes, {5: everything})
    values = [value_of(cell_of(planes, at, 0), at) for at in everything]
    assert values == [34, 34 / 3, 4, 20, 4, 3, 1]
    assert {int(cell_of(planes, at, 0)["count"]) for at in everything} == {3}
    assert cell_of(planes, 0, 1).tolist() == (7.0, 1)
    assert back == [[4, at, 1] for at in everything]
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
    """Every shape with every aggregate."""
    planes = make_planes(
        [(w * MINUTE, late * MINUTE, final, a) for w, late, final in shapes for a in AGGREGATES]
    )
    bands = planes.bands
    members = {s: [i for i in range(len(bands)) if (s + i) % 2] for s in (1, 2, 3)}
    back, unknown = fold(rows, planes, members)
    windows, plain_back, plain_unknown = plain_fold(rows, bands, members)
    assert (back, unknown) == (plain_back, plain_unknown)
    for (series, window), inside in windows.items():
        cell, code = cell_of(planes, series, window), int(bands[series]["aggregate"])
        assert cell["count"] == len(inside)
        assert value_of(cell, code) == plain_value(inside, AGGREGATES[code])
    assert (planes.cells["count"] > 0).sum() == len(windows)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 300), st.integers(1, 5), st.integers(0, 2**32))
def test_a_row_that_names_its_series_goes_where_its_datastream_does(
    count: int, size: int, seed: int
) -> None:
    """Three bands of several series each, more rows than a block; ids in a row or far apart."""
    draw = np.random.default_rng(seed)
    shapes: list[Shape] = [(MINUTE, 0, 0, "sum"), (MINUTE, MINUTE, 0, "last"), (7, 0, 0, "max")]
    pairs = [make_planes(shapes), make_planes(shapes)]
    for at, planes in enumerate(pairs):
        planes.bands["size"] = size
        pairs[at] = lay_out(planes.bands)
    slots, times = draw.integers(0, 3 * size, count), draw.integers(0, 3 * MINUTE, count)
    values = draw.normal(size=count)
    far = int(draw.choice([1, 10**12]))
    index = build_index(np.arange(3 * size) * far)
    ways = np.arange(3 * size) // size << SLOT_BITS | np.arange(3 * size)
    routes = draw_routes(index, np.arange(3 * size + 1), ways)
    kept, fates = np.empty((count, 3), np.int64), np.empty(count, np.int64)
    back, _ = fold_rows(slots * far, times, values, routes, pairs[0], kept)
    fold_series(slots, times, values, pairs[1], fates)
    assert pairs[0].cells.tobytes() == pairs[1].cells.tobytes()
    assert kept[:back, 2].tolist() == fates[fates > 0].tolist()


def test_a_row_below_the_verdict_marks_its_series() -> None:
    planes = make_planes([(MINUTE, 5 * MINUTE, 0, "sum"), (MINUTE, 5 * MINUTE, 0, "sum")])
    planes.bands["closed"] = 3
    find_open(planes.bands)
    rows = [(1, 2 * MINUTE, 1.0), (2, 3 * MINUTE, 1.0)]
    fold(rows, planes, {1: [0], 2: [1]})
    assert planes.dirty.tolist() == [1, 0]
    assert planes.bands["marked"].tolist() == [1, 0]


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
    planes = make_planes([(60 * MINUTE, 30 * 60 * MINUTE, int(first) // (60 * MINUTE), "sum")])
    back, _ = fold(rows, planes, {1: [0]})
    assert back == []
    assert planes.cells["value"].sum() == 4_541_256
    assert planes.cells["count"].sum() == 62_287
    ring = int(planes.bands["ring"][0])
    windows = range(int(planes.bands["final"][0]), int(planes.bands["final"][0]) + ring)
    by_hour = {window % 24: float(cell_of(planes, 0, window)["value"]) for window in windows}
    assert max(by_hour, key=lambda hour: by_hour[hour]) == 8
