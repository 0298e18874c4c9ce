"""Forgetting what was said by telephone: with its reporter, or when its thirty days are over."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gongbi.core import public as core
from gongbi.reports.hotline import said
from gongbi.reports.hotline.models import Call, CallBack, CallBackAttempt, CallStep

AT_ONCE = 200
ACTOR = "system:hotline"


def forget_of(signal: UUID) -> None:
    """Destroy what calls of a reporter held, whatever part of it was forgotten.

    The case holds its own copy of what may still be known; whoever rings next finds no trace of
    the number either.
    """
    _forget_calls(Call.objects.filter(signal=signal, forgotten_at=None), core.now())
    _forget_words(CallBack.objects.filter(Q(signal=signal) | Q(call__signal=signal)))


def forget_old(at: datetime) -> int:
    """Destroy what was said a month ago, in calls and when somebody was rung, and the digests
    that knew callers again."""
    over = at - said.KEPT
    # A call nobody ended is as old as its beginning: a clerk may have closed the browser.
    ended = Q(ended_at__lte=over) | Q(ended_at=None, began_at__lte=over)
    calls = _forget_calls(Call.objects.filter(ended, forgotten_at=None)[:AT_ONCE], at)
    old = CallBackAttempt.objects.filter(sealed_words__isnull=False, at__lte=over)
    backs = set(old.values_list("callback", flat=True)[:AT_ONCE])
    return calls + _forget_words(CallBack.objects.filter(pk__in=backs))


def _forget_calls(calls: Iterable[Call], at: datetime) -> int:
    """Keys go first: if this is cut off, forgetting again finishes it."""
    rows = list(calls)
    for call in rows:
        core.destroy_key(call.key_owner, actor=ACTOR)
        with transaction.atomic():
            _abandon(call, at)
            call.pictures.all().delete()
            call.steps.exclude(sealed=None).update(sealed=None)
            Call.objects.filter(pk=call.pk).update(sealed=None, caller_digest="", forgotten_at=at)
    return len(rows)


def _abandon(call: Call, at: datetime) -> None:
    running = Call.objects.filter(pk=call.pk, ended_at=None)
    if running.update(ended_at=at, ended_as="abandoned"):
        CallStep.objects.create(call=call, verb="abandoned", at=at, actor=ACTOR)


def _forget_words(backs: Iterable[CallBack]) -> int:
    rows = CallBackAttempt.objects.filter(callback__in=list(backs), sealed_words__isnull=False)
    held = {row.callback for row in rows.select_related("callback")}
    for back in held:
        core.destroy_key(back.key_owner, actor=ACTOR)
        back.attempts.update(sealed_words=None)
    return len(held)
