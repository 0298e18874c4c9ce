"""A tiny city for core's tests."""

from pathlib import Path

import pytest
from tests import remembered
from tests.core.keepers import browser  # noqa: F401 - fixture

FILES = {
    "city.toml": 'code = "xx"\nname_en = "Inkwell"\nname_zh = "墨池"\nzone = "Asia/Shanghai"\n'
    "centre = [122.9, 30.2]\nfictional = true\n",
    "places.csv": "code,parent,kind,name_zh,name_en,lon,lat,population,valid_from,valid_to\n"
    "xx,,city,墨池,Inkwell,122.9,30.2,300,,\n"
    "xx-e,xx,district,东区,East,122.95,30.2,200,,\n"
    "xx-w,xx,district,西区,West,122.85,30.2,100,,\n",
    "units.csv": "code,parent,kind,name_zh,name_en,place,calendar,phone\n"
    "centre,,centre,城运中心,Operation centre,xx,always,12345\n"
    "water,centre,water,水务,Water,xx,office,\n"
    "water-e,water,water,东区水务,East water,xx-e,office,\n",
    "places.geojson": '{"type":"FeatureCollection","features":['
    '{"type":"Feature","properties":{"code":"xx-w"},"geometry":{"type":"Polygon","coordinates":'
    "[[[122.8,30.1],[122.9,30.1],[122.9,30.3],[122.8,30.3],[122.8,30.1]]]}},"
    '{"type":"Feature","properties":{"code":"xx-e"},"geometry":{"type":"Polygon","coordinates":'
    "[[[122.9,30.1],[123.0,30.1],[123.0,30.3],[122.9,30.3],[122.9,30.1]]]}}]}",
    "calendars.toml": "[calendar.office]\nweekdays = [1, 2, 3, 4, 5]\n"
    'hours = ["09:00-12:00", "13:30-17:30"]\nholidays = "CN"\n',
}


@pytest.fixture
def city_folder(tmp_path: Path) -> Path:
    """A pack of three places and three units, on disk."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def small_city(db: None, city_folder: Path, settings: object, tmp_path: Path) -> int:
    """That pack, loaded into a data folder of the test's own."""
    from gongbi.core import pack

    settings.GONGBI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    settings.PACK_READERS = ["gongbi.core.pack"]  # type: ignore[attr-defined]
    assert pack.__name__ in settings.PACK_READERS  # type: ignore[attr-defined]
    return remembered.load(city_folder)
