"""A pack is loaded whole or not at all; every fault is named with file, line and reason."""

from pathlib import Path

import pytest

from gongbi.core import packs
from gongbi.core.models import PackVersion, Person, Place, Unit
from gongbi.core.public import PackRefused, check_pack, city, place, unit_for


@pytest.fixture(autouse=True)
def only_core(settings: object, tmp_path: Path) -> None:
    settings.GONGBI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    settings.PACK_READERS = ["gongbi.core.pack"]  # type: ignore[attr-defined]


def change(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_sound_pack_is_loaded(db: None, city_folder: Path) -> None:
    assert check_pack(city_folder) == []
    assert packs.load_pack(city_folder, by="test") == 1
    found = place("xx-e")
    assert found is not None
    assert (found.path, found.parent, found.population) == ("/xx/xx-e/", "xx", 200)
    assert city().name_zh == "墨池"
    assert (packs.kept_folder(1) / "places.csv").exists()


def test_loading_again_makes_a_new_version_and_doubles_nothing(
    db: None, city_folder: Path
) -> None:
    packs.load_pack(city_folder, by="test")
    change(city_folder, "places.csv", "东区,East", "新东区,New East")
    assert packs.load_pack(city_folder, by="test") == 2
    assert Place.objects.count() == 3
    assert Unit.objects.count() == 3
    changed = place("xx-e")
    assert changed is not None
    assert changed.name_en == "New East"


def test_ten_faults_are_named_at_once(db: None, city_folder: Path) -> None:
    change(city_folder, "city.toml", "Asia/Shanghai", "Asia/Shangri-La")
    change(city_folder, "city.toml", "[122.9, 30.2]", "[222.9, 30.2]")
    change(city_folder, "places.csv", "xx-e,xx,district", "xx-e,yy,district")
    change(city_folder, "places.csv", "122.85,30.2,100", "here,30.2,many")
    change(city_folder, "places.geojson", '"code":"xx-w"', '"code":"xx-z"')
    change(
        city_folder, "units.csv", "water,centre,water,水务,Water,xx", "Water!,centre,water,,,zz"
    )
    change(city_folder, "calendars.toml", '"13:30-17:30"', '"half past one"')
    (city_folder / "people.csv").write_text(
        "username,name,unit,role,place\nan,An,nobody,mayor,xx\n", "utf-8"
    )
    said = [str(fault) for fault in check_pack(city_folder)]
    assert len(said) >= 10
    for part in (
        "city.toml:4: 'Asia/Shangri-La' is not a time zone",
        "places.csv:3: The parent 'yy' is no place",
        "places.csv:4: lon 'here' is not a number",
        "places.csv:4: population 'many' is not a number",
        "places.geojson:1: Feature 1 has the code 'xx-z'",
        "units.csv:3: The code 'Water!'",
        "units.csv:3: The unit's place 'zz'",
        "calendars.toml:1: office: 'half past one' is not a span",
        "people.csv:2: The role 'mayor'",
        "people.csv:2: The unit 'nobody'",
    ):
        assert any(one.startswith(part) for one in said), part
    with pytest.raises(PackRefused):
        packs.load_pack(city_folder, by="test")
    assert not PackVersion.objects.exists()
    assert not Place.objects.exists()


def test_a_ring_of_parents_is_found(db: None, city_folder: Path) -> None:
    change(city_folder, "places.csv", "xx-e,xx,", "xx-e,xx-w,")
    change(city_folder, "places.csv", "xx-w,xx,", "xx-w,xx-e,")
    assert "stands above itself" in " ".join(str(fault) for fault in check_pack(city_folder))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("places.csv", b"code,parent\nxx,\n", "lacks the column"),
        ("places.csv", "code,parent,kind,name_zh,name_en\nxx,,city,上海,S\n".encode("gb18030"),
         "not UTF-8"),
        ("city.toml", b"code = \n", "city.toml:1: This is not TOML"),
        ("places.geojson", b"{", "not GeoJSON"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_named(
    db: None, city_folder: Path, name: str, content: bytes, said: str
) -> None:
    (city_folder / name).write_bytes(content)
    assert any(said in str(fault) for fault in check_pack(city_folder))


def test_a_missing_file_and_a_missing_folder_are_named(db: None, city_folder: Path) -> None:
    (city_folder / "units.csv").unlink()
    assert any("units.csv:0: The file is missing" in str(f) for f in check_pack(city_folder))
    assert "not a folder" in str(check_pack(city_folder / "nowhere")[0])


def test_a_load_that_fails_half_way_leaves_nothing(
    db: None, city_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongbi.core import pack

    def fail(folder: Path, version: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pack, "load_units", fail)
    with pytest.raises(OSError, match="disk full"):
        packs.load_pack(city_folder, by="test")
    assert not Place.objects.exists()
    assert not PackVersion.objects.exists()


def test_people_of_a_pack_cannot_sign_in_before_a_password_is_set(
    db: None, city_folder: Path
) -> None:
    (city_folder / "people.csv").write_text(
        "username,name,unit,role,place\nan,An,water,worker,xx\n", "utf-8"
    )
    packs.load_pack(city_folder, by="test")
    assert not Person.objects.get(username="an").has_usable_password()


def test_the_nearest_unit_up_the_tree_answers(small_city: int) -> None:
    east, west = unit_for("water", "/xx/xx-e/"), unit_for("water", "/xx/xx-w/")
    assert east is not None
    assert west is not None
    assert (east.code, west.code) == ("water-e", "water")
    assert unit_for("police", "/xx/xx-e/") is None
