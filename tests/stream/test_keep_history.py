"""History: compacted, summed up, read exactly once at all times, killed at any instant."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pyarrow as pa
import pytest

from gongbi.stream import history_keeper, history_sets
from gongbi.stream import public as stream
from gongbi.stream.facts import micros_of
from gongbi.stream.history import TooWide, history
from gongbi.stream.outputs import HOUR, parquet_path, recent_path, write_parquet
from gongbi.stream.recent import READING, pack_readings

FIRST = datetime(2026, 10, 28, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SERIES, DAYS = 40, 6
INDICATORS = ("water", "noise")


def plan_of(data: Path) -> None:
    """Forty series of two indicators, windows of five minutes."""
    rows = [
        {
            "id": 1000 + 7 * n, "indicator": INDICATORS[n % 2], "place": f"q{n}",
            "property": "level", "aggregate": "mean", "window_seconds": 300,
            "lateness_seconds": 600, "direction": "above", "notice": 1.0, "warning": 2.0,
            "alarm": 3.0, "clear_margin": 0.0, "min_windows": 1, "missing_windows": 0,
        }
        for n in range(SERIES)
    ]  # fmt: skip
    stream.write_plan(
        data,
        datastreams=pa.Table.from_pylist([], schema=stream.DATASTREAMS),
        series=pa.Table.from_pylist(rows, schema=stream.SERIES),
        members=pa.Table.from_pylist([], schema=stream.MEMBERS),
    )


def rows_of(hour: int) -> np.ndarray:
    """Readings of an hour: sines, some windows empty."""
    ids, window = np.meshgrid(1000 + 7 * np.arange(SERIES), np.arange(12), indexing="ij")
    rows = np.zeros(ids.size, READING)
    rows["series"], rows["window_start"] = ids.ravel(), hour * HOUR + window.ravel() * 300_000_000
    rows["value"] = np.sin(rows["series"] + rows["window_start"] / 9e9) * 2
    empty = (rows["series"] + rows["window_start"] // 300_000_000) % 17 == 0
    rows["count"], rows["level"] = np.where(empty, 0, 5), np.clip(rows["value"], 0, 3)
    rows["value"][empty] = np.nan
    rows["expected"] = rows["scatter"] = np.nan
    rows["told"] = rows["window_start"] + 300_000_000
    return rows


def say_clock(data: Path, at: datetime) -> None:
    """The engine has reached this time."""
    (data / "engine").mkdir(exist_ok=True)
    said = {"clock": micros_of(at), "plan": 1, "position": 0}
    (data / "engine" / "status.json").write_bytes(orjson.dumps(said))


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Six days of finished hours, two hours of the seventh; it is two o'clock of the seventh."""
    data = tmp_path / "data"
    plan_of(data)
    begin = micros_of(FIRST) // HOUR
    for hour in range(begin, begin + 24 * DAYS + 1):
        write_parquet(parquet_path(data, hour), rows_of(hour))
    recent = recent_path(data, begin + 24 * DAYS + 1)
    recent.parent.mkdir(parents=True)
    rows = rows_of(begin + 24 * DAYS + 1)
    starts = np.unique(rows["window_start"])
    recent.write_bytes(b"".join(pack_readings(rows[rows["window_start"] == s]) for s in starts))
    say_clock(data, FIRST + timedelta(days=DAYS, hours=3))
    return data


def all_of(data: Path, step: str = "raw", **words: object) -> pa.Table:
    until = FIRST + timedelta(days=DAYS + 1)
    return history(data, since=FIRST - timedelta(days=1), until=until, step=step, **words)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", ["raw", "hour", "day", "span"])
def test_the_same_is_read_before_and_after(city: Path, step: str) -> None:
    before = all_of(city, step, zone=SHANGHAI)
    stream.keep_retention(city, stream.Retention(zone="Asia/Shanghai"))
    assert history_keeper.tend(city) == DAYS + 2, "six days, and October's two tiers"
    assert not list(city.glob("readings/day=2026-10-*")), "the hours went"
    after = all_of(city, step, zone=SHANGHAI)
    assert len(after) == len(before) > 0
    for name in before.column_names:
        a, b = (
            before[name].to_numpy(zero_copy_only=False),
            after[name].to_numpy(zero_copy_only=False),
        )
        if a.dtype.kind == "f":
            np.testing.assert_allclose(a, b, rtol=1e-12)
        else:
            assert (a == b).all() or name == "corrected", name


def test_sums_by_hand(city: Path) -> None:
    history_keeper.tend(city)
    rows = rows_of(micros_of(FIRST) // HOUR + 30)
    mine = rows[rows["series"] == 1007]
    one = history(
        city, since=FIRST + timedelta(hours=30), until=FIRST + timedelta(hours=31), series=[1007]
    ).to_pylist()[0]
    assert one["start"] == FIRST + timedelta(hours=30)
    assert (one["windows"], one["count"]) == ((mine["count"] > 0).sum(), mine["count"].sum())
    assert one["mean"] == pytest.approx(np.nanmean(mine["value"]))
    assert (one["min"], one["max"]) == (np.nanmin(mine["value"]), np.nanmax(mine["value"]))
    assert one["worst"] == mine["level"].max()


def test_a_day_is_the_citys(city: Path) -> None:
    stream.keep_retention(city, stream.Retention(zone="Asia/Shanghai"))
    history_keeper.tend(city)
    days = all_of(city, "day", series=[1000], zone=SHANGHAI)["start"].to_pylist()
    assert {day.astimezone(SHANGHAI).hour for day in days} == {0}
    assert len(days) == len(set(days)) == DAYS + 1


def test_one_indicator_alone_and_all_together(city: Path) -> None:
    history_keeper.tend(city)
    water = all_of(city, "span", indicator="water")
    assert water["series"].to_pylist() == [1000 + 14 * n for n in range(SERIES // 2)]
    joined = all_of(city, "span", indicator="water", together=True).to_pylist()
    assert len(joined) == 1
    assert joined[0]["count"] == sum(water["count"].to_pylist())
    with pytest.raises(TooWide, match="shorter span"):
        all_of(city, most=100)


def test_readings_of_other_parts_cross_the_seam(city: Path) -> None:
    history_keeper.tend(city)
    seam = FIRST + timedelta(days=DAYS)
    found = stream.readings(
        city, series=[1000], since=seam - timedelta(hours=1), until=seam + timedelta(hours=3)
    )
    assert len(found) == 36
    assert found.column_names == [*stream.latest(city, None).schema.names]


def test_what_is_not_final_is_left_alone(city: Path) -> None:
    say_clock(city, FIRST + timedelta(days=2, hours=1))
    history_keeper.tend(city)
    raw = [one for one in history_sets.read_manifest(city).sets if one.tier == "raw"]
    assert len(raw) == 1, "of the second day late rows may still come, by two hours of margin"


def test_hours_folded_anew_are_not_read_twice(city: Path) -> None:
    history_keeper.tend(city)
    before = all_of(city)
    hour = micros_of(FIRST) // HOUR
    write_parquet(parquet_path(city, hour), rows_of(hour))
    assert all_of(city).equals(before)
    history_keeper.tend(city)
    assert not parquet_path(city, hour).exists()


def test_an_indicator_may_be_kept_shorter(city: Path) -> None:
    said = stream.Retention(raw_days=4, raw_days_of={"noise": 2}, hourly_months=1, log_days=3)
    stream.keep_retention(city, said)
    before = all_of(city, "day")
    history_keeper.tend(city)
    history_keeper.tend(city, grace=0)
    first = {
        name: min(all_of(city, indicator=name)["window_start"].to_pylist()) for name in INDICATORS
    }
    assert first == {"water": FIRST + timedelta(days=2), "noise": FIRST + timedelta(days=4)}
    assert all_of(city, "day").num_rows == before.num_rows, "days are kept for ever"
    lines = [
        orjson.loads(line) for line in (city / "history/removed.log").read_bytes().splitlines()
    ]
    assert sum(one["rows"] for one in lines) == 288 * SERIES // 2 * (2 + 4)
    assert {one["why"] for one in lines} == {
        "raw readings are kept 4 days", "raw readings are kept 2 days"
    }  # fmt: skip
    history_keeper.tend(city)
    assert len((city / "history/removed.log").read_bytes().splitlines()) == len(lines)


def test_hourly_sums_go_and_days_stay(city: Path) -> None:
    stream.keep_retention(city, stream.Retention(hourly_months=1))
    history_keeper.tend(city)
    say_clock(city, FIRST + timedelta(days=40))
    history_keeper.tend(city)
    tiers = {one.tier for one in history_sets.read_manifest(city).sets}
    assert tiers == {"raw", "day"}


class Looker(threading.Thread):
    """Reads all of history again and again, and keeps what it saw that was not right."""

    def __init__(self, data: Path, want: pa.Table) -> None:
        super().__init__()
        self.data, self.want, self.over, self.looks = data, want, False, 0
        self.wrong: list[str] = []

    def run(self) -> None:
        keys = self.want.select(["series", "window_start", "count"])
        while not self.over:
            try:
                seen = all_of(self.data).select(keys.column_names)
            except Exception as error:  # any fault of a reader is what is looked for
                self.wrong.append(repr(error))
                return
            if not seen.equals(keys):
                self.wrong.append(f"{len(seen)} rows instead of {len(keys)}")
            self.looks += 1


@pytest.fixture
def looking(city: Path) -> Iterator[Callable[[], Looker]]:
    """Start a reader on the city."""
    lookers: list[Looker] = []

    def start() -> Looker:
        lookers.append(Looker(city, all_of(city)))
        lookers[-1].start()
        return lookers[-1]

    yield start
    for one in lookers:
        one.over = True
        one.join()


def keep(data: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gongbi.stream.history_keeper", "--data", str(data)]
    return subprocess.Popen([*command, "--once", "--grace", "0"], stderr=subprocess.DEVNULL)


def test_killed_at_any_instant_while_others_read(
    city: Path, looking: Callable[[], Looker]
) -> None:
    want, looker, draw = all_of(city), looking(), random.Random(3)
    began = time.monotonic()
    assert keep(city / "nothing").wait() == 0
    start = time.monotonic() - began
    for _ in range(12):
        process = keep(city)
        time.sleep(start * 0.8 + draw.uniform(0, 0.6))
        process.kill()
        process.wait()
        assert all_of(city).equals(want)
    assert keep(city).wait() == 0
    looker.over = True
    looker.join()
    assert not looker.wrong
    assert looker.looks > 3
    assert all_of(city).equals(want)
    assert len({one.tier for one in history_sets.read_manifest(city).sets}) == 3
    assert not list(city.glob("readings/day=2026-10-2*/*.parquet"))


@pytest.mark.parametrize("step", ["hour", "span"])
def test_a_short_wide_span_is_summed_from_readings_alike(city: Path, step: str) -> None:
    history_keeper.tend(city)
    begin, end = FIRST + timedelta(hours=20), FIRST + timedelta(hours=45)
    wide = history(city, indicator="water", since=begin, until=end, step=step)
    ids = sorted(set(wide["series"].to_pylist()))
    parts = [history(city, series=[one], since=begin, until=end, step=step) for one in ids]
    narrow = pa.concat_tables(parts)
    assert len(wide) == len(narrow) > 0
    for name in wide.column_names:
        a, b = (table[name].to_numpy(zero_copy_only=False) for table in (wide, narrow))
        assert (a == b).all() if a.dtype.kind != "f" else np.allclose(a, b, equal_nan=True), name
