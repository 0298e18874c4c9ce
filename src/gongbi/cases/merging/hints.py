"""What the desk is told without asking: this case is probably that one, and why.

Looked for by the clock a moment after a case opened, so that taking a report waits for nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from gongbi.cases import states
from gongbi.cases.access import visible_cases
from gongbi.cases.actions.moving import write_down
from gongbi.cases.actors import Actor
from gongbi.cases.merging import family
from gongbi.cases.merging.likely import HINT, Found, likely_to_case
from gongbi.cases.models import Case, Likely
from gongbi.core.public import Scope, now

AT_MOST = 200


def look_due(at: datetime, most: int = AT_MOST) -> int:
    """Look for the likely same case of each that was not looked at yet; how many were."""
    rows = list(
        Case.objects.filter(looked_at=None)
        .select_related("type")
        .order_by("opened_at", "pk")[:most]
    )
    for case in rows:
        _look(case, at)
    return len(rows)


@transaction.atomic
def _look(case: Case, at: datetime) -> None:
    found = likely_to_case(case, None, 1, older=True) if case.state in states.AT_WORK else []
    if found and found[0].likeness.chance >= HINT:
        Likely.objects.update_or_create(
            case=case, other=found[0].case, defaults=_kept(found[0], at)
        )
    Case.objects.filter(pk=case.pk).update(looked_at=at)


def _kept(found: Found, at: datetime) -> dict[str, Any]:
    parts = found.likeness.parts
    return {
        "chance": found.likeness.chance,
        "careful": found.likeness.careful,
        "why": [[part.name, part.level, part.weight, part.measure] for part in parts],
        "at": at,
        "scorecard": found.scorecard,
    }


def hints(cases: Iterable[Case], scope: Scope | None) -> dict[int, Likely]:
    """By case, the likeliest that is still at work and that the person sees. One query."""
    rows = Likely.objects.filter(
        case__in=[case.pk for case in cases],
        denied_at=None,
        other__state__in=states.AT_WORK,
    )
    # Asked of each of the few, not of a set of all that the person sees.
    rows = rows.filter(Exists(visible_cases(scope).filter(pk=OuterRef("other"))))
    return {row.case_id: row for row in rows.select_related("other").order_by("chance", "pk")}


@transaction.atomic
def deny(case: Case, other: Case, actor: Actor) -> None:
    """A person says that they are two matters: the pair is not proposed again.

    Both histories tell it. Said again it changes nothing: the first who said it stays on record.
    """
    family.lock(case, other)  # two who say it at once: the second finds it said
    of_pair = Q(case=case, other=other) | Q(case=other, other=case)
    if Likely.objects.filter(of_pair, denied_at__isnull=False).exists():
        return
    keep_apart(case, other, actor)
    for one, another in ((case, other), (other, case)):
        write_down(one, "apart", actor, now(), why={"other": another.number})


def keep_apart(case: Case, other: Case, actor: Actor) -> None:
    """Have a pair proposed no more, from neither side."""
    Likely.objects.get_or_create(case=case, other=other, defaults={"chance": 0.0, "at": now()})
    of_pair = Q(case=case, other=other) | Q(case=other, other=case)
    Likely.objects.filter(of_pair, denied_at=None).update(denied_at=now(), denied_by=str(actor))
