"""Verbs of the desk: take a call, note, answer, open a case, hand over, promise, end."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gongbi.cases import public as cases
from gongbi.core import public as core
from gongbi.core.public import Scope
from gongbi.kernel.reports.calling_back import polite
from gongbi.reports.hotline import pictures, said
from gongbi.reports.hotline.access import desk_place
from gongbi.reports.hotline.models import AnswerText, Call, CallBack, CallStep
from gongbi.reports.hotline.said import Spoken

SOURCE = "hotline"


class CallOver(Exception):
    """The call had ended a moment ago; nothing was done twice."""


def take_call(user: Any, scope: Scope, line: str) -> Call:
    """A call begins; it belongs to whoever answers it until it ends."""
    with transaction.atomic():
        call = Call.objects.create(
            line=line, by=user, place_path=desk_place(scope), began_at=core.now()
        )
        _write(call, "take", line=line)
    return call


def note(call: Call, spoken: Spoken, aid: str = "") -> None:
    """Keep what was said so far, so that nothing is lost with a browser."""
    said.keep(call, spoken)
    if aid != call.aid:
        call.aid = aid
        call.save(update_fields=["aid"])
        _write(call, "aid", aid=aid)


@transaction.atomic
def answer(call: Call, found: AnswerText) -> None:
    """A written answer was enough; no case comes of it."""
    call.answer = found
    call.save(update_fields=["answer"])
    _end(call, "answered", answer=found.code, version=found.version)


@transaction.atomic
def open_case(
    call: Call,
    spoken: Spoken,
    *,
    language: str,
    joins: str = "",
) -> cases.ReceiptRecord:
    """What was said becomes a report; the same call twice gives the same receipt.

    ``joins`` is the number of a case that the caller says it is; where it cannot be, and where
    people may be in danger, a case of its own opens.
    """
    receipt = cases.receive_signal(
        cases.SignalIn(
            source=SOURCE,
            reference=f"call-{call.pk.hex}",
            words=spoken.words,
            type=spoken.type or None,
            lon=None,
            lat=None,
            place=cases.place_named(spoken.place_words),
            place_words=spoken.place_words,
            at=core.now(),
            language=language,
            contact=spoken.contact,
            joins=joins,
            asset=spoken.asset,
            about_unit=spoken.about_unit or None,
            aid=call.aid,
            answers=dict(spoken.answers),
        )
    )
    _came_of(call, receipt.follow_token)
    if call.ended_at is None:
        with suppress(CallOver):  # pressed twice at once: the receipt is the same
            _end(call, "joined" if receipt.joined else "case", case=receipt.number)
    return receipt


@transaction.atomic
def add_to(call: Call, number: str, words: str) -> None:
    """What a caller with a short number adds to their matter; Refused when it is not known. To a
    cancelled one it asks for another look."""
    found = cases.follow(number)
    again = found is not None and found.may_ask_again  # a picture alone asks for nothing
    if words.strip() or again:
        say = cases.ask_again if again else cases.add_words
        say(number, words)
    _came_of(call, number, answers=True)
    _end(call, "added", case=call.case_number)


@transaction.atomic
def hear_verdict(call: Call, number: str, *, solved: bool, words: str) -> None:
    """A caller who was asked says whether it is solved."""
    cases.give_verdict(number, solved, words)
    _came_of(call, number)
    _end(call, "added", case=call.case_number, solved=solved)


@transaction.atomic
def hand_over(call: Call, to: str, unit: str | None, taken: str) -> None:
    """The caller was put through, or not; where they were taken over the call is done.

    What is no unit may be somebody's name or own number: it lies under the call's key.
    """
    sealed = None if unit else core.seal_bytes(call.key_owner, to.encode())
    if taken == "not_reached":
        _write(call, "transfer", to=unit or "", taken=taken, sealed=sealed)
    else:
        _end(call, "transferred", to=unit or "", taken=taken, sealed=sealed)


@transaction.atomic
def promise_call(call: Call, hours: int) -> CallBack:
    """The caller will be rung again; not at night."""
    at = core.now()
    due = polite((at + timedelta(hours=hours)).astimezone(core.city().zone))
    back = CallBack.objects.create(
        kind=CallBack.PROMISED,
        call=call,
        case_number=call.case_number,
        place_path=call.place_path,
        made_at=at,
        due_at=due,
        why={"hours": hours},
    )
    _end(call, "promised", due=due.isoformat(timespec="minutes"))
    return back


def ring(call: Call, line: str, answered: bool) -> None:
    """A duty room was rung."""
    _write(call, "ring", line=line, answered=answered)


def end(call: Call, as_: str) -> None:
    """The call ended without anything to be kept."""
    with transaction.atomic():
        _end(call, as_)


def _came_of(call: Call, token: str, *, answers: bool = False) -> None:
    """Of whose report the call is: it takes the pictures, and what was noted goes with it."""
    pictures.give(call, token, answers=answers)
    call.signal, call.case_number = cases.report_of(token)
    call.save(update_fields=["case_number", "signal"])


def _end(call: Call, as_: str, **why: Any) -> None:
    """End it once: whoever pressed twice ends it the first time only."""
    at = core.now()
    running = Call.objects.filter(pk=call.pk, ended_at=None)
    if not running.update(ended_at=at, ended_as=as_):
        raise CallOver
    call.ended_at, call.ended_as = at, as_
    _write(call, as_, at=at, **why)


def _write(
    call: Call,
    verb: str,
    *,
    at: datetime | None = None,
    sealed: bytes | None = None,
    **why: Any,
) -> None:
    actor = f"person:{call.by_id}"
    CallStep.objects.create(
        call=call, verb=verb, at=at or core.now(), actor=actor, why=why, sealed=sealed
    )
