"""Asking the resident, and what they say. The handler never asks; silence is never *solved*."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import promises, states
from gongbi.cases.actions.moving import move, need, seal_on
from gongbi.cases.actors import SYSTEM, Actor, reporter
from gongbi.cases.errors import Refused, missing
from gongbi.cases.events import CaseClosed, CaseReopened, VerdictAsked, VerdictGiven
from gongbi.cases.models import Case, Signal, Verdict
from gongbi.cases.still_held import still_held
from gongbi.core.public import Fact, deadline_after, now, publish, seal

DEFAULT_WITHIN = "7 days"


@transaction.atomic
def ask_verdict(verdict: Verdict, at: datetime) -> Verdict:
    """The system asks; the resident has the type's days to answer."""
    case = verdict.case
    within = case.type.verdict_within if case.type else DEFAULT_WITHIN
    calendar = case.type.calendar if case.type else "always"
    due_at = deadline_after(at, within, calendar)
    move(case, "ask", SYSTEM, at=at, why={"within": within})
    verdict.asked_at, verdict.due_at = at, due_at
    verdict.save(update_fields=["asked_at", "due_at"])
    fact = VerdictAsked(
        case=case.uuid, number=case.number, outcome=verdict.outcome_id, due_at=due_at
    )
    _tell(fact, case, SYSTEM)
    return verdict


@transaction.atomic
def give_verdict(
    signal: Signal,
    *,
    solved: bool,
    words: str = "",
    channel: str = "link",
    heard_by: Actor | None = None,
    prompted: bool = False,
) -> Case:
    """What the reporter says. Not solved reopens the case, for a while even after it closed.

    ``heard_by`` is who rang them; the history then says that the word came by them. ``prompted``:
    they say that the unit asked them for this answer; figures count it, the case does not show it.
    """
    case = signal.case.followed
    verdict = answerable(case, now(), solved=solved)
    said = _seal(signal, words.strip()) if words.strip() else None
    actor = heard_by or reporter(signal.uuid)
    if prompted:
        Verdict.objects.filter(pk=verdict.pk).update(prompted=True)
    return _decide(verdict, case, actor, solved, channel, said, signal)


def _seal(signal: Signal, words: str) -> int:
    with still_held(signal):
        return seal(signal.key_owner, words)


@transaction.atomic
def hear_verdict(
    case: Case, actor: Actor, *, solved: bool, words: str, seen: int | None = None
) -> Case:
    """What a resident without a link said when the centre, never the unit, called them back."""
    verdict = answerable(case, now(), solved=solved)
    if case.state != states.ANSWERED:
        raise Refused(_("A call-back counts while the answer is awaited; this case is closed."))
    said = seal_on(case, need(words))
    return _decide(verdict, case, actor, solved, "call_back", said, None, seen)


def answerable(case: Case, at: datetime, *, solved: bool) -> Verdict:
    """The verdict that can be given now; Refused says why none can."""
    verdict = Verdict.objects.filter(case=case).order_by("-pk").first()
    if verdict is None or verdict.asked_at is None or verdict.due_at is None:
        raise Refused(_("You have not been asked yet: the unit is still at work."))
    if case.state == states.ANSWERED and not verdict.said:
        return verdict
    if case.ended_as == "settled":
        raise Refused(_("A referee has settled it; if there is something new, please report it."))
    if case.state == states.CLOSED and not solved and at <= verdict.due_at:
        return verdict
    raise Refused(_("The answer was already given, or its time has passed; please report again."))


def _decide(
    verdict: Verdict,
    case: Case,
    actor: Actor,
    solved: bool,
    channel: str,
    words_id: int | None,
    signal: Signal | None,
    seen: int | None = None,
) -> Case:
    at, said = now(), "solved" if solved else "not_solved"
    why = {"channel": channel, "was": verdict.said}
    if solved:
        step = move(case, said, actor, at=at, seen=seen, why=why, closed_at=at, ended_as=said)
    else:
        step = move(case, said, actor, at=at, seen=seen, why=why, **reopening(case))
    step.words_id = words_id
    step.save(update_fields=["words_id"])
    _keep(verdict, said, at, channel, words_id, signal)
    fact = VerdictGiven(
        case=case.uuid,
        number=case.number,
        outcome=verdict.outcome_id,
        said=said,
        channel=channel,
    )
    _tell(fact, case, actor)
    if solved:
        _tell(CaseClosed(case=case.uuid, number=case.number, ended_as=said), case, actor)
    else:
        promise_anew(case, at, actor)
    return case


@transaction.atomic
def reopen(case: Case, actor: Actor, *, reason: str, words: str, seen: int | None = None) -> Case:
    """An official opens an ended case again, with a reason; no verdict is changed by it."""
    if reason not in states.REOPEN_REASONS:
        raise missing("reason")
    at = now()
    move(case, "reopen", actor, at=at, seen=seen, why={"reason": reason, "was": case.ended_as},
         words=need(words), **reopening(case))  # fmt: skip
    promise_anew(case, at, actor)
    return case


def reopening(case: Case) -> dict[str, Any]:
    """Back to the same queue, with the unit it had as the suggestion."""
    return {
        "closed_at": None,
        "ended_as": "",
        "waiting_for": "",
        "reopened": case.reopened + 1,
        "suggested_unit_id": case.unit_id or case.suggested_unit_id,
        "unit_id": None,
        "unit_path": "",
        "stage": "",
    }


def promise_anew(case: Case, at: datetime, actor: Actor) -> None:
    promises.promise(case, at, rule="reopened", first=False)
    fact = CaseReopened(
        case=case.uuid, number=case.number, times=case.reopened, due_at=case.due_at
    )
    _tell(fact, case, actor)


def _keep(
    verdict: Verdict,
    said: str,
    at: datetime,
    channel: str,
    words_id: int | None,
    signal: Signal | None,
) -> None:
    verdict.said, verdict.said_at, verdict.channel = said, at, channel
    verdict.words_id, verdict.signal = words_id, signal
    verdict.save(update_fields=["said", "said_at", "channel", "words_id", "signal"])


@transaction.atomic
def close_unanswered(verdict: Verdict, at: datetime) -> Case:
    """Nobody answered in time: closed as unanswered, which is a figure of its own."""
    case = verdict.case
    move(case, "unanswered", SYSTEM, at=at, closed_at=at, ended_as="unanswered")
    _keep(verdict, "unanswered", at, "", None, None)
    _tell(CaseClosed(case=case.uuid, number=case.number, ended_as="unanswered"), case, SYSTEM)
    return case


def _tell(fact: Fact, case: Case, actor: Actor) -> None:
    # A verdict goes to the place's line only: the unit it judges is not told who said it.
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)
