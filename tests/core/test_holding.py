"""What is kept while one pack is in force: by several threads, and not while a pack loads."""

from pathlib import Path
from typing import Any

import pytest

from gongbi.core import holding, packs
from gongbi.core.models import Place
from gongbi.core.places import place

NAMES: list[str] = []


def check(folder: Path, known: Any) -> list[Any]:
    """A reader of packs finds nothing wrong."""
    return []


def load(folder: Path, version: int) -> None:
    """It asks for a place, writes it, and asks again."""
    for name in ("Before", "After"):
        Place.objects.filter(pk="xx-e").update(name_en=name)
        found = place("xx-e")
        NAMES.append(found.name_en if found else "")


def test_a_pack_that_loads_reads_what_it_has_just_written(
    small_city: int, city_folder: Path, settings: Any
) -> None:
    settings.PACK_READERS = ["gongbi.core.pack", __name__]
    NAMES.clear()
    packs.load_pack(city_folder, by="test")
    assert NAMES == ["Before", "After"]
    found = place("xx-e")
    assert found is not None
    assert found.name_en == "After"


class Emptied(dict[Any, Any]):
    """Another thread forgets everything between a look and the next."""

    def __contains__(self, asked: object) -> bool:
        found = super().__contains__(asked)
        self.clear()
        return found


def test_what_another_thread_forgets_meanwhile_is_asked_again(
    small_city: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "_kept", Emptied())
    for _ in range(3):
        found = place("xx-w")
        assert found is not None
        assert found.code == "xx-w"
