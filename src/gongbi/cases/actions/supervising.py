"""Supervision 督办: a supervisor asks for an answer by a deadline, of one case or of many."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import promises
from gongbi.cases.actions.moving import move, need
from gongbi.cases.actions.order import tell
from gongbi.cases.actors import Actor
from gongbi.cases.errors import CannotMove, Overtaken, missing
from gongbi.cases.events import CaseSupervised, SupervisionAnswered
from gongbi.cases.models import Case, Supervision
from gongbi.core.public import now

WITHIN = ("4 hours", "same_day", "1 working_days", "3 working_days", "5 working_days")


@transaction.atomic
def supervise(
    case: Case,
    actor: Actor,
    *,
    within: str,
    words: str,
    campaign: uuid.UUID | None = None,
    seen: int | None = None,
) -> Supervision:
    """Ask for an answer in writing; a promise beside the others, told step by step like them."""
    if within not in WITHIN:
        raise missing("within")
    if case.supervisions.filter(answered="").exists():
        raise CannotMove(_("An answer is asked for already; it is not given yet."))
    at = now()
    move(case, "supervise", actor, at=at, seen=seen, unit=case.unit_id, words=need(words),
         why={"within": within})  # fmt: skip
    calendar = case.type.calendar if case.type else "office"
    row = promises.promise_beside(
        case, promises.ANSWER, at, within, calendar=calendar, rule="supervision"
    )
    found = Supervision.objects.create(
        case=case, unit_id=case.unit_id, campaign=campaign, actor=str(actor), at=at,
        due_at=row.due_at,
    )  # fmt: skip
    fact = CaseSupervised(case=case.uuid, number=case.number, unit=case.unit_id or "",
                          due_at=row.due_at)  # fmt: skip
    tell(fact, case, actor, case.unit_path)
    return found


def supervise_many(
    cases: Iterable[Case], actor: Actor, *, within: str, words: str
) -> tuple[uuid.UUID, int, int]:
    """A campaign: the same asked of many cases; its id, how many were asked, how many had moved.

    Each case in a transaction of its own: one that somebody moves meanwhile stops no other.
    """
    campaign, asked, moved = uuid.uuid4(), 0, 0
    for case in cases:
        try:
            supervise(case, actor, within=within, words=words, campaign=campaign)
            asked += 1
        except (CannotMove, Overtaken):
            moved += 1
    return campaign, asked, moved


@transaction.atomic
def answer(case: Case, actor: Actor, *, words: str, seen: int | None = None) -> Supervision:
    """The unit answers its supervisor; the case goes on as it was."""
    asked = case.supervisions.filter(answered="").first()
    if asked is None:
        raise CannotMove(_("No answer is asked for; look at the case again."))
    at = now()
    move(case, "answer", actor, at=at, seen=seen, unit=case.unit_id, words=need(words))
    promises.meet(case, at, promises.ANSWER)
    asked.answered, asked.answered_at, asked.answered_by = "answered", at, str(actor)
    asked.save(update_fields=["answered", "answered_at", "answered_by"])
    fact = SupervisionAnswered(case=case.uuid, number=case.number, unit=case.unit_id or "",
                               late=at > asked.due_at)  # fmt: skip
    tell(fact, case, actor, case.unit_path)
    return asked
