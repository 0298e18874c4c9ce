"""What an officer sees of a file before anything of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from gongbi.cases import public as cases
from gongbi.core import public as core
from gongbi.reports import queries
from gongbi.reports.reading import Line, Reading, Refusal
from gongbi.reports.where import Named, place_in_words

SAMPLE = 8
SHOWN_REFUSALS = 100


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row as it would be stored, with names instead of codes."""

    line: Line
    type_name: str
    by_words: bool
    place_name: str


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows as understood, the figures that add up, and every refusal."""

    read: int
    understood: int
    repeated: int
    refused_rows: int
    sample: list[SampleRow]
    refused: list[Refusal]
    more_refused: int
    faults: list[str]
    unknown_types: bool


def look(found: Reading) -> Look:
    """A reading as the page shows it."""
    named, types = queries.named_places(), {one.code: one.name for one in cases.case_types()}
    unknown = set(found.kinds) - set(found.mapping.report.types)
    return Look(
        read=found.read,
        understood=len(found.lines),
        repeated=found.repeated,
        refused_rows=len(found.refused),
        sample=[_sample(line, named, types) for line in found.lines[:SAMPLE]],
        refused=found.refused[:SHOWN_REFUSALS],
        more_refused=max(0, len(found.refused) - SHOWN_REFUSALS),
        faults=found.faults,
        unknown_types=bool(unknown),
    )


def _sample(line: Line, named: Sequence[Named], types: dict[str, str]) -> SampleRow:
    code, by_words = line.type, False
    if not code:
        found = cases.suggest_types(line.words)
        code, by_words = (found[0].type, True) if queries.is_sure(found) else (None, False)
    where = place_of(line, named)
    known = core.place(where) if where else None
    return SampleRow(line, types.get(code or "", ""), by_words, known.name if known else "")


def place_of(line: Line, named: Sequence[Named]) -> str | None:
    """A row's place: said by code, or where its point lies, or the name in its words."""
    if line.place:
        return line.place
    if line.lon is not None and line.lat is not None:
        inside = core.locate(line.lon, line.lat)
        if inside:
            return inside.code
    return place_in_words(line.place_words, named) if line.place_words else None
