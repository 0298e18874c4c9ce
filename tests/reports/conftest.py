"""A small city whose residents report: three places, four units, three types."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from tests import remembered

TOWN = {
    "city.toml": 'code = "xx"\nname_en = "Inkwell"\nname_zh = "墨池"\nzone = "Asia/Shanghai"\n'
    "centre = [122.9, 30.2]\nfictional = true\n",
    "places.csv": "code,parent,kind,name_zh,name_en,lon,lat,population,valid_from,valid_to\n"
    "xx,,city,墨池,Inkwell,122.9,30.2,300,,\n"
    "xx-e,xx,district,东湖区,East Lake,122.95,30.2,200,,\n"
    "xx-w,xx,district,西山区,West Hill,122.85,30.2,100,,\n",
    "units.csv": "code,parent,kind,name_zh,name_en,place,calendar,phone\n"
    "centre,,centre,城运中心,Operation centre,xx,always,12345\n"
    "water,centre,water,水务,Water works,xx,always,\n"
    "roads,centre,roads,道路,Road works,xx,office,\n"
    "roads-e,roads,roads,东湖道路,East Lake roads,xx-e,office,\n",
    "places.geojson": '{"type":"FeatureCollection","features":['
    '{"type":"Feature","properties":{"code":"xx-w"},"geometry":{"type":"Polygon","coordinates":'
    "[[[122.8,30.1],[122.9,30.1],[122.9,30.3],[122.8,30.3],[122.8,30.1]]]}},"
    '{"type":"Feature","properties":{"code":"xx-e"},"geometry":{"type":"Polygon","coordinates":'
    "[[[122.9,30.1],[123.0,30.1],[123.0,30.3],[122.9,30.3],[122.9,30.1]]]}}]}",
    "calendars.toml": "[calendar.office]\nweekdays = [1, 2, 3, 4, 5]\n"
    'hours = ["09:00-12:00", "13:30-17:30"]\nholidays = "CN"\n',
    "case_types.toml": """
[[case_type]]
code = "burst-pipe"
name_en = "Burst pipe"
name_zh = "爆管"
group = "water"
priority = 1
sources = ["report", "alert"]
first_contact = "1 hours"
solve = "4 hours"
calendar = "always"
words = ["爆管", "漏水", "burst pipe", "leak"]

[[case_type]]
code = "lamp-out"
name_en = "Street lamp out"
name_zh = "路灯不亮"
group = "roads"
priority = 3
sources = ["report"]
first_contact = "1 working_days"
solve = "5 working_days"
calendar = "office"
words = ["路灯", "street lamp", "lamp"]

[[case_type]]
code = "inspection"
name_en = "Own inspection"
name_zh = "巡查"
group = "other"
priority = 4
sources = ["report"]
solve = "5 working_days"
calendar = "office"
visible = false
words = ["巡查"]
""",
    "routes.toml": """
[[route]]
code = "water"
groups = ["water"]
to_kind = "water"
reason_en = "Water works mend pipes."
reason_zh = "水务负责水管。"

[[route]]
code = "roads"
groups = ["roads"]
to_kind = "roads"
reason_en = "Road works mend lamps."
reason_zh = "道路部门负责路灯。"

[[route]]
code = "rest"
types = ["inspection"]
to_unit = "centre"
reason_en = "The centre looks at the rest."
reason_zh = "其余由中心处理。"
""",
}


@pytest.fixture
def town(db: None, tmp_path: Path, settings: object) -> Path:
    """The city, loaded into a data folder of the test's own; returns that data folder."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in TOWN.items():
        (folder / name).write_text(text, "utf-8")
    settings.GONGBI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    settings.PACK_READERS = ["gongbi.core.pack", "gongbi.cases.pack"]  # type: ignore[attr-defined]
    remembered.load(folder)
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _in_english() -> object:
    """Sentences are compared in English; each browser of a test says which it reads."""
    with translation.override("en"):
        yield


@pytest.fixture
def browser() -> Client:
    """A stranger's browser that reads English."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def signed_in(town: Path) -> Callable[..., Client]:
    """A browser of somebody who holds a post: ``signed_in("worker", unit="water")``."""

    def enter(role: str, *, unit: str = "centre", place: str = "xx", name: str = "") -> Client:
        from gongbi.core.models import Person, Post

        person = Person.objects.create_user(username=name or f"{role}-{place}", name=role)
        Post.objects.create(person=person, role=role, unit_id=unit, place_id=place)
        client = Client(headers={"accept-language": "en"})
        client.force_login(person)
        return client

    return enter
