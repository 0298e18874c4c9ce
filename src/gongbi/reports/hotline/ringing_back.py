"""Verbs of calling back: draw whom, ring, hear, stop; and what the clock owes."""

from contextlib import suppress
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from gongbi.cases import public as cases
from gongbi.core import public as core
from gongbi.kernel.reports.calling_back import MOST_ATTEMPTS, draw, next_attempt, polite
from gongbi.reports.events import CallBackSeen
from gongbi.reports.hotline import said
from gongbi.reports.hotline.forgetting import forget_old
from gongbi.reports.hotline.models import CallBack, CallBackAttempt
from gongbi.reports.hotline.notes import owe_note
from gongbi.reports.hotline.said import Spoken

DRAWN_OF_EACH = 2
LOOKED_BACK = timedelta(days=7)
ANSWERED_AT_LEAST = timedelta(hours=12)


def run_due() -> int:
    """What the clock owes: draw today's checks once, forget calls whose term is over."""
    at = core.now()
    return draw_checks(at) + forget_old(at)


@transaction.atomic
def draw_checks(at: datetime) -> int:
    """Draw the day's checks, once a day: so many of each unit, by a chance anybody can repeat.

    The whole day in one transaction: one check that stands says that the day was drawn.
    """
    here = at.astimezone(core.city().zone)
    day = here.date().isoformat()
    midnight = datetime.combine(here.date(), time(), here.tzinfo)
    if CallBack.objects.filter(kind=CallBack.CHECK, made_at__gte=midnight).exists():
        return 0
    fresh = _fresh(at)
    drawn = draw(
        ((one.number, one.unit) for one in fresh.values()), seed=day, of_each=DRAWN_OF_EACH
    )
    return sum(_made(fresh[one.number], one.rank, one.of, day, at, here) for one in drawn)


def _fresh(at: datetime) -> dict[str, cases.ClosingRecord]:
    """Answers of the last week, half a day old, that were not drawn before."""
    found = cases.closings_to_check(at - LOOKED_BACK, at - ANSWERED_AT_LEAST)
    done = CallBack.objects.filter(signal__in=[one.signal for one in found])
    before = set(done.values_list("signal", flat=True))
    return {one.number: one for one in found if one.signal not in before}


def _made(
    one: cases.ClosingRecord, rank: int, of: int, day: str, at: datetime, here: datetime
) -> int:
    try:
        with transaction.atomic():
            CallBack.objects.create(
                kind=CallBack.CHECK,
                case_number=one.number,
                signal=one.signal,
                unit_path=one.unit_path,
                place_path=one.place_path,
                made_at=at,
                due_at=polite(here),
                why={"day": day, "rank": rank, "of": of, "said": one.said},
            )
    except IntegrityError:  # another worker drew it a moment ago
        return 0
    return 1


@transaction.atomic
def look(back: CallBack, actor: str) -> Spoken:
    """The number and words of whoever was promised a call; the look is written down with it."""
    assert back.call is not None
    fact = CallBackSeen(callback=back.pk, number=back.case_number, call=back.call.pk)
    core.publish(fact, subject=back.key_owner, actor=actor, place_path=back.place_path)
    return said.heard(back.call)


class RungMeanwhile(Exception):
    """Somebody wrote down a try, or ended the call-back, since its page was drawn."""


@transaction.atomic
def write_attempt(
    back: CallBack,
    actor: str,
    *,
    result: str,
    said_: str,
    satisfied: str,
    words: str,
    tries: int | None = None,
) -> str:
    """Write down what came of ringing; the state of the call-back afterwards.

    Reached: a check's word goes to the case, where *not solved* opens it again while that may
    be, and no copy of it stays here. Not reached: tried again at another time, at most three
    times. RungMeanwhile where it is over, or where there are not as many ``tries`` as whoever
    rang had read.
    """
    back = _held(back, tries)
    at = core.now()
    mine = words.strip() if back.signal is None else ""
    sealed = _sealed(back, mine) if mine else None
    CallBackAttempt.objects.create(
        callback=back, at=at, actor=actor, result=result, sealed_words=sealed
    )
    if result == "reached":
        _heard(back, actor, said_, satisfied, words)
    elif result in ("refused", "wrong_number"):
        back.state = CallBack.REFUSED if result == "refused" else CallBack.GIVEN_UP
    else:
        _again(back)
    if back.state != CallBack.DUE:
        back.ended_at = at
    back.save(update_fields=["state", "due_at", "ended_at", "said", "satisfied", "why"])
    if result not in ("reached", "refused", "wrong_number"):
        owe_note(back)
    return back.state


def _sealed(back: CallBack, words: str) -> bytes | None:
    """Nothing where the key is gone: who was forgotten meanwhile leaves no words by being rung."""
    with suppress(core.KeyGone):
        return core.seal_bytes(back.key_owner, words.encode())
    return None


def _held(back: CallBack, tries: int | None) -> CallBack:
    """The call-back as it stands now; nobody else writes on it until this is done."""
    due = CallBack.objects.select_for_update(of=("self",)).filter(pk=back.pk, state=CallBack.DUE)
    row = due.select_related("call").first()
    if row is None or (tries is not None and row.attempts.count() != tries):
        raise RungMeanwhile
    return row


def _heard(back: CallBack, actor: str, said_: str, satisfied: str, words: str) -> None:
    back.state, back.said, back.satisfied = CallBack.REACHED, said_, satisfied
    if back.signal:
        solved = {"solved": True, "not_solved": False}.get(said_)
        after = cases.hear_by_call(back.signal, solved=solved, words=words, actor=actor)
        back.why = {**back.why, "case_after": after}
    if back.signal and satisfied:
        cases.hear_satisfaction(back.signal, satisfied)


def _again(back: CallBack) -> None:
    zone = core.city().zone
    tried = [row.at.astimezone(zone) for row in back.attempts.all()]
    due = next_attempt(tried)
    if due is None:
        back.state = CallBack.GIVEN_UP
    else:
        back.due_at = due


__all__ = [
    "MOST_ATTEMPTS",
    "RungMeanwhile",
    "draw_checks",
    "forget_old",
    "look",
    "run_due",
    "write_attempt",
]
