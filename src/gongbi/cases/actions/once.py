"""An act under an id of the client's own: sent again where the signal is bad, it is done once.

The id is written first, in the transaction of the act: whoever repeats it at the same moment waits
for the first to end, and gets its answer. What was refused is not kept, so that it can be mended
and sent again under the same id.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gongbi.cases.errors import Incomplete
from gongbi.cases.models import DoneOnce
from gongbi.core.public import now

HEADER = "Gongbi-Action-Id"
_ID = re.compile(r"[\x21-\x7e]{8,64}")
Answer = tuple[int, Any]


class _NotDone(Exception):
    """Takes an answer that changed nothing out of the transaction."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def once(
    actor: str, action_id: str, asked: bytes, do: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Do it, or give the answer it got before; and whether it was repeated."""
    if not _ID.fullmatch(action_id):
        raise Incomplete(HEADER, _("The action id has 8 to 64 letters, digits or signs."))
    digest = hashlib.sha256(asked).hexdigest()
    known = _known(actor, action_id, digest)
    if known:
        return known, True
    try:
        return _first(actor, action_id, digest, do), False
    except _NotDone as told:
        return told.answer, False
    except IntegrityError:
        known = _known(actor, action_id, digest)
        if known is None:
            raise
        return known, True


def _first(actor: str, action_id: str, digest: str, do: Callable[[], Answer]) -> Answer:
    with transaction.atomic():
        row = DoneOnce.objects.create(actor=actor, action_id=action_id, asked=digest, at=now())
        status, answer = do()
        if status >= 300:
            raise _NotDone((status, answer))
        row.status, row.answer = status, answer
        row.save(update_fields=["status", "answer"])
    return status, answer


def _known(actor: str, action_id: str, digest: str) -> Answer | None:
    row = DoneOnce.objects.filter(actor=actor, action_id=action_id).first()
    if row is None:
        return None
    if row.asked != digest:
        raise Incomplete(HEADER, _("This action id was used for something else; take a new one."))
    return row.status, row.answer
