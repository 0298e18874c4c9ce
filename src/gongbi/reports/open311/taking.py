"""Taking other cities' requests in as signals, and following how they fare there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import DataError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongbi.cases import public as cases
from gongbi.cases.public import SignalIn
from gongbi.core.public import now
from gongbi.reports.open311.models import OpenRead
from gongbi.reports.open311.reading import Read, RefusedRow

MOST_WORDS = 8000


@dataclass(slots=True)
class Taken:
    """What became of the rows: read = stored + repeated + followed + refused."""

    read: int = 0
    stored: int = 0
    repeated: int = 0
    followed: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


def take_in(rows: Iterable[Read | RefusedRow], *, source: str, types: Mapping[str, str]) -> Taken:
    """Each request once, under the other system's name and its own id; changes are followed.

    ``types`` says which case type a service code of theirs is; without, words decide.
    """
    taken = Taken()
    for row in rows:
        taken.read += 1
        if isinstance(row, RefusedRow):
            taken.refused.append(row)
            continue
        try:
            what = _take(row, source, types)
        except cases.Refused as refused:
            taken.refused.append(RefusedRow(row.place, str(refused)))
            continue
        except (DataError, ValueError) as error:
            # What no table takes must not hold up, turn after turn, what stands behind it.
            reason = f"It cannot be stored: {type(error).__name__}."
            taken.refused.append(RefusedRow(row.place, reason))
            continue
        setattr(taken, what, getattr(taken, what) + 1)
    return taken


@transaction.atomic
def _take(row: Read, source: str, types: Mapping[str, str]) -> str:
    known = OpenRead.objects.filter(source=source, reference=row.id).first()
    if known is not None:
        return _follow(known, row)
    receipt = cases.receive_signal(_signal(row, source, types))
    # Somebody else may be reading the same: of two only one writes the row, and none falls.
    OpenRead.objects.get_or_create(
        source=source,
        reference=row.id,
        defaults={
            "status": row.status[:32],
            "updated_at": row.updated_at,
            "number": receipt.number,
            "read_at": timezone.now(),
        },
    )
    return "repeated" if receipt.repeated else "stored"


def _signal(row: Read, source: str, types: Mapping[str, str]) -> SignalIn:
    words = "\n".join(part for part in (row.service_name, row.description) if part)
    return SignalIn(
        source=source,
        reference=row.id,
        words=(words or row.service_code or row.id)[:MOST_WORDS],
        type=types.get(row.service_code) or None,
        lon=row.lon,
        lat=row.lat,
        place=None,
        place_words=row.address[:500],
        at=min(row.at, now()),
        language="",
    )


def _is_older(row: Read, known: OpenRead) -> bool:
    """Whether a row says less than is known, such as the second of two rows with one id.

    Times come in whole seconds: of two words of one second the one that closes is the later.
    """
    if not (row.updated_at and known.updated_at):
        return False
    closes = (known.status, row.status) == ("open", "closed")
    return row.updated_at < known.updated_at or (row.updated_at == known.updated_at and not closes)


def _follow(known: OpenRead, row: Read) -> str:
    """What changed there is written on the case here, as the other system's words."""
    if (known.status, known.updated_at) == (row.status[:32], row.updated_at):
        return "repeated"
    if _is_older(row, known):
        return "repeated"
    moved = known.status != row.status[:32]
    # Only while it still stands as it was read: of two who see the change one writes it down.
    as_it_stood = OpenRead.objects.filter(
        pk=known.pk, status=known.status, updated_at=known.updated_at
    )
    if not as_it_stood.update(
        status=row.status[:32], updated_at=row.updated_at, read_at=timezone.now()
    ):
        return "repeated"
    token = cases.token_for(known.source, known.reference)
    if token is None:  # forgotten: nothing may be added
        return "repeated"
    status = _("%(source)s now says: %(status)s") % {"source": known.source, "status": row.status}
    said = f"{status}. {row.notes}" if row.notes else status
    try:
        # Inside a savepoint: a case that is over takes no words, and the row still counts as read.
        with transaction.atomic():
            cases.add_words(token, said[:MOST_WORDS])
    except cases.Refused:
        return "followed" if moved else "repeated"
    return "followed"
