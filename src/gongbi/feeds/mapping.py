"""What a mapping says: frozen records, one a table of its TOML file."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from gongbi.feeds.units import Linear

_BRACES = re.compile(r"\{([^{}]+)\}")


def columns_in(template: str) -> tuple[str, ...]:
    """Columns named in a template such as `{District} {Street}`."""
    return tuple(_BRACES.findall(template))


@dataclass(frozen=True, slots=True)
class FileSpec:
    """Which files, how they are written and where the heading stands.

    `heading` 0 means: the first row that holds every column the mapping names.
    """

    pattern: tuple[str, ...]
    format: str
    encoding: str = "utf-8"
    delimiter: str = ","
    heading: int = 0
    heading_rows: int = 1
    sheets: tuple[str, ...] = ("*",)
    skip: tuple[str, ...] = ()
    max_field: int = 100_000


@dataclass(frozen=True, slots=True)
class TimeSpec:
    """Where the moment stands and what an hour without a zone means."""

    columns: tuple[str, ...]
    format: str
    zone: str
    ambiguous: str = "refuse"
    missing: str = "refuse"
    late_hours: bool = False


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A list of places beside the data: their names, codes and points."""

    file: str
    name: tuple[str, ...]
    code: str
    lon: str = ""
    lat: str = ""
    datum: str = "WGS84"
    encoding: str = "utf-8"
    english: str = ""


@dataclass(frozen=True, slots=True)
class PlaceSpec:
    """Columns tried in turn, and how their words become the code of a place."""

    columns: tuple[str, ...]
    find: tuple[str, ...] = ("whole",)
    spaces: str = "keep"
    code: str = "{code}"
    unknown: str = "refuse"
    table: TableSpec | None = None
    codes: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueSpec:
    """One column of figures, and the datastream it becomes at each place."""

    column: str
    property: str
    unit: str
    datastream: str
    from_unit: str = ""
    linear: Linear = field(default_factory=Linear)
    minimum: float | None = None
    maximum: float | None = None
    empty: str = "silence"


@dataclass(frozen=True, slots=True)
class AbsentSpec:
    """Whether a row that is not there means zero or silence; `hours` are local, as minutes."""

    means: str = "silence"
    step_minutes: int = 0
    hours: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RepeatedSpec:
    """What makes two rows the same matter, and what to do when their contents differ."""

    key: str = ""
    other: str = "refuse"


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """Columns of categories, tried in turn, and the case type each spelling stands for."""

    columns: tuple[str, ...]
    unknown: str = "leave"
    codes: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PointSpec:
    """Columns of longitude and latitude, their datum, and the box they must lie in."""

    lon: str
    lat: str
    datum: str
    box: tuple[float, float, float, float] = (-180.0, -90.0, 180.0, 90.0)
    empty: str = "leave"


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """Templates of what a report says; a column in braces is replaced by its cell."""

    source: str
    reference: str
    words: str
    place_words: str = ""
    contact: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of file becomes observations or reports."""

    name: str
    kind: str
    file: FileSpec
    time: TimeSpec
    place: PlaceSpec | None = None
    values: tuple[ValueSpec, ...] = ()
    absent: AbsentSpec = field(default_factory=AbsentSpec)
    repeated: RepeatedSpec = field(default_factory=RepeatedSpec)
    type: TypeSpec | None = None
    point: PointSpec | None = None
    report: ReportSpec | None = None
    about: str = ""
    home: Path | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the mapping names, once, in order: all must stand in the heading."""
        named = [*self.time.columns, *(value.column for value in self.values)]
        named += self.place.columns if self.place else ()
        named += self.type.columns if self.type else ()
        named += (self.point.lon, self.point.lat) if self.point else ()
        for template in self._templates():
            named += columns_in(template)
        return tuple(dict.fromkeys(named))

    def _templates(self) -> tuple[str, ...]:
        report = self.report
        said = (report.reference, report.words, report.place_words, report.contact) if report else ()
        return (*said, self.repeated.key)

    def told(self, **changes: object) -> "Mapping":
        """The same mapping with some of its tables replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]  # replace() checks the names
