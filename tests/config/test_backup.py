"""A copy brings everything back, except what a resident had deleted in between."""

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.config.conftest import Installation

from gongbi.config import backup
from gongbi.config.options import database

WORDS = "三楼漏水的李阿姨 13912345678"
REPORT = f"""
from datetime import datetime, UTC
from gongbi.cases.public import SignalIn, receive_signal
receipt = receive_signal(SignalIn(source="web", reference="r-1", words={WORDS!r}, type=None,
    lon=None, lat=None, place=None, place_words="", at=datetime(2026, 3, 5, 2, tzinfo=UTC),
    language="zh-hans", contact="13912345678"))
print(receipt.follow_token)
"""


def words_seen(town: Installation, token: str) -> str:
    return town.python(
        f"from gongbi.cases.public import follow\nfound = follow({token!r})\nprint(found)"
    )


def archive_of(town: Installation, folder: Path) -> Path:
    done = town.run("backup", str(folder))
    assert done.returncode == 0, done.stderr
    return next(folder.glob("gongbi-*.tar.gz"))


def test_a_copy_brings_back_what_was_there(town: Installation, tmp_path: Path) -> None:
    token = town.python(REPORT)
    archive = archive_of(town, tmp_path / "copies")
    ring = tmp_path / "copies" / "keyring.sqlite3"
    fresh = Installation(tmp_path / "elsewhere", 1)
    fresh.data.mkdir()
    done = fresh.run("restore", str(archive), "--keyring", str(ring), "--yes")
    assert done.returncode == 0, done.stderr
    assert "李阿姨" in words_seen(fresh, token)


def test_a_city_in_which_nobody_has_spoken_yet_can_be_put_back(
    town: Installation, tmp_path: Path
) -> None:
    archive = archive_of(town, tmp_path / "copies")
    ring = tmp_path / "copies" / "keyring.sqlite3"
    fresh = Installation(tmp_path / "elsewhere", 1)
    fresh.data.mkdir()
    done = fresh.run("restore", str(archive), "--keyring", str(ring), "--yes")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_python_that_knows_no_filters_unpacks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dump").write_bytes(b"rows")
    backup._pack(tmp_path / "copy.part", tmp_path / "dump", tmp_path)
    whole = tarfile.TarFile.extractall

    def older(tar: tarfile.TarFile, path: Path) -> None:
        whole(tar, path)

    monkeypatch.delattr(tarfile, "data_filter")
    monkeypatch.setattr(tarfile.TarFile, "extractall", older)
    backup._unpack(tmp_path / "copy.part", tmp_path / "fresh")
    assert (tmp_path / "fresh" / "dump").read_bytes() == b"rows"


def test_the_journal_can_be_checked_and_history_is_there_elsewhere(
    town: Installation, tmp_path: Path
) -> None:
    town.python(REPORT)
    assert town.run("journal", "seal").returncode == 0
    day = town.data / "history" / "raw" / "020000-00000001"
    day.mkdir(parents=True)
    (day / "readings.parquet").write_bytes(b"a day")
    archive = archive_of(town, tmp_path / "copies")
    fresh = Installation(tmp_path / "elsewhere", 1)
    fresh.data.mkdir()
    ring = tmp_path / "copies" / "keyring.sqlite3"
    done = fresh.run("restore", str(archive), "--keyring", str(ring), "--yes")
    assert done.returncode == 0, done.stderr
    checked = fresh.run("journal", "verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    kept = fresh.data / day.relative_to(town.data) / "readings.parquet"
    assert kept.read_bytes() == b"a day"
    assert not (fresh.data / "seal_key").exists() or (
        (fresh.data / "seal_key").read_bytes() != (town.data / "seal_key").read_bytes()
    )


COUNTED = """
from gongbi.things.door import answer
from gongbi.things.requests import Request
where = "/sensorthings/v1.1/Datastreams/$count"
print(answer(Request("GET", where, "", {}, b"", "http://127.0.0.1:1")).packed().decode())
"""
TOO_MANY = """
from pathlib import Path
from gongbi.core.public import load_pack
from gongbi.things import pack
pack.MOST_COPIED = 10
load_pack(Path({folder!r}), by="command:test")
"""


def test_datastreams_of_a_large_pack_are_there_elsewhere(
    nowhere: Installation, loaded: Path, tmp_path: Path
) -> None:
    """They lie in a file of their own and not in the tables."""
    nowhere.python(TOO_MANY.format(folder=str(loaded / "city")))
    open_doors = "from django.conf import settings\nsettings.GONGBI_SENSORTHINGS = 'open'\n"
    counted = int(nowhere.python(open_doors + COUNTED))
    assert counted > 10
    archive = archive_of(nowhere, tmp_path / "copies")
    fresh = Installation(tmp_path / "elsewhere", 1)
    fresh.data.mkdir()
    ring = tmp_path / "copies" / "keyring.sqlite3"
    done = fresh.run("restore", str(archive), "--keyring", str(ring), "--yes")
    assert done.returncode == 0, done.stderr
    assert int(fresh.python(open_doors + COUNTED)) == counted


def test_what_is_no_keyring_is_refused_before_anything_is_replaced(
    town: Installation, tmp_path: Path
) -> None:
    archive = archive_of(town, tmp_path / "copies")
    before = (town.data / "db.sqlite3").read_bytes()
    (tmp_path / "empty.sqlite3").touch()
    for file in (archive, tmp_path / "empty.sqlite3"):
        done = town.run("restore", str(archive), "--keyring", str(file), "--yes")
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "is no keyring" in done.stderr
        assert (town.data / "db.sqlite3").read_bytes() == before


def test_what_was_deleted_stays_deleted_in_a_copy_put_back(
    town: Installation, tmp_path: Path
) -> None:
    token = town.python(REPORT)
    archive = archive_of(town, tmp_path / "copies")
    older_ring = tmp_path / "older.sqlite3"
    shutil.copy(tmp_path / "copies" / "keyring.sqlite3", older_ring)
    town.python(
        "from gongbi.cases.public import forget_reporter\n"
        f"forget_reporter({token!r}, actor='resident')"
    )
    assert "李阿姨" not in words_seen(town, token)
    done = town.run("restore", str(archive), "--keyring", str(older_ring), "--yes")
    assert done.returncode == 0, done.stderr
    assert "李阿姨" not in words_seen(town, token)
    for file in (path for path in town.data.rglob("*") if path.is_file()):
        assert "李阿姨".encode() not in file.read_bytes(), file
        assert b"13912345678" not in file.read_bytes(), file


def test_half_an_archive_changes_nothing(town: Installation, tmp_path: Path) -> None:
    archive = archive_of(town, tmp_path / "copies")
    archive.write_bytes(archive.read_bytes()[:5000])
    before = (town.data / "db.sqlite3").read_bytes()
    done = town.run("restore", str(archive), "--yes")
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert (town.data / "db.sqlite3").read_bytes() == before


def test_the_archive_holds_no_key_and_no_secret(town: Installation, tmp_path: Path) -> None:
    import tarfile

    town.python(REPORT)
    with tarfile.open(archive_of(town, tmp_path / "copies")) as tar:
        names = tar.getnames()
    assert "db.sqlite3" in names
    assert not [name for name in names if "keyring" in name or "secret" in name]
    keys = json.loads((town.data / "demo_keys.json").read_text("utf-8"))
    assert keys
    assert "demo_keys.json" not in names


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("Only root may mount a small file system.")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_gets_a_sentence_and_keeps_no_half_copy(
    town: Installation, little_disk: Path
) -> None:
    (little_disk / "gongbi-20260101T000000.tar.gz").write_bytes(b"yesterday's")
    done = town.run("backup", str(little_disk))
    assert done.returncode == 1
    assert "No copy was taken" in done.stderr
    assert "Traceback" not in done.stderr
    assert [file.name for file in little_disk.iterdir()] == ["gongbi-20260101T000000.tar.gz"]


def test_nobody_else_reads_a_copy_while_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(b"rows")
    before = os.umask(0o022)
    try:
        backup._pack(tmp_path / "copy.part", tmp_path / "dump", tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "copy.part").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://gong@db.example:6543/city",
        "postgresql://go%40ng@[::1]:5432/city",
        "postgresql://db.example/city?sslmode=verify-full&connect_timeout=5",
        "postgresql:///city",
    ],
)
def test_the_tools_of_the_database_are_given_the_address_that_was_set(url: str) -> None:
    assert backup.database_url(database(url, Path())) == url


def test_they_are_not_given_the_password() -> None:
    said = database("postgresql://gong:hunter2@db.example/city", Path())
    assert "hunter2" not in backup.database_url(said)


def test_a_keyring_that_is_not_there_is_said_before_anything_is_replaced(tmp_path: Path) -> None:
    fresh = Installation(tmp_path / "elsewhere", 1)
    fresh.data.mkdir()
    (fresh.data / "gongbi.toml").write_text("# mine\n", "utf-8")
    archive = tmp_path / "a.tar.gz"
    with tarfile.open(archive, "w:gz"):
        pass
    ring = tmp_path / "none.sqlite3"
    done = fresh.run("restore", str(archive), "--keyring", str(ring), "--yes")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "none.sqlite3" in done.stderr + done.stdout
    assert (fresh.data / "gongbi.toml").read_text("utf-8") == "# mine\n"
    assert not ring.exists()
