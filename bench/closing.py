"""What closing windows costs: CPU of the engine's moves of the clock, by series.

    python bench/closing.py [SERIES, default 2000000]

The plan of ``bench/eleven_million.py`` is folded in this process without door or disk waits: one
row a series every ten seconds, a tick each second. Printed of the ticks that close windows: CPU
nanoseconds a series that is due (all threads), and where they went: judging, and telling the rest.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import eleven_million as city
from gongbi.stream import closings, frames
from gongbi.stream.fold_log import Engine
from gongbi.stream.frames import Frame, Kind
from gongbi.stream.plans import plan_digest

BEGIN = int(city.END.timestamp()) * 1_000_000 + 270_000_000
"""Thirty seconds before windows end, and no hour of readings ends while it is measured."""
SECONDS = 400
SHOWN = {30: "first windows end, alerts begin", 90: "they are final and learnt",
         330: "five minutes later", 390: "final, learnt"}  # fmt: skip


def frame(kind: Kind, parts: list[frames.Bytes]) -> Frame:
    """A frame as the engine takes it."""
    return Frame(kind, 0, 0, memoryview(b"".join(bytes(part) for part in parts)), 0, 0)


def rows(count: int, second: int) -> Frame:
    """One row of each series."""
    ids = np.arange(city.FIRST, city.FIRST + count)
    times = np.full(count, BEGIN + second * 1_000_000 + 1)
    columns = ids, times, city.value_of(ids, second // 10)
    return frame(Kind.ROWS, frames.pack_batch("", frames.NO_SEQUENCE, 0, columns))


def watch_judges() -> list[float]:
    """CPU seconds of judging, thread by thread, from now on."""
    spent: list[float] = []
    judge = closings.close_part

    def timed(*words: object) -> object:
        began = time.thread_time()
        try:
            return judge(*words)
        finally:
            spent.append(time.thread_time() - began)

    closings.close_part = timed
    return spent


def measure(engine: Engine, count: int) -> None:
    """Fold 400 seconds and print the ticks that close much."""
    spent = watch_judges()
    for second in range(SECONDS):
        if second % 10 == 0:
            engine.take(rows(count, second))
        spent.clear()
        began = time.process_time()
        engine.take(frame(Kind.TICK, frames.pack_tick(BEGIN + (second + 1) * 1_000_000)))
        took = time.process_time() - began
        if second + 1 in SHOWN:
            words = f"{1e9 * took / count:.0f} | {1e9 * sum(spent) / count:.0f}"
            print(f"| {SHOWN[second + 1]} | {words} |", flush=True)


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    data = Path(tempfile.mkdtemp(prefix="closing"))
    try:
        (data / "engine").mkdir()
        city.write_plan(data, count, 1.0)
        engine = Engine(data)
        digest = plan_digest(data / "plans" / "000001")
        engine.take(frame(Kind.PLAN, frames.pack_plan(1, digest)))
        engine.take(frame(Kind.TICK, frames.pack_tick(BEGIN)))
        print("| tick | CPU ns a series | of them judging |\n|---|---:|---:|")
        measure(engine, count)
    finally:
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
