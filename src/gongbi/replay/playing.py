"""Playing a file: rows in time order, the city's clock behind them, and the account at the end."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from gongbi.feeds.public import (
    Mapping,
    Observation,
    Refused,
    Repeated,
    Report,
    Understood,
    understand,
)
from gongbi.replay.doors import Answer, Doors

STEP = timedelta(minutes=5)
LONGEST_BATCH = 5_000
REPORTS_AT_ONCE = 200
Told = Callable[[str, float], None]


@dataclass(slots=True)
class Reconciliation:
    """Every row's fate. Rows of the file: read = sent + outside + repeated_in_file + refused_here.
    Items sent (a row may be several observations; zeros made are items too):
    sent_items = stored + repeated + refused_there."""

    read: int = 0
    sent_rows: int = 0
    outside: int = 0
    repeated_in_file: int = 0
    refused_here: int = 0
    zeros_made: int = 0
    sent_items: int = 0
    stored: int = 0
    repeated: int = 0
    refused_there: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing went missing."""
        rows = self.sent_rows + self.outside + self.repeated_in_file + self.refused_here
        return self.read == rows and self.sent_items == (
            self.stored + self.repeated + self.refused_there
        )


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
    know them: nothing is doubled.
    """
    account = Reconciliation()
    items = sorted(
        _items(mapping, data, account, from_, until), key=lambda item: (item.at, _name(item.row))
    )
    if not items:
        return account
    first, last = items[0].at, items[-1].at
    began = time.monotonic()
    for slot, group in groupby(items, key=lambda item: _slot(item.at)):
        moment = datetime.fromtimestamp((slot + 1) * STEP.total_seconds(), UTC)
        rows = [item.row for item in group]
        _send(doors, mapping, slot, rows, moment, account)
        told(moment.isoformat(), (moment - first) / max(last - first + STEP, STEP))
        if speed:
            ahead = (moment - first).total_seconds() / speed - (time.monotonic() - began)
            time.sleep(max(0.0, ahead))
    return account


def _items(
    mapping: Mapping,
    data: Path,
    account: Reconciliation,
    from_: datetime | None,
    until: datetime | None,
) -> Iterator[_Item]:
    for outcome in understand(mapping, data):
        if isinstance(outcome, Refused):
            account.refused_here += 1
            account.read += 1
            account.reasons[outcome.reason] += 1
            account.refused.append(outcome)
        elif isinstance(outcome, Repeated):
            account.repeated_in_file += 1
            account.read += 1
        else:
            yield from _within(outcome, account, from_, until)


def _within(
    row: Understood, account: Reconciliation, from_: datetime | None, until: datetime | None
) -> Iterator[_Item]:
    found: list[_Item] = [_Item(one.at, one) for one in row.observations]
    if row.report is not None:
        found.append(_Item(row.report.at, row.report))
    inside = [
        item
        for item in found
        if (from_ is None or item.at >= from_) and (until is None or item.at < until)
    ]
    if row.row == 0:
        account.zeros_made += len(inside)
    else:
        account.read += 1
        account.sent_rows += bool(inside)
        account.outside += not inside
    yield from inside


def _slot(at: datetime) -> int:
    return int(at.timestamp() // STEP.total_seconds())


def _name(row: Observation | Report) -> str:
    return row.datastream if isinstance(row, Observation) else row.reference


def _send(
    doors: Doors,
    mapping: Mapping,
    slot: int,
    rows: list[Observation | Report],
    moment: datetime,
    account: Reconciliation,
) -> None:
    """Readings before the clock moves past them; reports after, for they are told afterwards."""
    readings = [row for row in rows if isinstance(row, Observation)]
    reports = [row for row in rows if isinstance(row, Report)]
    for number in range(0, len(readings), LONGEST_BATCH):
        batch = readings[number : number + LONGEST_BATCH]
        sequence = slot * 1000 + number // LONGEST_BATCH
        _count(account, len(batch), doors.observations(
            batch, sender=f"replay-{mapping.name}", sequence=sequence
        ))  # fmt: skip
    doors.tick(moment)
    for number in range(0, len(reports), REPORTS_AT_ONCE):
        some = reports[number : number + REPORTS_AT_ONCE]
        _count(account, len(some), doors.reports(some))


def _count(account: Reconciliation, sent: int, answer: Answer) -> None:
    account.sent_items += sent
    account.stored += answer.stored
    account.repeated += answer.repeated
    account.refused_there += len(answer.refused)
    account.reasons.update(answer.refused)
