"""How long history takes to answer: `python bench/history.py --folder DIR`, then `--ask`.

Draws readings of five minutes through the product's own writers (a day at a time, sums included)
and a year of hourly sums of some kinds, then asks what pages ask. A kind has 1/60 of a million
series whatever is drawn beside it, so that what one question reads is full size.
"""

import argparse
import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from gongbi.kernel.stream.fold import BAND
from gongbi.stream import public as stream
from gongbi.stream.compact import merge_month, month_of, write_day
from gongbi.stream.history_blocks import Names, read_names
from gongbi.stream.history_files import RAW, TIER, SetWriter
from gongbi.stream.history_sets import (
    DAY,
    finish_folder,
    history_lock,
    new_folder,
    put_in_force,
    read_manifest,
)
from gongbi.stream.latest import Latest
from gongbi.stream.rewind_notes import MOMENT

KIND = 16_667  # series of one of sixty kinds of a million
WINDOW = 300_000_000
LAST = datetime(2026, 11, 1, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--folder", type=Path, required=True)
    words.add_argument("--kinds", type=int, default=6, help="kinds whose readings are drawn")
    words.add_argument("--from-day", type=int, default=0)
    words.add_argument("--days", type=int, default=30)
    words.add_argument("--year-kinds", type=int, default=0, help="kinds with a year of hours")
    words.add_argument("--merge", action="store_true", help="merge the month drawn")
    words.add_argument("--ask", action="store_true", help="ask, and print the figures")
    words.add_argument("--times", type=int, default=100)
    given = words.parse_args()
    plan(given.folder)
    if given.ask:
        ask(given.folder, given.times)
    elif given.merge:
        merge(given.folder)
    elif given.year_kinds:
        draw_year(given.folder, given.year_kinds)
    else:
        draw_days(given.folder, given.kinds, range(given.from_day, given.from_day + given.days))


def ids_of(kind: int) -> np.ndarray:
    """Series ids as the product makes them: scattered over 63 bits, in order."""
    return np.sort(np.random.default_rng(kind).integers(1, 1 << 62, KIND))


def plan(folder: Path) -> None:
    """A plan of a million series, so that names and the newest readings are full size."""
    if (folder / "plans").exists():
        return
    count = 60 * KIND
    ids = np.concatenate([ids_of(kind) for kind in range(60)])
    fixed = {
        "property": "level", "aggregate": "mean", "window_seconds": 300, "lateness_seconds": 600,
        "direction": "above", "notice": 1.0, "warning": 2.0, "alarm": 3.0, "clear_margin": 0.0,
        "min_windows": 1, "missing_windows": 0,
    }  # fmt: skip
    columns = {name: pa.repeat(value, count) for name, value in fixed.items()}
    kinds = np.repeat([f"kind-{kind:02d}" for kind in range(60)], KIND)
    columns |= {"id": ids, "indicator": kinds, "place": np.arange(count).astype(str)}
    table = pa.table(columns)
    wanted = [name for name in stream.SERIES.names if name in columns]
    path = folder / "plans" / "000001"
    path.mkdir(parents=True)
    table = table.select(wanted)
    name = str(path / "series.arrow")
    with pa.OSFile(name, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    (folder / "engine").mkdir(exist_ok=True)
    newest(folder, ids)


def newest(folder: Path, ids: np.ndarray) -> None:
    """The newest reading of each series, in the file that the engine shares."""
    draw, count = np.random.default_rng(1), len(ids)
    band = np.zeros(1, BAND)
    window = int(LAST.timestamp()) * 1_000_000 // WINDOW
    band["width"], band["size"], band["final"] = WINDOW, count, window
    latest = Latest(folder, np.sort(ids), band)
    latest.newest["window"] = window - draw.integers(0, 3, count)
    latest.newest["count"] = 5
    latest.newest["value"] = np.round(draw.normal(20, 5, count), 2)
    latest.newest["level"] = draw.choice([0, 1, 2, 3], count, p=[0.997, 0.002, 0.0007, 0.0003])
    latest.newest["expected"] = latest.newest["scatter"] = np.nan


def readings(kind: int, day: int) -> pa.Table:
    """A day of a kind: a swing of the day, noise, two decimals; some levels above normal."""
    ids, draw = ids_of(kind), np.random.default_rng([kind, day])
    steps = np.arange(288)
    swing = 5 * np.sin(steps / 288 * 2 * np.pi) + 20
    value = np.round(swing + draw.normal(0, 1, (KIND, 288)), 2).ravel()
    start = day * DAY + np.tile(steps * WINDOW, KIND)
    none = pa.nulls(len(value), pa.float32())
    columns = {
        "series": np.repeat(ids, 288),
        "window_start": pa.array(start).cast(MOMENT),
        "count": pa.array(np.full(len(value), 5)),
        "value": pa.array(value),
        "level": pa.array((value > 27.5).astype(np.int8)),
        "expected": none,
        "scatter": none,
        "told": pa.array(start + WINDOW).cast(MOMENT),
        "corrected": pa.nulls(len(value), MOMENT),
    }
    return pa.table(columns, schema=RAW)


def draw_days(folder: Path, kinds: int, days: range) -> None:
    first = int((LAST - timedelta(days=31)).timestamp()) * 1_000_000 // DAY
    names, rows, began = read_names(folder), 0, time.perf_counter()
    for day in days:
        rows += draw_day(folder, kinds, first + day, names)
        rate = rows / (time.perf_counter() - began)
        print(f"day {day}: {rows:,} rows, {rate / 1e6:.1f} Mrows/s", flush=True)


def draw_day(folder: Path, kinds: int, day: int, names: Names) -> int:
    def blocks() -> Iterator[pa.Table]:
        for kind in range(kinds):
            yield readings(kind, day)

    with history_lock(folder):
        manifest = read_manifest(folder)
        made = write_day(folder, day, blocks(), ZONE, manifest.number + 1, names)
        put_in_force(folder, manifest, [*manifest.sets, *made])
    return made[0].rows


def merge(folder: Path) -> None:
    span = month_of(int((LAST - timedelta(days=1)).timestamp()) * 1_000_000)
    for tier in ("hour", "day"):
        began = time.perf_counter()
        with history_lock(folder):
            rows = merge_month(folder, tier, span)
        print(
            f"{tier}: {rows:,} rows merged, {rows / (time.perf_counter() - began) / 1e6:.1f} M/s"
        )


def draw_year(folder: Path, kinds: int) -> None:
    """Eleven months of hourly sums before the month whose readings are drawn."""
    end, began, rows = month_of(int((LAST - timedelta(days=1)).timestamp()) * 1_000_000), 0.0, 0
    began = time.perf_counter()
    for _ in range(11):
        end = month_of(end[0] - 1)
        rows += draw_month(folder, kinds, end)
        print(
            f"month: {rows:,} rows, {rows / (time.perf_counter() - began) / 1e6:.1f} M/s",
            flush=True,
        )


def draw_month(folder: Path, kinds: int, span: tuple[int, int]) -> int:
    with history_lock(folder):
        manifest = read_manifest(folder)
        writer = SetWriter(new_folder(folder, "hour", span[0], manifest.number + 1), "hour")
        for kind in range(kinds):
            for at in range(0, KIND, 2000):
                writer.add(f"kind-{kind:02d}", hours(ids_of(kind)[at : at + 2000], span, kind))
            writer.end(f"kind-{kind:02d}")
        made = finish_folder(folder, writer.folder, "hour", span, writer.close())
        put_in_force(folder, manifest, [*manifest.sets, made])
    return made.rows


def hours(ids: np.ndarray, span: tuple[int, int], seed: int) -> pa.Table:
    start = np.arange(*span, 3_600_000_000)
    draw, shape = np.random.default_rng([seed, span[0] // DAY]), (len(ids), len(start))
    mean = 20 + 5 * np.sin(start / DAY * 2 * np.pi) + draw.normal(0, 0.3, shape)
    low, high = np.round(mean - 2, 2), np.round(mean + 2, 2)
    count = mean.size
    columns = {
        "series": np.repeat(ids, len(start)),
        "start": pa.array(np.tile(start, len(ids))).cast(MOMENT),
        "windows": np.full(count, 12, np.int32), "count": np.full(count, 60),
        "mean": mean.ravel(), "min": low.ravel(), "max": high.ravel(),
        "worst": (high.ravel() > 27.5).astype(np.int8),
        "piece": np.tile((start // DAY).astype(np.int32), len(ids)),
    }  # fmt: skip
    return pa.table(columns, schema=TIER)


def ask(folder: Path, times: int) -> None:
    draw = np.random.default_rng(5)
    sizes = {tier: [0, 0, 0] for tier in ("raw", "hour", "day")}
    for one in read_manifest(folder).sets:
        sizes[one.tier] = [
            a + b for a, b in zip(sizes[one.tier], (one.rows, one.size, 1), strict=True)
        ]
    for tier, (rows, size, sets) in sizes.items():
        print(f"{tier}: {rows:,} rows in {sets} sets, {size / max(rows, 1):.2f} B a row")
    year, month = timedelta(days=365), timedelta(days=31)

    def one_place() -> int:
        series = int(ids_of(0)[draw.integers(KIND)])
        return len(
            stream.history(folder, series=[series], since=LAST - year, until=LAST, step="hour")
        )

    def one_year_of_days() -> int:
        series = int(ids_of(1)[draw.integers(KIND)])
        return len(
            stream.history(folder, series=[series], since=LAST - month, until=LAST, step="raw")
        )

    def a_day(step: str) -> Callable[[], int]:
        def asked() -> int:
            begin = LAST - timedelta(days=int(draw.integers(1, 30)))
            kind = f"kind-{draw.integers(2):02d}"
            until = begin + timedelta(days=1)
            table = stream.history(
                folder, indicator=kind, since=begin, until=until, step=step, most=6_000_000
            )
            return len(table)

        return asked

    show("1 year x 1 place, by the hour", one_place, times)
    show("31 days x 1 place, readings", one_year_of_days, times)
    show("1 day x all places of a kind, one row a place", a_day("span"), times // 2)
    show("1 day x all places of a kind, by the hour", a_day("hour"), times // 5)
    show("1 day x all places of a kind, every reading", a_day("raw"), times // 5)
    show("the worst 100 now, of 1,000,020", lambda: len(stream.worst_now(folder)), times)
    kind = lambda: len(stream.worst_now(folder, indicator="kind-07"))  # noqa: E731
    show("the worst 100 now of a kind", kind, times)


def show(what: str, do: Callable[[], int], times: int) -> None:
    began = time.perf_counter()
    rows = do()
    first = time.perf_counter() - began
    took, used = [], time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        do()
        took.append(time.perf_counter() - began)
    used = 1000 * (time.process_time() - used) / times
    p50, p95 = (1000 * float(np.percentile(took, q)) for q in (50, 95))
    said = {"first_ms": round(1000 * first), "p50_ms": round(p50), "p95_ms": round(p95)}
    said["cpu_ms"] = round(used)
    print(f"{what}: {rows:,} rows, {json.dumps(said)}", flush=True)


def throw_away(folder: Path) -> None:
    """Remove what was drawn."""
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
