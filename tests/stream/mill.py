"""A log one writes to by hand, and an engine one turns by hand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gongbi.stream import frames
from gongbi.stream import public as stream
from gongbi.stream.engine import Runner
from gongbi.stream.facts import micros_of
from gongbi.stream.frames import Kind
from gongbi.stream.log_writer import Entry, LogWriter
from gongbi.stream.plans import plan_digest

START = datetime(2016, 2, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
USUAL = {
    "aggregate": "mean", "window_seconds": 3600, "lateness_seconds": 3600, "notice": None,
    "warning": None, "alarm": 90.0, "score_notice": 5.0, "score_margin": 1.0,
    "least_deviation": 5.0, "least_visits": 5,
}  # fmt: skip


def series_row(identity: int = 1, **words: Any) -> dict[str, Any]:
    """Sums of minutes, three minutes of lateness, limits 10, 20, 30."""
    return {
        "id": identity, "indicator": "water", "place": "quarter-1", "property": "level",
        "aggregate": "sum", "window_seconds": 60, "lateness_seconds": 180, "direction": "above",
        "notice": 10.0, "warning": 20.0, "alarm": 30.0, "clear_margin": 0.0, "min_windows": 1,
        "missing_windows": 0, **words,
    }  # fmt: skip


def all_days() -> pa.Table:
    """Days of UTC from the start, none of them off."""
    begins = [micros_of(START + timedelta(days=day)) for day in range(60)]
    return pa.table({"begin": begins, "kind": [0] * 60})


class Mill:
    """A log one writes to by hand, and an engine one turns by hand."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.writer = LogWriter(data / "log")
        self.runner = Runner(data)

    def plan(
        self,
        *series: dict[str, Any],
        streams: int = 2,
        days: pa.Table | None = None,
        pairs: dict[int, int] | None = None,
        surprises: pa.Table | None = None,
    ) -> None:
        ids = list(range(1, streams + 1)) if pairs is None else list(pairs)
        streams = len(ids)
        every = [(i, s["id"]) for s in series for i in ids if pairs is None or pairs[i] == s["id"]]
        number = stream.write_plan(
            self.data,
            datastreams=pa.table(
                {
                    "id": ids, "name": [f"s{i}" for i in ids], "place": ["q"] * streams,
                    "property": ["level"] * streams, "unit": ["cm"] * streams,
                    "step_seconds": [60] * streams,
                }
            ),
            series=pa.Table.from_pylist(list(series), schema=stream.SERIES),
            days=days,
            surprises=surprises,
            members=pa.table(
                {
                    "datastream": pa.array([i for i, _ in every], pa.int64()),
                    "series": pa.array([s for _, s in every], pa.int64()),
                }
            ),
        )  # fmt: skip
        digest = plan_digest(self.data / "plans" / f"{number:06d}")
        self.writer.write([Entry(Kind.PLAN, frames.pack_plan(number, digest), plan=number)])

    def plan_each(self, members: dict[int, int], **words: Any) -> None:
        """A series of its own for each datastream."""
        self.plan(*(series_row(s, **words) for s in members.values()), pairs=members)

    def rows(self, *rows: tuple[float, float], datastream: int = 1) -> None:
        """(minutes after the start, value) …"""
        times = np.array([micros_of(START + m * MINUTE) for m, _ in rows], np.int64)
        values = np.array([value for _, value in rows], float)
        columns = np.full(len(rows), datastream, np.int64), times, values
        parts = frames.pack_batch("", frames.NO_SEQUENCE, 0, columns)
        span = int(times.min()), int(times.max())
        self.writer.write([Entry(Kind.ROWS, parts, rows=len(rows), span=span)])

    def tick(self, minutes: float) -> None:
        micros = micros_of(START + minutes * MINUTE)
        self.writer.write([Entry(Kind.TICK, frames.pack_tick(micros), tick=micros)])

    def turn(self) -> list[stream.FactRow]:
        """Fold what is there; all facts so far."""
        self.runner.fold_some()
        self.runner.show()
        return stream.read_facts(self.data, 0, 10_000)

    def again(self) -> None:
        """Stop with a checkpoint and start anew."""
        self.runner.checkpoint()
        self.runner.release()
        self.runner = Runner(self.data)

    def readings(self, series: int = 1) -> list[tuple[float, Any, int]]:
        table = stream.readings(
            self.data, series=[series], since=START, until=START + timedelta(days=9)
        )
        return [
            ((row["window_start"] - START) / MINUTE, row["value"], row["level"])
            for row in table.to_pylist()
        ]


def told(facts: list[stream.FactRow]) -> list[tuple[Any, ...]]:
    """Facts in short: kind, minute of the window, level, and what matters of the kind."""
    short: list[tuple[Any, ...]] = []
    for fact in facts:
        minute = (fact.window_start - START) / MINUTE
        if isinstance(fact, stream.LevelChanged):
            short.append(("level", minute, fact.level, fact.was, fact.corrects))
        elif isinstance(fact, stream.AlertCleared):
            ends = (fact.end - START) / MINUTE
            short.append(("cleared", minute, ends, fact.reason))
        elif isinstance(fact, stream.AlertFact):
            starts = (fact.start - START) / MINUTE
            short.append((type(fact).__name__[5:].lower(), minute, fact.level, starts))
    return short
