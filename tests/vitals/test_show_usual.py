"""A sign judged by what is usual at the hour: it learns, says so, and says why a level rose."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.vitals.conftest import NOW, Sensing
from tests.vitals.walking import read

from gongbi.stream.plans import load_plan, newest_plan
from gongbi.vitals.models import Alert, LevelChange

NIGHT = """
[[indicator]]
code = "hourly"
name_en = "Pressure by the hour"
name_zh = "每小时压力"
class = "water"
property = "water_pressure"
unit = "MPa"
aggregate = "mean"
window_minutes = 60
places = ["self"]
usual_notice = 4
usual_warning = 8
least_deviation = 0.04
"""
PAGE = "/vitals/hourly/xx-e-1-a/"


@pytest.fixture
def rule(pack_folder: Path) -> None:
    """One more indicator in the pack, without any limit of its own."""
    path = pack_folder / "indicators.toml"
    path.write_text(path.read_text("utf-8") + NIGHT, "utf-8")


@pytest.fixture
def learnt(rule: None, sensing: Sensing) -> Sensing:
    """Nine days of 0.30 and 0.31 on turning days, from Tuesday 10:00 to Thursday 10:00."""
    for hour in range(9 * 24):
        sensing.say((1, 60 * hour + 1, 0.30 + 0.01 * (hour // 24 % 2)))
        sensing.tick(60 * (hour + 1))
    sensing.hear()
    return sensing


def test_what_is_unusual_is_shown_with_its_reason(
    learnt: Sensing, signed_in: Callable[..., Any]
) -> None:
    hour = 9 * 24
    learnt.play(60 * (hour + 1), (1, 60 * hour + 1, 0.36))
    alert = Alert.objects.get(series__indicator="hourly")
    assert (alert.level, alert.value) == (1, 0.36)
    assert alert.expected == pytest.approx(0.305, abs=0.005)
    assert alert.scatter == pytest.approx(0.01)
    change = LevelChange.objects.filter(series=alert.series).latest("position")
    assert change.limit == pytest.approx(alert.expected + 4 * alert.scatter)
    officer = signed_in("officer")
    words = read(officer, PAGE)
    assert re.search(r"0\.36 MPa, where 0\.3\d MPa is usual at this hour, give or take", words)
    assert "4 times are notice" in words
    assert "notice 4 ×, warning 8 × the usual scatter, and no less than 0.04 MPa off" in words
    told = read(officer, f"/alerts/{alert.pk}/")
    assert "is usual at this hour" in told


def test_the_chart_shows_the_usual_beside_the_readings(
    learnt: Sensing, signed_in: Callable[..., Any]
) -> None:
    page = signed_in("officer").get(PAGE + "?span=24h").content.decode()
    found = re.search(
        r'<script id="[^"]+" type="application/json"[^>]*>(.*?)</script>', page, re.S
    )
    assert found
    lines = json.loads(found[1])["series"]
    assert [line["name"] for line in lines][1:] == ["usual at this hour"]
    known = [value for value in lines[1]["values"] if value is not None]
    assert known
    assert all(0.29 < value < 0.32 for value in known)


def test_in_chinese_and_when_it_is_over(learnt: Sensing, signed_in: Callable[..., Any]) -> None:
    hour = 9 * 24
    learnt.play(60 * (hour + 1), (1, 60 * hour + 1, 0.36))
    officer = signed_in("officer", "zh-hans")
    words = read(officer, PAGE)
    assert "此时常态为" in words
    assert "还按此时的常态判断" in words
    learnt.play(60 * (hour + 2), (1, 60 * hour + 61, 0.30))
    alert = Alert.objects.get(series__indicator="hourly")
    assert alert.ended_at == NOW + timedelta(hours=hour + 1)
    over = read(officer, f"/alerts/{alert.pk}/")
    assert "当时常态为" in over


def test_the_calendar_of_the_city_goes_into_the_plan(rule: None, small_city: Any) -> None:
    plan = load_plan(small_city.data, newest_plan(small_city.data))
    kinds = dict(zip(plan.days["begin"].to_pylist(), plan.days["kind"].to_pylist(), strict=True))

    def kind(year: int, month: int, day: int) -> int:
        begin = NOW.replace(year=year, month=month, day=day, hour=0) - timedelta(hours=8)
        return int(kinds[round(begin.timestamp()) * 1_000_000])

    assert [kind(2026, 11, day) for day in (27, 28, 29, 30)] == [0, 1, 1, 0]
    assert kind(2026, 10, 1) == 1, "the national day"
    assert kind(2025, 1, 26) == 0, "a Sunday made a working day before the spring festival"


def test_what_is_known_ahead_shifts_the_usual(
    learnt: Sensing, signed_in: Callable[..., Any]
) -> None:
    officer = signed_in("officer")
    said = {
        "name_en": "Fair", "begins_at": "2026-12-03T06:00", "ends_at": "2026-12-03T22:00",
        "touches": "sign:hourly", "percent": "200", "source": "town",
    }  # fmt: skip
    assert officer.post("/known/at/xx-e", said).status_code == 302
    page = officer.get(PAGE + "?span=24h").content.decode()
    assert re.search(r"Expected with what is known ahead</dt><dd>0\.6\d MPa", page)
    found = re.search(
        r'<script id="[^"]+" type="application/json"[^>]*>(.*?)</script>', page, re.S
    )
    assert found
    lines = {line["name"]: line["values"] for line in json.loads(found[1])["series"]}
    usual = lines["usual at this hour"]
    shifted = lines["expected with what is known ahead"]
    assert shifted[-1] == pytest.approx(2 * usual[-1])
    assert shifted[0] == usual[0], "before it begins"
