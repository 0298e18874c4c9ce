"""Real doors for each test, and a small feed of each kind in a folder."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.stream.conftest import Town, kill

from gongbi.feeds.public import Mapping, parse_mapping
from gongbi.replay.public import Doors
from gongbi.stream import public as stream
from gongbi.stream.frames import Kind, unpack_batch
from gongbi.stream.log_reader import LogReader

KEYS = {"ingest": "key-of-readings"}
GAUGES = """name = "gauges"
kind = "observations"
files = ["gauges.csv"]
[time]
column = "at"
zone = "Asia/Shanghai"
[[value]]
column = "level"
datastream = "urn:gauge:{gauge}"
[absent]
means = "zero"
step_minutes = 5
hours = "08:00-10:00"
"""
TICKETS = """name = "tickets"
kind = "reports"
files = ["tickets.csv"]
[time]
column = "at"
zone = "Asia/Shanghai"
[report]
source = "counter"
reference = "{number}"
words = "{what}"
"""


@dataclass
class Sensing:
    """A city's real ingest door, as its sender and its log see it."""

    town: Town

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.town.port}"

    def rows(self) -> list[tuple[int, int, float]]:
        """Every row of the log: (datastream, epoch ms, value), in the order stored."""
        reader, found = LogReader(self.town.data / "log"), []
        while frames := list(reader.read()):
            batches = [unpack_batch(one.payload) for one in frames if one.kind == Kind.ROWS]
            for batch in batches:
                ids, times, values = batch.ids, batch.times // 1000, batch.values
                found += zip(ids.tolist(), times.tolist(), values.tolist(), strict=True)
        return found

    def keys_doubled(self) -> int:
        """How many rows say again what another has said of the same moment."""
        rows = self.rows()
        return len(rows) - len({row[:2] for row in rows})

    def clock(self) -> int:
        """The city's clock in epoch milliseconds, as its other processes read it."""
        return int.from_bytes((self.town.data / "clock").read_bytes(), "little") // 1000


def write_gauges(data: Path, *names: str) -> None:
    """Put a plan with these gauges in force; a window of five minutes each."""
    ids, count = np.arange(1, len(names) + 1), len(names)
    text, limit = pa.array(["x"] * count), pa.array([np.nan] * count, pa.float64())
    stream.write_plan(
        data,
        datastreams=pa.table(
            {"id": ids, "name": [f"urn:gauge:{name}" for name in names], "place": text,
             "property": text, "unit": text, "step_seconds": pa.array([300] * count, pa.int32())}
        ),
        series=pa.table(
            {"id": ids, "indicator": text, "place": text, "property": text,
             "aggregate": ["sum"] * count, "window_seconds": [300] * count,
             "lateness_seconds": [300] * count, "direction": ["above"] * count,
             "notice": limit, "warning": limit, "alarm": limit, "clear_margin": [0.0] * count,
             "min_windows": [1] * count, "missing_windows": [0] * count}
        ),
        members=pa.table({"datastream": ids, "series": ids}),
    )  # fmt: skip


@pytest.fixture
def sensing(tmp_path: Path) -> Iterator[Sensing]:
    """A running ingest door whose city knows the gauges g0, g1 and g2."""
    town = Town(tmp_path / "city")
    town.data.mkdir()
    write_gauges(town.data, "g0", "g1", "g2")
    stream.keep_ingest_key(town.data, "player", KEYS["ingest"])
    town.start_door()
    yield Sensing(town)
    for process in town.processes:
        kill(process)


@pytest.fixture
def doors_of() -> Iterator[Callable[..., Doors]]:
    """Doors to an address; closed when the test ends."""
    opened: list[Doors] = []

    def make(url: str, told: Callable[[str], None] = lambda _: None, **more: float) -> Doors:
        opened.append(Doors(url, url, dict(KEYS), told=told, **more))
        return opened[-1]

    yield make
    for doors in opened:
        doors.close()


@pytest.fixture
def gauges(tmp_path: Path) -> tuple[Mapping, Path]:
    """Three gauges over two hours; 30 rows, one of them no figure. The rest of 72 are zeros."""
    rows = [f"2016-02-06T{8 + n // 12:02}:{n % 12 * 5:02},g{n % 3},{n}" for n in range(24)]
    rows += [f"2016-02-06T08:{n * 5 + 1:02},g0,{n}.5" for n in range(5)]
    rows.append("2016-02-06T07:00,g0,high")
    (tmp_path / "gauges.csv").write_text("at,gauge,level\n" + "\n".join(rows) + "\n", "utf-8")
    return parse_mapping(GAUGES), tmp_path


@pytest.fixture
def tickets(tmp_path: Path) -> tuple[Mapping, Path]:
    """Four tickets out of order, one repeated and one without words."""
    rows = ["3,2016-02-06T09:10,路灯不亮", "1,2016-02-06T08:01,水管破裂"]
    rows += ["2,2016-02-06T08:59,太吵", "1,2016-02-06T08:01,水管破裂", "4,2016-02-06T10:00,"]
    (tmp_path / "tickets.csv").write_text("number,at,what\n" + "\n".join(rows) + "\n", "utf-8")
    return parse_mapping(TICKETS), tmp_path
