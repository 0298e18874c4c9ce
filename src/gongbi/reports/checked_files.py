"""An officer's file as one the operator's scanner looks at: nothing of it is read before."""

from collections.abc import Iterator
from uuid import UUID

from gongbi.core.public import FileOwed, owe_check
from gongbi.reports import intaking
from gongbi.reports.models import Intake

KEEPER = "reports"


def owe(intake: Intake) -> bool:
    """Have a file that was just kept looked at; False when there is no scanner."""
    return owe_check(FileOwed(intake.pk, KEEPER, f"intake:{intake.pk}", "", intake.place_path))


def content_of(file: UUID) -> bytes | None:
    """The bytes as they came; None once the file was destroyed."""
    found = Intake.objects.filter(pk=file).first()
    return intaking.content_of(found) if found else None


def shut(file: UUID) -> None:
    """Files are looked at when they come, and live for a day: none is shut again."""


def let_out(file: UUID) -> None:
    """It may be read; whoever opens its page next sees how it is understood."""
    rows = Intake.objects.filter(pk=file, state__in=(Intake.CHECKING, Intake.BAD))
    rows.update(state=Intake.READ)


def put_aside(file: UUID, found: str) -> None:
    """It is bad: it is not read, its page says so, and it is destroyed with its day."""
    Intake.objects.filter(pk=file, state=Intake.CHECKING).update(state=Intake.BAD)


def unchecked(most: int) -> Iterator[FileOwed]:
    """What was taken in was read long ago."""
    return iter(())
