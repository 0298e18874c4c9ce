"""Entering a leader's instruction 领导批示: a source of cases like any other, which shows.

Nobody is asked whether it is solved, because no resident reported it.
"""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import get_language

from gongbi.cases import states
from gongbi.cases.actions.moving import write_down
from gongbi.cases.actions.overtaking import write_overtaken_at_work
from gongbi.cases.actions.receive import receive_signal
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case
from gongbi.cases.records import ReceiptRecord, SignalIn
from gongbi.core.public import now


@transaction.atomic
def instruct(
    actor: Actor,
    *,
    words: str,
    type_code: str,
    place: str,
    office: str,
    reference: str,
    joins: str,
) -> ReceiptRecord:
    """Take a leader's instruction as a report; ``office`` is the unit it came from, no person.

    ``reference`` is the number of the paper in that office: the same one again changes nothing.
    On a case at work it goes before what waits there, and that is written down at once.
    """
    said = SignalIn(
        source=states.INSTRUCTION,
        reference=f"{office}:{reference or uuid4()}",
        words=words,
        type=type_code or None,
        lon=None,
        lat=None,
        place=place,
        place_words="",
        at=now(),
        language=get_language() or "",
        why={"office": office},
        joins=joins,
    )
    receipt = receive_signal(said)
    if not receipt.repeated:
        case, at = Case.objects.get(number=receipt.number), now()
        write_down(case, states.INSTRUCT, actor, at, unit=office)
        if receipt.joined:
            write_overtaken_at_work(case, actor, at)
    return receipt
