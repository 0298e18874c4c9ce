"""Readers at the command line, as an operator makes, judges, switches and takes them back."""

import re
import shutil
from pathlib import Path

import pytest

TEXTS = {
    "no-water": ("停水了", "水龙头不出水", "沒有水", "no water at all", "家里断水"),
    "noise-night": ("半夜施工", "夜裡唱歌", "loud music at night", "凌晨装卸货", "吵得睡不着"),
    "street-light": ("路灯不亮", "路燈壞了", "the street lamp is dark", "灯杆不亮", "路上太黑"),
}
MAPPING = """
name = "old_system"
kind = "reports"
files = ["*.csv"]

[file]
format = "csv"
encoding = "utf-8"

[time]
column = "at"
format = "%Y-%m-%d %H:%M"
zone = "Asia/Shanghai"

[report]
source = "old"
reference = "{id}"
words = "{words}"
language = "zh-hans"
type_column = "kind"

[report.types]
"""


@pytest.fixture
def export(town, tmp_path: Path) -> tuple[Path, Path]:
    """An older system's export of 300 reports, and the mapping that reads it."""
    codes = town.python(
        "from gongbi.cases.public import case_types\nprint(' '.join(t.code for t in case_types()))"
    ).split()
    kinds = [code for code in TEXTS if code in codes]
    assert len(kinds) >= 2, codes
    rows = ["id,at,words,kind"]
    for n in range(300):
        kind = kinds[n % len(kinds)]
        rows.append(
            f"r{n},2026-0{1 + n // 60}-{1 + n % 28:02} 1{n % 10}:00,"
            f"{n % 19}号 {TEXTS[kind][n % 5]},{kind}"
        )
    rows.append("r300,2026-06-01 10:00,一件别的事,unknown")
    data, mapping = tmp_path / "export.csv", tmp_path / "old.toml"
    data.write_text("\n".join(rows) + "\n", "utf-8")
    mapping.write_text(MAPPING + "".join(f'"{kind}" = "{kind}"\n' for kind in kinds), "utf-8")
    return data, mapping


def test_train_switch_read_and_back(town, export):
    data, mapping = export
    told = town.run("reports", "train", "--mapping", str(mapping), "--data", str(data))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 reports left out: without a type." in told.stdout
    assert "Reader 1 learnt from 260 reports and was judged on the 40 newest." in told.stdout
    assert "gongbi reports switch 1" in told.stdout

    read = town.run("reports", "read", "五號 路燈壞了,请勿来电")
    assert "By the listed words" in read.stdout
    assert "by reader 1 from now on" in town.run("reports", "switch", "1").stdout
    read = town.run("reports", "read", "五號 路燈壞了,请勿来电")
    assert "By reader 1" in read.stdout
    assert re.search(r"street-light.*%.*路燈壞了", read.stdout), read.stdout
    assert "Wish: no call (请勿来电)" in read.stdout
    assert "in force" in town.run("reports", "readers").stdout
    assert "Reader 1 judges what reports are about." in town.run("doctor").stdout
    assert town.run("reports", "watch").returncode == 0

    compared = town.run(
        "reports", "compare", "0", "1", "--mapping", str(mapping), "--data", str(data)
    )
    assert "On the same 40 reports" in compared.stdout, compared.stdout + compared.stderr
    assert (
        town.run("reports", "back").stdout.strip() == "From now on it is the listed words again."
    )


def test_what_cannot_be_done_is_said_in_a_sentence(town, export):
    _data, mapping = export
    for arguments, why in (
        (("switch", "4"), "There is no reader 4; there are: none."),
        (("back",), "No other reader was in force before."),
        (("train",), "There are 0 reports whose type people settled on; a reader needs 120."),
        (("train", "--mapping", str(mapping)), "--data FOLDER"),
        (("train", "--precision", "7"), "is no share"),
        (("train", "--mapping", str(mapping), "--data", "/nowhere"), "'/nowhere'"),
    ):
        told = town.run("reports", *arguments)
        assert told.returncode == 1, told.stdout
        assert why in told.stderr + told.stdout


def test_a_copy_holds_the_readers(town, export, tmp_path):
    data, mapping = export
    town.run("reports", "train", "--mapping", str(mapping), "--data", str(data))
    town.run("reports", "switch", "1")
    assert town.run("backup", str(tmp_path / "copies")).returncode == 0
    archive = next((tmp_path / "copies").glob("*.tar.gz"))
    (town.data / "reading" / "reader-1.npz").write_bytes(b"spoilt")
    broken = town.run("doctor")
    assert "no reader that can be used" in broken.stdout + broken.stderr
    assert town.run("restore", str(archive), "--yes").returncode == 0
    assert "Reader 1 judges" in town.run("doctor").stdout


def test_missing_danger_words_are_listed_and_one_is_written_into_a_pack(town, tmp_path):
    told = town.run("reports", "missing", "--days", "30")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "more were raised that had one" in told.stdout
    pack = tmp_path / "pack"
    shutil.copytree(next((town.data / "packs").iterdir()), pack)
    add = ("reports", "add-danger", "--pack", str(pack))
    told = town.run(*add, "老鼠药")
    assert "gongbi pack check" in told.stdout, told.stdout + told.stderr
    assert '"老鼠药"' in (pack / "danger.toml").read_text("utf-8")
    assert "is looked for already" in town.run(*add, "老鼠药").stdout
    assert "too short" in town.run(*add, "火").stderr
    assert "is none of" in town.run(*add, "老鼠药", "--level", "x").stderr
    assert "is no pack" in town.run("reports", "add-danger", "x", "--pack", str(tmp_path)).stderr
    assert town.run("pack", "check", str(pack)).returncode == 0
