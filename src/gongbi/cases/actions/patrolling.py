"""What an officer found on the way: a report like any other, of which nobody is asked a
verdict."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongbi.cases import states
from gongbi.cases.actions.moving import write_down
from gongbi.cases.actions.receive import receive_signal
from gongbi.cases.actions.telling import add_photo
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Incomplete
from gongbi.cases.models import Case, Signal
from gongbi.cases.records import ReceiptRecord, SignalIn
from gongbi.core.public import now, unit


@transaction.atomic
def report_found(
    actor: Actor,
    *,
    action_id: str,
    words: str,
    type_code: str = "",
    asset: str = "",
    point: tuple[float, float] | None = None,
    where: str = "",
    photo: bytes = b"",
    did_at: str = "",
    answers: Mapping[str, Any] | None = None,
) -> ReceiptRecord:
    """Enter what somebody found; the same ``action_id`` of the same finder changes nothing.

    Its promises run from when the city has it: a phone without a signal must not break them.
    """
    if not (point or asset or where):
        raise Incomplete("where", _("Say where it is: your position, a code, or in words."))
    receipt = receive_signal(
        SignalIn(
            source=states.PATROL,
            reference=f"{actor}:{action_id}",
            words=words,
            type=type_code or None,
            lon=point[0] if point else None,
            lat=point[1] if point else None,
            place=None if point or asset else _round_of(actor),
            place_words=where,
            at=now(),
            language=get_language() or "",
            asset=asset,
            why={"unit": actor.unit},
            answers=dict(answers or {}),
        )
    )
    if not receipt.repeated:
        _keep(receipt, actor, f"{actor}:{action_id}", photo, did_at)
    return receipt


def _round_of(actor: Actor) -> str | None:
    """Where the finder's unit works, for what is told in words only."""
    found = unit(actor.unit) if actor.unit else None
    return found.place if found else None


def _keep(receipt: ReceiptRecord, actor: Actor, reference: str, photo: bytes, did_at: str) -> None:
    case, why = Case.objects.get(number=receipt.number), dict[str, Any]()
    if did_at:
        why["did_at"] = did_at
    write_down(case, states.PATROL, actor, now(), unit=actor.unit or None, why=why)
    if photo:
        signal = Signal.objects.get(source=states.PATROL, reference=reference)
        add_photo(case, actor, photo, kind="before", signal=signal)
