"""An officer's file through the eyes of ``feeds``: the only place where the intake meets it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

import msgspec
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gongbi.cases import public as cases
from gongbi.feeds import public as feeds
from gongbi.feeds.public import Mapping

MOST_BYTES = 20 * 2**20
MOST_ROWS = 20_000
SAMPLE = 8
MOST_KINDS = 40
SURE_SCORE = 0.5
# How feeds refuses one broken row; any other refusal without a column is of the whole file.
BROKEN_ROW = "Copy the file again."
# Not \x1f: Python counts that as white space, and an empty contact would be stripped of it.
_APART = "\ue01f"
SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet")


class CannotRead(Exception):
    """The file cannot be taken in as it is; the sentence says why and what to do."""


class Line(msgspec.Struct, frozen=True):
    """A row, understood: a report with its row number in the file."""

    line: int
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


class Refusal(msgspec.Struct, frozen=True):
    """A row that is not taken, and why; row 0 is the whole file."""

    line: int
    reason: str


@dataclass(slots=True)
class Reading:
    """A whole file: ``read`` = lines + repeated in the file + refused rows."""

    mapping: Mapping
    lines: list[Line] = field(default_factory=list)
    repeated: int = 0
    refused: list[Refusal] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """Rows read in all."""
        return len(self.lines) + self.repeated + len(self.refused)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A first mapping for a file, as TOML, and the columns the file has."""

    toml: str
    columns: list[str]


def suffix_of(name: str) -> str:
    """The ending of a file's name, in small letters."""
    return PurePath(name).suffix.lower()


def plain(content: bytes) -> bytes:
    """The file without the mark that some programs put before UTF-8: it is no part of a name."""
    return content.removeprefix(b"\xef\xbb\xbf")


def propose(content: bytes, suffix: str, *, zone: str) -> Proposal:
    """What the columns seem to be and what kinds are called here; CannotRead with a sentence."""
    try:
        # The file's own name stays out of the mapping: it may name people.
        draft = feeds.guess_mapping(content, f"file{suffix}", zone=zone)
    except feeds.FileRefused as error:
        raise CannotRead(f"{error.reason} {error.remedy}".strip()) from error
    columns = [name for name in draft.columns if name]
    mapping = _whole(replace(draft.mapping, name="intake"), columns)
    kinds = _read(mapping, content, suffix).kinds
    types = {kind: code for kind, code in known_types(kinds).items() if code}
    mapping = replace(mapping, report=replace(mapping.report, types=types))
    return Proposal(feeds.to_toml(mapping), columns)


def _whole(mapping: Mapping, columns: list[str]) -> Mapping:
    """A mapping that can be read: where nothing was guessed, a column to be set right."""
    time, report = mapping.time, mapping.report
    return replace(
        mapping,
        time=replace(time, column=time.column or columns[0]),
        report=replace(report, words=report.words or "{" + columns[-1] + "}"),
    )


def known_types(kinds: Counter[str]) -> dict[str, str]:
    """What each kind is called here: by its name, or by its words where these are sure."""
    types = cases.case_types()
    names = {name: one.code for one in types for name in (one.name_zh, one.name_en, one.code)}
    return {kind: names.get(kind) or _by_words(kind) for kind, _n in kinds.most_common(MOST_KINDS)}


def _by_words(kind: str) -> str:
    found = cases.suggest_types(kind, 1)
    return found[0].type if found and found[0].score >= SURE_SCORE else ""


def mapping_of(toml: str) -> Mapping:
    """A mapping from the text kept; CannotRead with every fault."""
    try:
        return feeds.parse_mapping(toml)
    except feeds.MappingRefused as error:
        raise CannotRead(" ".join(error.faults)) from error


def read_all(toml: str, content: bytes, suffix: str) -> Reading:
    """Every row of a file, up to the most that one intake may hold."""
    return _read(mapping_of(toml), content, suffix)


def _read(mapping: Mapping, content: bytes, suffix: str) -> Reading:
    found, said = Reading(mapping), Counter[str]()
    for one in _outcomes(mapping, content, suffix):
        if isinstance(one, feeds.Understood) and one.report is not None:
            found.lines.append(_line(found, one.row, one.report, said))
        elif isinstance(one, feeds.Repeated):
            found.repeated += 1
        elif isinstance(one, feeds.Refused):
            _refuse(found, one)
        if found.read > MOST_ROWS:
            found.faults.append(_too_many())
            break
    return found


def _too_many() -> str:
    return _(
        "The file has more than %(most)s rows. Split it, or replay it from the command line."
    ) % {"most": f"{MOST_ROWS:,}"}


def _outcomes(mapping: Mapping, content: bytes, suffix: str) -> Iterator[feeds.Outcome]:
    """The file's rows; each contact is preceded by the row's kind, to read the file only once."""
    rule = mapping.report
    if rule.type_column:
        contact = f"{{{rule.type_column}}}{_APART}{rule.contact}"
        mapping = replace(mapping, report=replace(rule, contact=contact))
    return feeds.understand(mapping, content, f"file{suffix}")


def _line(found: Reading, row: int, report: feeds.Report, said: Counter[str]) -> Line:
    kind, apart, contact = report.contact.partition(_APART)
    if apart:
        found.kinds["".join(kind.split())] += 1
    rule = found.mapping.report
    own = has_column(rule.reference)
    reference = report.reference if own else _made_reference(report, said)
    return Line(
        line=row,
        reference=f"{rule.source}:{reference}",
        words=report.words,
        type=report.type,
        lon=report.lon,
        lat=report.lat,
        place=report.place,
        place_words=report.place_words,
        at=report.at,
        contact=contact if apart else report.contact,
        language=report.language,
    )


def has_column(template: str) -> bool:
    """Whether a template names a column, and not only the row's number."""
    return any(not name.startswith("@") for name in re.findall(r"\{([^{}]+)\}", template))


def _made_reference(report: feeds.Report, said: Counter[str]) -> str:
    """A number for a row that has none: the same row in tomorrow's export is the same report.

    Row numbers would not do: tomorrow's row 7 is another matter. Rows equal in every letter are
    told apart by their order. The digest is keyed, for the words are sealed elsewhere.
    """
    content = "\x1f".join((report.at.isoformat(), report.words, report.place_words))
    digest = salted_hmac("gongbi.reports.row", content).hexdigest()[:24]
    said[digest] += 1
    return f"{digest}-{said[digest]}"


def _refuse(found: Reading, one: feeds.Refused) -> None:
    column = one.column
    what = f"{column} {one.value!r}: " if column else ""
    sentence = f"{what}{one.reason} {one.remedy}".strip().replace(_APART, " ")
    if column or one.value or one.remedy == BROKEN_ROW:
        found.refused.append(Refusal(one.row, sentence))
    else:
        found.faults.append(sentence)
