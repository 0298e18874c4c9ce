"""Saying how urgent one matter is, whatever its type usually is."""

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import wording
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, missing
from gongbi.cases.events import CaseWeighed
from gongbi.cases.models import Case
from gongbi.cases.reading.applying import WEIGHED
from gongbi.core.public import now, publish


@transaction.atomic
def weigh(case: Case, actor: Actor, *, priority: int, words: str, seen: int | None = None) -> Case:
    """Raise or lower a matter's urgency, with the reason; another type later leaves it so."""
    if priority not in wording.PRIORITIES:
        raise missing("priority")
    was, said = case.priority, need(words)
    if priority == was:
        raise CannotMove(_("The case has this urgency already."))
    move(
        case,
        "weigh",
        actor,
        at=now(),
        seen=seen,
        unit=case.unit_id,
        words=said,
        why={"urgency": [was, priority]},
        priority=priority,
        route_why={**case.route_why, WEIGHED: True},
    )
    fact = CaseWeighed(case=case.uuid, number=case.number, was=was, priority=priority)
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)
    return case
