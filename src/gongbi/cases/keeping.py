"""How long what a resident gave is kept: each type's terms, and the clock that ends them.

A term counts from the closing of the case the reporter follows. After ``keep_days`` words, contact
and pictures are forgotten exactly as if the reporter had asked for it: their keys are destroyed.
A type may let contact and pictures go earlier; they lie under keys of their own. What the city did
stays.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Case as Cases
from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from gongbi.cases import states
from gongbi.cases.actions.reporter import forget_contact, forget_photos, forget_reporter
from gongbi.cases.actors import Actor
from gongbi.cases.models import CaseType, News, Photo, Signal

CLOCK = Actor("system", "keeping")
AT_MOST = 100
MOST_FAILED = 1000
Forget = Callable[[Signal, Actor], None]
log = logging.getLogger(__name__)
WORDS, CONTACT, PHOTOS = "words", "contact", "photos"
PARTS = (CONTACT, PHOTOS)
ENDS = [state for state in states.ENDS if state != "merged"]


def term_of(kind: CaseType, part: str) -> int | None:
    """For how many days after the end a part is kept; None: until they ask."""
    days: int | None = kind.keep.get(part) if part in PARTS else None
    return kind.keep_days if days is None else days


def forget_due(now: datetime, most: int = AT_MOST) -> int:
    """Forget what is past its term, the whole report first; returns how many were forgotten."""
    done = 0
    forget: dict[str, Forget] = {
        WORDS: forget_reporter,
        CONTACT: forget_contact,
        PHOTOS: forget_photos,
    }
    for part, do in forget.items():
        done += _forget(do, _due(part, now), most - done)
    return done


def _forget(do: Forget, due: "QuerySet[Signal]", most: int) -> int:
    """One that cannot be forgotten now holds up no other: it is logged, and tried again later."""
    done, failed, after = 0, 0, 0
    while done < most and failed < MOST_FAILED:
        rows = list(due.filter(pk__gt=after)[: most - done])
        if not rows:
            break
        did = sum(_did(do, signal) for signal in rows)
        done, failed, after = done + did, failed + len(rows) - did, rows[-1].pk
    return done


def _did(do: Forget, signal: Signal) -> bool:
    try:
        do(signal, CLOCK)
    except (OperationalError, InterfaceError):
        raise  # the database is away, for all of them
    except Exception:  # one that cannot be forgotten must hold up no other
        log.exception("not forgotten", extra={"signal": str(signal.uuid)})
        return False
    return True


def _due(part: str, now: datetime) -> "QuerySet[Signal]":
    """Reporters whose part is past its term, and those merged into their cases."""
    due = Q(pk__in=())
    for days, kinds in _by_term(part).items():
        before = now - timedelta(days=days)
        due |= Q(case__type__in=kinds, case__state__in=ENDS, case__closed_at__lte=before)
        due |= Q(
            case__merged_into__type__in=kinds,
            case__merged_into__state__in=ENDS,
            case__merged_into__closed_at__lte=before,
        )
    rows = _holding(part).filter(due)
    return rows.select_related("case__merged_into").order_by("pk")


def _by_term(part: str) -> dict[int, list[int]]:
    """Types by their term for a part; a part kept as long as the words goes with them."""
    found: dict[int, list[int]] = {}
    for kind in CaseType.objects.exclude(keep_days=None, keep={}):
        days = kind.keep_days if part == WORDS else kind.keep.get(part)
        if days is not None:
            found.setdefault(days, []).append(kind.pk)
    return found


def _holding(part: str) -> "QuerySet[Signal]":
    """Reports of people, and what officers found, of which a part is still held."""
    # What an officer found may tell of somebody, too.
    of_people = Q(from_person=True) | Q(source=states.PATROL)
    rows = Signal.objects.filter(of_people, forgotten_at=None)
    if part == CONTACT:
        told = News.objects.filter(signal=OuterRef("pk"))
        return rows.filter(Q(contact_id__isnull=False) | Exists(told))
    if part == PHOTOS:
        return rows.filter(Exists(Photo.objects.filter(signal=OuterRef("pk"), removed_at=None)))
    return rows


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part of the reports of one type: its term, how many are held, how many go by each day."""

    code: str
    part: str
    days: int | None
    held: int
    gone: tuple[int, ...]


def kept_parts(at: datetime, horizons: tuple[int, ...]) -> list[KeptPart]:
    """What is held and what would be deleted within so many days, by type. Nothing is changed.

    A query for each part, and one for the types. Cases that are open yet are not foreseen.
    """
    types = list(CaseType.objects.all())
    found = {part: _counted(part, types, at, horizons) for part in (WORDS, *PARTS)}
    in_force = [kind for kind in types if kind.in_force]
    return list(_lines(sorted(in_force, key=lambda one: one.position), types, found, horizons))


Counts = dict[int, tuple[int, ...]]


def _lines(
    in_force: list[CaseType],
    types: list[CaseType],
    found: dict[str, Counts],
    horizons: tuple[int, ...],
) -> Iterator[KeptPart]:
    """Counts of all versions of a type together, under the terms in force."""
    for kind in in_force:
        versions = [one.pk for one in types if one.code == kind.code]
        for part, counts in found.items():
            rows = [counts.get(pk, (0,) * (len(horizons) + 1)) for pk in versions]
            held, *gone = (sum(column) for column in zip(*rows, strict=True))
            yield KeptPart(kind.code, part, term_of(kind, part), held, tuple(gone))


def _counted(part: str, types: list[CaseType], at: datetime, horizons: tuple[int, ...]) -> Counts:
    """By type: how many are held, and how many go within each horizon."""
    by_term: dict[int, list[int]] = {}
    for kind in types:
        days = term_of(kind, part)
        if days is not None:
            by_term.setdefault(days, []).append(kind.pk)
    due = {
        f"within_{days}": Count("pk", filter=_past(by_term, at + timedelta(days=days)))
        for days in horizons
    }
    # Of one merged into another, the other's type and end count.
    merged = Q(case__merged_into__isnull=False)
    ended = Cases(
        When(merged & Q(case__merged_into__state__in=ENDS), then="case__merged_into__closed_at"),
        When(~merged & Q(case__state__in=ENDS), then="case__closed_at"),
        output_field=DateTimeField(),
    )
    rows = _holding(part).annotate(
        kind=Coalesce("case__merged_into__type_id", "case__type_id"), ended=ended
    )
    counted: Any = rows.order_by().values("kind").annotate(held=Count("pk"), **due)
    return {
        row["kind"]: (row["held"], *(row[name] for name in due)) for row in counted if row["kind"]
    }


def _past(by_term: dict[int, list[int]], at: datetime) -> Q:
    past = Q(pk__in=())
    for days, kinds in by_term.items():
        past |= Q(kind__in=kinds, ended__lte=at - timedelta(days=days))
    return past
