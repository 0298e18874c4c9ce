"""A feed mapping: the small TOML file that says how a file is read. Strict: a slip is a fault."""

import codecs
import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

SHIPPED = Path(__file__).parent / "mappings"
KINDS, FORMATS = ("observations", "reports"), ("csv", "xlsx", "jsonl", "parquet")
DATUMS, AMBIGUOUS = ("WGS84", "GCJ-02", "BD-09"), ("first", "second", "refuse")
ABSENT = ("silence", "zero")


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
    """Which column says when, how, and in which zone when the text has none."""

    column: str = ""
    format: str = "iso"
    zone: str = "UTC"
    ambiguous: str = "refuse"


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """What names a place: columns of degrees, or a column with a name and a table of codes."""

    lon: str = ""
    lat: str = ""
    datum: str = "WGS84"
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
class AbsentRule:
    """Whether a row that is not there means zero or silence, on which grid and in which hours."""

    means: str = "silence"
    step_minutes: int = 5
    hours: str = "00:00-24:00"
    by: str = ""


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
    absent: AbsentRule = AbsentRule()

    @property
    def columns(self) -> list[str]:
        """Columns the mapping needs, in order of mention."""
        said = [self.time.column, self.place.lon, self.place.lat, self.place.column]
        said += [value.column for value in self.values]
        templates = [self.report.reference, self.report.words, self.report.place_words]
        templates += [self.report.contact, *(value.datastream for value in self.values)]
        said += [name for text in templates for name in names_in(text)]
        said.append(self.report.type_column)
        return [name for name in dict.fromkeys(said) if name and name not in ("@column", "@row")]


SECTIONS: dict[str, type[Any]] = {
    "file": FileRule,
    "time": TimeRule,
    "place": PlaceRule,
    "report": ReportRule,
    "absent": AbsentRule,
}


class MappingRefused(Exception):
    """The mapping has faults; each is a sentence with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def names_in(template: str) -> list[str]:
    """Columns a template names in braces."""
    return re.findall(r"\{([^{}]+)\}", template)


def read_mapping(source: Path | str) -> Mapping:
    """The mapping of a file, or a shipped one by its name; MappingRefused with every fault."""
    path = Path(source)
    if not path.exists() and (SHIPPED / f"{source}.toml").exists():
        path = SHIPPED / f"{source}.toml"
    if not path.exists():
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        raise MappingRefused([f"There is no mapping {str(source)!r}; shipped are {shipped}."])
    return parse_mapping(path.read_text("utf-8"), path.name)


def parse_mapping(text: str, name: str = "mapping.toml") -> Mapping:
    """A mapping from its text; all faults at once, each with its line."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingRefused([f"{name}: this is not TOML: {error}."]) from error
    lines = text.splitlines()
    faults = [f"{name}:{_line_of(lines, key)}: {why}" for key, why in _faults(said)]
    if faults:
        raise MappingRefused(faults)
    return Mapping(
        name=said["name"],
        kind=said["kind"],
        files=tuple(said.get("files", ())),
        values=tuple(ValueRule(**entry) for entry in said.get("value", ())),
        **{key: rule(**said[key]) for key, rule in SECTIONS.items() if key in said},
    )


def _line_of(lines: list[str], key: str) -> int:
    word = re.escape(key.rsplit(".", 1)[-1])
    pattern = re.compile(rf"\s*(\[+\s*{word}\s*\]|\"?{word}\"?\s*=)")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)


def _faults(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    known = ["name", "kind", "files", "value", *SECTIONS]
    yield from _unknown(said, known, "")
    for key in ("name", "kind"):
        if not said.get(key):
            yield key, f"The key {key!r} is missing."
    for key, rule in SECTIONS.items():
        if key in said:
            yield from _section_faults(said[key], rule, key)
    for entry in said.get("value", ()):
        yield from _section_faults(entry, ValueRule, "value")
    yield from _choice_faults(said)
    yield from _need_faults(said)


def _unknown(said: dict[str, Any], known: list[str], where: str) -> Iterator[tuple[str, str]]:
    for key in said:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}."
            yield key, f"{where}{key!r} is no key here; {hint}"


def _section_faults(entry: Any, rule: type[Any], where: str) -> Iterator[tuple[str, str]]:
    if not isinstance(entry, dict):
        yield where, f"{where!r} must be a table."
        return
    kinds = {one.name: one.type for one in fields(rule)}
    yield from _unknown(entry, list(kinds), f"[{where}] ")
    for key, value in entry.items():
        wanted = kinds.get(key)
        if wanted is not None and not _fits(value, wanted):
            yield key, f"[{where}] {key} = {value!r} should be {_words(wanted)}."


def _fits(value: Any, wanted: Any) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    plain = dict if "dict" in str(wanted) else wanted
    return isinstance(value, plain) and not (plain is int and isinstance(value, bool))


def _words(wanted: Any) -> str:
    if get_args(wanted):
        return "a table"
    return {int: "a whole number", float: "a number", str: "text"}.get(wanted, "a table")


def _choice_faults(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    choices = (
        ("kind", said.get("kind"), KINDS),
        ("format", _of(said, "file", "format"), FORMATS),
        ("datum", _of(said, "place", "datum"), DATUMS),
        ("ambiguous", _of(said, "time", "ambiguous"), AMBIGUOUS),
        ("means", _of(said, "absent", "means"), ABSENT),
    )
    for key, value, allowed in choices:
        if value is not None and value not in allowed:
            yield key, f"{key} = {value!r} is none of {', '.join(allowed)}."
    zone, encoding = _of(said, "time", "zone"), _of(said, "file", "encoding")
    if zone is not None and not _is_zone(zone):
        yield "zone", f"{zone!r} is not a time zone; write one as Asia/Shanghai."
    if encoding is not None and not _is_encoding(encoding):
        yield "encoding", f"{encoding!r} is no encoding; write utf-8, gb18030 or big5."


def _need_faults(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not _of(said, "time", "column"):
        yield "time", "[time] column is missing: which column says when?"
    if said.get("kind") == "reports":
        for key in ("source", "reference", "words"):
            if not _of(said, "report", key):
                yield "report", f"[report] {key} is missing."
    if said.get("kind") == "observations" and not said.get("value"):
        yield "kind", "Observations need at least one [[value]]."


def _of(said: dict[str, Any], table: str, key: str) -> Any:
    entry = said.get(table)
    return entry.get(key) if isinstance(entry, dict) else None


def _is_zone(name: Any) -> bool:
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_encoding(name: Any) -> bool:
    try:
        codecs.lookup(str(name))
    except LookupError:
        return False
    return True


def to_toml(mapping: Mapping) -> str:
    """The mapping as the text an officer can keep and hand on."""
    lines = [f"name = {_quoted(mapping.name)}", f"kind = {_quoted(mapping.kind)}"]
    if mapping.files:
        lines.append(f"files = [{', '.join(map(_quoted, mapping.files))}]")
    for key, rule in SECTIONS.items():
        lines += _section_lines(f"[{key}]", getattr(mapping, key), rule())
    for value in mapping.values:
        lines += _section_lines("[[value]]", value, ValueRule())
    return "\n".join(lines) + "\n"


def _section_lines(head: str, entry: Any, usual: Any) -> list[str]:
    changed = [
        (one.name, getattr(entry, one.name))
        for one in fields(entry)
        if getattr(entry, one.name) != getattr(usual, one.name)
    ]
    return ["", head, *(f"{key} = {_toml(value)}" for key, value in changed)] if changed else []


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in value.items()) + " }"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in plain) + '"'
