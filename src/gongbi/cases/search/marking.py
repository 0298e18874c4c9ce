"""Marks of what people wrote: written with the signal, in its transaction; gone with its words."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from gongbi.core.public import secret_for
from gongbi.kernel.cases.pieces import blind, pieces

if TYPE_CHECKING:
    from gongbi.cases.models import Signal

PURPOSE = "search:words"


def marks_of(said: Iterable[str], at: datetime) -> list[int]:
    """The marks of some words received at an instant, under this installation's key for searches.

    The month takes part: words that everybody writes have a short list for each month instead of
    one endless one, and a mark cannot be counted over the years.
    """
    key, month = _key(str(settings.GONGBI_DATA)), month_of(at)
    return sorted({blind(key, month + piece) for words in said for piece in pieces(words)})


def month_of(at: datetime) -> str:
    """Which month an instant is marked with: UTC's, whatever the city's zone is or was."""
    return at.astimezone(UTC).strftime("%Y-%m:")


def mark(written: Iterable[tuple["Signal", Sequence[str]]]) -> None:
    """Write the marks of signals that were just stored; what has no piece has no marks."""
    from gongbi.cases.models import Marks

    rows = [
        Marks(signal_id=row.pk, marks=marks_of(said, row.received_at)) for row, said in written
    ]
    Marks.objects.bulk_create(row for row in rows if row.marks)


def unmark(signal_ids: Iterable[int]) -> None:
    """Take the marks of signals away: their reporters are forgotten."""
    from gongbi.cases.models import Marks

    Marks.objects.filter(signal__in=signal_ids).delete()


@lru_cache(maxsize=4)
def _key(_data: str) -> bytes:
    """One a data folder; it lies in the keyring, not beside the marks."""
    return secret_for(PURPOSE)
