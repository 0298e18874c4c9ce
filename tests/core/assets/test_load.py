"""The register of assets is loaded, at the command line and with the pack."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gongbi.config.cli import app
from gongbi.core import packs
from gongbi.core.models import Asset, JournalLine, PackVersion
from gongbi.core.public import asset, assets_near, check_pack

KINDS = """
[[asset_kind]]
code = "lamp"
name_en = "Street lamp"
name_zh = "路灯"
words = ["lamp post", "灯杆"]
shapes = ["9-9999"]

[[asset_kind]]
code = "manhole"
name_en = "Manhole"
name_zh = "窨井"
"""
HEAD = "kind,code,lon,lat,owner,maintainer,place,name_en,name_zh,since,until\n"
LAMP = "lamp,3-0421,122.95,30.2,water,,,,,2020-01-01,\n"
NEXT = "lamp,3-0422,122.9504,30.2,water,water-e,xx-e,Lamp at the gate,门口路灯,,\n"
COVER = "manhole,W-7,122.95,30.2,water,,,,,,\n"


@pytest.fixture
def keeping(city_folder: Path, settings: object, tmp_path: Path, db: None) -> Path:
    """A city that keeps lamps and manholes, and has none yet; gives the pack's folder."""
    settings.GONGBI_DATA = tmp_path / "data"  # type: ignore[attr-defined]
    settings.PACK_READERS = ["gongbi.core.pack"]  # type: ignore[attr-defined]
    (city_folder / "asset_kinds.toml").write_text(KINDS, "utf-8")
    packs.load_pack(city_folder, by="test")
    return city_folder


def load(tmp_path: Path, rows: str, *options: str, head: str = HEAD) -> tuple[int, str]:
    """``gongbi assets load``: the exit code and what it said."""
    file = tmp_path / "register.csv"
    file.write_text(head + rows, "utf-8")
    done = CliRunner().invoke(app, ["assets", "load", str(file), *options])
    return done.exit_code, done.output


def test_rows_are_taken_and_found(keeping: Path, tmp_path: Path) -> None:
    code, said = load(tmp_path, LAMP + NEXT + COVER)
    assert code == 0, said
    assert "3 new, 0 changed, 0 as before, 0 retired, 0 refused." in said
    found = asset("lamp:3-0421")
    assert found is not None
    assert (found.place, found.owner, found.maintainer) == ("xx-e", "water", None)
    assert (found.kind_en, found.ref, found.standing) == ("Street lamp", "lamp:3-0421", True)
    near = assets_near(122.95, 30.2, ["lamp"])
    assert [(one.code, round(metres)) for one, metres in near] == [("3-0421", 0), ("3-0422", 38)]
    line = JournalLine.objects.get(kind="core.AssetsLoaded")
    assert line.subject == "assets"


def test_loaded_again_is_the_same(keeping: Path, tmp_path: Path) -> None:
    load(tmp_path, LAMP + NEXT)
    before = list(Asset.objects.order_by("pk").values())
    _code, said = load(tmp_path, LAMP + NEXT)
    assert "0 new, 0 changed, 2 as before" in said
    assert list(Asset.objects.order_by("pk").values()) == before


def test_a_bad_row_is_refused_with_line_and_reason_and_the_good_ones_go_on(
    keeping: Path, tmp_path: Path
) -> None:
    rows = (
        LAMP
        + "bench,1,122.95,30.2,water,,,,,,\n"
        + "lamp,,122.95,30.2,water,,,,,,\n"
        + "lamp,5,east,30.2,water,,,,,,\n"
        + "lamp,6,122.95,30.2,nobody,,,,,,\n"
        + "lamp,7,122.95,30.2,water,nobody,,,,,\n"
        + "lamp,8,122.95,30.2,water,,nowhere,,,,\n"
        + "lamp,9,30.2,122.95,water,,,,,,\n"
        + "lamp,10,30.2,22.95,water,,,,,,\n"
        + "lamp,11,122.95,30.2,water,,,,,soon,\n"
        + "lamp,12,122.95,30.2,water,,,,,2026-01-02,2026-01-01\n"
        + "lamp,3-0421,122.95,30.2,water,,,,,,\n"
        + "lamp,13,122.95,30.2,water,,,,,,,more\n"
        + "lamp,14,nan,30.2,water,,,,,,\n"
        + NEXT
    )
    code, said = load(tmp_path, rows)
    assert code == 1
    for part in (
        "register.csv:3: 'bench' is no kind",
        "register.csv:4: The code '' needs a letter or digit",
        "register.csv:5: lon 'east' is not a number",
        "register.csv:6: The owner 'nobody' is no unit",
        "register.csv:7: The maintainer 'nobody' is no unit",
        "register.csv:8: 'nowhere' is no place",
        "register.csv:9: lat '122.95' is not a number up to 90",
        "register.csv:10: The point lies outside this city; are lon and lat exchanged?",
        "register.csv:11: since 'soon' is not a date",
        "register.csv:12: It ends on 2026-01-01",
        "register.csv:13: '3-0421' of the kind 'lamp' stands here twice.",
        "register.csv:14: It has more cells than heads.",
        "register.csv:15: lon 'nan' is not a number",
    ):
        assert part in said, part
    assert "2 new, 0 changed, 0 as before, 0 retired, 13 refused." in said
    assert Asset.objects.count() == 2


def test_what_is_absent_of_a_whole_load_is_retired_and_comes_back(
    keeping: Path, tmp_path: Path
) -> None:
    load(tmp_path, LAMP + NEXT + COVER)
    _code, said = load(tmp_path, NEXT, "--whole")
    assert "1 as before, 1 retired" in said
    gone = asset("lamp:3-0421")
    assert gone is not None
    assert not gone.standing, "it is kept for the cases that name it"
    assert [one.code for one, _ in assets_near(122.95, 30.2, ["lamp"])] == ["3-0422"]
    kept = asset("manhole:W-7")
    assert kept is not None
    assert kept.standing, "a file of lamps says nothing of manholes"
    _code, said = load(tmp_path, LAMP)
    assert "0 new, 1 changed" in said
    back = asset("lamp:3-0421")
    assert back is not None
    assert back.standing


def test_a_row_that_is_refused_is_not_retired(keeping: Path, tmp_path: Path) -> None:
    load(tmp_path, LAMP + NEXT)
    _code, said = load(tmp_path, LAMP.replace(",water,", ",nobody,") + NEXT, "--whole")
    assert "0 retired, 1 refused" in said


def test_a_change_is_written(keeping: Path, tmp_path: Path) -> None:
    load(tmp_path, LAMP + NEXT)
    _code, said = load(tmp_path, LAMP.replace(",water,", ",water-e,") + NEXT)
    assert "0 new, 1 changed, 1 as before" in said
    changed = asset("lamp:3-0421")
    assert changed is not None
    assert changed.owner == "water-e"
    assert Asset.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"kind,code,lon\n", "register.csv:1: The heading lacks the column lat, owner; add it."),
        (HEAD.encode() + LAMP.encode() + "路灯".encode("gb18030"), "is not UTF-8"),
        (b"", "The heading lacks the column"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(
    keeping: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(content)
    done = CliRunner().invoke(app, ["assets", "load", str(file)])
    assert done.exit_code == 1
    assert reason in done.output + done.stderr


def test_the_pack_brings_its_register(keeping: Path) -> None:
    (keeping / "assets.csv").write_text(HEAD + LAMP + NEXT, "utf-8")
    assert check_pack(keeping) == []
    packs.load_pack(keeping, by="test")
    assert Asset.objects.filter(in_force=True).count() == 2
    (keeping / "assets.csv").write_text(HEAD + LAMP, "utf-8")
    packs.load_pack(keeping, by="test")
    assert Asset.objects.filter(in_force=True).count() == 1


def test_a_pack_with_a_bad_row_is_not_loaded(keeping: Path) -> None:
    (keeping / "assets.csv").write_text(HEAD + LAMP + "tree,1,122.95,30.2,water,,,,,,\n", "utf-8")
    (keeping / "asset_kinds.toml").write_text(KINDS + 'shapes = ["[0-9]+"]\nwidth = 2\n', "utf-8")
    said = [str(fault) for fault in check_pack(keeping)]
    assert any("assets.csv:3: 'tree' is no kind of asset_kinds.toml." in one for one in said)
    assert any("'[0-9]+' is no shape" in one for one in said)
    assert any("Nothing reads the key 'width'" in one for one in said)
    with pytest.raises(packs.PackRefused):
        packs.load_pack(keeping, by="test")
    assert PackVersion.objects.count() == 1


def test_an_older_pack_without_assets_still_loads_and_keeps_the_register(
    keeping: Path, tmp_path: Path
) -> None:
    load(tmp_path, LAMP)
    (keeping / "asset_kinds.toml").unlink()
    assert check_pack(keeping) == []
    packs.load_pack(keeping, by="test")
    kept = asset("lamp:3-0421")
    assert kept is not None
    assert kept.kind_en == "Street lamp"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("lamp,9,30.2,22.9,water,,,,,,\n", "assets.csv:3: The point lies outside this city"),
        (LAMP, "assets.csv:3: '3-0421' of the kind 'lamp' stands here twice."),
    ],
)
def test_what_only_loading_shows_undoes_the_load_of_the_pack(
    keeping: Path, row: str, reason: str
) -> None:
    (keeping / "assets.csv").write_text(HEAD + LAMP + row, "utf-8")
    with pytest.raises(packs.PackRefused) as refused:
        packs.load_pack(keeping, by="test")
    assert str(refused.value.faults[0]).startswith(reason)
    assert PackVersion.objects.count() == 1
    assert not Asset.objects.exists()
