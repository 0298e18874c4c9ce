"""Keys of personal words, in a small file of their own.

They lie apart from the database so that a backup of the one does not hold the other: once a key
is destroyed, the words are gone from every copy ever made, restored ones too.
"""

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings

_TABLES = """
CREATE TABLE IF NOT EXISTS key (owner TEXT PRIMARY KEY, secret BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS destroyed (owner TEXT PRIMARY KEY);
"""


_MAKE = (
    "INSERT OR IGNORE INTO key SELECT ?1, ?2 "
    "WHERE NOT EXISTS (SELECT 1 FROM destroyed WHERE owner=?1)"
)


class KeyDestroyed(Exception):
    """The owner's words were deleted; nothing new may be sealed under that name."""


def path() -> Path:
    """Where the keyring lies; readable by its owner only."""
    return Path(settings.GONGBI_DATA) / "keyring.sqlite3"


class _Ring(sqlite3.Connection):
    """Closed when its thread ends."""

    def __del__(self) -> None:
        self.close()


class _Kept(threading.local):
    """A thread's own connection, and which file it is of: a restore puts another in its place."""

    file: tuple[str, int, int] | None = None
    ring: _Ring | None = None


_kept = _Kept()


@contextmanager
def _ring() -> Iterator[sqlite3.Connection]:
    """The keyring, opened once a thread; after a fault it is opened anew."""
    try:
        yield _opened()
    except BaseException:
        _let_go()
        raise


def _opened() -> _Ring:
    file = path()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    stat = file.stat()
    stamp = (str(file), stat.st_dev, stat.st_ino)
    if _kept.ring is None or _kept.file != stamp:
        _let_go()
        _kept.file, _kept.ring = stamp, _connected(file)
    return _kept.ring


def _connected(file: Path) -> _Ring:
    ring = sqlite3.connect(
        file, timeout=30, isolation_level=None, factory=_Ring, check_same_thread=False
    )
    # No write-ahead log: it would keep a destroyed key until its next checkpoint. A journal
    # cut to nothing holds as little as a deleted one, and spares a write of the folder.
    ring.execute("PRAGMA journal_mode=TRUNCATE")
    ring.execute("PRAGMA synchronous=FULL")
    ring.execute("PRAGMA secure_delete=ON")
    ring.executescript(_TABLES)
    return ring


def _let_go() -> None:
    ring, _kept.ring, _kept.file = _kept.ring, None, None
    if ring is not None:
        ring.close()


def key_for(owner: str) -> bytes:
    """The owner's key, made at the first asking; on disk before it is given out."""
    return keys_for([owner])[owner]


def keys_for(owners: Iterable[str]) -> dict[str, bytes]:
    """Keys of all owners, made where there is none: many at the cost of one write to disk."""
    wanted = sorted(set(owners))
    with _ring() as ring:
        for owner in _among(ring, "SELECT owner, 1 FROM destroyed", wanted):
            raise KeyDestroyed(f"The words of {owner} were deleted.")
        found: dict[str, bytes] = _among(ring, "SELECT owner, secret FROM key", wanted)
        fresh = [(one, secrets.token_bytes(32)) for one in wanted if one not in found]
        if fresh:
            ring.execute("BEGIN IMMEDIATE")
            ring.executemany(_MAKE, fresh)
            ring.execute("COMMIT")
            # Somebody may have made one a moment ago: what lies on disk is the key.
            found |= _among(ring, "SELECT owner, secret FROM key", [one for one, _ in fresh])
        for owner in wanted:
            if owner not in found:  # destroyed since it was asked for
                raise KeyDestroyed(f"The words of {owner} were deleted.")
        return found


def keys_of(owners: Iterable[str]) -> dict[str, bytes]:
    """Keys of those owners that still have one."""
    with _ring() as ring:
        return _among(ring, "SELECT owner, secret FROM key", sorted(set(owners)))


def _among(ring: sqlite3.Connection, ask: str, owners: list[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for start in range(0, len(owners), 500):
        some = owners[start : start + 500]
        marks = ",".join("?" * len(some))
        found |= dict(ring.execute(f"{ask} WHERE owner IN ({marks})", some))
    return found


def destroy(owner: str) -> bool:
    """Overwrite and delete the owner's key for ever; False when there was none."""
    with _ring() as ring:
        ring.execute("BEGIN IMMEDIATE")
        ring.execute("INSERT OR IGNORE INTO destroyed VALUES (?)", (owner,))
        gone = ring.execute("DELETE FROM key WHERE owner=?", (owner,)).rowcount > 0
        ring.execute("COMMIT")
        return gone


def merge_from(copy: Path) -> int:
    """Take in keys of a copy, except those destroyed here since; returns how many came."""
    with _ring() as ring, closing(sqlite3.connect(copy)) as other:
        ring.execute("BEGIN IMMEDIATE")
        gone = other.execute("SELECT owner FROM destroyed").fetchall()
        ring.executemany("INSERT OR IGNORE INTO destroyed VALUES (?)", gone)
        before = ring.execute("SELECT count(*) FROM key").fetchone()[0]
        ring.executemany(_MAKE, other.execute("SELECT owner, secret FROM key").fetchall())
        ring.execute("DELETE FROM key WHERE owner IN (SELECT owner FROM destroyed)")
        after: int = ring.execute("SELECT count(*) FROM key").fetchone()[0]
        ring.execute("COMMIT")
        return after - int(before)
