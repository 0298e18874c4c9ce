"""Two packs loaded at the same moment: one is in force with its own files, one is told."""

import shutil
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from gongbi.core import packs
from gongbi.core.models import PackVersion


def at_once(folders: list[Path]) -> list[Any]:
    """Each loaded in a thread of its own; numbers, and refusals."""
    start, found = Barrier(len(folders)), []

    def load(folder: Path) -> None:
        start.wait(10)
        try:
            found.append(packs.load_pack(folder, by=folder.name))
        except packs.PackRefused as refused:
            found.append(refused)
        finally:
            connection.close()

    threads = [Thread(target=load, args=(one,)) for one in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_each_that_is_in_force_has_its_own_files(
    real_database: None, city_folder: Path, tmp_path: Path, settings: Any
) -> None:
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = ["gongbi.core.pack"]
    other = shutil.copytree(city_folder, tmp_path / "other")
    (other / "note.txt").write_text("the other", "utf-8")
    found = at_once([city_folder, other])
    told = [one for one in found if isinstance(one, packs.PackRefused)]
    assert all("Another pack was loaded at this moment" in str(one) for one in told)
    rows = list(PackVersion.objects.order_by("number"))
    assert [row.number for row in rows] == sorted(one for one in found if one not in told)
    assert len(rows) + len(told) == 2
    for row in rows:
        kept = packs.kept_folder(row.number)
        assert packs.digest(kept) == row.digest
        assert (kept / "note.txt").exists() == (row.loaded_by == "other")


def test_the_later_of_two_is_told_and_touches_no_file(
    db: None, city_folder: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GONGBI_DATA = tmp_path / "data"
    settings.PACK_READERS = ["gongbi.core.pack"]
    packs.load_pack(city_folder, by="first")
    other = shutil.copytree(city_folder, tmp_path / "other")
    (other / "note.txt").write_text("the other", "utf-8")
    monkeypatch.setattr(packs, "pack_version", lambda: 0)  # as it was read a moment ago
    with pytest.raises(packs.PackOvertaken):
        packs.load_pack(other, by="second")
    assert not (packs.kept_folder(1) / "note.txt").exists()
    assert PackVersion.objects.get().loaded_by == "first"
