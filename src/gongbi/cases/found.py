"""What became of what somebody found: for the finder alone, while their phone's acts are known.

A finder need not see the case itself: they are told how it stands and who has it, not its words.
"""

from dataclasses import dataclass
from datetime import datetime

from gongbi.cases import wording
from gongbi.cases.access import visible_cases
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case, DoneOnce
from gongbi.core.public import Scope

MOST = 10
FOUND = "found"  # in the answer that a phone got


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: its case's number, how it stands, and whether its page may be opened."""

    number: str
    type_name: str
    state_name: str
    unit_name: str
    outcome: str
    at: datetime
    seen: bool


def found_by(actor: Actor, scope: Scope) -> list[Found]:
    """The latest findings of one person, newest first. Three queries, one where there is none."""
    acts = DoneOnce.objects.filter(actor=str(actor), answer__has_key=FOUND).order_by("-at", "-pk")
    said = [(answer[FOUND], at) for answer, at in acts.values_list("answer", "at")[:MOST]]
    if not said:
        return []
    numbers = {number for number, _at in said}
    rows = Case.objects.filter(number__in=numbers, about_path="")
    rows = rows.select_related("type", "unit", "merged_into__type", "merged_into__unit")
    cases = {row.number: row.followed for row in rows}
    may_see = visible_cases(scope).filter(pk__in=[one.pk for one in cases.values()]).order_by()
    open_to = set(may_see.values_list("pk", flat=True))
    return [_found(cases[number], at, open_to) for number, at in said if number in cases]


def _found(case: Case, at: datetime, open_to: set[int]) -> Found:
    return Found(
        number=case.number,
        type_name=case.type.name if case.type else "",
        state_name=wording.state(case.state),
        unit_name=case.unit.name if case.unit else "",
        outcome=str(wording.ENDED_AS.get(case.ended_as, "")),
        at=at,
        seen=case.pk in open_to,
    )
