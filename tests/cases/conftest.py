"""A small city with cases: places, units, types, routes, and a person in every role."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests import remembered

from gongbi.cases.records import ReceiptRecord, SignalIn

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
    "xx-e-1-b,xx-e-1,quarter,墨香里,Inkscent,122.96,30.2,60,,\n",
    "places.geojson": '{"type":"FeatureCollection","features":['
    '{"type":"Feature","properties":{"code":"xx-w"},"geometry":{"type":"Polygon","coordinates":'
    "[[[122.8,30.1],[122.9,30.1],[122.9,30.3],[122.8,30.3],[122.8,30.1]]]}},"
    '{"type":"Feature","properties":{"code":"xx-e"},"geometry":{"type":"Polygon","coordinates":'
    "[[[122.9,30.1],[123.0,30.1],[123.0,30.3],[122.9,30.3],[122.9,30.1]]]}}]}",
    "units.csv": "code,parent,kind,name_zh,name_en,place,calendar,phone\n"
    "centre,,centre,城运中心,Operation centre,xx,always,12345\n"
    "centre-e,centre,centre,东区城运,East centre,xx-e,always,\n"
    "water,,water,水务,Water,xx,office,\n"
    "water-e,water,water,东区水务,East water,xx-e,office,\n"
    "lifts,,lifts,电梯维保,Lift care,xx,always,\n"
    "order,,order,市容,Street order,xx,office,\n",
    "calendars.toml": "[calendar.office]\nweekdays = [1, 2, 3, 4, 5]\n"
    'hours = ["09:00-12:00", "13:30-17:30"]\nholidays = "CN"\n',
    "case_types.toml": """
[[case_type]]
code = "burst-pipe"
name_en = "Burst pipe"
name_zh = "水管爆裂"
group = "water"
priority = 1
sources = ["report", "alert"]
first_contact = "30 minutes"
solve = "4 hours"
calendar = "always"
stages = [
  {code = "found", name_en = "Leak found", name_zh = "找到漏点"},
  {code = "mended", name_en = "Pipe mended", name_zh = "管道修好"},
]
says.accept = {en = "The crew is on its way.", zh = "抢修队已出发。"}
words = ["爆管", "水管爆", "burst pipe"]

[[case_type]]
code = "lift-trap"
name_en = "Trapped in a lift"
name_zh = "电梯困人"
group = "lifts"
priority = 1
sources = ["report", "alert"]
solve = "2 hours"
calendar = "always"
words = ["电梯困人", "困在电梯", "trapped in lift"]

[[case_type]]
code = "stall"
name_en = "Stall in the way"
name_zh = "占道经营"
group = "order"
priority = 3
first_contact = "1 working_days"
solve = "5 working_days"
calendar = "office"
photo_after = true
words = ["占道", "摊贩", "stall"]

[[case_type]]
code = "advice"
name_en = "Advice"
name_zh = "咨询"
group = "other"
priority = 4
solve = "1 working_days"
calendar = "office"
ask_verdict = false
words = ["咨询", "advice"]

[[case_type]]
code = "conduct"
name_en = "Conduct of a unit"
name_zh = "工作作风"
group = "other"
priority = 2
solve = "5 working_days"
calendar = "office"
words = ["态度", "rude"]

[[case_type]]
code = "hole"
name_en = "Hole in the road"
name_zh = "路面坑洞"
group = "order"
priority = 3
first_contact = "same_day"
on_site = "1 working_days"
solve = "5 working_days"
calendar = "office"
file_first = true
pause_limit = "2 working_days"
extend_times = 1
codes = {"national" = "X-17"}
ladder = "short"
fields = [
  {code = "holes", kind = "number", most = 500, name_en = "Holes", name_zh = "坑洞数"},
  {code = "how", kind = "choice", name_en = "How", name_zh = "方式", choices = [
    {code = "asked", name_en = "asked to leave", name_zh = "劝离"},
    {code = "fined", name_en = "fined", name_zh = "处罚"}]},
]
words = ["坑洞", "hole in the road"]

[[ladder]]
code = "short"
steps = [{at = "50%", tell = ["unit"]}, {at = "+1 working_days", tell = ["supervisor"]}]

""",
    "routes.toml": """
[[route]]
code = "lifts-now"
types = ["lift-trap"]
to_kind = "lifts"
at_once = true
reason_en = "People first: the lift crew is sent at once."
reason_zh = "人命关天:直接派电梯维保。"

[[route]]
code = "water-high"
types = ["burst-pipe"]
min_level = 3
to_unit = "water"
reason_en = "An alarm goes to the city's water."
reason_zh = "三级告警由市水务负责。"

[[route]]
code = "water"
groups = ["water"]
to_kind = "water"
reason_en = "Water of the place."
reason_zh = "属地水务负责。"

[[route]]
code = "order"
groups = ["order"]
to_kind = "order"
reason_en = "Street order."
reason_zh = "市容负责。"

[[route]]
code = "rest"
groups = ["other"]
to_kind = "centre"
reason_en = "The centre of the place."
reason_zh = "属地中心负责。"
""",
}
READERS = ["gongbi.core.pack", "gongbi.cases.pack"]
# username: (role, unit, place)
CAST = {
    "dispatcher": ("dispatcher", "centre", "xx"),
    "dispatcher-w": ("dispatcher", "centre", "xx-w"),
    "supervisor": ("supervisor", "centre", "xx"),
    "officer": ("duty_officer", "centre", "xx"),
    "clerk": ("clerk", "centre", "xx"),
    "lead": ("unit_lead", "water", "xx"),
    "worker": ("worker", "water-e", "xx-e"),
    "lifter": ("worker", "lifts", "xx"),
    "referee": ("referee", "order", "xx"),
    "stranger": None,
}


@pytest.fixture
def pack_folder(tmp_path: Path) -> Path:
    """The pack on disk."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The city's now, to be set; everything that asks is told."""
    from gongbi.core import clock as core_clock

    told = SimpleNamespace(now=NOW)
    monkeypatch.setattr(core_clock.timezone, "now", lambda: told.now)
    return told


@pytest.fixture
def loaded(pack_folder: Path, settings: Any, tmp_path: Path) -> None:
    """Load the pack; to be used under whichever database fixture the test asks for."""
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = READERS
    remembered.load(pack_folder)


@pytest.fixture
def small_city(
    db: None, pack_folder: Path, settings: Any, tmp_path: Path, clock: SimpleNamespace
) -> SimpleNamespace:
    """The pack loaded, the clock at ten on a Tuesday, and the cast with their posts."""
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = READERS
    remembered.load(pack_folder, make_cast)
    return SimpleNamespace(people=remembered.people(), clock=clock)


def make_cast() -> dict[str, Any]:
    """People by username."""
    return remembered.cast(CAST)


@pytest.fixture
def signed_in(small_city: SimpleNamespace) -> Callable[..., Client]:
    """A browser in which somebody of the cast is signed in; "" for nobody."""

    def enter(name: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.cookies["django_language"] = language
        if name:
            client.force_login(
                small_city.people[name], "django.contrib.auth.backends.ModelBackend"
            )
        return client

    return enter


@pytest.fixture
def system(small_city: SimpleNamespace) -> Callable[..., Client]:
    """Another system with its key."""
    from gongbi.core.public import make_application_key

    def enter(*scopes: str) -> Client:
        key = make_application_key("crew", list(scopes))
        return Client(headers={"authorization": f"Bearer {key}", "accept-language": "en"})

    return enter


def signal(**changes: Any) -> SignalIn:
    """A resident's report of a burst pipe in Penrack, changed as a test needs."""
    said: dict[str, Any] = {
        "source": "web",
        "reference": "w-1",
        "words": "笔架里3号门口水管爆了,电话13812345678",
        "type": "burst-pipe",
        "lon": 122.94,
        "lat": 30.2,
        "place": "xx-e-1-a",
        "place_words": "3号门口",
        "at": NOW,
        "language": "zh-hans",
        "contact": "李娜 13812345678",
    }
    return SignalIn(**(said | changes))


@pytest.fixture
def reported(small_city: SimpleNamespace) -> Callable[..., ReceiptRecord]:
    """Report something; each call is a new reference unless one is given."""
    from gongbi.cases.public import receive_signal

    seen: list[int] = []

    def report(**changes: Any) -> ReceiptRecord:
        seen.append(1)
        return receive_signal(signal(**({"reference": f"w-{len(seen)}"} | changes)))

    return report
