"""How the reader in force drifts, week by week: what is watched, expected, seen, and since when.

The same judgement as ``watching``, of the newest reports up to a bound, so that a page of it costs
one query whatever the city's size.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from gongbi.cases import states
from gongbi.cases.models import Case, Step
from gongbi.cases.reading import keeping
from gongbi.core.public import now
from gongbi.kernel.reading.drift import LEAST, Drift, drift, share, shifted

MOST_READ = 20_000
WEEK = timedelta(days=7)
MOST_TYPES = 8


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days up to ``end`` and what they show of the reader."""

    begin: datetime
    end: datetime
    drift: Drift

    @property
    def is_enough(self) -> bool:
        """Whether so many reports came that anything can be said."""
        return self.drift.to_person.of >= LEAST


@dataclass(frozen=True, slots=True)
class Moved:
    """A type's share of what is named, then and now."""

    code: str
    then: float
    lately: float


@dataclass(frozen=True, slots=True)
class Seen:
    """The reader in force as a page shows it; ``since`` says from when on each reason held."""

    number: int
    in_force_since: datetime | None
    begin: datetime
    reports: int
    more: bool
    drift: Drift
    weeks: tuple[Week, ...]
    since: dict[str, datetime | None]
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    at: datetime
    named: str
    sure: float
    settled: str


def seen(days: int) -> Seen | None:
    """How the reader in force did in the last days; None where the listed words judge alone.

    CannotRead where its file is broken. One query.
    """
    found = keeping.in_force()
    if found is None:
        return None
    end, switched = now(), keeping.in_force_since()
    begin = max(filter(None, (end - timedelta(days=days), switched)))
    rows = _read(begin)
    weeks = tuple(_weeks(rows, found, begin, end))
    whole = _judged(rows, found)
    return Seen(
        number=found.number,
        in_force_since=switched,
        begin=begin,
        reports=len(rows),
        more=len(rows) >= MOST_READ,
        drift=whole,
        weeks=weeks,
        since={reason: since(reason, weeks) for reason in whole.reasons},
        moved=_moved(rows, found.told["report"]["types"]),
    )


def _read(begin: datetime) -> list[_Read]:
    """The newest reports that came without a type: what was named, and what people settled on."""
    by_hand = Step.objects.filter(case=OuterRef("pk"), verb="sort", actor__startswith="person:")
    rows = Case.objects.filter(opened_at__gte=begin).exclude(guesses=[])
    told = rows.annotate(
        settled=Q(Exists(by_hand), type__isnull=False) | Q(state=states.CLOSED, type__isnull=False)
    ).order_by("-opened_at", "-pk")
    return [
        _Read(at, guesses[0][0], guesses[0][1], code if settled else "")
        for at, guesses, code, settled in told.values_list(
            "opened_at", "guesses", "type__code", "settled"
        )[:MOST_READ]
    ]


def _judged(rows: list[_Read], found: keeping.KeptReader) -> Drift:
    told, settled = found.told["report"], [one for one in rows if one.settled]
    was = {name: one["rows"] for name, one in told["types"].items()}
    return drift(
        share(sum(one.named == one.settled for one in settled), len(settled)),
        told["accuracy"],
        share(sum(one.sure < found.reader.threshold for one in rows), len(rows)),
        told["to_person"],
        shifted(was, Counter(one.named for one in rows)),
    )


def _weeks(
    rows: list[_Read], found: keeping.KeptReader, begin: datetime, end: datetime
) -> list[Week]:
    weeks = []
    while end > begin:
        first = max(begin, end - WEEK)
        weeks.append(Week(first, end, _judged([r for r in rows if first <= r.at < end], found)))
        end = first
    return weeks[::-1]


def since(reason: str, weeks: tuple[Week, ...]) -> datetime | None:
    """The beginning of the first week from which on every week that says enough shows it."""
    begin = None
    for week in reversed([one for one in weeks if one.is_enough]):
        if reason not in week.drift.reasons:
            break
        begin = week.begin
    return begin


def _moved(rows: list[_Read], told: dict[str, Any]) -> tuple[Moved, ...]:
    was = {name: one["rows"] for name, one in told.items()}
    lately = Counter(one.named for one in rows)
    first, second = sum(was.values()) or 1, sum(lately.values()) or 1
    found = [
        Moved(name, was.get(name, 0) / first, lately.get(name, 0) / second)
        for name in set(was) | set(lately)
    ]
    return tuple(
        sorted(found, key=lambda one: (-abs(one.then - one.lately), one.code))[:MOST_TYPES]
    )
