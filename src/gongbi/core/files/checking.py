"""Looking at what waits: outside of any request and of any transaction, by the worker.

A kill between the scanner's word and its being written down asks once more. While the scanner is
away all files wait; one that it cannot judge waits for itself, longer each time, and for ever:
nobody opens what nobody has looked at.
"""

import logging
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gongbi.core.events import FileFoundBad, FileOpenedAfterAll
from gongbi.core.files.scanners import NotLookedAt, Scanner, ScannerAway, scanner_of
from gongbi.core.journal import publish
from gongbi.core.models import FileCheck
from gongbi.kernel.webhooks import wait_seconds

AWAY_REST = timedelta(seconds=20)
TURN_SECONDS = 10.0
KEPT = timedelta(days=30)
GONE = "gone"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileOwed:
    """A file that somebody brought: its id, whose matter it is, and where that lies."""

    file: UUID
    keeper: str
    subject: str
    about: str
    place_path: str


class Keeper(Protocol):
    """What a part offers for the files it keeps (``FILE_KEEPERS``)."""

    def content_of(self, file: UUID) -> bytes | None:
        """The bytes as they came; None once they were deleted."""

    def let_out(self, file: UUID) -> None:
        """The file may be opened now. Runs inside the transaction that says so."""

    def put_aside(self, file: UUID, found: str) -> None:
        """The file is bad: it stays shut, with the reason."""

    def shut(self, file: UUID) -> None:
        """A file that was open waits to be looked at."""

    def unchecked(self, most: int) -> Iterable[FileOwed]:
        """Files that came in while there was no scanner."""


def scanner() -> Scanner | None:
    """The operator's scanner, or None."""
    return scanner_of(settings.GONGBI_SCANNER)


def owe_check(owed: FileOwed) -> bool:
    """Have a file looked at before it is opened; False when no scanner is named.

    Inside the transaction that keeps the file: it waits if, and only if, it is there.
    """
    if not settings.GONGBI_SCANNER:
        return False
    at = timezone.now()
    FileCheck.objects.create(
        file=owed.file,
        keeper=owed.keeper,
        subject=owed.subject,
        about=owed.about,
        place_path=owed.place_path,
        owed_at=at,
        due_at=at,
    )
    return True


def check_due(most: int = 50) -> int:
    """Look at files that are due, those that waited longest first; how many were judged."""
    with_what = scanner()
    if with_what is None:
        return 0
    until, judged = time.monotonic() + TURN_SECONDS, 0
    due = FileCheck.objects.filter(state=FileCheck.WAITING, due_at__lte=timezone.now())
    for row in due.order_by("due_at", "pk")[:most]:
        try:
            judged += _check(row, with_what)
        except ScannerAway as error:
            _rest_all(str(error))
            break
        except Exception as error:  # whatever one file does, the next must still be looked at
            log.exception("file not looked at", extra={"file": str(row.file)})
            _put_off(row, type(error).__name__)
        if time.monotonic() > until:
            break
    return judged


def _check(row: FileCheck, with_what: Scanner) -> int:
    content = keeper_of(row).content_of(row.file)
    if content is None:
        row.delete()  # its reporter was forgotten meanwhile
        return 0
    try:
        found = with_what.look(content)
    except NotLookedAt as error:
        _put_off(row, str(error))
        return 0
    return _write_down(row, found, with_what.name)


@transaction.atomic
def _write_down(row: FileCheck, found: str, by: str) -> int:
    state, at = FileCheck.BAD if found else FileCheck.CLEAN, timezone.now()
    mine = FileCheck.objects.filter(pk=row.pk, state=FileCheck.WAITING)
    if not mine.update(state=state, found=found, scanner=by, checked_at=at, trouble=""):
        return 0  # another worker was quicker
    if not found:
        keeper_of(row).let_out(row.file)
        return 1
    keeper_of(row).put_aside(row.file, found)
    fact = FileFoundBad(file=row.file, keeper=row.keeper, found=found, scanner=by)
    publish(fact, subject=row.subject, actor="system:scanner", place_path=row.place_path)
    return 1


def _put_off(row: FileCheck, trouble: str) -> None:
    # The draw only spreads retries; nothing rests on its being secret.
    rest = timedelta(seconds=wait_seconds(row.tries + 1, random.random()))
    FileCheck.objects.filter(pk=row.pk, state=FileCheck.WAITING).update(
        tries=F("tries") + 1, trouble=trouble[:80], due_at=timezone.now() + rest
    )


def _rest_all(trouble: str) -> None:
    """Nobody to ask: all wait a little, none is counted as tried."""
    log.warning("scanner away", extra={"error": trouble})
    at = timezone.now()
    due = FileCheck.objects.filter(state=FileCheck.WAITING, due_at__lte=at)
    due.update(due_at=at + AWAY_REST, trouble=f"away:{trouble}"[:80])


def open_after_all(row: FileCheck, actor: str) -> str:
    """A keeper of the house says that it was a false alarm: what became of it, as a word.

    ``""`` when it is aside no more; a file that is gone has nothing to open, nor to keep here.
    """
    if row.state == FileCheck.BAD and keeper_of(row).content_of(row.file) is None:
        FileCheck.objects.filter(pk=row.pk, state=FileCheck.BAD).delete()
        return GONE
    return FileCheck.OPENED if _open(row, actor) else ""


@transaction.atomic
def _open(row: FileCheck, actor: str) -> bool:
    mine = FileCheck.objects.filter(pk=row.pk, state=FileCheck.BAD)
    if not mine.update(state=FileCheck.OPENED):
        return False
    keeper_of(row).let_out(row.file)
    fact = FileOpenedAfterAll(file=row.file, keeper=row.keeper, found=row.found)
    publish(fact, subject=row.subject, actor=actor, place_path=row.place_path)
    return True


def forget_old(at: datetime | None = None) -> int:
    """Delete what stands of clean files after a month: their keepers know that they are clean."""
    at = at or timezone.now()
    old = FileCheck.objects.filter(state=FileCheck.CLEAN, checked_at__lt=at - KEPT)
    gone = list(old.values_list("pk", flat=True)[:1000])
    return FileCheck.objects.filter(pk__in=gone).delete()[0]


def owe_unchecked(most: int = 10_000) -> int:
    """Have files looked at that came in before there was a scanner; they are shut meanwhile."""
    found = [one for module in _keepers().values() for one in module.unchecked(most)][:most]
    at = timezone.now()
    for owed in found:
        with transaction.atomic():
            _shut(owed, at)
    return len(found)


def _shut(owed: FileOwed, at: datetime) -> None:
    _row, fresh = FileCheck.objects.get_or_create(
        file=owed.file,
        defaults={
            "keeper": owed.keeper,
            "subject": owed.subject,
            "about": owed.about,
            "place_path": owed.place_path,
            "owed_at": at,
            "due_at": at,
        },
    )
    if fresh:
        _keepers()[owed.keeper].shut(owed.file)


def keeper_of(row: FileCheck) -> Keeper:
    """The part that keeps a file."""
    return _keepers()[row.keeper]


def _keepers() -> "dict[str, Keeper]":
    return {part: import_module(name) for part, name in settings.FILE_KEEPERS.items()}
