"""Reading other cities by the clock: a turn goes on where the one before stopped, and is bounded.

One turn asks for a few steps of time (``kernel.reports.reading_on``), takes each request once, and
writes how far it came only when that is on disk. Killed at any instant, the next turn asks for the
same step again, and what was taken is a repeat.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from gongbi.core.public import publish, unseal
from gongbi.kernel.reports.reading_on import Step, narrower, next_step, read_to, wider
from gongbi.kernel.webhooks import wait_seconds
from gongbi.reports.events import CityNotRead, CityReadAgain
from gongbi.reports.open311.fetching import CannotRead, TooLong, asking, fetch
from gongbi.reports.open311.models import OpenCity, OpenRead
from gongbi.reports.open311.reading import CLOSED, Read, RefusedRow, Unreadable, read_requests
from gongbi.reports.open311.taking import Taken, take_in

log = logging.getLogger("gongbi.reports.open311")
TURN_SECONDS, MOST_ASKED, MOST_PAGES = 30.0, 20, 100
CLAIM = timedelta(minutes=5)  # longer than any turn: whoever holds it so long was killed
MOST_REFUSALS, LOOKED_AFTER = 20, 50
COUNTS = ("read", "stored", "followed", "repeated", "refused")
Rows = list[Read | RefusedRow]


@dataclass(slots=True)
class _Turn:
    """One turn of one city: what it may still ask, and what became of the rows."""

    row: OpenCity
    client: httpx.Client
    began: datetime
    ends_at: float
    asked: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    refusals: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.asked >= MOST_ASKED or time.monotonic() > self.ends_at


class _Overtaken(Exception):
    """Somebody else reads this city now, or it was connected anew."""


def read_cities() -> int:
    """Give the city that has waited longest its turn; 1 when one was read or tried, else 0."""
    due = OpenCity.objects.filter(due_at__lte=timezone.now(), paused_at=None)
    row = due.order_by("due_at", "pk").first()
    if row is None or not _claim(row):
        return 0
    _read(row)
    return 1


def _claim(row: OpenCity) -> bool:
    """Take the turn: of two workers one has it, until it is over or seems dead."""
    at = timezone.now()
    mine = OpenCity.objects.filter(pk=row.pk, due_at=row.due_at, paused_at=None)
    if not mine.update(due_at=at + CLAIM, claimed_at=at):
        return False
    row.refresh_from_db()
    return row.claimed_at == at


def _read(row: OpenCity) -> None:
    began = timezone.now()
    with asking() as client:
        turn = _Turn(row, client, began, time.monotonic() + TURN_SECONDS)
        try:
            whole = _go_through(turn)
            if row.by == OpenCity.REQUESTED:
                _look_after(turn)
        except CannotRead as fault:
            _failed(turn, fault)
        except OperationalError:
            raise  # the database is away: nothing can be written down either
        except (DatabaseError, ValueError):
            log.exception("a city's answer could not be stored", extra={"city": row.name})
            _failed(turn, CannotRead("here"))
        except _Overtaken:
            log.warning("overtaken in reading a city", extra={"city": row.name})
        else:
            _done(turn, whole=whole)


def _go_through(turn: _Turn) -> bool:
    """Step by step up to now; whether the end was reached within the turn's bounds."""
    at, row = turn.row.read_to, turn.row
    while not turn.is_over:
        step = next_step(at, turn.began, timedelta(seconds=row.step_seconds))
        found = _ask_step(turn, step)
        if found is None:
            continue  # too much at once: the step was halved
        _take(turn, found)
        at = step.until or turn.began
        _came_to(turn, at, found)
        if step.until is None:
            return True
    return False


def _ask_step(turn: _Turn, step: Step) -> Rows | None:
    """All requests of a step, or None after it was made shorter."""
    row, length = turn.row, timedelta(seconds=turn.row.step_seconds)
    try:
        found = _ask(turn, _span(row, step))
    except TooLong:
        found = None
    if found is not None and len(found) < row.most_rows:
        row.step_seconds = int(wider(length, len(found), row.most_rows).total_seconds())
        return found
    # An open step is as long as from its beginning to now, whatever its length may be.
    shorter = narrower(min(length, max(turn.began - step.since, timedelta(0))))
    if shorter is not None:
        row.step_seconds = int(shorter.total_seconds())
        _write(turn, step_seconds=row.step_seconds)
        return None
    if found is None:
        raise CannotRead("crowded", f"{step.since:%Y-%m-%dT%H:%MZ}")
    return _page_by_page(turn, step, found)


def _page_by_page(turn: _Turn, step: Step, rows: Rows) -> Rows:
    """A minute that holds more than one answer: its further pages, where the other side has any.

    Each is taken as it comes; the last is left to whoever asked.
    """
    seen = _ids(rows)
    for page in range(2, MOST_PAGES + 1):
        _take(turn, rows)
        try:
            rows = _ask(turn, _span(turn.row, step) | {"page": str(page)})
        except TooLong:
            break
        if rows and not _ids(rows) - seen:
            break  # it knows no pages and says the first again
        seen |= _ids(rows)
        if len(rows) < turn.row.most_rows:
            return rows
    raise CannotRead("crowded", f"{step.since:%Y-%m-%dT%H:%MZ}")


def _ids(rows: Rows) -> set[str]:
    return {one.id for one in rows if isinstance(one, Read)}


def _span(row: OpenCity, step: Step) -> dict[str, str]:
    first, last = (
        ("updated_after", "updated_before")
        if row.by == OpenCity.UPDATED
        else ("start_date", "end_date")
    )
    said = {first: _stamp(step.since), "page_size": str(row.most_rows)}
    return said | ({last: _stamp(step.until)} if step.until else {})


def _stamp(at: datetime) -> str:
    """To the second, downwards; a step's end is the next one's beginning, so nothing falls out."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _ask(turn: _Turn, said: dict[str, str]) -> Rows:
    row = turn.row
    turn.asked += 1
    params = said | {
        key: value
        for key, value in (
            ("jurisdiction_id", row.jurisdiction),
            ("api_key", unseal(row.key_id) or ""),
        )
        if value
    }
    url = f"{row.url}/requests.{row.form}"
    raw = fetch(turn.client, url, params, ends_at=turn.ends_at)
    try:
        return list(read_requests(raw, ZoneInfo(row.zone) if row.zone else None))
    except Unreadable as error:
        raise CannotRead("unreadable", str(error)) from error


def _take(turn: _Turn, rows: Rows) -> None:
    taken: Taken = take_in(rows, source=turn.row.name, types=turn.row.codes)
    for name in COUNTS[:-1]:
        turn.counts[name] += getattr(taken, name)
    turn.counts["refused"] += len(taken.refused)
    room = MOST_REFUSALS - len(turn.refusals)
    turn.refusals += [(one.place, one.reason[:200]) for one in taken.refused[:room]]


def _came_to(turn: _Turn, at: datetime, found: Rows) -> None:
    """Write down how far it came; what stands there is on disk."""
    row = turn.row
    said = [_time_of(row, one) for one in found if isinstance(one, Read)]
    row.newest_at = max(filter(None, (row.newest_at, *said)), default=None)
    overlap = timedelta(minutes=row.overlap_minutes)
    row.read_to = read_to(row.read_to, at, turn.began, row.newest_at, overlap)
    _write(turn, read_to=row.read_to, newest_at=row.newest_at, step_seconds=row.step_seconds)


def _time_of(row: OpenCity, one: Read) -> datetime:
    return (one.updated_at or one.at) if row.by == OpenCity.UPDATED else one.at


def _look_after(turn: _Turn) -> None:
    """Where a system cannot be asked for what changed: how the open ones fare, oldest look first.

    Asked by number, as the standard has it; those it does not name any more wait their turn again.
    """
    source = OpenRead.objects.filter(source=turn.row.name).exclude(status__in=CLOSED)
    open_ = source.exclude(reference__contains=",").order_by("read_at", "pk")
    known = dict(open_.values_list("pk", "reference")[:LOOKED_AFTER])
    if not known or turn.is_over:
        return
    found = _ask(turn, {"service_request_id": ",".join(known.values())})
    asked = set(known.values())
    _take(turn, [one for one in found if isinstance(one, Read) and one.id in asked])
    OpenRead.objects.filter(pk__in=list(known)).update(read_at=timezone.now())


def _write(turn: _Turn, **values: Any) -> None:
    """Only while the turn is ours."""
    mine = OpenCity.objects.filter(pk=turn.row.pk, claimed_at=turn.row.claimed_at)
    if not mine.update(**values):
        raise _Overtaken


@transaction.atomic
def _done(turn: _Turn, *, whole: bool) -> None:
    """Not whole: the turn's bounds were reached, and it goes on at once."""
    row, at = turn.row, timezone.now()
    wait = timedelta(minutes=row.every_minutes) if whole else timedelta()
    _end(
        turn,
        due_at=at + wait,
        tries=0,
        trouble="",
        trouble_said="",
        trouble_at=None,
        **({"read_at": at} if whole else {}),
    )
    if row.tries:
        _publish(turn, CityReadAgain(city=row.name, tries=row.tries))


@transaction.atomic
def _failed(turn: _Turn, fault: CannotRead) -> None:
    row, at = turn.row, timezone.now()
    rest = max(wait_seconds(row.tries + 1, random()), fault.wait_seconds)
    said = fault.said.replace("\x00", "")[:200]
    _end(
        turn,
        due_at=at + timedelta(seconds=rest),
        tries=row.tries + 1,
        trouble=fault.code,
        trouble_said=said,
        trouble_at=at,
    )
    if not row.tries:
        _publish(turn, CityNotRead(city=row.name, trouble=fault.code))


def _end(turn: _Turn, **values: Any) -> None:
    """Whoever asked for a turn meanwhile (``due_at`` is no longer the claim's) gets it."""
    mine = OpenCity.objects.filter(pk=turn.row.pk, claimed_at=turn.row.claimed_at)
    asked_for = mine.exclude(due_at=turn.row.due_at)
    if asked_for.exists():
        values.pop("due_at")
    mine.update(
        **values,
        claimed_at=None,
        counts=turn.counts,
        refusals=turn.refusals,
        stored=F("stored") + turn.counts["stored"],
    )


def _publish(turn: _Turn, fact: CityNotRead | CityReadAgain) -> None:
    publish(fact, subject=f"othercity:{turn.row.name}", actor="system:clock")
