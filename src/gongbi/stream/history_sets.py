"""What history consists of: sets of files, named by one manifest that is replaced at once.

``history/manifest.json`` names the sets in force; each lies in a folder of its own that never
changes: Parquet files by indicator, sorted by series and time, and ``index.json`` which says what
series each file holds. Whoever changes history writes new folders, then the manifest: a reader
sees all of the old or all of the new. Folders that no manifest names are swept later.
"""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

DAY = 86_400_000_000
GRACE_SECONDS = 60.0
"""How long a folder out of force stays for readers that began before."""


class HistoryBusy(Exception):
    """Another process changes history just now."""


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """One Parquet file of a set: an indicator, and the least and greatest series id in it."""

    indicator: str
    name: str
    first: int
    last: int
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class HistorySet:
    """Files of one tier for the UTC days [begin, end), microseconds since 1970."""

    tier: str
    begin: int
    end: int
    folder: str
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The sets in force; ``number`` grows with every change."""

    number: int = 0
    sets: tuple[HistorySet, ...] = field(default=())

    def of(self, tier: str, begin: int, end: int) -> list[HistorySet]:
        """Sets of a tier that meet [begin, end), earliest first."""
        found = [s for s in self.sets if s.tier == tier and s.begin < end and s.end > begin]
        return sorted(found, key=lambda one: one.begin)


def manifest_path(data: Path) -> Path:
    """The file that says which sets are in force."""
    return data / "history" / "manifest.json"


def read_manifest(data: Path) -> Manifest:
    """The sets in force; none where nothing was compacted yet."""
    try:
        said = orjson.loads(manifest_path(data).read_bytes())
    except FileNotFoundError:
        return Manifest()
    return Manifest(said["number"], tuple(HistorySet(**one) for one in said["sets"]))


def put_in_force(data: Path, old: Manifest, sets: list[HistorySet]) -> Manifest:
    """Replace the manifest, safe on disk; the sets' folders must be safe already."""
    ordered = sorted(sets, key=lambda one: (one.tier, one.begin))
    new = Manifest(old.number + 1, tuple(ordered))
    path = manifest_path(data)
    draft = path.with_suffix(".draft")
    words = {"number": new.number, "sets": [asdict(one) for one in new.sets]}
    draft.write_bytes(orjson.dumps(words))
    sync_path(draft)
    draft.replace(path)
    sync_path(path.parent)
    return new


def new_folder(data: Path, tier: str, begin: int, number: int) -> Path:
    """An empty folder for a set to be written; leftovers of a killed writer are thrown away."""
    folder = data / "history" / tier / f"{begin // DAY:06d}-{number:08d}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def finish_folder(
    data: Path, folder: Path, tier: str, span: tuple[int, int], files: list[HistoryFile]
) -> HistorySet:
    """Write the index of a folder whose files are written; make all of it safe on disk."""
    index = folder / "index.json"
    index.write_bytes(orjson.dumps([asdict(one) for one in files]))
    for path in (*(folder / one.name for one in files), index, folder, folder.parent):
        sync_path(path)
    name = str(folder.relative_to(data))
    rows, size = sum(one.rows for one in files), sum(one.size for one in files)
    return HistorySet(tier, *span, name, rows, size)


@lru_cache(maxsize=2000)
def _index(folder: Path) -> tuple[HistoryFile, ...]:
    return tuple(HistoryFile(**one) for one in orjson.loads((folder / "index.json").read_bytes()))


def files_of(data: Path, one: HistorySet) -> tuple[HistoryFile, ...]:
    """The files of a set; a folder never changes, so its index is remembered."""
    return _index(data / one.folder)


def sweep(data: Path, *, grace: float = GRACE_SECONDS) -> int:
    """Remove folders no manifest names and nobody can be reading; return how many."""
    named = {one.folder for one in read_manifest(data).sets}
    gone = 0
    for folder in data.glob("history/*/*-*"):
        old = time.time() - folder.stat().st_mtime >= grace
        if folder.is_dir() and old and str(folder.relative_to(data)) not in named:
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


@contextlib.contextmanager
def history_lock(data: Path) -> Iterator[None]:
    """Let one process at a time change history; HistoryBusy where another does."""
    (data / "history").mkdir(parents=True, exist_ok=True)
    file = os.open(data / "history" / "history.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise HistoryBusy("History is being changed by another process; try again.") from error
    try:
        yield
    finally:
        os.close(file)


@contextlib.contextmanager
def history_still(data: Path, patience_seconds: float = 120.0) -> Iterator[None]:
    """Keep history as it is while it is copied; HistoryBusy when it is not still in time.

    Who wants to change it meanwhile is told that it is busy, and comes again.
    """
    until = time.monotonic() + patience_seconds
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(history_lock(data))
                break
            except HistoryBusy:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        yield


def sync_path(path: Path) -> None:
    """Make a file or a folder's entries safe on disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def write_down(data: Path, said: dict[str, Any]) -> None:
    """Append a line to ``history/removed.log``: what was removed, how much, and why."""
    path = data / "history" / "removed.log"
    with path.open("ab") as file:
        file.write(orjson.dumps(said) + b"\n")
        file.flush()
        os.fsync(file.fileno())
