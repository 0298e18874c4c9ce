"""A small city with cases, signs and people of the centre."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests import remembered

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday 10:00 in the city
FILES = {
    "city.toml": 'code = "xx"\nname_en = "Inkwell"\nname_zh = "墨池"\nzone = "Asia/Shanghai"\n'
    "centre = [122.9, 30.2]\nfictional = true\n",
    "places.csv": "code,parent,kind,name_zh,name_en,lon,lat,population,valid_from,valid_to\n"
    "xx,,city,墨池,Inkwell,122.9,30.2,300,,\n"
    "xx-e,xx,district,东区,East,122.95,30.2,200,,\n"
    "xx-w,xx,district,西区,West,122.85,30.2,100,,\n"
    "xx-e-1,xx-e,subdistrict,砚台街道,Inkstone,122.95,30.2,120,,\n"
    "xx-e-1-a,xx-e-1,quarter,笔架里,Penrack,122.94,30.2,60,,\n"
    "xx-w-1,xx-w,subdistrict,纸坊街道,Papermill,122.85,30.2,100,,\n"
    "xx-w-1-a,xx-w-1,quarter,墨香里,Inkscent,122.86,30.2,60,,\n",
    "units.csv": "code,parent,kind,name_zh,name_en,place,calendar,phone\n"
    "centre,,centre,城运中心,Operation centre,xx,always,\n"
    "hotline,centre,hotline,市民热线,Hotline,xx,always,0000-12345\n"
    "water,,water,水务,Water,xx,office,\n",
    "calendars.toml": "[calendar.office]\nweekdays = [1, 2, 3, 4, 5]\n"
    'hours = ["09:00-12:00", "13:30-17:30"]\nholidays = "CN"\n',
    "case_types.toml": '[[case_type]]\ncode = "burst-pipe"\nname_en = "Burst pipe"\n'
    'name_zh = "水管爆裂"\ngroup = "water"\npriority = 1\nsources = ["report", "alert"]\n'
    'solve = "4 hours"\ncalendar = "always"\nwords = ["爆管", "burst pipe"]\n'
    '\n[[case_type]]\ncode = "lamp-out"\nname_en = "Lamp out"\nname_zh = "路灯不亮"\n'
    'group = "roads"\npriority = 3\nsources = ["report"]\nsolve = "5 working_days"\n'
    'calendar = "office"\nwords = ["路灯", "lamp"]\n',
    "routes.toml": '[[route]]\ncode = "water"\ngroups = ["water", "roads"]\nto_kind = "water"\n'
    'reason_en = "Water of the place."\nreason_zh = "属地水务负责。"\n',
}
CAST = {
    "officer": ("duty_officer", "centre", "xx"),
    "west": ("duty_officer", "centre", "xx-w"),
    "worker": ("worker", "water", "xx"),
    "stranger": None,
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The city's now, to be set; everything that asks is told."""
    from gongbi.core import clock as core_clock

    told = SimpleNamespace(now=NOW)
    monkeypatch.setattr(core_clock.timezone, "now", lambda: told.now)
    return told


@pytest.fixture
def small_city(db: None, tmp_path: Path, settings: Any, clock: SimpleNamespace) -> SimpleNamespace:
    """The pack loaded, and people of the centre by username."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
    remembered.load(folder, make_cast)
    return SimpleNamespace(people=remembered.people(), clock=clock)


def make_cast() -> None:
    """People with their posts."""
    remembered.cast(CAST)


@pytest.fixture
def signed_in(small_city: SimpleNamespace) -> Callable[[str], Client]:
    """A browser in which somebody of the cast is signed in, reading English."""

    def enter(name: str = "") -> Client:
        browser = Client(headers={"accept-language": "en"})
        if name:
            browser.force_login(
                small_city.people[name], backend="django.contrib.auth.backends.ModelBackend"
            )
        return browser

    return enter


@pytest.fixture
def report(small_city: SimpleNamespace) -> Callable[..., str]:
    """Open a case at a place; gives its number."""
    from gongbi.cases.public import SignalIn, receive_signal

    told = iter(range(1000))

    def open_case(place: str = "xx-e-1-a", kind: str = "burst-pipe", **said: Any) -> str:
        n = next(told)
        east = place.startswith("xx-e")
        lon = (122.94 if east else 122.86) + n * 0.02  # far enough apart not to be one matter
        at = small_city.clock.now
        fields = {"lon": lon, "lat": 30.2, "place": place, "place_words": "", "at": at} | said
        signal = SignalIn(
            source="web",
            reference=str(n),
            words="words nobody else may read",
            type=kind,
            language="en",
            **fields,
        )
        return receive_signal(signal).number

    return open_case


@pytest.fixture
def sensing(small_city: SimpleNamespace) -> SimpleNamespace:
    """One indicator in both districts; an alarm stands in the west."""
    from gongbi.vitals.models import Alert, Indicator, Series

    rain = Indicator.objects.create(
        code="rain",
        name_en="Rainfall",
        name_zh="雨强",
        kind="environment",
        observed_property="rainfall",
        unit="mm/h",
        aggregate="max",
        window_seconds=300,
        lateness_seconds=60,
        notice=10.0,
        warning=30.0,
        alarm=50.0,
    )
    rows = {}
    for number, (code, path, level) in enumerate(
        (("xx-e", "/xx/xx-e/", 0), ("xx-w", "/xx/xx-w/", 3)), start=1
    ):
        rows[code] = Series.objects.create(
            id=number,
            indicator=rain,
            place_id=code,
            place_path=path,
            place_kind="district",
            level=level,
            value=55.0 if level else 1.0,
            window_end=NOW,
        )
    alert = Alert.objects.create(
        id=7,
        series=rows["xx-w"],
        place_path="/xx/xx-w/",
        level=3,
        peak_level=3,
        peak_value=55.0,
        value=55.0,
        began_at=NOW - timedelta(minutes=20),
        raised_at=NOW,
    )
    return SimpleNamespace(series=rows, alert=alert)


def same(html: str) -> str:
    """A page without its form tokens, which are masked anew at each drawing."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", html)
    return re.sub(r"\s+", " ", html).strip()
