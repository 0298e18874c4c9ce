"""What people do with a parent matter: tell everybody once, propose an answer, take a case off."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongbi.cases import bursts, states
from gongbi.cases.actions.moving import need
from gongbi.cases.actors import SYSTEM, Actor
from gongbi.cases.errors import Refused, missing
from gongbi.cases.models import Burst, Case, Child, Note
from gongbi.cases.news.telling import tell_of_message
from gongbi.core.public import KeyGone, now, seal, unseal


@transaction.atomic
def tell(burst: Burst, actor: Actor, *, words: str) -> int:
    """Write one message to the reporters of all its cases at work; how many cases were told.

    It is no first contact: who owes a reporter an answer of their own still owes it.
    """
    said, at = need(words), now()
    _lock(burst)
    burst.message_id = seal(burst.key_owner, said)
    burst.save(update_fields=["message_id"])
    return _write(burst, actor, said, at, list(_at_work(burst)))


def tell_latecomers(at: datetime) -> int:
    """The last message of each running burst, to cases that came to it since."""
    done = 0
    for burst in Burst.objects.filter(ended_at=None).exclude(message_id=None):
        if _at_work(burst).filter(told_at=None).exists():
            done += _tell_late(burst, at)
    return done


@transaction.atomic
def _tell_late(burst: Burst, at: datetime) -> int:
    """Who came late is read under the lock: a person may have told them all a moment ago."""
    said = unseal(_lock(burst).message_id)
    late = list(_at_work(burst).filter(told_at=None))
    return _write(burst, SYSTEM, said, at, late) if said else 0


def _lock(burst: Burst) -> Burst:
    return Burst.objects.select_for_update(no_key=True).get(pk=burst.pk)


def _write(burst: Burst, actor: Actor, said: str, at: datetime, children: list[Child]) -> int:
    for child in children:
        Note.objects.create(case=child.case, actor=str(actor), at=at, for_reporter=True,
                            words_id=_sealed(child.case, said))  # fmt: skip
    Child.objects.filter(pk__in=[child.pk for child in children]).update(told_at=at)
    tell_of_message([child.case for child in children], burst.message_id or 0)
    return len(children)


def _sealed(case: Case, said: str) -> int:
    """Under the case's key of now: the words quote nobody, so they stay when one is forgotten."""
    try:
        return seal(case.key_owner, said)
    except KeyGone:
        case.refresh_from_db(fields=["key_round"])
        return seal(case.key_owner, said)


def _at_work(burst: Burst) -> "QuerySet[Child]":
    rows = burst.children.filter(off_at=None, case__state__in=states.LIVE)
    return rows.select_related("case").order_by("pk")


@transaction.atomic
def finish(burst: Burst, actor: Actor, *, declared: str, words: str) -> Burst:
    """End a parent matter and propose an answer to its cases; each unit decides by itself."""
    if declared not in states.DECLARED:
        raise missing("declared")
    said = need(words)
    if not bursts.end(burst, now(), str(actor)):
        raise Refused(_("This is over already; somebody was quicker."))
    burst.answer_id, burst.declared = seal(burst.key_owner, said), declared
    burst.save(update_fields=["answer_id", "declared"])
    return burst


@transaction.atomic
def take_off(child: Child, actor: Actor) -> None:
    """A person says that a case has another cause; the clock does not bring it back."""
    Child.objects.filter(pk=child.pk, off_at=None).update(off_at=now(), off_by=str(actor))
