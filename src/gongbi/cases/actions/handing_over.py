"""The lead handed to another unit, anywhere in the city: offered, and theirs once they accept."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.dispatch import unit_that_may
from gongbi.cases.actions.lapsing import lapse_of_lead
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.order import tell
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Incomplete, Refused, missing
from gongbi.cases.events import CaseTransferred, TransferOffered
from gongbi.cases.models import Case, Task
from gongbi.core.public import now


@transaction.atomic
def transfer(
    case: Case,
    actor: Actor,
    *,
    unit_code: str,
    reason: str,
    words: str,
    seen: int | None = None,
) -> Task:
    """Offer the lead to another unit. Until it accepts, the one that leads owes the case."""
    if reason not in states.TRANSFER_REASONS:
        raise missing("reason")
    if not unit_code:
        raise Incomplete("unit", _("Please choose the unit that shall take it over."))
    found, at, todo = unit_that_may(case, unit_code), now(), need(words)
    running = case.tasks.filter(state__in=states.LIVE_TASK)
    if running.filter(role="takeover").exists():
        raise CannotMove(_("The case is offered to another unit already; wait for its answer."))
    if running.filter(unit_id=found.code).exists():
        raise Refused(_("%(unit)s works on this case already.") % {"unit": found.name})
    lead = running.filter(role="lead").first()
    if lead and lead.bound:
        raise CannotMove(_("A referee decided that this unit does it; it cannot be passed on."))
    step = move(case, "transfer", actor, at=at, seen=seen, unit=found.code, words=todo,
                why={"reason": reason})  # fmt: skip
    task = Task.objects.create(
        case=case,
        unit_id=found.code,
        unit_path=found.path,
        role="takeover",
        needed=False,
        todo_id=step.words_id,
        offered_at=at,
    )
    fact = TransferOffered(case=case.uuid, number=case.number, unit=case.unit_id or "",
                           to_unit=found.code, task=task.pk)  # fmt: skip
    tell(fact, case, actor, found.path)
    return task


def take_over(task: Task, actor: Actor, at: datetime, was: str) -> None:
    """What follows when the other unit accepts: it leads, the one before is done with it."""
    case = task.case
    before = case.tasks.filter(role="lead", state__in=states.RUNNING_TASK)
    before.update(state="handed_over", ended_at=at)
    lapse_of_lead(case, at)
    promises.drop(case, at, kinds=(promises.DECISION,))
    fact = CaseTransferred(case=case.uuid, number=case.number, was=was, unit=task.unit_id,
                           task=task.pk)  # fmt: skip
    tell(fact, case, actor, task.unit_path)
