"""What the telephone holds of a reporter, for whoever asks for what is held of them."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import Q

from gongbi.core.public import unseal_bytes
from gongbi.reports.hotline import said
from gongbi.reports.hotline.models import Call, CallBack, CallBackAttempt


def held_of(signal: UUID) -> dict[str, Any]:
    """Their calls with what was noted in them, and when they were rung."""
    calls = Call.objects.filter(signal=signal).order_by("began_at", "pk")
    backs = CallBack.objects.filter(Q(signal=signal) | Q(call__signal=signal))
    return {
        "calls": [_call(row) for row in calls],
        "call_backs": [
            _back(row) for row in backs.order_by("made_at", "pk").prefetch_related("attempts")
        ],
    }


def _call(call: Call) -> dict[str, Any]:
    spoken = {name: words for name, words in asdict(said.heard(call)).items() if words}
    until = call.ended_at + said.KEPT if call.ended_at and call.sealed else None
    return {
        **spoken,
        "line": call.line,
        "began_at": call.began_at.isoformat(),
        "ended": call.ended_as,
        "kept_until": until.isoformat() if until else None,
    }


def _back(back: CallBack) -> dict[str, Any]:
    return {
        "kind": back.kind,
        "made_at": back.made_at.isoformat(),
        "said": back.said,
        "satisfied": back.satisfied,
        "rung": [_rung(back, row) for row in back.attempts.all()],
    }


def _rung(back: CallBack, row: CallBackAttempt) -> dict[str, Any]:
    sealed = row.sealed_words
    opened = unseal_bytes(back.key_owner, bytes(sealed)) if sealed else None
    words = {"words": opened.decode()} if opened else {}
    return {"at": row.at.isoformat(), "result": row.result, **words}
