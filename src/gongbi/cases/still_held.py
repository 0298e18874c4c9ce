"""Keeping more of a reporter of whom something may have been forgotten, or is being so now."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F
from django.utils.translation import gettext as _

from gongbi.cases.errors import Refused
from gongbi.cases.models import Signal
from gongbi.core.public import KeyGone


@contextmanager
def still_held(signal: Signal, *, alone: bool = False) -> Iterator[None]:
    """Seal something of a reporter's under the keys that they have now.

    Refused for who was forgotten, also where forgetting was cut off after the keys and is to be
    finished. ``alone``: whoever forgets them waits for the row meanwhile. Not for what goes on a
    case: splitting one holds the case first and its reports then, and would wait for us.
    """
    rows = Signal.objects.select_for_update() if alone else Signal.objects.all()
    signal.refresh_from_db(fields=["key_round", "forgotten_at"], from_queryset=rows)
    if signal.forgotten_at:
        raise Refused(_forgotten())
    try:
        yield
    except KeyGone as gone:
        raise Refused(_forgotten()) from gone


def _forgotten() -> str:
    return _("What you had sent was deleted; if there is something new, please report it.")


def begin_round(signal: Signal) -> None:
    """What is kept of them from now on lies under other keys than what is forgotten now."""
    Signal.objects.filter(pk=signal.pk).update(key_round=F("key_round") + 1)
    signal.refresh_from_db(fields=["key_round"])
