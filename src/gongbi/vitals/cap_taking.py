"""Taking in a CAP message: kept whole, its references followed, its areas made places.

Only status Actual has an effect. An update or a cancel ends what it refers to, also where it
comes before that; a message that came already changes nothing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from gongbi.core.public import PlaceRecord, now, places, places_touching, publish
from gongbi.vitals.cap import CapArea, CapInfo, CapMessage, effect_of, span_of
from gongbi.vitals.events import BulletinTaken
from gongbi.vitals.known_events import EventIn, enter_event, withdraw_event
from gongbi.vitals.models import Bulletin, KnownEvent

LASTING = timedelta(hours=24)
"""Of a warning that names no end."""
MOST_PLACES = 200
REPLACING = ("Update", "Cancel")


class Contradicted(ValueError):
    """Another message has this name already, or somebody else's message is referred to."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message; ``note`` says why it has no effect, where it has none."""

    bulletin: Bulletin
    repeated: bool
    events: int = 0
    ended: int = 0
    note: str = ""


@transaction.atomic
def take_message(said: CapMessage, body: bytes, *, brought_by: str, person: Any = None) -> Taken:
    """Keep a message and let it have its effect, once."""
    digest = hashlib.sha256(body).hexdigest()
    row, new = Bulletin.objects.get_or_create(
        sender=said.sender,
        identifier=said.identifier,
        defaults={
            "sent": said.sent,
            "status": said.status,
            "msg_type": said.msg_type,
            "scope": said.scope,
            "follows": [list(one) for one in said.follows],
            "brought_by": brought_by,
            "received_at": now(),
            "digest": digest,
            "text": body.decode("utf-8", "replace"),
        },
    )
    if not new:
        if row.digest != digest:
            raise Contradicted(
                f"{said.sender} {said.identifier} came already with other content. "
                "Send a change as an Update with an identifier of its own."
            )
        return Taken(row, repeated=True)
    found = _let_act(row, said, person)
    fact = BulletinTaken(
        bulletin=row.pk, status=said.status, type=said.msg_type, events=found.events
    )
    actor = f"person:{person.pk}" if person else "cap"
    publish(fact, subject=f"bulletin:{row.pk}", actor=actor)
    return found


def _let_act(row: Bulletin, said: CapMessage, person: Any) -> Taken:
    if said.status != "Actual":
        return Taken(row, False, note=f"Status {said.status} is never treated as real.")
    if said.msg_type not in ("Alert", *REPLACING):
        return Taken(row, False, note=f"{said.msg_type} is kept and changes nothing.")
    ended = _end_what_it_replaces(row, person) if said.msg_type in REPLACING else 0
    if said.msg_type == "Cancel":
        return Taken(row, False, ended=ended)
    later = _replaced_already(row)
    if later is not None:
        row.replaced_by = later
        row.save(update_fields=["replaced_by"])
        return Taken(row, False, ended=ended, note="A later message has replaced it already.")
    events = _enter(row, said, person)
    note = "" if events else "No place of this city lies in its areas, or it is over."
    return Taken(row, False, events=events, ended=ended, note=note)


def _end_what_it_replaces(row: Bulletin, person: Any) -> int:
    """Withdraw the events of the messages referred to; those of another bringer are refused."""
    ended = 0
    for sender, identifier in row.follows:
        named = Bulletin.objects.filter(sender=sender, identifier=identifier)
        old = named.filter(status="Actual").first()
        if old is None or old.pk == row.pk:
            continue
        if person is None and old.brought_by != row.brought_by:
            raise Contradicted(f"{sender} {identifier} was brought with another key.")
        old.replaced_by = row
        old.save(update_fields=["replaced_by"])
        why = "cancelled" if row.msg_type == "Cancel" else "updated"
        for event in KnownEvent.objects.filter(bulletin=old, withdrawn_at=None):
            ended += withdraw_event(event, why=why, person=person)
    return ended


def _replaced_already(row: Bulletin) -> Bulletin | None:
    """The update or cancel of this message that came before it did, from the same bringer."""
    rows = Bulletin.objects.filter(
        status="Actual", msg_type__in=REPLACING, brought_by=row.brought_by, sent__gte=row.sent
    ).exclude(pk=row.pk)
    name = [row.sender, row.identifier]
    return next((one for one in rows.order_by("-sent", "-pk")[:1000] if name in one.follows), None)


def _enter(row: Bulletin, said: CapMessage, person: Any) -> int:
    """One event a place and span; the languages of one matter are one event."""
    names: dict[tuple[Any, ...], dict[str, str]] = {}
    first: dict[tuple[Any, ...], tuple[CapInfo, PlaceRecord]] = {}
    for info in said.infos:
        span = span_of(info, said.sent, LASTING)
        if span[1] <= now():
            continue
        for place in _places_of(info.areas):
            key = (place.code, *span, info.severity, info.urgency)
            first.setdefault(key, (info, place))
            names.setdefault(key, {}).setdefault(_tongue(info), info.headline or info.event)
    for key, (info, place) in first.items():
        factor, kinds, signs = effect_of(info)
        event = EventIn(
            begins_at=key[1],
            ends_at=key[2],
            name_en=names[key].get("en", "")[:200],
            name_zh=names[key].get("zh", "")[:200],
            source=(info.sender_name or said.sender)[:200],
            factor=factor,
            kinds=tuple(kinds),
            signs=tuple(signs),
            severity=info.severity,
        )
        enter_event(event, place, person=person, bulletin=row)
    return len(first)


def _tongue(info: CapInfo) -> str:
    return "zh" if info.language.lower().startswith("zh") else "en"


def _places_of(areas: Iterable[CapArea]) -> list[PlaceRecord]:
    """Places named by their own code, and those that the shapes touch, none below another."""
    found: dict[str, PlaceRecord] = {}
    for area in areas:
        found |= places([code for _, code in area.codes])
        if area.shape is not None:
            found |= {one.code: one for one in places_touching(area.shape)}
    kept: list[PlaceRecord] = []
    for one in sorted(found.values(), key=lambda one: one.path):
        if not any(one.path.startswith(above.path) for above in kept):
            kept.append(one)
    return kept[:MOST_PLACES]
