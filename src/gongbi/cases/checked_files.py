"""Pictures as files the operator's scanner looks at: shut until it has, put aside when bad."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from gongbi.cases import photos
from gongbi.cases.actors import Actor
from gongbi.cases.models import Case, Photo, Step
from gongbi.core.public import FileOwed, now, owe_check

KEEPER = "cases"
SCANNER = Actor("system", "scanner")
SHUT = (Photo.WAITING, Photo.BAD)


def owe(photo: Photo) -> None:
    """Have a picture that was just kept looked at; without a scanner it stays as it is."""
    if owe_check(_owed(photo)):
        shut(photo.uuid)
        photo.checked = Photo.WAITING


def _owed(photo: Photo) -> FileOwed:
    case = photo.case
    return FileOwed(photo.uuid, KEEPER, f"case:{case.uuid}", case.number, case.place_path)


def content_of(file: UUID) -> bytes | None:
    """The bytes as they came; None when the picture was deleted."""
    photo = Photo.objects.filter(uuid=file, removed_at=None).first()
    found = photos.evidence_of(photo.uuid, photo.key_owner) if photo else None
    return found[1] if found else None


def shut(file: UUID) -> None:
    """Nobody sees it until it was looked at."""
    Photo.objects.filter(uuid=file).update(checked=Photo.WAITING)


def let_out(file: UUID) -> None:
    """It may be seen."""
    Photo.objects.filter(uuid=file).update(checked=Photo.CLEAN)


def put_aside(file: UUID, found: str) -> None:
    """It is bad: the case says so, and its reporter reads it on their page."""
    photo = Photo.objects.select_related("case__merged_into").get(uuid=file)
    Photo.objects.filter(pk=photo.pk).update(checked=Photo.BAD)
    _write_down(photo.case.followed, photo, found)


def _write_down(case: Case, photo: Photo, found: str) -> None:
    Step.objects.create(
        case=case,
        verb="put_aside",
        source=case.state,
        target=case.state,
        actor=str(SCANNER),
        at=now(),
        why={"photo": str(photo.uuid), "found": found},
    )


def unchecked(most: int) -> Iterator[FileOwed]:
    """Pictures that came in while there was no scanner."""
    rows = Photo.objects.filter(checked="", removed_at=None).select_related("case").order_by("pk")
    return (_owed(photo) for photo in rows[:most])


def seen() -> Q:
    """Pictures that may be seen."""
    return Q(removed_at=None) & ~Q(checked__in=SHUT)
