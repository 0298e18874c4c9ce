"""A small sensed town, its door and its engine as real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson
import pyarrow as pa
import pytest
from tests.ports import free_ports
from tests.stream.mill import Mill

from gongbi.stream import public as stream

KEY = "key-of-the-test"
START = datetime(2016, 2, 6, tzinfo=UTC)
SHAPES = (  # window and lateness in seconds, aggregate, direction
    (60, 0, "sum", "above"),
    (60, 180, "mean", "above"),
    (300, 600, "max", "above"),
    (300, 60, "min", "below"),
    (120, 240, "last", "above"),
    (600, 1200, "count", "below"),
    (60, 300, "share", "above"),
)

USUAL = {"score_notice": 4.0, "score_alarm": 9.0, "least_deviation": 5.0, "least_visits": 3}


def plan_tables(datastreams: int = 21, *, alarm: float = 30.0) -> dict[str, pa.Table]:
    """Datastreams 1 … n, each a member of three of seven series 101 … 107."""
    ids = list(range(1, datastreams + 1))
    streams = {
        "id": ids,
        "name": [f"urn:town:level:{i}" for i in ids],
        "place": ["quarter-1"] * datastreams,
        "property": ["level"] * datastreams,
        "unit": ["cm"] * datastreams,
        "step_seconds": [60] * datastreams,
        "gateway": [""] * datastreams,
    }
    rows = [_series(at, *shape, alarm) for at, shape in enumerate(SHAPES)]
    rows += [_made(*one) for one in MADE]
    pairs = [(d, 101 + (d + k) % len(SHAPES)) for d in ids for k in range(3)]
    return {
        "datastreams": pa.table(streams).cast(stream.DATASTREAMS),
        "series": pa.Table.from_pylist(rows, schema=stream.SERIES),
        "formulas": pa.Table.from_pylist([_formula(*one) for one in MADE], schema=stream.FORMULAS),
        "wires": pa.Table.from_pylist([*_wires()], schema=stream.WIRES),
        "members": pa.table(
            {"datastream": [d for d, _ in pairs], "series": [s for _, s in pairs]}
        ),
        "days": days_of_2016(),
        # Watched by how new a value is besides their limits: what is measured, and one made.
        "surprises": pa.Table.from_pylist(
            [_surprise("street_water"), _surprise("mean")], schema=stream.SURPRISES
        ),
        # Water on a street is never below nothing; the stories say that it is, now and then.
        "trusts": pa.table({"property": ["level"], "low": [0.0], "silence": [3.0]}),
    }


def _surprise(indicator: str) -> dict[str, Any]:
    asked = {"novel_notice": 3.0, "novel_warning": 8.0, "novel_margin": 1.0, "novel_least": 0.5}
    return {"indicator": indicator, **asked, "novel_side": "both"}


# id, op, window and lateness in seconds, sources: made of the series above and of rows
MADE = (
    (201, "ratio", 300, 600, (103, 104)),
    (202, "mean", 60, 300, (102, 107)),
    (203, "share-at", 300, 600, (201, 103, 104)),
    (204, "composite", 60, 300, (102, 105)),
    (205, "rate", 60, 120, (1, 2, 3)),
    (206, "quantile", 300, 300, (1, 4, 9, 16)),
)


def _made(key: int, op: str, width: int, late: int, sources: tuple[int, ...]) -> Any:
    row = _series(0, width, late, "sum", "above", 30.0)
    return row | {"id": key, "indicator": op, "place": f"made-{key}", "notice": 0.6}


def _formula(key: int, op: str, width: int, late: int, sources: tuple[int, ...]) -> Any:
    return {
        "series": key,
        "op": op,
        "scale": 1.0,
        "least_share": 0.5,
        "span_seconds": 300,
        "rule": "a and not b" if op == "composite" else "",
        "parts": "a,b" if op == "composite" else "",
        "share": 0.95,
    }


def _wires() -> Iterator[Any]:
    for key, _, _, _, sources in MADE:
        for part, source in enumerate(sources):
            said = {"series": key, "part": part, "source": source}
            yield said | {"weight": 1.0, "least_level": 1}


def days_of_2016() -> pa.Table:
    """Days of UTC from January 2016, Saturdays and Sundays off."""
    begins = [datetime(2016, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(400)]
    micros = [int(begin.timestamp()) * 1_000_000 for begin in begins]
    return pa.table({"begin": micros, "kind": [int(one.weekday() > 4) for one in begins]})


def _series(at: int, width: int, late: int, aggregate: str, direction: str, alarm: float) -> Any:
    sign = 1.0 if direction == "above" else -1.0
    scale = {"share": 0.03, "count": 1.0, "sum": 8.0}.get(aggregate, 1.0) * sign
    return {
        "id": 101 + at,
        "indicator": "street_water",
        "place": f"quarter-{at}",
        "property": "level",
        "aggregate": aggregate,
        "window_seconds": width,
        "lateness_seconds": late,
        "direction": direction,
        "notice": scale * 10.0,
        "warning": scale * 20.0,
        "alarm": scale * alarm,
        "clear_margin": 2.0,
        "min_windows": 1 + at % 2,
        "missing_windows": at % 4,
        **(USUAL if at == 1 else {}),
    }


@dataclass
class Town:
    """A data folder with a plan and a key; starts doors and engines on it."""

    data: Path
    port: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def start_door(self, *, wait: bool = True, **environment: str) -> subprocess.Popen[bytes]:
        """Start the door on a free port (the same one again after a kill)."""
        self.port = self.port or free_ports()[0]
        said = {"GONGBI_CLOCK": "played", **self.environment, **environment}
        door = self._start("door", ["--port", str(self.port)], said)
        if wait:
            self.wait_for_door(door)
        return door

    def wait_for_door(self, door: subprocess.Popen[bytes]) -> None:
        """Wait until it answers; its last words when it ended instead."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert door.poll() is None, self.said("door")
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5)
                return
            except httpx.TransportError:
                time.sleep(0.02)
        pytest.fail("The door did not answer in a minute: " + self.said("door"))

    def start_engine(self, *words: str) -> subprocess.Popen[bytes]:
        """Start the engine."""
        return self._start("engine", list(words), {})

    def fold_to_end(self) -> None:
        """Run an engine until it has folded the whole log."""
        engine = self.start_engine("--until-end")
        assert engine.wait(timeout=120) == 0, self.said("engine")

    def _start(self, name: str, words: list[str], said: dict[str, str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"gongbi.stream.{name}", "--data", str(self.data), *words]
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / f"{name}.err").open("ab") as errors:
            process = subprocess.Popen(command, env={**os.environ, **said}, stderr=errors)
        self.processes.append(process)
        return process

    def said(self, name: str) -> str:
        """What the processes of this name wrote to standard error."""
        path = self.data / f"{name}.err"
        return path.read_text() if path.exists() else ""

    def client(self, key: str = KEY) -> httpx.Client:
        """A sender."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=60,
        )

    def stop(self) -> None:
        """End what still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=30)


@pytest.fixture
def mill(tmp_path: Path) -> Iterator[Mill]:
    """A log and an engine turned by hand."""
    made = Mill(tmp_path)
    yield made
    made.writer.close()
    made.runner.release()


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Make towns, and end their processes afterwards."""
    towns: list[Town] = []

    def make(name: str = "town", *, data: Path | None = None, **environment: str) -> Town:
        town = Town(data or tmp_path / name, environment=environment)
        stream.write_plan(town.data, **plan_tables())
        stream.keep_ingest_key(town.data, "test", KEY)
        towns.append(town)
        return town

    yield make
    for town in towns:
        town.stop()


@pytest.fixture
def town(make_town: Callable[..., Town]) -> Town:
    """A town whose door is open."""
    town = make_town()
    town.start_door()
    return town


def body_of(rows: list[tuple[int, datetime, float]]) -> bytes:
    """Newline JSON."""
    return b"\n".join(
        orjson.dumps({"datastream": d, "time": t.isoformat(), "value": v}) for d, t, v in rows
    )


@dataclass(frozen=True)
class Story:
    """What a sender says, in order: bodies of rows and ticks."""

    steps: tuple[tuple[str, Any], ...]

    @property
    def rows(self) -> int:
        """Rows in all bodies."""
        return sum(body.count(b"\n") + 1 for kind, body in self.steps if kind == "rows")


@pytest.fixture
def make_story() -> Callable[..., Story]:
    """Stories of minutes: rising water, some rows late, some much too late, some ahead."""

    def make(minutes: int, *, seed: int = 7, rows: int = 40) -> Story:
        draw = np.random.default_rng(seed)
        steps: list[tuple[str, Any]] = [("tick", START)]
        for minute in range(minutes):
            now = START + timedelta(minutes=minute)
            steps.append(("rows", body_of(_minute(draw, now, minute, rows))))
            if minute % 3 == 2:
                steps.append(("tick", now + timedelta(minutes=1)))
        return Story(tuple(steps))

    return make


def _minute(draw: np.random.Generator, now: datetime, minute: int, count: int) -> Any:
    rows = []
    for _ in range(count):
        shift = float(
            draw.choice([0, 20, -200, -900, -5000, 900], p=[0.6, 0.2, 0.1, 0.05, 0.03, 0.02])
        )
        value = 15 + 15 * np.sin(minute / 9) + draw.normal(0, 3)
        moment = now + timedelta(seconds=shift + float(draw.integers(0, 30)))
        rows.append((int(draw.integers(1, 22)), moment, round(float(value), 3)))
    return rows


def tell_story(
    town: Town,
    story: Story,
    *,
    sender: str = "teller",
    until: float = 300,
    progress: Callable[[int], None] = lambda step: None,
) -> None:
    """Send a story; a step that gets no answer is sent again until it does."""
    with town.client() as client:
        for number, (kind, what) in enumerate(story.steps):
            progress(number)
            answer = _insist(client, kind, what, sender, number, time.monotonic() + until)
            assert answer.status_code == 200, answer.text


def _insist(
    client: httpx.Client, kind: str, what: Any, sender: str, number: int, until: float
) -> httpx.Response:
    while time.monotonic() < until:
        try:
            if kind == "tick":
                return client.post("/ingest/tick", json={"time": what.isoformat()})
            headers = {"Gongbi-Sender": sender, "Gongbi-Sequence": str(number)}
            return client.post("/ingest/observations", content=what, headers=headers)
        except httpx.TransportError:
            time.sleep(0.02)
    pytest.fail("No answer came.")


@pytest.fixture
def tell() -> Callable[..., None]:
    """``tell_story``."""
    return tell_story


@pytest.fixture
def rows_to_body() -> Callable[..., bytes]:
    """``body_of``."""
    return body_of


@pytest.fixture
def tables() -> Callable[..., dict[str, pa.Table]]:
    """``plan_tables``."""
    return plan_tables


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)


@pytest.fixture
def end_at_once() -> Callable[[subprocess.Popen[bytes]], None]:
    """``kill``."""
    return kill
