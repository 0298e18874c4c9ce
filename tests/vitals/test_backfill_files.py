"""Rows of files, as the door stores them, correct history, also from before there was any."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.vitals.conftest import FILES, Row, Sensing, at

from gongbi.stream import frames, history_keeper
from gongbi.stream import public as stream
from gongbi.stream.facts import micros_of
from gongbi.stream.frames import Kind
from gongbi.stream.log_writer import Entry
from gongbi.vitals.models import Series

DAY = 60 * 24
MADE = """
[[indicator]]
code = "lowest"
name_en = "Lowest pressure of the quarters"
derive = "min"
of = ["pressure"]
over = "quarter"
places = ["city"]
direction = "below"
notice = 0.01

[[indicator]]
code = "share"
name_en = "Lowest pressure, per cent"
derive = "per-head"
of = ["lowest"]
per = 300
scale = 100
places = ["city"]
notice = 1000

[[indicator]]
code = "most"
name_en = "Nine in ten are below"
property = "water_pressure"
unit = "MPa"
aggregate = "p90"
window_minutes = 1
lateness_minutes = 5
places = ["city"]
notice = 10
"""


@pytest.fixture
def pack_folder(pack_folder: Path) -> Path:
    (pack_folder / "indicators.toml").write_text(FILES["indicators.toml"] + MADE, "utf-8")
    return pack_folder


def say_from_file(sensing: Sensing, name: str, *rows: Row) -> None:
    """Rows as the door stores those of ``gongbi backfill``."""
    times = np.array([micros_of(at(minute)) for _, minute, _ in rows], np.int64)
    ids = np.array([row[0] for row in rows], np.int64)
    columns = ids, times, np.array([value for _, _, value in rows])
    sender = f"backfill/{name}"
    parts = frames.pack_batch(sender, 0, 1, columns)
    span = int(times.min()), int(times.max())
    sensing.writer.write([Entry(Kind.ROWS, parts, rows=len(rows), span=span, sender=sender,
                                sequence=0, body_crc=1)])  # fmt: skip
    sensing.fold()


def fill(sensing: Sensing) -> Any:
    return stream.backfill(sensing.data, since=at(-1000 * DAY), now=sensing.clock.now)


def raw(sensing: Sensing, code: str, place: str, minute: float) -> dict[str, Any] | None:
    one = Series.objects.get(indicator=code, place=place)
    since = at(minute)
    rows = stream.history(
        sensing.data, series=[one.pk], step="raw", since=since, until=since + timedelta(minutes=1)
    ).to_pylist()
    return rows[0] if rows else None


@pytest.fixture
def later(sensing: Sensing) -> Sensing:
    """A minute of readings at 10:00, of which the day is long compacted."""
    sensing.play(1, (1, 0.5, 0.30), (2, 0.5, 0.28), (3, 0.5, 0.32))
    sensing.play(2, (1, 1.5, 0.30))
    for hour in range(2, 49):
        sensing.tick(60 * hour)
        sensing.fold()
    history_keeper.tend(sensing.data)
    assert raw(sensing, "lowest", "xx", 0)["value"] == 0.28
    return sensing


def test_days_from_before_the_sensors_come_to_be(later):
    begin = -30 * DAY
    others = (2, begin + 2.5, 0.30), (3, begin + 2.5, 0.30)
    say_from_file(later, "a", *((1, begin + n + 0.5, 0.20 + n / 100) for n in range(6)), *others)
    done = fill(later)
    assert (done.waiting, done.beyond_log) == (0, 0)
    assert raw(later, "pressure", "xx-e-1-a", begin + 2)["value"] == pytest.approx(0.22)
    one = Series.objects.get(indicator="pressure", place="xx-e-1-a")
    hours = stream.history(
        later.data, series=[one.pk], step="hour", since=at(begin - 60), until=at(begin + 60)
    ).to_pylist()
    assert [row["count"] for row in hours] == [6]
    assert hours[0]["mean"] == pytest.approx(0.225)
    assert raw(later, "lowest", "xx", begin + 2)["value"] == pytest.approx(0.22)
    assert raw(later, "lowest", "xx", begin + 3) is None, "of three quarters two say nothing"
    assert fill(later).changed == 0, "twice changes nothing"


def test_what_is_made_of_the_corrected_is_made_again_to_any_depth(later):
    say_from_file(later, "a", (3, 0.7, 0.10))
    done = fill(later)
    assert raw(later, "pressure", "xx-w-1-a", 0)["value"] == pytest.approx(0.21)
    assert raw(later, "lowest", "xx", 0)["value"] == pytest.approx(0.21)
    assert raw(later, "share", "xx", 0)["value"] == pytest.approx(21)
    assert raw(later, "lowest", "xx", 0)["corrected"] is not None
    assert done.made == 2


def test_a_percentile_is_drawn_from_all_rows_again(later):
    assert raw(later, "most", "xx", 0)["value"] == pytest.approx(0.30, rel=0.02)
    say_from_file(later, "a", *((1, 0.6 + n / 100, 0.50) for n in range(20)))
    fill(later)
    found = raw(later, "most", "xx", 0)
    assert found["value"] == pytest.approx(0.50, rel=0.02)
    assert found["count"] == 23


def test_a_row_of_a_file_takes_the_place_of_what_was_said_of_that_moment(later):
    say_from_file(later, "a", (1, 0.5, 0.20))
    fill(later)
    found = raw(later, "pressure", "xx-e-1-a", 0)
    assert (found["value"], found["count"]) == (pytest.approx(0.20), 1)
    # A file that overlaps the first corrects it; within one file two rows of a moment both count.
    say_from_file(later, "b", (1, 0.5, 0.10), (1, 0.5, 0.14))
    fill(later)
    found = raw(later, "pressure", "xx-e-1-a", 0)
    assert (found["value"], found["count"]) == (pytest.approx(0.12), 2)


def test_only_what_lies_behind_a_position_is_looked_at(later):
    say_from_file(later, "a", (1, 0.6, 0.20))
    end = stream.status(later.data).log_end
    say_from_file(later, "b", (2, 0.6, 0.20))
    done = stream.backfill(later.data, since=at(-DAY), now=later.clock.now, after=end)
    assert raw(later, "pressure", "xx-e-1-a", 0)["count"] == 1
    assert raw(later, "pressure", "xx-e-1-b", 0)["count"] == 2
    assert done.windows < fill(later).windows
    assert raw(later, "pressure", "xx-e-1-a", 0)["count"] == 2
