"""What a file becomes: rows understood, rows refused, each with its place."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_SHOWN = 60
BROKEN_ROW = "Copy the file again."


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one datastream; ``made`` when it stands for an absent row that means zero."""

    datastream: str
    at: datetime
    value: float
    made: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reported, as the intake takes it. Degrees are WGS84."""

    source: str
    reference: str
    words: str
    type: str | None
    lon: float | None
    lat: float | None
    place: str | None
    place_words: str
    at: datetime
    contact: str
    language: str
    sub_type: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A row that could be read: either observations or a report. Row 0 is no row of the file."""

    file: str
    row: int
    observations: tuple[Observation, ...] = ()
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A row that says again, to the letter, what an earlier one said."""

    file: str
    row: int
    reference: str
    first_row: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A row, or with ``whole_file`` a file, that could not be read: where, why, and what to do.

    ``row`` is where a file's fault begins, 0 when it has no row. ``at`` is when the row happened,
    where at least that could be read.
    """

    file: str
    row: int
    column: str
    value: str
    reason: str
    remedy: str
    at: datetime | None = None
    whole_file: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.row}" if self.row else self.file
        what = f" {self.column} {self.value!r}:" if self.column else ""
        return f"{where}:{what} {self.reason} {self.remedy}".strip()


Outcome = Understood | Repeated | Refused


class RowRefused(Exception):
    """A row's fault on its way to becoming a ``Refused``."""

    def __init__(self, column: str, value: object, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.column, self.value = column, shown(value)
        self.reason, self.remedy = reason, remedy


class FileRefused(Exception):
    """A whole file's fault, with the row where it begins when there is one."""

    def __init__(self, reason: str, remedy: str = "", row: int = 0) -> None:
        super().__init__(f"{reason} {remedy}".strip())
        self.reason, self.remedy, self.row = reason, remedy, row


def shown(value: object) -> str:
    """A value short enough to print."""
    text = str(value)
    return (
        text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}… ({len(text)} characters)"
    )
