"""What is wrong with this installation, and how to mend it."""

import os
import platform
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from gongbi.cases.public import complaints_about, reading, units_that_hear, units_unheard
from gongbi.config.options import read_options
from gongbi.core import keyring
from gongbi.core.files.checking import scanner
from gongbi.core.files.scanners import NotLookedAt, ScannerAway
from gongbi.core.models import Delivery, FileCheck, JournalLine
from gongbi.core.public import city, pack_version
from gongbi.stream import public as stream

Verdict = Literal["ok", "look", "bad"]
LEAST_FREE_BYTES = 2**30
MOST_WAITING = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what to do when it is not well."""

    verdict: Verdict
    what: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Everything worth looking at, in the order in which things depend on each other."""
    data = Path(settings.GONGBI_DATA)
    found = [_python(), *_folder(data), *database()]
    if any(finding.verdict == "bad" for finding in found):
        return found
    around = [*_outbox(), _files(), *_reading(), *_processes(), _sensing(data)]
    return [*found, _pack(), *_complaints(), *around]


def _python() -> Finding:
    return Finding("ok", f"Python {platform.python_version()}")


def _folder(data: Path) -> Iterator[Finding]:
    try:
        data.mkdir(parents=True, exist_ok=True)
        (data / ".writable").write_bytes(b"")
        (data / ".writable").unlink()
        yield Finding("ok", "The data folder can be written.")
    except OSError as error:
        yield Finding(
            "bad",
            f"The data folder cannot be written: {error.strerror}.",
            "Give this user the folder, make room on its disk, or set GONGBI_DATA to another.",
        )
        return
    free = shutil.disk_usage(data).free
    room = f"{free / 2**30:.1f} GiB free on its disk."
    if free < LEAST_FREE_BYTES:
        yield Finding("look", room, "Make room: below that, ingest refuses what it cannot keep.")
    else:
        yield Finding("ok", room)
    for file in (data / "secret_key", keyring.path()):
        if file.exists() and stat.S_IMODE(os.stat(file).st_mode) & 0o077:
            yield Finding("bad", f"Others can read {file.name}.", f"chmod 600 {file.name}")


def database() -> Iterator[Finding]:
    """Whether it answers and has the tables of this version."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding(
            "bad",
            f"The {connection.vendor} database does not answer: {reason}",
            "Start it, or mend DATABASE_URL.",
        )
        return
    yield Finding("ok", f"The {connection.vendor} database answers.")
    if waiting:
        yield Finding("bad", f"{len(waiting)} migrations wait.", "Run: gongbi migrate")


def _pack() -> Finding:
    version = pack_version()
    if not version:
        return Finding("bad", "No city pack is loaded.", "Run: gongbi pack load FOLDER")
    return Finding("ok", f"City pack {version} is in force.")


def _complaints() -> Iterator[Finding]:
    """Whether a complaint about any office would be heard by somebody outside it."""
    if not pack_version():
        return
    hear = units_that_hear(f"/{city().code}/")
    if not hear:
        what = "Nobody hears complaints about offices for the whole city."
        yield Finding("look", what, "Give somebody a post as supervisor of the city.")
        return
    about = units_unheard(hear)
    if about:
        names = ", ".join(f"{one.name} ({one.code})" for one in about)
        lying = complaints_about(about)
        what = f"A complaint about {names} would be heard by nobody: all supervisors stand there."
        what += f" Unheard now: {lying}." if lying else ""
        remedy = "Give a supervisor of the city a post in a unit that lies outside."
        yield Finding("bad" if lying else "look", what, remedy)


def _outbox() -> Iterator[Finding]:
    aside = Delivery.objects.exclude(set_aside_at=None).count()
    waiting = JournalLine.objects.filter(seq=None).count()
    if aside:
        remedy = "Open /outbox/, mend the cause, press Try again."
        yield Finding("look", f"{aside} reactions were set aside after failing.", remedy)
    if waiting > MOST_WAITING:
        remedy = "See logs/worker.log: the worker is behind or down."
        yield Finding("look", f"{waiting} journal lines wait for their order.", remedy)


def _files() -> Finding:
    """Whether anybody looks at files that come in, and answers."""
    waiting = FileCheck.objects.filter(state=FileCheck.WAITING).count()
    with_what = scanner()
    if with_what is None:
        remedy = "Name one as GONGBI_SCANNER; docs/running.md says how."
        return Finding("look", "No scanner looks at files that come in.", remedy)
    try:
        found = with_what.look(b"a file without harm")
    except (ScannerAway, NotLookedAt) as error:
        what = f"The scanner {with_what.name} does not answer ({error}); {waiting} files wait."
        return Finding("bad", what, "Start it, or mend GONGBI_SCANNER.")
    if found:
        what = f"The scanner {with_what.name} calls a harmless text {found}."
        return Finding("bad", what, "A command must end with 0 for a clean file.")
    return Finding("ok", f"{with_what.name} looks at files that come in; {waiting} wait.")


def _reading() -> Iterator[Finding]:
    """Whether the reader in force can be read, and reads as it did when it was judged."""
    try:
        found = reading.watch()
    except reading.CannotRead as error:
        yield Finding("bad", str(error), "Run: gongbi reports back")
        return
    if found is not None and found.drift.reasons:
        what = f"Reader {found.number} no longer reads as it did when it was judged."
        yield Finding("look", what, "Run: gongbi reports watch, then gongbi reports train")
    elif found is not None:
        yield Finding("ok", f"Reader {found.number} judges what reports are about.")


def _processes() -> Iterator[Finding]:
    said = read_options()
    for name, port in (("web", said["GONGBI_PORT"]), ("ingest", said["GONGBI_INGEST_PORT"])):
        try:
            httpx.get(f"http://{said['GONGBI_HOST']}:{port}/healthz", timeout=3).raise_for_status()
            yield Finding("ok", f"{name} answers on port {port}.")
        except httpx.HTTPError:
            yield Finding("look", f"{name} does not answer on port {port}.", "Run: gongbi up")


def _sensing(data: Path) -> Finding:
    state = stream.status(data)
    if state.lag_rows > MOST_WAITING * 100:
        return Finding(
            "look", f"The engine is {state.lag_rows} rows behind.", "See logs/engine.log."
        )
    return Finding("ok", f"The engine is {state.lag_rows} rows behind the log.")
