"""Writing down who read masked words, before they are shown, at the cost of one look into memory.

A reader, case, hour and kind of page is one row. What a process has written it remembers, so that
a list that fetches itself every few seconds writes only what is new in it; another process, or
the same one after a restart, asks the database to take the row again, which changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from gongbi.cases.actors import Actor
from gongbi.cases.intake import MACHINES
from gongbi.cases.models import Case, Look
from gongbi.core.public import lines_about, now

KEPT = timedelta(days=184)  # six months, the least a network's records are kept by law
MOST_KNOWN = 500_000
MOST_SHOWN = 500
MOST_FORGOTTEN = 5_000
UNMASKED = ("cases.ReporterSeen", "cases.EvidenceSeen")
_Key = tuple[UUID, datetime, str, str]
_known: set[_Key] = set()


def note_looks(reader: Actor, page: str, cases: Iterable[Case]) -> None:
    """Write down that a reader is about to see what reporters of these cases said."""
    note(reader, page, [case.uuid for case in cases if may_hold(case)])


def note(reader: Actor, page: str, cases: Iterable[UUID]) -> None:
    """Likewise by the ids of the cases. One statement, and none when all of it stands already."""
    hour, who = now().replace(minute=0, second=0, microsecond=0), str(reader)
    keys = {(case, hour, who, page) for case in cases} - _known
    if not keys:
        return
    rows = (
        Look(case=case, hour=at, reader=said, page=on, unit=reader.unit)
        for case, at, said, on in sorted(keys)
    )
    Look.objects.bulk_create(rows, ignore_conflicts=True)
    # Not before it is on disk: a transaction that is taken back takes the rows back.
    transaction.on_commit(lambda: _remember(keys, hour))


def _remember(keys: set[_Key], hour: datetime) -> None:
    if len(_known) > MOST_KNOWN or any(at < hour for _c, at, _r, _p in _some(_known)):
        _known.clear()
    _known.update(keys)


def _some(known: set[_Key]) -> list[_Key]:
    """One of those known: all are of one hour, so it tells whether that is over."""
    return [next(iter(known))] if known else []


def may_hold(case: Case) -> bool:
    """Whether a person may have written anything on a case: machines' words are nobody's."""
    return case.source not in MACHINES or case.signals_count > 1


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """Somebody who read what reporters of a case said: when first and last, how, how often."""

    reader: str
    unit: str
    page: str
    first: datetime
    last: datetime
    times: int


def readers_of(case: Case) -> list[ReaderLine]:
    """Who read a case's words, masked or not, last reader first. Two queries."""
    merged = [case.uuid, *([case.merged_into.uuid] if case.merged_into else [])]
    looks = Look.objects.filter(case__in=merged).order_by("-hour", "-pk")
    found: dict[tuple[str, str, str], list[datetime]] = {}
    for one in looks[:MOST_SHOWN]:
        found.setdefault((one.reader, one.unit, one.page), []).append(one.hour)
    for line in lines_about(f"case:{case.uuid}", UNMASKED)[-MOST_SHOWN:]:
        found.setdefault((line.actor, "", line.kind), []).append(line.at)
    lines = [
        ReaderLine(*who, first=min(times), last=max(times), times=len(times))
        for who, times in found.items()
    ]
    return sorted(lines, key=lambda one: one.last, reverse=True)


def forget_old_looks(now: datetime) -> int:
    """Delete looks whose term is over, some of them each time; how many."""
    old = Look.objects.filter(hour__lt=now - KEPT).values_list("pk", flat=True)
    return Look.objects.filter(pk__in=list(old[:MOST_FORGOTTEN])).delete()[0]
