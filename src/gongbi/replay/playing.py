"""Playing a file: rows in time order, the city's clock behind them, and the account at the end."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from gongbi.feeds.public import (
    FileRefused,
    Mapping,
    Observation,
    Refused,
    Repeated,
    Report,
    Understood,
    understand,
)
from gongbi.replay.account import Reconciliation
from gongbi.replay.counting import count_reports, quiet_slot
from gongbi.replay.doors import Doors, NotTaken, Stopped

STEP = timedelta(minutes=5)
SLOTS_A_DAY = timedelta(days=1) // STEP
LONGEST_BATCH = 5_000
REPORTS_AT_ONCE = 200
PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")
Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Span:
    """What lies in [begin, end); None is open."""

    begin: datetime | None
    end: datetime | None

    def has(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return (self.begin is None or at >= self.begin) and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class _Item:
    at: datetime
    row: Observation | Report


def replay(
    mapping: Mapping,
    data: Path,
    doors: Doors,
    *,
    speed: float | None,
    from_: datetime | None = None,
    until: datetime | None = None,
    told: Told = lambda _words, _share: None,
) -> Reconciliation:
    """Play what lies in [from_, until) at ``speed`` times (None: as fast as it is taken).

    Killed and started again it sends the same batches under the same numbers, and the doors
    know them: nothing is doubled, and what the city has seen is passed over without waiting.
    """
    span, account = _span(from_, until, speed), Reconciliation()
    items = sorted(
        _items(mapping, data, account, span), key=lambda item: (item.at, _name(item.row))
    )
    if items:
        _play(_Player(mapping, doors, account), items, speed, told)
    return account


def _span(begin: datetime | None, end: datetime | None, speed: float | None) -> Span:
    for moment in (begin, end):
        # A batch holds five minutes: half of one would bear the number of the whole.
        if moment is not None and moment.timestamp() % STEP.total_seconds():
            raise Stopped(f"{moment.isoformat()} is no whole five minutes: write such as 08:05.")
    if begin is not None and end is not None and end <= begin:
        raise Stopped(f"The span ends at {end.isoformat()}, before it begins: exchange the two.")
    if speed is not None and not 0 < speed < float("inf"):
        raise Stopped(f"A speed of {speed:g} moves no clock: write a number above 0, or max.")
    return Span(begin, end)


def _items(mapping: Mapping, data: Path, account: Reconciliation, span: Span) -> Iterator[_Item]:
    """Everything in the span; FileRefused before anything is sent when a file cannot be read."""
    for outcome in understand(mapping, data):
        if isinstance(outcome, Refused):
            if outcome.whole_file:
                raise FileRefused(str(outcome), "Nothing was sent.", outcome.row)
            if outcome.at is not None and not span.has(outcome.at):
                account.read += 1
                account.outside += 1
            else:
                account.refuse(outcome)
        elif isinstance(outcome, Repeated):
            account.repeated_in_file += 1
            account.read += 1
        else:
            yield from _within(outcome, account, span)


def _within(row: Understood, account: Reconciliation, span: Span) -> Iterator[_Item]:
    found: list[_Item] = [_Item(one.at, one) for one in row.observations]
    if row.report is not None:
        found.append(_Item(row.report.at, row.report))
    inside = [item for item in found if span.has(item.at)]
    if row.row == 0:
        account.zeros_made += len(inside)
    else:
        account.read += 1
        account.sent_rows += bool(inside)
        account.outside += not inside
    yield from inside


def _name(row: Observation | Report) -> str:
    return row.datastream if isinstance(row, Observation) else row.reference


def _slot(at: datetime) -> int:
    return int(at.timestamp() // STEP.total_seconds())


def _end_of(slot: int) -> datetime:
    return datetime.fromtimestamp((slot + 1) * STEP.total_seconds(), UTC)


def _slots(
    items: Sequence[_Item], every: bool
) -> Iterator[tuple[int, list[Observation | Report]]]:
    """Slots in order with their rows; ``every``: those without a row too."""
    due = _slot(items[0].at)
    for slot, group in groupby(items, key=lambda item: _slot(item.at)):
        yield from ((empty, []) for empty in range(due, slot) if every)
        yield slot, [item.row for item in group]
        due = slot + 1


def _play(player: "_Player", items: Sequence[_Item], speed: float | None, told: Told) -> None:
    zone = ZoneInfo(player.mapping.time.zone)
    first, last = _end_of(_slot(items[0].at)) - STEP, _end_of(_slot(items[-1].at))
    seen = player.clock_before(last)
    # At a speed the clock of a quiet hour ticks on; else it leaps to the next row.
    every = speed is not None or bool(player.mapping.counts)
    began, since = time.monotonic(), first
    for slot, rows in _slots(items, every):
        moment = _end_of(slot)
        player.send(slot, rows)
        told(moment.astimezone(zone).isoformat(), (moment - first) / (last - first))
        if seen is not None and moment <= seen:
            began, since = time.monotonic(), moment
        elif speed:
            ahead = (moment - since).total_seconds() / speed - (time.monotonic() - began)
            time.sleep(max(0.0, ahead))


class _Player:
    """Sends the slots of one replay and keeps its account."""

    def __init__(self, mapping: Mapping, doors: Doors, account: Reconciliation) -> None:
        self.mapping, self._doors, self._account = mapping, doors, account
        self._counts_taken = bool(mapping.counts)

    def clock_before(self, last: datetime) -> datetime | None:
        """How far the city's clock was at the start; told when it is past what will be played."""
        clock = self._doors.clock()
        if clock is not None and clock > last:
            zone = ZoneInfo(self.mapping.time.zone)
            self._doors.tell(
                f"The city's clock stands at {clock.astimezone(zone):%Y-%m-%d %H:%M}, later than "
                f"what is played (until {last.astimezone(zone):%Y-%m-%d %H:%M}). Readings come "
                "too late for levels and alerts; to see them live, use a new data folder."
            )
        return clock

    def send(self, slot: int, rows: Sequence[Observation | Report]) -> None:
        """Readings before the clock moves past them; reports after: they are told afterwards."""
        readings = [row for row in rows if isinstance(row, Observation)]
        reports = [row for row in rows if isinstance(row, Report)]
        for part in range(0, len(readings), LONGEST_BATCH):
            batch = readings[part : part + LONGEST_BATCH]
            sender = _sender(self.mapping, slot, part // LONGEST_BATCH)
            answer = self._doors.observations(batch, sender=sender, sequence=slot)
            self._account.answer(len(batch), answer)
        self._send_counts(slot, reports)
        self._doors.tick(_end_of(slot))
        for part in range(0, len(reports), REPORTS_AT_ONCE):
            some = reports[part : part + REPORTS_AT_ONCE]
            self._account.answer(len(some), self._doors.reports(some))

    def _send_counts(self, slot: int, reports: Sequence[Report]) -> None:
        at = _end_of(slot) - STEP
        counts = count_reports(self.mapping, reports, at) + quiet_slot(self.mapping, at)
        if not counts or not self._counts_taken:
            return
        try:
            sender = _sender(self.mapping, slot, 0)
            answer = self._doors.observations(counts, sender=sender, sequence=slot)
        except NotTaken as error:
            if error.status != 409:
                raise
            self._stop_counting(error.said)
            return
        self._account.counts_sent += len(counts)
        self._account.counts_kept += answer.stored + answer.repeated
        self._account.counts_refused += answer.refused
        if answer.refused == len(counts):
            self._stop_counting(answer.reasons[0])

    def _stop_counting(self, why: str) -> None:
        self._counts_taken = False
        self._doors.tell(
            f"The reports are stored; their counts are not ({why}). "
            "Load a pack with the datastreams that [[count]] of the mapping names."
        )


def _sender(mapping: Mapping, slot: int, part: int) -> str:
    """A sender of its own for each day and part: the city remembers 1,024 numbers of a sender."""
    name = mapping.name
    if not PLAIN_NAME.fullmatch(name):
        name = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"replay-{name}-{slot // SLOTS_A_DAY}" + (f"-{part}" if part else "")
