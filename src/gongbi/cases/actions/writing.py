"""Writing signals down: each under a key of its own, with its link, its marks and its step."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gongbi.cases import following
from gongbi.cases.actors import SYSTEM, reporter
from gongbi.cases.intake import Understood
from gongbi.cases.models import Case, Signal, Step
from gongbi.cases.reading.noticing import Noticed
from gongbi.cases.search.contacts import mark_contacts
from gongbi.cases.search.marking import mark
from gongbi.cases.states import OF_OFFICERS
from gongbi.core.public import seal_many

SAID = ("words", "contact", "place_words")
SEALED = (*SAID, "reading")


@dataclass(frozen=True, slots=True)
class Coming:
    """A report that can be taken, the case it hangs on, and why it joined one that was there."""

    said: Understood
    case: Case
    joined_why: str
    noticed: Noticed | None = None


def write_signals(coming: Sequence[Coming], received_at: datetime) -> list[Signal]:
    """Seal what people said and store the signals; their marks lie in the index for searches."""
    fresh = _fresh_ids(len(coming))
    owners = [f"signal:{one}" for one in fresh]
    wanted = [
        (number, name, words)
        for number, one in enumerate(coming)
        for name, words in _to_seal(one).items()
        if words
    ]
    ids = seal_many([(_owner(owners[number], name), words) for number, name, words in wanted])
    sealed = {(number, name): pk for (number, name, _), pk in zip(wanted, ids, strict=True)}
    rows = [
        _row(one, fresh[number], received_at, {n: sealed.get((number, n)) for n in SEALED})
        for number, one in enumerate(coming)
    ]
    rows = Signal.objects.bulk_create(rows)
    mark_contacts((row, one.said.signal.contact) for one, row in zip(coming, rows, strict=True))
    mark((row, _said(one)) for one, row in zip(coming, rows, strict=True) if row.from_person)
    return rows


def _owner(signal: str, name: str) -> str:
    """A contact lies under a key of its own: its term may end before that of the words."""
    return f"{signal}:contact" if name == "contact" else signal


def _said(one: Coming) -> list[str]:
    return [getattr(one.said.signal, name) for name in SAID]


def _to_seal(one: Coming) -> dict[str, str]:
    """What lies under the reporter's key: their words, and what was read in them."""
    read = {"reading": one.noticed.to_json()} if one.noticed else {}
    return dict(zip(SAID, _said(one), strict=True)) | read


def _fresh_ids(many: int) -> list[uuid.UUID]:
    """Ids whose short numbers nobody has: nine digits are few for a large city."""
    found: dict[str, uuid.UUID] = {}
    while len(found) < many:
        for _ in range(many - len(found)):
            fresh = uuid.uuid4()
            found[following.short_digest(following.short_number_of(fresh))] = fresh
        taken = Signal.objects.filter(short_digest__in=list(found))
        for digest in taken.values_list("short_digest", flat=True):
            del found[digest]
    return list(found.values())


def _row(
    one: Coming, fresh: uuid.UUID, received_at: datetime, sealed: dict[str, int | None]
) -> Signal:
    signal, place = one.said.signal, one.said.place
    return Signal(
        uuid=fresh,
        case=one.case,
        source=signal.source,
        reference=signal.reference,
        from_person=one.said.from_person and signal.source not in OF_OFFICERS,
        language=signal.language,
        words_id=sealed["words"],
        contact_id=sealed["contact"],
        place_words_id=sealed["place_words"],
        reading_id=sealed["reading"],
        place_id=place.code if place else None,
        lon=signal.lon,
        lat=signal.lat,
        asset_id=one.said.asset.id if one.said.asset else None,
        asset_why=one.said.asset_why,
        level=signal.level,
        why=signal.why,
        at=signal.at,
        received_at=received_at,
        joined_why=one.joined_why,
        token_digest=following.token_digest(following.token_of(fresh)),
        short_digest=following.short_digest(following.short_number_of(fresh)),
        follow_until=received_at + following.follow_days(),
    )


def steps_of(coming: Sequence[Coming], rows: Sequence[Signal]) -> list[Step]:
    """A step for each: opened, or one more report joined."""
    return [_step(one, row) for one, row in zip(coming, rows, strict=True)]


def _step(one: Coming, row: Signal) -> Step:
    case, signal = one.case, one.said.signal
    why = {"source": signal.source, "level": signal.level}
    return Step(
        case=case,
        verb="join" if one.joined_why else "open",
        source=case.state,
        target=case.state,
        actor=str(reporter(row.uuid) if row.from_person else SYSTEM),
        unit_id=None if one.joined_why else case.suggested_unit_id,
        at=signal.at,
        why=why | ({"why": one.joined_why} if one.joined_why else {}),
    )
