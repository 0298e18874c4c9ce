"""A sensor in trouble is the sensor's: on a page, beside its figures, and for its keeper."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.vitals.conftest import STREAMS, Sensing, at, stream_table
from tests.vitals.walking import read

from gongbi.cases.models import Case
from gongbi.core.packs import check_pack
from gongbi.vitals.models import Alert, SensorTrouble
from gongbi.vitals.public import read_troubles
from gongbi.vitals.sensors import READER

TRUSTS = """
[[sensor]]
property = "water_pressure"
low = 0.0
high = 2.0
silence_steps = 3
stuck_minutes = 90
case_type = "burst-pipe"
leave_out = true
"""


@pytest.fixture
def trusts(pack_folder: Path) -> None:
    """The pack says what no water has; four gauges stand behind one cabinet."""
    (pack_folder / "sensors.toml").write_text(TRUSTS, "utf-8")
    more = {**STREAMS, 6: ("water_pressure", "MPa", "xx-e-1-a")}
    table = stream_table(more)
    gateways = ["cabinet-7" if key in (1, 2, 6) else "" for key in more]
    pq.write_table(table.append_column("gateway", [gateways]), pack_folder / "datastreams.parquet")


def steady(sensing: Sensing, first: int, last: int, *who: int) -> None:
    """A row a minute from each, never twice the same."""
    for minute in range(first, last):
        rows = [(one, minute + 0.5, 0.30 + 0.001 * (minute % 7) + one / 1000) for one in who]
        sensing.play(minute + 1, *rows)


def test_out_of_range_is_the_sensor_s_and_left_out_of_the_figure(
    trusts: None, sensing: Sensing, signed_in: Callable[..., Any]
) -> None:
    steady(sensing, 0, 3, 1, 2, 3, 6)
    sensing.play(4, (1, 3.5, -0.4), (2, 3.5, 0.3), (3, 3.5, 0.31), (6, 3.5, 0.3))
    (trouble,) = SensorTrouble.objects.all()
    assert (trouble.kind, trouble.figure, trouble.bound) == ("range", -0.4, 0.0)
    assert not Alert.objects.exists(), "the other gauge of the quarter says 0.30"
    officer = signed_in("officer")
    words = read(officer, "/sensors/?place=xx-e")
    assert "urn:xx:water_pressure:1 · outside of what is possible" in words
    assert "It says -0.4 MPa; the limit of what is possible is 0 MPa." in words
    figure = read(officer, "/vitals/pressure/xx-e-1-a/")
    assert "From a troubled sensor" in figure
    assert "not to be trusted" in figure
    assert "Sensors in trouble 1" in read(officer, "/vitals/?place=xx-e")
    steady(sensing, 4, 26, 1, 2, 3, 6)
    assert SensorTrouble.objects.get().ended_at == at(23.5)
    assert "From a troubled sensor" not in read(officer, "/vitals/pressure/xx-e-1-a/")
    assert "urn:xx:water_pressure:1" in read(officer, "/sensors/?place=xx-e&state=ended")
    assert "No sensor in trouble" in read(officer, "/sensors/?place=xx-e")


def test_it_becomes_a_case_where_the_pack_says_so(
    trusts: None, sensing: Sensing, signed_in: Callable[..., Any]
) -> None:
    steady(sensing, 0, 2, 1)
    sensing.play(3, (1, 2.5, 9.0))
    trouble = SensorTrouble.objects.get()
    case = Case.objects.get(number=trouble.case_number)
    assert case.type.code == "burst-pipe"
    words = read(signed_in("dispatcher"), f"/cases/{case.number}/")
    assert "urn:xx:water_pressure:1: outside of what is possible" in words
    assert "超出可能的范围" not in words
    assert "超出可能的范围" in read(signed_in("dispatcher", "zh-hans"), f"/cases/{case.number}/")


def test_a_cabinet_is_one_trouble_and_others_are_not_shown_it(
    trusts: None, sensing: Sensing, signed_in: Callable[..., Any]
) -> None:
    steady(sensing, 0, 5, 1, 2, 3, 6)
    steady(sensing, 5, 14, 3)
    (trouble,) = SensorTrouble.objects.all()
    assert (trouble.group, trouble.sensors, trouble.place_code) == ("cabinet-7", 3, "xx-e-1")
    words = read(signed_in("officer"), "/sensors/")
    assert "cabinet-7 · silent" in words
    assert "None of its 3 sensors has spoken for over 3 min." in words
    assert "cabinet-7" not in read(signed_in("west"), "/sensors/")
    assert "cabinet-7 · 无数据" in read(signed_in("officer", "zh-hans"), "/sensors/")
    steady(sensing, 14, 17, 1, 2, 3, 6)
    trouble.refresh_from_db()
    assert trouble.ended_at is not None


def test_reading_twice_changes_nothing(trusts: None, sensing: Sensing) -> None:
    from gongbi.vitals.models import Bookmark

    steady(sensing, 0, 2, 1)
    sensing.play(3, (1, 2.5, 9.0))
    before = list(SensorTrouble.objects.order_by("pk").values()), Case.objects.count()
    Bookmark.objects.filter(pk=READER).update(position=0)
    read_troubles()
    assert (list(SensorTrouble.objects.order_by("pk").values()), Case.objects.count()) == before


@pytest.mark.parametrize(
    ("said", "line", "words"),
    [
        ("property = 'heat'", 2, "No datastream has the property 'heat'"),
        ("property = 'lift_fault'\nlow = 3\nhigh = 1", 3, "low 3 must be below high 1"),
        ("property = 'lift_fault'\nloud = 3", 3, "'loud' is no key of a sensor"),
        ("property = 'lift_fault'\nhigh = 'x'", 3, "high must be a number"),
        ("property = 'lift_fault'\nleave_out = 1", 3, "leave_out is true or false"),
        ("property = 'lift_fault'\nsilence_steps = -1", 3, "silence_steps must be 0 or more"),
        ("property = 'lift_fault'\ncase_type = 'no'", 3, "There is no case type 'no'"),
    ],
)
def test_faults_of_the_file_are_named_with_their_line(
    pack_folder: Path, said: str, line: int, words: str
) -> None:
    (pack_folder / "sensors.toml").write_text(f"[[sensor]]\n{said}\n", "utf-8")
    faults = [one for one in check_pack(pack_folder) if one.file == "sensors.toml"]
    assert [fault.line for fault in faults] == [line]
    assert words in faults[0].reason
