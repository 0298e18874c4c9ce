"""The sealed reporter: read only through the gate, each time written down; forgotten for ever."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from gongbi.cases import following, photos, questions, wording
from gongbi.cases.actors import Actor
from gongbi.cases.events import PartForgotten, ReporterForgotten, ReporterSeen
from gongbi.cases.models import Case, News, Photo, Signal, Step
from gongbi.cases.once_on import written_on
from gongbi.cases.search.contacts import mark_anew, unmark_contacts
from gongbi.cases.search.marking import mark, unmark
from gongbi.cases.still_held import begin_round
from gongbi.core.public import delete_sealed, destroy_key, now, publish, unseal_many


@dataclass(frozen=True, slots=True)
class ReporterWords:
    """A reporter as the few who may see it do: unmasked words, contact, where they meant."""

    case: str
    source: str
    reference: str
    words: str
    contact: str
    place_words: str
    answers: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def see_reporters(cases: Sequence[Case], actor: Actor) -> list[ReporterWords]:
    """Open what reporters of cases wrote and how to reach them; each reading is journalled under
    the case it came to. Which cases, the gate says (``access.reporters_of``)."""
    signals = Signal.objects.filter(case__in=[case.pk for case in cases], from_person=True)
    rows = list(signals.select_related("case__type").order_by("at", "pk"))
    opened = unseal_many(
        sealed for row in rows for sealed in (row.words_id, row.contact_id, row.place_words_id)
    )
    for row in rows:
        case = row.case
        fact = ReporterSeen(case=case.uuid, number=case.number, signal=row.uuid)
        publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)
    return [
        ReporterWords(
            row.case.number,
            str(wording.SOURCES.get(row.source, row.source)),
            row.reference if row.forgotten_at is None else "",
            opened.get(row.words_id or 0, ""),
            opened.get(row.contact_id or 0, ""),
            opened.get(row.place_words_id or 0, ""),
            questions.by_reporter(row, row.case.type),
        )
        for row in rows
    ]


def forget_reporter(signal: Signal, actor: Actor) -> None:
    """Destroy the keys of a reporter's words, contact and pictures; what the city did stays.

    Officials may have quoted them, so what was written on the case until now goes too; what is
    written later gets a key of its own. Keys go first: if this is cut off anywhere, forgetting
    again finishes it, and in between the words are unreadable already.
    """
    pictures = Photo.objects.filter(signal=signal)
    # Also the keys of parts of which there is no row: a picture's file comes before its row.
    parts = {*signal.owners_of("contact"), *signal.owners_of("photos")}
    owners = {signal.key_owner, *parts, *(row.key_owner for row in pictures)}
    for owner in [*sorted(owners), *written_on(signal.case)]:
        destroy_key(owner, actor=str(actor))
    for photo in pictures.all():  # asked again: none can come any more
        photos.remove(photo.uuid)
    with transaction.atomic():
        if signal.forgotten_at is None:
            _write_down(signal, signal.case, actor)
        _blank(signal)


def forget_contact(signal: Signal, actor: Actor) -> None:
    """Destroy how to reach a reporter; what they said stays. Also in the index for searches.

    An address they leave later lies under a key of its own, and is not touched.
    """
    at = now()
    begin_round(signal)
    for owner in signal.owners_of("contact")[:-1]:
        destroy_key(owner, actor=str(actor))
    with transaction.atomic():
        # One kept under the words' key, as they were once, goes out of the tables.
        delete_sealed([signal.contact_id])
        Signal.objects.filter(pk=signal.pk).update(contact_id=None)
        News.objects.filter(signal=signal, asked_at__lte=at).delete()
        mark_anew(signal.pk)
        opened = unseal_many([signal.words_id, signal.place_words_id])
        unmark([signal.pk])
        mark([(signal, list(opened.values()))])
        _part_forgotten(signal, "contact", actor)


def forget_photos(signal: Signal, actor: Actor) -> None:
    """Destroy a reporter's pictures; what they said stays. One they send later is not touched."""
    held = Photo.objects.filter(signal=signal, removed_at=None)
    if held.filter(key_owner=signal.photo_owner).exists():  # else it was cut off, and goes on
        begin_round(signal)
    pictures = list(held.exclude(key_owner=signal.photo_owner))
    owners = {*signal.owners_of("photos")[:-1], *(row.key_owner for row in pictures)}
    for owner in sorted(owners - {signal.key_owner}):  # as they once lay under the words' key
        destroy_key(owner, actor=str(actor))
    for photo in pictures:
        photos.remove(photo.uuid)
    with transaction.atomic():
        mine = Photo.objects.filter(pk__in=[photo.pk for photo in pictures], removed_at=None)
        if mine.update(removed_at=now(), likeness=None):
            _part_forgotten(signal, "photos", actor)


def _part_forgotten(signal: Signal, part: str, actor: Actor) -> None:
    case = signal.case
    _step(case, "forget_part", actor, {"part": part})
    fact = PartForgotten(case=case.uuid, number=case.number, signal=signal.uuid, part=part)
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)


def _blank(signal: Signal) -> None:
    """What was not sealed but points at a person: exact point, sender's number, link."""
    at = signal.forgotten_at or now()
    Signal.objects.filter(pk=signal.pk).update(
        reference=following.forgotten_reference(signal.source, signal.reference),
        lon=None,
        lat=None,
        token_digest=f"forgotten:{signal.uuid}",
        short_digest=f"forgotten:{signal.uuid}",
        forgotten_at=at,
    )
    News.objects.filter(signal=signal).delete()
    unmark_contacts(signal.pk)
    unmark([signal.pk])
    Photo.objects.filter(signal=signal, removed_at=None).update(removed_at=at, likeness=None)


def _write_down(signal: Signal, case: Case, actor: Actor) -> None:
    _step(case, "forget", actor, {})
    fact = ReporterForgotten(case=case.uuid, number=case.number, signal=signal.uuid)
    publish(fact, subject=f"case:{case.uuid}", actor=str(actor), place_path=case.place_path)


def _step(case: Case, verb: str, actor: Actor, why: dict[str, str]) -> None:
    Step.objects.create(
        case=case,
        verb=verb,
        source=case.state,
        target=case.state,
        actor=str(actor),
        actor_unit=actor.unit,
        at=now(),
        why=why,
    )
