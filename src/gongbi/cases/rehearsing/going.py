"""A rehearsal from being asked for to its end: it goes on by the clock, some cases at a time.

Each turn is one transaction that also moves the count, so a killed worker goes on where it was.
"""

import logging
import shutil
from dataclasses import asdict
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongbi.cases.actors import Actor
from gongbi.cases.errors import Refused
from gongbi.cases.events_life import PackTried
from gongbi.cases.models import Rehearsal, RehearsedCase
from gongbi.cases.models import trials as states
from gongbi.cases.rehearsing.drafting import draft, folder_of, sweep
from gongbi.cases.rehearsing.rehearse import (
    Elsewhere,
    count_recorded,
    next_chunk,
    try_chunk,
)
from gongbi.cases.rehearsing.trial import kept_of, trial_of
from gongbi.cases.rehearsing.trying import TriedPack
from gongbi.core.public import (
    Fault,
    PackRefused,
    Unreadable,
    check_pack,
    forget_kept,
    kept_folder,
    load_pack,
    now,
    pack_changes,
    pack_digest,
    pack_version,
    publish,
)

log = logging.getLogger(__name__)
CASES_A_TURN = 1000
MOST_LISTED = 2000
MOST_CHANGES = 500
KEPT = timedelta(days=30)
OF_PEOPLE = frozenset({"people.csv", "applications.csv"})

GONE, OTHER_FILES, OTHER_PACK = "gone", "other_files", "other_pack"


class Faulty(Exception):
    """What was brought is no sound pack; nothing was kept of it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"The pack has {len(faults)} faults.")
        self.faults = faults


def draft_trial(
    user: Any,
    *,
    files: dict[str, bytes],
    whole: bool,
    days: int,
    place_path: str,
    title: str,
) -> Rehearsal:
    """Draft a pack and check it: a rehearsal that nobody has asked for yet, until it is kept
    (``ask``) or given up (``throw_away``). Faulty names what is wrong with the pack."""
    until = now()
    row = Rehearsal(
        by=user,
        title=title,
        place_path=place_path,
        made_at=until,
        based_on=pack_version(),
        since=until - timedelta(days=days),
        until=until,
    )
    folder = folder_of(row.uuid)
    try:
        _draft_sound(folder, files, whole=whole)
        row.digest = pack_digest(folder)
        _compare(row, folder)
        row.total = count_recorded(row.since, row.until, row.place_path)
    except RecursionError as error:  # thousands of brackets in a file
        throw_away(row)
        raise Refused(_("A file of the pack nests too deep to be read.")) from error
    except BaseException:
        throw_away(row)
        raise
    return row


def throw_away(row: Rehearsal) -> None:
    """Take the files of a draft away that nobody keeps."""
    shutil.rmtree(folder_of(row.uuid), ignore_errors=True)


def ask(row: Rehearsal, who: Actor) -> None:
    """Ask for the rehearsal of a draft."""
    days = (row.until - row.since).days
    with transaction.atomic():
        row.save()
        fact = PackTried(rehearsal=row.uuid, based_on=row.based_on, days=days)
        publish(fact, subject=f"rehearsal:{row.uuid}", actor=str(who))


def _draft_sound(folder: Path, files: dict[str, bytes], *, whole: bool) -> None:
    draft(folder, files, whole=whole)
    faults = check_pack(folder)
    if faults:
        raise Faulty(faults)
    if pack_digest(folder) == pack_digest(kept_folder(pack_version())):
        raise Refused(_("Nothing is changed: this is the pack in force."))


def _compare(row: Rehearsal, folder: Path) -> None:
    try:
        changes = pack_changes(kept_folder(row.based_on), folder)
    except (ValueError, LookupError, TypeError) as error:  # in a file that no part reads
        raise Refused(_("A file of the pack cannot be compared: %s") % error) from error
    row.changes = [
        asdict(one) | ({"fields": ()} if one.file in OF_PEOPLE else {})  # names are not kept here
        for one in changes[:MOST_CHANGES]
    ]
    row.changes_more = max(len(changes) - MOST_CHANGES, 0)


def run_due() -> int:
    """One turn of the oldest rehearsal that is owed, or a switch; how much was done."""
    waiting = Rehearsal.objects.filter(
        state__in=(states.WAITING, states.RUNNING, states.SWITCHING)
    )
    row = waiting.order_by("made_at", "pk").first()
    if row is None:
        return forget_old()
    try:
        if row.state == states.SWITCHING:
            _switch(row)
        else:
            _go_on(row)
    except (OperationalError, InterfaceError):
        raise  # the database is away, which is no fault of the rules: it goes on where it was
    except (FileNotFoundError, Unreadable):
        _end(row, states.FAILED, GONE)
    except Exception as error:
        # Whatever it was, the next rehearsal must have its turn; the page says what happened.
        log.exception("rehearsal failed", extra={"rehearsal": str(row.uuid)})
        _end(row, states.FAILED, type(error).__name__)
    return 1


def _go_on(row: Rehearsal) -> None:
    pack, trial = _pack(str(folder_of(row.uuid)), row.digest), trial_of(row.found)
    chunk = next_chunk(row.since, row.until, row.place_path, row.last_pk, CASES_A_TURN)
    moved = try_chunk(pack, chunk, (row.since, row.until), trial) if chunk else []
    trial.asks_load = pack.asks_load
    values = {
        "state": states.RUNNING if chunk else states.DONE,
        "last_pk": chunk[-1]["pk"] if chunk else row.last_pk,
        "done": trial.cases,
        "found": kept_of(trial),
    }
    with transaction.atomic():
        mine = Rehearsal.objects.filter(pk=row.pk, last_pk=row.last_pk, state=row.state)
        if mine.update(**values):  # another worker may have taken these cases meanwhile
            _list(row, moved)


def _list(row: Rehearsal, moved: list[Elsewhere]) -> None:
    room = MOST_LISTED - row.cases.count()
    RehearsedCase.objects.bulk_create(
        RehearsedCase(
            rehearsal=row,
            case_id=one.case,
            was=one.was,
            unit=one.tried.unit,
            why=one.tried.why,
        )
        for one in moved[: max(room, 0)]
    )


@lru_cache(maxsize=2)
def _pack(folder: str, _digest: str) -> TriedPack:
    return TriedPack(Path(folder))


def ask_switch(row: Rehearsal, who: Actor) -> None:
    """Owe the switch to the tried pack; Refused when another is in force by now."""
    _need_same_pack(row)
    mine = Rehearsal.objects.filter(pk=row.pk, state=states.DONE)
    if not mine.update(state=states.SWITCHING, switch_by=str(who), trouble=""):
        raise Refused(_("This rehearsal cannot be put in force now; look at it again."))


def _need_same_pack(row: Rehearsal) -> None:
    if pack_version() != row.based_on:
        raise Refused(
            _("Pack %(now)d came into force since, and this was tried against %(then)d.")
            % {"now": pack_version(), "then": row.based_on}
        )


def _switch(row: Rehearsal) -> None:
    """Load the very files that were tried, as ``gongbi pack load`` would; once, whoever tries."""
    try:
        with transaction.atomic():
            # Held to the end: a second worker waits here, and finds it switched.
            mine = Rehearsal.objects.filter(pk=row.pk, state=row.state)
            if mine.select_for_update().first():
                number = _in_force_as(row) or _load(row)
                mine.update(state=states.SWITCHED, switched_as=number)
    except _OtherFiles:
        _end(row, states.DONE, OTHER_FILES)
    except Refused:
        _end(row, states.DONE, OTHER_PACK)
    except PackRefused as error:
        _end(row, states.DONE, " ".join(str(fault) for fault in error.faults[:5]))
    finally:
        forget_kept()  # what was read of a pack whose loading was undone


class _OtherFiles(Exception):
    """The files are not those that were tried."""


def _in_force_as(row: Rehearsal) -> int | None:
    """The number under which these very files came into force since; None: they did not."""
    for number in range(row.based_on + 1, pack_version() + 1):
        if kept_folder(number).is_dir() and pack_digest(kept_folder(number)) == row.digest:
            return number
    return None


def _load(row: Rehearsal) -> int:
    _need_same_pack(row)
    folder = folder_of(row.uuid)
    if not folder.is_dir() or pack_digest(folder) != row.digest:
        raise _OtherFiles
    return load_pack(folder, by=row.switch_by)


def _end(row: Rehearsal, state: str, trouble: str) -> None:
    """End it, unless somebody else ended it meanwhile."""
    mine = Rehearsal.objects.filter(pk=row.pk, state=row.state)
    mine.update(state=state, trouble=trouble)


def give_up(row: Rehearsal) -> bool:
    """Stop it; its files go with the next turn. False when it is put in force, or being so."""
    ended = (states.SWITCHING, states.SWITCHED, states.GIVEN_UP)
    mine = Rehearsal.objects.filter(pk=row.pk).exclude(state__in=ended)
    return bool(mine.update(state=states.GIVEN_UP))


def forget_old() -> int:
    """Delete files and lists of cases of what was given up or is thirty days old; figures stay."""
    sweep({str(one) for one in Rehearsal.objects.values_list("uuid", flat=True)})
    old = Q(made_at__lt=now() - KEPT) | Q(state=states.GIVEN_UP)
    rows = list(Rehearsal.objects.filter(old, forgotten_at=None))
    for row in rows:
        shutil.rmtree(folder_of(row.uuid), ignore_errors=True)
        row.cases.all().delete()
        Rehearsal.objects.filter(pk=row.pk).update(forgotten_at=now())
    return len(rows)
