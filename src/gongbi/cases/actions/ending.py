"""Ending a case without an outcome: cancelled, with a reason and a sentence."""

from django.db import transaction

from gongbi.cases import promises, states
from gongbi.cases.actions.asking_again import leave_to_others
from gongbi.cases.actions.dispatch import end_tasks
from gongbi.cases.actions.lapsing import lapse
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actors import Actor
from gongbi.cases.errors import missing
from gongbi.cases.events import CaseCancelled
from gongbi.cases.models import Case
from gongbi.core.public import Fact, now, publish


@transaction.atomic
def cancel(case: Case, actor: Actor, *, reason: str, words: str, seen: int | None = None) -> Case:
    """End a case that is none, with a reason from the list and a sentence; it stays counted."""
    if reason not in states.CANCEL_REASONS:
        raise missing("reason")
    leave_to_others(case, actor)
    at = now()
    move(
        case,
        "cancel",
        actor,
        at=at,
        seen=seen,
        why={"reason": reason, "said": True},  # to the reporter, as the form says
        words=need(words),
        closed_at=at,
        ended_as=reason,
        waiting_for="",
    )
    end_tasks(case, at, "withdrawn")
    lapse(case, at)
    promises.drop(case, at)
    _tell(CaseCancelled(case=case.uuid, number=case.number, reason=reason), case, actor)
    return case


def _tell(fact: Fact, case: Case, actor: Actor) -> None:
    publish(
        fact,
        subject=f"case:{case.uuid}",
        actor=str(actor),
        place_path=case.place_path,
        unit_path=case.unit_path,
    )
