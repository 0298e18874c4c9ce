"""Windows at each level are counted where they begin, once, and never those without readings."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.stream import public as stream
from gongbi.stream.outputs import parquet_path, write_parquet
from gongbi.stream.recent import READING

BEGIN = datetime(2026, 11, 16, tzinfo=UTC)
EDGES = [BEGIN + timedelta(days=day) for day in range(4)]
told = st.tuples(
    st.integers(1, 3), st.integers(0, 4 * 24 - 1), st.integers(0, 2), st.integers(0, 3)
)


def write(data, rows) -> None:
    """Rows (series, hour after the beginning, count, level), one window an hour."""
    hours = int(BEGIN.timestamp()) // 3600
    for hour in {row[1] for row in rows}:
        mine = sorted(row for row in rows if row[1] == hour)
        found = np.zeros(len(mine), READING)
        found["series"] = [row[0] for row in mine]
        found["window_start"] = (hours + hour) * 3_600_000_000
        found["count"], found["level"] = [row[2] for row in mine], [row[3] for row in mine]
        found["value"] = [1.0 if row[2] else np.nan for row in mine]
        write_parquet(parquet_path(data, hours + hour), found)


@settings(deadline=None, max_examples=40)
@given(st.lists(told, max_size=60, unique_by=lambda row: row[:2]))
def test_every_window_with_readings_counts_once(tmp_path_factory, rows):
    data = tmp_path_factory.mktemp("data")
    write(data, rows)
    counted = stream.windows_by_level(data, series=[1, 2], edges=EDGES).to_pylist()
    expected: dict[tuple[int, int, int], int] = {}
    for series, hour, count, level in rows:
        if series < 3 and count and hour < 72:
            key = (series, hour // 24, level)
            expected[key] = expected.get(key, 0) + 1
    assert {(r["series"], r["part"], r["level"]): r["windows"] for r in counted} == expected
    assert not any(r["provisional"] for r in counted)


def test_the_record_begins_with_its_first_reading(tmp_path):
    assert stream.first_reading(tmp_path) is None
    write(tmp_path, [(1, 30, 1, 0), (1, 31, 1, 0)])
    assert stream.first_reading(tmp_path) == BEGIN + timedelta(hours=30)
    assert not len(stream.windows_by_level(tmp_path, series=[], edges=EDGES))
