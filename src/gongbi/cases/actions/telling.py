"""Adding to a case without moving it: notes, photos, and what the reporter writes later."""

import uuid
from contextlib import nullcontext
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gongbi.cases import checked_files, photos, promises, states
from gongbi.cases.actions.moving import need, seal_on
from gongbi.cases.actions.waiting import take_up
from gongbi.cases.actors import Actor, reporter
from gongbi.cases.errors import Refused
from gongbi.cases.intake import MOST
from gongbi.cases.models import Case, Note, Photo, Signal
from gongbi.cases.openings import last_opening
from gongbi.cases.still_held import still_held
from gongbi.core.public import now, seal

MOST_PHOTOS = 20


@transaction.atomic
def add_note(case: Case, actor: Actor, *, words: str, for_reporter: bool = False) -> Note:
    """Write on a case; a note for the reporter is how a unit speaks to them: a first contact."""
    at, said = now(), need(words)[: MOST["words"]]
    note = Note.objects.create(
        case=case,
        actor=str(actor),
        at=at,
        words_id=seal_on(case, said),
        for_reporter=for_reporter,
    )
    if for_reporter and not case.is_over:
        promises.meet(case, at, promises.FIRST_CONTACT)
    return note


@transaction.atomic
def add_words(signal: Signal, words: str) -> Note:
    """What a reporter adds; a case that waited for them goes on by it."""
    case, at = signal.case.followed, now()
    if case.is_over:
        raise Refused(_("The case is over; please report again, or say that it is not solved."))
    said = need(words)[: MOST["words"]]
    with still_held(signal):
        note = Note.objects.create(
            case=case,
            signal=signal,
            actor=str(reporter(signal.uuid)),
            at=at,
            words_id=seal(signal.key_owner, said),
        )
    _answered(case, signal, at)
    return note


@transaction.atomic
def write_heard(signal: Signal, words: str, by: Actor) -> Note:
    """What a reporter said when they were rung, also when the case is over; it moves nothing."""
    with still_held(signal):
        return Note.objects.create(
            case=signal.case.followed,
            signal=signal,
            actor=str(by),
            at=now(),
            words_id=seal(signal.key_owner, need(words)[: MOST["words"]]),
        )


@transaction.atomic
def answer_by_photo(
    signal: Signal, content: bytes, *, lon: float | None = None, lat: float | None = None
) -> Photo:
    """A picture a reporter adds later; a case that waited for them goes on by it, too."""
    case, who = signal.case.followed, reporter(signal.uuid)
    photo = add_photo(case, who, content, kind="report", signal=signal, lon=lon, lat=lat)
    _answered(case, signal, now())
    return photo


def _answered(case: Case, signal: Signal, at: datetime) -> None:
    if case.state == states.WAITING and case.waiting_for == states.RESIDENT:
        take_up(case, reporter(signal.uuid), at=at)


@transaction.atomic
def add_photo(
    case: Case,
    actor: Actor,
    content: bytes,
    *,
    kind: str = "after",
    signal: Signal | None = None,
    lon: float | None = None,
    lat: float | None = None,
) -> Photo:
    """Keep a picture; a reporter's lie under a key of theirs, any other under its own."""
    picture = photos.read_picture(content)
    # Only their own: another reporter's is gone once that reporter is forgotten.
    same = Photo.objects.filter(signal=signal, kind=kind, digest=picture.digest, removed_at=None)
    known = same.filter(case=case).first()
    if known:  # sent twice from a place with bad signal
        return known
    _check_room(case, signal, kind)
    fresh, at = uuid.uuid4(), now()
    with still_held(signal) if signal else nullcontext():
        owner = signal.photo_owner if signal else f"photo:{fresh}"
        photos.keep(picture, fresh, owner, at=at, lon=lon, lat=lat)
    photo = Photo.objects.create(
        uuid=fresh,
        case=case,
        signal=signal,
        kind=kind,
        actor=str(actor),
        at=at,
        width=picture.width,
        height=picture.height,
        digest=picture.digest,
        likeness=picture.likeness,
        key_owner=owner,
    )
    checked_files.owe(photo)
    return photo


def _check_room(case: Case, signal: Signal | None, kind: str) -> None:
    """Each reporter has room of their own, and so has each kind of officials' pictures in each
    round: nobody's pictures keep away another's report, nor the proof that a type asks for."""
    rows = Photo.objects.filter(removed_at=None)
    if signal:
        if rows.filter(signal=signal).count() >= MOST_PHOTOS:
            raise Refused(
                _("You have sent %(most)d pictures already; please say the rest in words.")
                % {"most": MOST_PHOTOS}
            )
        return
    rows = rows.filter(case=case, signal=None, kind=kind, at__gte=last_opening(case))
    if rows.count() >= MOST_PHOTOS:
        raise Refused(_("The case has %(most)d pictures already.") % {"most": MOST_PHOTOS})
