"""Modes of places: set by a person for a time, ended by themselves or before, never forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongbi.core import clock
from gongbi.core.events import ModeEnded, ModeSet
from gongbi.core.journal import publish
from gongbi.core.models import ModeSpan, Place
from gongbi.core.records import PlaceRecord
from gongbi.core.scope import Scope
from gongbi.kernel.modes import ALERT, EMERGENCY, MODES, ORDINARY, Span

SEE, SET = "modes.see", "modes.set"
LONGEST = timedelta(days=30)
MOST_SHOWN = 5
NAMES = {
    ORDINARY: gettext_lazy("Ordinary"),
    ALERT: gettext_lazy("On alert"),
    EMERGENCY: gettext_lazy("Emergency"),
}
TONES = {ALERT: "warning", EMERGENCY: "alarm"}


class ModeRefused(Exception):
    """It cannot be set so; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A mode in force, as the head of every page says it."""

    name: str
    tone: str
    place: Any
    reason: str
    ends_at: datetime
    may_see: bool


def mode_name(mode: str) -> str:
    """A mode in the reader's language."""
    return str(NAMES.get(mode, mode))


def modes_then(since: datetime, until: datetime) -> list[Span]:
    """Every mode that some place was in during a span of time, with the end as it came."""
    rows = ModeSpan.objects.filter(begins_at__lte=until, over_at__gt=since)
    return [Span(*row) for row in rows.values_list("place_path", "mode", "begins_at", "over_at")]


def in_force(at: datetime) -> Any:
    """The decisions in force, with their places."""
    rows = ModeSpan.objects.filter(begins_at__lte=at, over_at__gt=at)
    return rows.select_related("place", "set_by").defer("place__geometry")


def modes_for(scope: Scope) -> list[Shown]:
    """What is in force where a person works, above it or below it, gravest first. One query."""
    if not scope.posts:
        return []
    found = [
        row
        for row in in_force(clock.now())
        if any(
            row.place_path.startswith(post.place_path)
            or post.place_path.startswith(row.place_path)
            for post in scope.posts
        )
    ]
    found.sort(key=lambda row: (-MODES.index(row.mode), row.place_path))
    may_see = scope.can(SEE)
    return [
        Shown(mode_name(row.mode), TONES[row.mode], row.place, row.reason, row.ends_at, may_see)
        for row in found[:MOST_SHOWN]
    ]


@transaction.atomic
def set_mode(
    place: PlaceRecord, mode: str, *, basis: str, reason: str, ends_at: datetime, person: Any
) -> ModeSpan:
    """Put a place and all below it into a mode until an end; its own mode of before is over.

    One at a time for a place: two would each find that nothing is in force, and both would be.
    """
    Place.objects.select_for_update().only("pk").get(pk=place.code)
    now = clock.now()
    if mode not in TONES:
        raise ModeRefused(_("Ordinary is what there is when no mode is set: end the other one."))
    if not now < ends_at <= now + LONGEST:
        raise ModeRefused(
            _("It must end, within %(days)d days; renewing is a new decision.")
            % {"days": LONGEST.days}
        )
    for row in in_force(now).filter(place=place.code):
        _end(row, now, person, reason)
    span = ModeSpan.objects.create(
        place_id=place.code,
        place_path=place.path,
        mode=mode,
        basis=basis,
        reason=reason,
        begins_at=now,
        ends_at=ends_at,
        over_at=ends_at,
        set_by=person,
    )
    fact = ModeSet(span=span.pk, place=place.code, mode=mode, ends_at=ends_at)
    _tell(fact, span, person)
    return span


@transaction.atomic
def end_mode(span: ModeSpan, *, why: str, person: Any) -> bool:
    """End it before its time; False when it is over already."""
    return _end(span, clock.now(), person, why)


def _end(span: ModeSpan, now: datetime, person: Any, why: str) -> bool:
    mine = ModeSpan.objects.filter(pk=span.pk, over_at__gt=now)
    if not mine.update(over_at=now, ended_by=person, ended_why=why):
        return False
    _tell(ModeEnded(span=span.pk, place=span.place_id, mode=span.mode), span, person)
    return True


def _tell(fact: ModeSet | ModeEnded, span: ModeSpan, person: Any) -> None:
    publish(
        fact, subject=f"mode:{span.pk}", actor=f"person:{person.pk}", place_path=span.place_path
    )


def visible_spans(scope: Scope) -> Any:
    """Decisions for places at, above or below those in which a person may see modes."""
    reach = Q(pk__in=())
    for path in scope.place_paths(SEE):
        above = ["/" + "/".join(path.strip("/").split("/")[:n]) + "/" for n in range(1, 9)]
        reach |= Q(place_path__startswith=path) | Q(place_path__in=above)
    rows = ModeSpan.objects.filter(reach).select_related("place", "set_by", "ended_by")
    return rows.defer("place__geometry")
