"""Watching the reader in force: does it still read as it did on the day it was judged?"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from gongbi.cases import states
from gongbi.cases.models import Case, Step
from gongbi.cases.reading import keeping
from gongbi.core.public import now
from gongbi.kernel.reading.drift import Drift, drift, share, shifted

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Watch:
    """The reader in force, the days looked at, and what they show."""

    number: int
    days: int
    drift: Drift


@dataclass(slots=True)
class _Tally:
    """What is counted while the period goes by, a row at a time; it does not grow with it."""

    named: Counter[str] = field(default_factory=Counter)
    unsure: int = 0
    settled: int = 0
    agreed: int = 0


def watch(days: int = 28) -> Watch | None:
    """How the reader in force did lately; None where the listed words judge alone. One query.

    Only reports that came without a type are looked at: of the others nothing was guessed. People
    agreed where the type they settled on is the one that was named first. However long the
    period, only counts of it are held in memory.
    """
    found = keeping.in_force()
    if found is None:
        return None
    since = max(filter(None, (now() - timedelta(days=days), keeping.in_force_since())))
    told, seen = found.told["report"], _tally(since, found.reader.threshold)
    was = {name: one["rows"] for name, one in told["types"].items()}
    return Watch(
        found.number,
        days,
        drift(
            share(seen.agreed, seen.settled),
            told["accuracy"],
            share(seen.unsure, seen.named.total()),
            told["to_person"],
            shifted(was, seen.named),
        ),
    )


def _tally(since: datetime, threshold: float) -> _Tally:
    by_hand = Step.objects.filter(case=OuterRef("pk"), verb="sort", actor__startswith="person:")
    settled = Q(Exists(by_hand), type__isnull=False) | Q(state=states.CLOSED, type__isnull=False)
    rows = Case.objects.filter(opened_at__gte=since).exclude(guesses=[]).annotate(settled=settled)
    told, tally = rows.values_list("guesses", "type__code", "settled"), _Tally()
    for guesses, code, was_settled in told.iterator(chunk_size=CHUNK):
        kind, score = guesses[0]
        tally.named[kind] += 1
        tally.unsure += score < threshold
        tally.settled += was_settled
        tally.agreed += was_settled and kind == code
    return tally
