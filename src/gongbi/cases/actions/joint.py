"""Joint duty: further units called in and called off, each with words for what to do."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gongbi.cases import states
from gongbi.cases.actions.dispatch import unit_that_may
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.order import is_settled, start_ready, tell, works
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Incomplete, Refused
from gongbi.cases.events import TaskAdded, TaskWithdrawn
from gongbi.cases.models import Case, Task
from gongbi.core.public import UnitRecord, now


@transaction.atomic
def call_in(
    case: Case,
    actor: Actor,
    *,
    unit_code: str,
    words: str,
    after: tuple[int, ...] = (),
    replaces: int | None = None,
    needed: bool = True,
    seen: int | None = None,
) -> Task:
    """Ask one more unit for a share; with ``after``, only once those tasks are settled."""
    if not unit_code:
        raise Incomplete("unit", _("Please choose the unit that shall help."))
    found, at, todo = unit_that_may(case, unit_code), now(), need(words)
    earlier, old = _earlier(case, after), _replaced(case, replaces)
    waits = [one for one in earlier if not is_settled(one)]
    _not_twice(case, found, planned=bool(waits))
    step = move(case, "call_in", actor, at=at, seen=seen, unit=found.code, words=todo,
                why={"after": [one.pk for one in earlier], "needed": needed})  # fmt: skip
    last = case.tasks.aggregate(last=Max("position"))["last"] or 0
    task = Task.objects.create(
        case=case,
        unit_id=found.code,
        unit_path=found.path,
        role="help",
        state="planned" if waits else "offered",
        position=last + 1,
        needed=needed,
        replaces=old,
        todo_id=step.words_id,
        offered_at=at,
    )
    task.after.set(earlier)
    fact = TaskAdded(case=case.uuid, number=case.number, unit=found.code, task=task.pk,
                     planned=bool(waits), needed=needed)  # fmt: skip
    tell(fact, case, actor, found.path)
    return task


@transaction.atomic
def call_off(case: Case, actor: Actor, *, task: Task, words: str, seen: int | None = None) -> Task:
    """Withdraw a helping or offered task; what came after it begins, for it is not waited for."""
    if task.case_id != case.pk or task.role == "lead" or task.state not in states.LIVE_TASK:
        raise CannotMove(_("This task has ended or leads the case; look at the case again."))
    at = now()
    move(case, "call_off", actor, at=at, seen=seen, unit=task.unit_id, words=need(words),
         why={"task": task.pk})  # fmt: skip
    task.state, task.ended_at = "withdrawn", at
    task.save(update_fields=["state", "ended_at"])
    fact = TaskWithdrawn(case=case.uuid, number=case.number, unit=task.unit_id, task=task.pk)
    tell(fact, case, actor, task.unit_path)
    start_ready(case, at)
    return task


def _earlier(case: Case, after: tuple[int, ...]) -> list[Task]:
    found = list(case.tasks.filter(pk__in=after).exclude(role="takeover"))
    if len(found) != len(set(after)):
        raise Incomplete("after", _("Please choose among the tasks of this case."))
    if any(one.role == "lead" for one in found):
        # The lead answers last, when its helpers have ended: waiting for it would never end.
        raise Incomplete("after", _("A task cannot wait for the lead's: the lead ends last."))
    return found


def _replaced(case: Case, replaces: int | None) -> Task | None:
    if replaces is None:
        return None
    ended = case.tasks.filter(state__in=("returned", "done"), role="help")
    old = ended.exclude(state="done", declared="done").filter(pk=replaces).first()
    if old is None:
        raise Incomplete("replaces", _("Only a task that was given back can be replaced."))
    return old


def _not_twice(case: Case, found: UnitRecord, *, planned: bool) -> None:
    """A unit may be planned twice, one after the other; the lead needs no second task."""
    if found.code == case.unit_id or (not planned and works(case, found.code)):
        raise Refused(_("%(unit)s works on this case already.") % {"unit": found.name})
