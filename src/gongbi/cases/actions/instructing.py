"""Entering a leader's instruction 领导批示: a source of cases like any other, which shows.

Nobody is asked whether it is solved, because no resident reported it.
"""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import get_language

from gongbi.cases import states
from gongbi.cases.actions.moving import write_down
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

    ``reference`` is the number of the paper: the same one again changes nothing.
    """
    said = SignalIn(
        source=states.INSTRUCTION,
        reference=reference or str(uuid4()),
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
        case = Case.objects.get(number=receipt.number)
        write_down(case, states.INSTRUCT, actor, now(), unit=office)
    return receipt
