"""Ends without an outcome: merged into another case, or cancelled with a reason."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.dispatch import end_tasks
from gongbi.cases.actions.lapsing import lapse
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Refused, missing
from gongbi.cases.events import CaseCancelled, CaseMerged
from gongbi.cases.models import Case, Step
from gongbi.core.public import Fact, now, publish


@transaction.atomic
def merge(
    case: Case, actor: Actor, *, into: Case, words: str = "", seen: int | None = None
) -> Case:
    """Say that a case is the same matter as another: all its reporters follow that one."""
    _check_merge(case, into)
    at = now()
    move(
        case,
        "merge",
        actor,
        at=at,
        seen=seen,
        why={"into": into.number},
        words=words.strip(),
        merged_into=into,
        closed_at=at,
    )
    Case.objects.filter(merged_into=case).update(merged_into=into)
    end_tasks(case, at, "withdrawn")
    lapse(case, at)
    promises.drop(case, at)
    Case.objects.filter(pk=into.pk).update(signals_count=F("signals_count") + case.signals_count)
    Step.objects.create(
        case=into,
        verb="join",
        source=into.state,
        target=into.state,
        actor=str(actor),
        actor_unit=actor.unit,
        at=at,
        why={"merged": case.number},
    )
    fact = CaseMerged(case=case.uuid, number=case.number, into=into.uuid, into_number=into.number)
    _tell(fact, case, actor)
    return into


def _check_merge(case: Case, into: Case) -> None:
    if into.pk == case.pk:
        raise Refused(_("A case cannot be merged into itself; give another number."))
    if into.state not in (states.OPEN, states.IN_HAND, states.WAITING):
        raise Refused(
            _("Case %(number)s is over or awaits a verdict; merge into one still at work.")
            % {"number": into.number}
        )
    if case.about_path or into.about_path:
        # Merging would show a complaint to those who see the other case.
        raise Refused(_("A complaint about a unit is not merged; it is heard by itself."))


@transaction.atomic
def cancel(case: Case, actor: Actor, *, reason: str, words: str, seen: int | None = None) -> Case:
    """End a case that is none, with a reason from the list and a sentence; it stays counted."""
    if reason not in states.CANCEL_REASONS:
        raise missing("reason")
    at = now()
    move(
        case,
        "cancel",
        actor,
        at=at,
        seen=seen,
        why={"reason": reason},
        words=need(words),
        closed_at=at,
        ended_as=reason,
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
