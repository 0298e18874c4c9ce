"""A city's doors for each test, and a small feed of each kind in a folder."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from gongbi.feeds.public import Mapping, parse_mapping
from gongbi.replay.public import Doors

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


def _stub() -> ModuleType:
    """The stub beside this file: tests are no package, so that two may bear one name."""
    spec = importlib.util.spec_from_file_location(
        "city_stub", Path(__file__).with_name("city_stub.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["city_stub"] = module
    spec.loader.exec_module(module)
    return module


stub = _stub()


@pytest.fixture
def open_city():  # type: ignore[no-untyped-def]  # the stub is loaded by path, so it has no type here
    """Open a city at a port: a context."""
    return stub.open_city


@pytest.fixture
def city(open_city) -> Iterator:  # type: ignore[no-untyped-def,type-arg]  # as above
    """A city that takes what it is sent."""
    with open_city() as opened:
        yield opened


@pytest.fixture
def doors_of() -> Iterator[Callable[..., Doors]]:
    """Doors to an address; closed when the test ends."""
    opened: list[Doors] = []

    def make(url: str, told: Callable[[str], None] = lambda _: None, **more: float) -> Doors:
        opened.append(Doors(url, url, dict(stub.KEYS), told=told, **more))
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
