"""Other cities read by the clock: connected by command, paused and asked for by a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from gongbi.cases.public import case_types
from gongbi.core.public import (
    Scope,
    city,
    delete_sealed,
    is_web_address,
    place,
    publish,
    seal,
)
from gongbi.reports.events import CityConnected, CityReadingSet
from gongbi.reports.open311.models import OpenCity

SEE, KEEP = "othercities.see", "othercities.keep"
PAUSE, RESUME, NOW, END = "pause", "resume", "now", "end"
OWN_SOURCES = frozenset(
    {"web", "counter", "hotline", "open311", "import", "alert", "sensor", "camera", "instruction"}
)
LEAST_MINUTES, MOST_MINUTES = 1, 7 * 1440
MOST_ROWS = 10_000
TROUBLES = {
    "nobody": gettext_lazy("nobody answers there"),
    "slow": gettext_lazy("it did not answer in time"),
    "broken": gettext_lazy("the line broke"),
    "busy": gettext_lazy("it asks to be asked later"),
    "failing": gettext_lazy("it has a fault of its own"),
    "moved": gettext_lazy("it sends to another address, which is not followed"),
    "refuses": gettext_lazy("it refuses; look at address, key and jurisdiction"),
    "unreadable": gettext_lazy("its answer cannot be read"),
    "crowded": gettext_lazy(
        "more stands under one minute than it gives; read that minute by command"
    ),
    "here": gettext_lazy("what it said could not be stored here; see the worker's log"),
}


class CityRefused(Exception):
    """A city cannot be connected so; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a city is to be read; ``since`` moves where reading begins."""

    url: str
    key: str = ""
    jurisdiction: str = ""
    codes: Mapping[str, str] | None = None
    zone: str = ""
    by: str = OpenCity.UPDATED
    form: str = "json"
    every_minutes: int = 15
    overlap_minutes: int = 60
    most_rows: int = 1000
    since: datetime | None = None


@transaction.atomic
def connect(name: str, wanted: Wanted, *, actor: str) -> OpenCity:
    """Read a city by the clock from now on; connected before, it goes on where it was."""
    _check(name, wanted)
    at = timezone.now()
    row, _new = OpenCity.objects.get_or_create(
        name=name,
        defaults={
            "connected_at": at, "due_at": at, "read_to": wanted.since or at - timedelta(days=7)
        },
    )  # fmt: skip
    row.url, row.jurisdiction = wanted.url.rstrip("/"), wanted.jurisdiction
    row.codes, row.zone, row.form, row.by = (
        dict(wanted.codes or {}), wanted.zone, wanted.form, wanted.by
    )  # fmt: skip
    row.every_minutes, row.overlap_minutes = wanted.every_minutes, wanted.overlap_minutes
    row.most_rows = wanted.most_rows
    if wanted.key:
        delete_sealed([row.key_id])
        row.key_id = seal(row.key_owner, wanted.key)
    if wanted.since is not None:
        row.read_to, row.newest_at = wanted.since, None
    # Whoever reads it this moment by what held before must not write how far it came.
    row.paused_at, row.claimed_at, row.tries, row.due_at = None, None, 0, at
    row.save()
    _publish(CityConnected(city=name, every_minutes=row.every_minutes), name, actor)
    return row


def _check(name: str, wanted: Wanted) -> None:
    known = {one.code for one in case_types()}
    troubles = (
        (not is_name(name), "A city's name is of a-z, 0-9 and -, such as koeln."),
        (name in OWN_SOURCES, f"{name} is a source of this city's own; take another name."),
        (not is_web_address(wanted.url),
         "The address must begin with https:// and hold no password."),
        ("?" in wanted.url or "#" in wanted.url or len(wanted.url) > 400,
         "The address ends with the door, such as https://…/open311/v2, with nothing behind."),
        (wanted.by not in (OpenCity.UPDATED, OpenCity.REQUESTED), "By is updated or requested."),
        (wanted.form not in ("json", "xml"), "The form is json or xml."),
        (not LEAST_MINUTES <= wanted.every_minutes <= MOST_MINUTES,
         f"Every is {LEAST_MINUTES} to {MOST_MINUTES} minutes."),
        (not 1 <= wanted.most_rows <= MOST_ROWS, f"Rows are 1 to {MOST_ROWS}."),
        (not 0 <= wanted.overlap_minutes <= MOST_MINUTES,
         f"Overlap is 0 to {MOST_MINUTES} minutes."),
    )  # fmt: skip
    for wrong, why in troubles:
        if wrong:
            raise CityRefused(why)
    for code, ours in (wanted.codes or {}).items():
        if ours not in known:
            raise CityRefused(f"{code}={ours}: there is no type {ours!r} in this city.")
    if wanted.zone:
        _zone(wanted.zone)


def is_name(text: str) -> bool:
    """Whether this names a source: what stands beside every report that came from there."""
    plain = text.replace("-", "")
    return plain.isascii() and plain.isalnum() and text == text.lower() and len(text) <= 32


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise CityRefused(f"There is no zone {name!r}; write it as Europe/Berlin.") from error


def cities() -> list[OpenCity]:
    """All that are connected, those that cannot be read first. One query."""
    return list(OpenCity.objects.order_by("-tries", "name"))


def named(name: str) -> OpenCity | None:
    """One of them."""
    return OpenCity.objects.filter(name=name).first()


def may_see(scope: Scope) -> bool:
    """Whether somebody sees how other cities are read: it concerns the whole city."""
    return scope.can(SEE, place_path=_whole_city())


def may_keep(scope: Scope) -> bool:
    """Whether somebody pauses and asks."""
    return scope.can(KEEP, place_path=_whole_city())


def _whole_city() -> str:
    whole = place(city().code)
    return whole.path if whole else "/"


@transaction.atomic
def set_to(row: OpenCity, verb: str, *, actor: str) -> bool:
    """Pause it, resume it, read it at once, or end it; False where it is so already."""
    at = timezone.now()
    mine = OpenCity.objects.filter(pk=row.pk)
    values: dict[str, dict[str, Any]] = {
        PAUSE: {"paused_at": at},
        RESUME: {"paused_at": None, "tries": 0, "due_at": at},
        NOW: {"tries": 0, "due_at": at},
    }
    if verb == END:
        done = bool(mine.delete()[0])
        delete_sealed([row.key_id])
    else:
        is_paused = {"paused_at__isnull": verb != RESUME}
        done = bool(mine.filter(**is_paused).update(**values[verb]))
    if done:
        _publish(CityReadingSet(city=row.name, to=verb), row.name, actor)
    return done


def in_words(row: OpenCity) -> str:
    """What was in the way, in the reader's language."""
    return str(TROUBLES.get(row.trouble, row.trouble))


def _publish(fact: CityConnected | CityReadingSet, name: str, actor: str) -> None:
    publish(fact, subject=f"othercity:{name}", actor=actor)
