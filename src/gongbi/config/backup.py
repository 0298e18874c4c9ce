"""Taking a copy of the whole city while it runs, and putting one back.

The order matters: first the database, then the engine, then the log. Each may lag behind the
next and catch up from it; none may be ahead. The keyring is never in the archive: it is one
file beside it, overwritten each time, so that a destroyed key does not live on in old copies.
"""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection, connections

from gongbi.core import keyring
from gongbi.stream.public import HistoryBusy, history_still

# The engine before its log, readings before the history they are moved into.
FOLDERS = (
    "packs",
    "photos",
    "things",
    "reading",
    "plans",
    "engine",
    "readings",
    "log",
    "history",
    "seal_keys",
)
FILES = ("clock", "ingest_keys.json", "gongbi.toml", "created.jsonl", "sensing.json")


class CannotCopy(Exception):
    """A copy could not be taken or put back; the sentence says why and what to do."""


def take(folder: Path, *, at: datetime) -> Path:
    """Write an archive of the city into a folder, and the keyring beside it."""
    data = Path(settings.GONGBI_DATA)
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"gongbi-{at:%Y%m%dT%H%M%S}.tar.gz"
    part = archive.with_suffix(".part")
    try:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _pack(part, _dump_database(Path(scratch)), data)
        part.replace(archive)
    except HistoryBusy as error:
        raise CannotCopy(
            "History did not stand still for two minutes; try again later."
        ) from error
    finally:
        part.unlink(missing_ok=True)  # half a copy on a full disk would keep it full
    copy_keyring(folder / "keyring.sqlite3")
    return archive


def _pack(part: Path, dump: Path, data: Path) -> None:
    # Nobody else reads it while it is written either: it holds the seal's keys and the settings.
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
    with tarfile.open(part, "w:gz", compresslevel=3) as tar:
        tar.add(dump, dump.name)
        for name in (*FOLDERS, *FILES):
            if (data / name).exists():
                with history_still(data) if name == "history" else nullcontext():
                    tar.add(data / name, name, filter=_steady)


def _steady(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out locks and half-written files."""
    return None if member.name.endswith((".lock", ".tmp", ".part")) else member


def copy_keyring(target: Path) -> None:
    """Copy the keyring whole, replacing the older copy."""
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_RDWR, 0o600))
    keyring.keys_of(())  # there is none where nobody has said anything yet: this makes it
    with closing(sqlite3.connect(keyring.path())) as ring, closing(sqlite3.connect(fresh)) as to:
        ring.backup(to)
    fresh.replace(target)


def _dump_database(scratch: Path) -> Path:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        dump = scratch / "db.sqlite3"
        with closing(sqlite3.connect(dump)) as copy:
            try:
                connection.connection.backup(copy)
            except sqlite3.Error as error:
                raise CannotCopy(
                    f"the database cannot be copied to {scratch.parent} ({error}). "
                    "Make room there, or choose another folder."
                ) from error
        return dump
    dump = scratch / "db.dump"
    _postgres(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        f"--file={dump}",
        database_url(connection.settings_dict),
    )
    return dump


def put_back(archive: Path, *, keys: Path | None) -> None:
    """Replace this installation's data by an archive's; destroyed keys stay destroyed."""
    data = Path(settings.GONGBI_DATA)
    if keys is not None:
        _check_keyring(keys)
    with tempfile.TemporaryDirectory(dir=data) as scratch:
        fresh = Path(scratch)
        try:
            _unpack(archive, fresh)
        except (tarfile.TarError, OSError, EOFError) as error:
            raise CannotCopy(
                f"{archive.name} cannot be read to its end ({error}); nothing was changed."
            ) from error
        _restore_database(fresh, data)
        for name in (*FOLDERS, *FILES):
            _replace(fresh / name, data / name)
    if keys is not None:
        keyring.merge_from(keys)


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        # Said so and not as an argument: Python before 3.11.4, Debian 12's own, knows no filters.
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
        tar.extractall(folder)


def _check_keyring(keys: Path) -> None:
    if not keys.is_file():
        raise CannotCopy(f"There is no keyring {keys}; nothing was changed.")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(keys))}?mode=ro", uri=True)) as ring:
            ring.execute("SELECT 1 FROM key, destroyed LIMIT 1").fetchall()
    except sqlite3.Error as error:
        raise CannotCopy(
            f"{keys} is no keyring ({error}); name the copy beside the archive. "
            "Nothing was changed."
        ) from error


def _replace(new: Path, old: Path) -> None:
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)
    if new.exists():
        shutil.move(new, old)


def _restore_database(fresh: Path, data: Path) -> None:
    if connection.vendor == "sqlite":
        if not (fresh / "db.sqlite3").exists():
            raise CannotCopy(
                "The archive is of a PostgreSQL city; set DATABASE_URL to restore it."
            )
        connections.close_all()
        target = Path(settings.DATABASES["default"]["NAME"])
        for tail in ("-wal", "-shm"):
            target.with_name(target.name + tail).unlink(missing_ok=True)
        shutil.move(fresh / "db.sqlite3", target)
        return
    if not (fresh / "db.dump").exists():
        raise CannotCopy("The archive is of an SQLite city; unset DATABASE_URL to restore it.")
    connections.close_all()
    url = f"--dbname={database_url(connection.settings_dict)}"
    _postgres("pg_restore", "--clean", "--if-exists", "--no-owner", url, str(fresh / "db.dump"))


def database_url(said: dict[str, Any]) -> str:
    """Django's entry of a database as the address its own tools take, without the password."""
    host = f"[{said['HOST']}]" if ":" in said["HOST"] else said["HOST"]
    where = f"{host}:{said['PORT']}" if said["PORT"] else host
    user = f"{quote(said['USER'], safe='')}@" if said["USER"] else ""
    name, more = quote(said["NAME"], safe=""), urlencode(said["OPTIONS"])
    return f"postgresql://{user}{where}/{name}" + (f"?{more}" if more else "")


def _postgres(*command: str) -> None:
    secret = {"PGPASSWORD": connection.settings_dict["PASSWORD"]}
    try:
        done = subprocess.run(
            command, env=os.environ | secret, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise CannotCopy(f"{command[0]} is missing; install PostgreSQL's client tools.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise CannotCopy(f"{command[0]} failed: {said[-1]}")
