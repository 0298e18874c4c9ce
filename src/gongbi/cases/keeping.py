"""How long a resident's words are kept: each type's term, and the clock that ends it.

After the term, counted from the closing of the case the reporter follows, the words, contact and
pictures are forgotten exactly as if the reporter had asked for it: their keys are destroyed. What
the city did stays.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from gongbi.cases import states
from gongbi.cases.actions.reporter import forget_reporter
from gongbi.cases.actors import Actor
from gongbi.cases.models import CaseType, Signal

CLOCK = Actor("system", "keeping")
AT_MOST = 100


def forget_due(now: datetime, most: int = AT_MOST) -> int:
    """Forget reporters whose term has passed, the longest closed first; returns how many."""
    found: list[Signal] = []
    for pk, days in CaseType.objects.exclude(keep_days=None).values_list("pk", "keep_days"):
        if len(found) < most:
            found += _due(pk, now - timedelta(days=days or 0))[: most - len(found)]
    for signal in found:
        forget_reporter(signal, CLOCK)
    return len(found)


def _due(kind: int, closed_before: datetime) -> list[Signal]:
    """Reporters of a type's cases that were closed before then, and those merged into them."""
    ends = [state for state in states.ENDS if state != "merged"]
    own = Q(case__type=kind, case__state__in=ends, case__closed_at__lte=closed_before)
    followed = Q(
        case__merged_into__type=kind,
        case__merged_into__state__in=ends,
        case__merged_into__closed_at__lte=closed_before,
    )
    rows = Signal.objects.filter(own | followed, from_person=True, forgotten_at=None)
    return list(rows.select_related("case__merged_into").order_by("pk")[:AT_MOST])
