"""A small city with sensors: its pack, its clock, and people of the centre."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from tests import remembered

from gongbi.stream import frames
from gongbi.stream.engine import Runner
from gongbi.stream.facts import micros_of
from gongbi.stream.frames import Kind
from gongbi.stream.log_writer import Entry, LogWriter
from gongbi.stream.plans import newest_plan, plan_digest

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday 10:00 in the city
MINUTE = timedelta(minutes=1)
FILES = {
    "city.toml": 'code = "xx"\nname_en = "Inkwell"\nname_zh = "墨池"\nzone = "Asia/Shanghai"\n'
    "centre = [122.9, 30.2]\nfictional = true\n",
    "places.csv": "code,parent,kind,name_zh,name_en,lon,lat,population,valid_from,valid_to\n"
    "xx,,city,墨池,Inkwell,122.9,30.2,300,,\n"
    "xx-e,xx,district,东区,East,122.95,30.2,200,,\n"
    "xx-w,xx,district,西区,West,122.85,30.2,100,,\n"
    "xx-e-1,xx-e,subdistrict,砚台街道,Inkstone,122.95,30.2,120,,\n"
    "xx-e-1-g,xx-e-1,grid,一网格,Grid one,122.95,30.2,60,,\n"
    "xx-e-1-h,xx-e-1,grid,二网格,Grid two,122.95,30.2,60,,\n"
    "xx-e-1-a,xx-e-1-g,quarter,笔架里,Penrack,122.94,30.2,60,,\n"
    "xx-e-1-b,xx-e-1-h,quarter,笔洗里,Brushwash,122.96,30.2,60,,\n"
    "xx-w-1,xx-w,subdistrict,纸坊街道,Papermill,122.85,30.2,100,,\n"
    "xx-w-1-a,xx-w-1,quarter,墨香里,Inkscent,122.86,30.2,60,,\n",
    "units.csv": "code,parent,kind,name_zh,name_en,place,calendar,phone\n"
    "centre,,centre,城运中心,Operation centre,xx,always,\n"
    "water,,water,水务,Water,xx,office,\n"
    "lifts,,lifts,电梯维保,Lift care,xx,always,\n",
    "calendars.toml": "[calendar.office]\nweekdays = [1, 2, 3, 4, 5]\n"
    'hours = ["09:00-12:00", "13:30-17:30"]\nholidays = "CN"\n',
    "case_types.toml": '[[case_type]]\ncode = "burst-pipe"\nname_en = "Burst pipe"\n'
    'name_zh = "水管爆裂"\ngroup = "water"\npriority = 1\nsources = ["report", "alert"]\n'
    'solve = "4 hours"\ncalendar = "always"\nwords = ["爆管", "burst pipe"]\n'
    '\n[[case_type]]\ncode = "lift-fault"\nname_en = "Lift fault"\nname_zh = "电梯故障"\n'
    'group = "lifts"\npriority = 2\nsources = ["alert"]\nsolve = "4 hours"\ncalendar = "always"\n'
    'join = "never"\nwords = ["电梯"]\n',
    "routes.toml": '[[route]]\ncode = "water"\ngroups = ["water", "lifts"]\nto_kind = "water"\n'
    'reason_en = "Water of the place."\nreason_zh = "属地水务负责。"\n',
    "indicators.toml": """
[[indicator]]
code = "pressure"
name_en = "Water pressure"
name_zh = "供水压力"
class = "water"
property = "water_pressure"
unit = "MPa"
aggregate = "mean"
window_minutes = 1
lateness_minutes = 5
places = ["quarter"]
direction = "below"
notice = 0.24
warning = 0.20
alarm = 0.14
clear_margin = 0.01
min_windows = 1
missing_windows = 3
case_type = "burst-pipe"
case_from_level = 2
why_en = "Below 0.14 the third floor has no water."
why_zh = "低于 0.14 时三楼无水。"

[[indicator]]
code = "lifts"
name_en = "Lifts out of order"
name_zh = "电梯停运"
class = "safety"
property = "lift_fault"
unit = "0/1"
aggregate = "max"
window_minutes = 1
places = ["self"]
notice = 0.5
warning = 0.5
case_type = "lift-fault"

[[indicator]]
code = "supply"
name_en = "Pressure of the district"
name_zh = "分区压力"
class = "water"
property = "water_pressure"
unit = "MPa"
aggregate = "min"
window_minutes = 1
lateness_minutes = 5
places = ["district", "city"]
direction = "below"
notice = 0.05
""",
}
# id: (property, unit, place)
STREAMS = {
    1: ("water_pressure", "MPa", "xx-e-1-a"),
    2: ("water_pressure", "MPa", "xx-e-1-b"),
    3: ("water_pressure", "MPa", "xx-w-1-a"),
    4: ("lift_fault", "0/1", "xx-e-1-a"),
    5: ("lift_fault", "0/1", "xx-e-1-b"),
}
CAST = {
    "officer": ("duty_officer", "centre", "xx"),
    "supervisor": ("supervisor", "centre", "xx"),
    "west": ("duty_officer", "centre", "xx-w"),
    "dispatcher": ("dispatcher", "centre", "xx"),
    "keeper": ("keeper", "centre", "xx"),
    "clerk": ("clerk", "centre", "xx"),
    "worker": ("worker", "water", "xx"),
    "lead": ("unit_lead", "water", "xx"),
    "other-lead": ("unit_lead", "lifts", "xx"),
    "stranger": None,
}
Row = tuple[int, float, float]  # datastream, minutes after ten, value


def stream_table(streams: dict[int, tuple[str, str, str]] = STREAMS) -> pa.Table:
    """datastreams.parquet as a table."""
    rows = [
        {
            "id": key,
            "name": f"urn:xx:{prop}:{key}",
            "property": prop,
            "unit": unit,
            "place": place,
            "lon": 122.9,
            "lat": 30.2,
            "step_seconds": 60,
            "owner": "water",
        }
        for key, (prop, unit, place) in streams.items()
    ]
    return pa.Table.from_pylist(rows)


@pytest.fixture
def pack_folder(tmp_path: Path) -> Path:
    """The pack on disk."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    pq.write_table(stream_table(), folder / "datastreams.parquet")
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The city's now, to be set; everything that asks is told."""
    from gongbi.core import clock as core_clock

    told = SimpleNamespace(now=NOW)
    monkeypatch.setattr(core_clock.timezone, "now", lambda: told.now)
    return told


@pytest.fixture
def small_city(
    db: None, pack_folder: Path, tmp_path: Path, settings: Any, clock: SimpleNamespace
) -> SimpleNamespace:
    """The pack loaded, and people by username."""
    settings.GONGBI_DATA = tmp_path / "data"
    remembered.load(pack_folder, make_cast)
    return SimpleNamespace(people=remembered.people(), clock=clock, data=tmp_path / "data")


def make_cast() -> None:
    """People with their posts."""
    remembered.cast(CAST)


class Sensing:
    """The log of the small city, written by hand, and its engine, turned by hand."""

    def __init__(self, data: Path, clock: SimpleNamespace) -> None:
        self.data, self.clock = data, clock
        self.writer = LogWriter(data / "log")
        self.runner = Runner(data)
        self.put_plan_in_force()
        self.tick(0)

    def put_plan_in_force(self) -> None:
        """Do what the door does when a pack has written a plan."""
        number = newest_plan(self.data)
        digest = plan_digest(self.data / "plans" / f"{number:06d}")
        self.writer.write([Entry(Kind.PLAN, frames.pack_plan(number, digest), plan=number)])

    def say(self, *rows: Row) -> None:
        """Store rows."""
        times = np.array([micros_of(at(minute)) for _, minute, _ in rows], np.int64)
        ids = np.array([row[0] for row in rows], np.int64)
        columns = ids, times, np.array([value for _, _, value in rows], np.float64)
        parts = frames.pack_batch("", frames.NO_SEQUENCE, 0, columns)
        span = int(times.min()), int(times.max())
        self.writer.write([Entry(Kind.ROWS, parts, rows=len(rows), span=span)])

    def tick(self, minute: float) -> None:
        """It is so many minutes after ten, for the log and for whoever asks the clock."""
        micros = micros_of(at(minute))
        self.writer.write([Entry(Kind.TICK, frames.pack_tick(micros), tick=micros)])
        self.clock.now = at(minute)

    def fold(self) -> None:
        """Let the engine come to the end of the log."""
        self.runner.fold_some()
        self.runner.show()

    def hear(self) -> int:
        """Let the engine come to the end, and read what it told into the database."""
        from gongbi.vitals.public import read_levels, read_troubles

        self.fold()
        read_troubles()
        return read_levels()

    def play(self, minute: float, *rows: Row) -> None:
        """Rows, then the clock, then all of it into the database."""
        if rows:
            self.say(*rows)
        self.tick(minute)
        self.hear()

    def close(self) -> None:
        """Let the files go."""
        self.writer.close()
        self.runner.release()


def at(minute: float) -> datetime:
    """So many minutes after ten."""
    return NOW + minute * MINUTE


@pytest.fixture
def sensing(small_city: SimpleNamespace) -> Iterator[Sensing]:
    """The small city's log and engine; its plan is in force and it is ten."""
    made = Sensing(small_city.data, small_city.clock)
    yield made
    made.close()


@pytest.fixture
def burst(sensing: Sensing) -> Sensing:
    """Pressure falls in Penrack at 10:01 and in Brushwash at 10:02; it is 10:03."""
    sensing.play(1, (1, 0.5, 0.30), (2, 0.5, 0.30), (3, 0.5, 0.30))
    sensing.play(2, (1, 1.2, 0.18), (1, 1.8, 0.16), (2, 1.5, 0.30), (3, 1.5, 0.30))
    sensing.play(3, (1, 2.5, 0.12), (2, 2.5, 0.19), (3, 2.5, 0.30))
    return sensing


@pytest.fixture
def signed_in(small_city: SimpleNamespace) -> Callable[..., Client]:
    """A browser in which somebody of the cast is signed in; "" for nobody."""

    def enter(name: str, language: str = "en") -> Client:
        browser = Client(headers={"accept-language": language})
        browser.cookies["django_language"] = language
        if name:
            browser.force_login(
                small_city.people[name], "django.contrib.auth.backends.ModelBackend"
            )
        return browser

    return enter
