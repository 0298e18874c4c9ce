"""What a mapping says, as frozen records: how a file is written and what its columns mean."""

import re
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class FileRule:
    """How the file is written. ``heading_row`` counts from 1; several are joined."""

    format: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    heading_row: int = 1
    heading_rows: int = 1
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class TimeRule:
    """Which column (or template of columns) says when, how, and in which zone if it has none."""

    column: str = ""
    format: str = "iso"
    zone: str = "UTC"
    ambiguous: str = "refuse"


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """What names a place: columns of degrees, or a column with a name and a table of codes.

    ``bounds`` are west, south, east, north in WGS84; a point beyond them is refused.
    """

    lon: str = ""
    lat: str = ""
    datum: str = "WGS84"
    bounds: tuple[float, ...] = ()
    column: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    other: str = "refuse"


@dataclass(frozen=True, slots=True)
class ReportRule:
    """How a row becomes a report; templates name columns in braces."""

    source: str = ""
    reference: str = ""
    words: str = ""
    place_words: str = ""
    contact: str = ""
    language: str = "zh-hans"
    type_column: str = ""
    types: dict[str, str] = field(default_factory=dict)
    sub_type_column: str = ""
    sub_types: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A column of values; value × factor + offset is in ``unit``."""

    column: str = ""
    datastream: str = ""
    property: str = ""
    unit: str = ""
    factor: float = 1.0
    offset: float = 0.0
    minimum: float = float("-inf")
    maximum: float = float("inf")


@dataclass(frozen=True, slots=True)
class CountRule:
    """Reports counted into a datastream by place; ``type``: only those of one case type."""

    datastream: str = ""
    property: str = ""
    unit: str = "reports"
    type: str = ""


@dataclass(frozen=True, slots=True)
class AbsentRule:
    """Whether a row that is not there means zero or silence, on which grid and in which hours."""

    means: str = "silence"
    step_minutes: int = 5
    hours: str = "00:00-24:00"


@dataclass(frozen=True, slots=True)
class Mapping:
    """The whole mapping."""

    name: str
    kind: str
    files: tuple[str, ...] = ()
    file: FileRule = FileRule()
    time: TimeRule = TimeRule()
    place: PlaceRule = PlaceRule()
    report: ReportRule = ReportRule()
    values: tuple[ValueRule, ...] = ()
    counts: tuple[CountRule, ...] = ()
    absent: AbsentRule = AbsentRule()

    @property
    def columns(self) -> list[str]:
        """Columns the mapping needs, in order of mention."""
        said = columns_of(self.time.column)
        said += [self.place.lon, self.place.lat, self.place.column]
        said += [value.column for value in self.values]
        templates = [self.report.reference, self.report.words, self.report.place_words]
        templates += [self.report.contact, *(value.datastream for value in self.values)]
        said += [name for text in templates for name in names_in(text)]
        said += [self.report.type_column, self.report.sub_type_column]
        return [name for name in dict.fromkeys(said) if name and not name.startswith("@")]


@lru_cache(maxsize=256)  # asked for every row
def names_in(template: str) -> tuple[str, ...]:
    """Columns a template names in braces."""
    return tuple(re.findall(r"\{([^{}]+)\}", template))


def columns_of(column_or_template: str) -> list[str]:
    """The one column named, or those a template names."""
    return list(names_in(column_or_template)) or [column_or_template]
