"""Checking and loading a whole city pack: every part reads its own files."""

import hashlib
import shutil
from importlib import import_module
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from gongbi.core.assets.pack import AssetsRefused
from gongbi.core.city import let_city_go, pack_version
from gongbi.core.events import PackLoaded
from gongbi.core.holding import keeping_nothing
from gongbi.core.journal import publish
from gongbi.core.models import PackVersion
from gongbi.core.pack_city import read_city
from gongbi.core.pack_files import Fault, Known


class PackReader(Protocol):
    """What a part's ``pack.py`` offers."""

    def check(self, folder: Path, known: Known) -> list[Fault]:
        """Every fault in the part's files."""

    def load(self, folder: Path, version: int) -> None:
        """Write the part's tables from a checked pack."""


class PackRefused(Exception):
    """The pack has faults; nothing was loaded."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"The pack has {len(faults)} faults; nothing was loaded.")
        self.faults = faults


class PackOvertaken(PackRefused):
    """Another pack was loaded while this one was looked at; nothing was loaded."""

    def __init__(self) -> None:
        Exception.__init__(
            self, "Another pack was loaded at this moment; nothing was loaded. Load it again."
        )
        self.faults = []


def readers() -> list[PackReader]:
    """The parts that read a pack, lowest first."""
    return [import_module(name) for name in settings.PACK_READERS]


def check_pack(folder: Path) -> list[Fault]:
    """Every fault of a pack, by file and line."""
    if not folder.is_dir():
        return [Fault(folder.name, 0, "This is not a folder; a city pack is one.")]
    known = Known()
    return [fault for reader in readers() for fault in sorted(reader.check(folder, known))]


def load_pack(folder: Path, *, by: str) -> int:
    """Load a pack whole or not at all; returns its number. The folder is kept beside the data."""
    faults = check_pack(folder)
    if faults:
        raise PackRefused(faults)
    with keeping_nothing():
        try:
            return _load(folder, by)
        except AssetsRefused as error:
            let_city_go()
            raise PackRefused(error.faults) from error


@transaction.atomic
def _load(folder: Path, by: str) -> int:
    number = pack_version() + 1
    row = PackVersion(
        number=number, city=read_city(folder), loaded_at=timezone.now(), loaded_by=by
    )
    try:
        # The number is taken before its folder: two at once would write over each other's files.
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        let_city_go()
        raise PackOvertaken from error
    kept = keep_copy(folder, number)
    row.digest = digest(kept)
    row.save(update_fields=["digest"])
    let_city_go()
    for reader in readers():
        reader.load(kept, number)
    publish(PackLoaded(number=number), subject=f"pack:{number}", actor=by)
    return number


def kept_folder(number: int) -> Path:
    """Where the files of a loaded pack lie."""
    return Path(settings.GONGBI_DATA) / "packs" / f"{number:06d}"


def keep_copy(folder: Path, number: int) -> Path:
    """Copy a pack's files beside the data; a half copy of an undone load is replaced."""
    kept = kept_folder(number)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("simulation.parquet"))
    return kept


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a pack's files."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(file.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
