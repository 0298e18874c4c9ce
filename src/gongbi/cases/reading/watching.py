"""Watching the reader in force: does it still read as it did on the day it was judged?"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from gongbi.cases import states
from gongbi.cases.models import Case, Step
from gongbi.cases.reading import keeping
from gongbi.core.public import now
from gongbi.kernel.reading.drift import Drift, drift, share, shifted


@dataclass(frozen=True, slots=True)
class Watch:
    """The reader in force, the days looked at, and what they show."""

    number: int
    days: int
    drift: Drift


def watch(days: int = 28) -> Watch | None:
    """How the reader in force did lately; None where the listed words judge alone. Two queries.

    Only reports that came without a type are looked at: of the others nothing was guessed. People
    agreed where the type they settled on is the one that was named first.
    """
    found = keeping.in_force()
    if found is None:
        return None
    told, threshold = found.told["report"], found.reader.threshold
    since = max(filter(None, (now() - timedelta(days=days), keeping.in_force_since())))
    rows = Case.objects.filter(opened_at__gte=since).exclude(guesses=[])
    named = [one[0] for one in rows.values_list("guesses", flat=True)]
    by_hand = Step.objects.filter(case=OuterRef("pk"), verb="sort", actor__startswith="person:")
    settled = rows.filter(Q(Exists(by_hand)) | Q(state=states.CLOSED), type__isnull=False)
    pairs = [(one[0][0], code) for one, code in settled.values_list("guesses", "type__code")]
    was = {name: one["rows"] for name, one in told["types"].items()}
    return Watch(
        found.number,
        days,
        drift(
            share(sum(one == other for one, other in pairs), len(pairs)),
            told["accuracy"],
            share(sum(score < threshold for _type, score in named), len(named)),
            told["to_person"],
            shifted(was, Counter(code for code, _score in named)),
        ),
    )
