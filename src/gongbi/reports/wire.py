"""Reports as other systems send them: strict JSON, one object or one a line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

MOST_BYTES = 16 * 2**20
MOST_LINES = 20_000
MOST_LINE_BYTES = 64 * 2**10
MOST_WORDS = 8_000

Lon = Annotated[float, Meta(ge=-180, le=180)]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Name = Annotated[str, Meta(max_length=32, pattern="^[a-z0-9][a-z0-9_.-]*$")]
Code = Annotated[str, Meta(min_length=1, max_length=40)]
Answered = Annotated[str, Meta(min_length=1, max_length=32)]
Text = Annotated[str, Meta(max_length=32)]
Reference = Annotated[str, Meta(min_length=1, max_length=60)]
T = TypeVar("T")
Aware = Annotated[datetime, Meta(tz=True)]


class Report(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One report on the wire. ``source`` and ``reference`` together name it for ever."""

    source: Name
    reference: Reference
    words: Annotated[str, Meta(min_length=1, max_length=MOST_WORDS)]
    type: Code | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    place: Code | None = None
    place_words: Annotated[str, Meta(max_length=500)] = ""
    at: Aware | None = None
    language: Annotated[str, Meta(max_length=12)] = ""
    contact: Annotated[str, Meta(max_length=200)] = ""
    joins: Annotated[str, Meta(max_length=48)] = ""
    asset: Annotated[str, Meta(max_length=100)] = ""
    about_unit: Code | None = None
    answers: dict[Answered, bool | float | Text] = {}


class Verdict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A resident's word on the wire."""

    solved: bool
    words: Annotated[str, Meta(max_length=MOST_WORDS)] = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken, and why."""

    line: int
    reason: str


class BadLine(Exception):
    """The JSON cannot be a report; the sentence says which field and why."""


_REPORT = msgspec.json.Decoder(Report)
_VERDICT = msgspec.json.Decoder(Verdict)


def read_report(body: bytes) -> Report:
    """One report; BadLine with a sentence."""
    if len(body) > MOST_LINE_BYTES:
        raise BadLine(
            f"The report has {len(body)} bytes, {MOST_LINE_BYTES} are the most: shorten the words."
        )
    report = _decoded(_REPORT, body)
    if (report.lon is None) != (report.lat is None):
        raise BadLine("`lon` and `lat` go together: send both or neither.")
    codes = (report.type or "") + (report.place or "") + report.language + report.asset
    codes += report.about_unit or ""
    if "\x00" in report.words + report.reference + report.place_words + report.contact + codes:
        raise BadLine("A NUL character stands in the text: remove it.")
    if not report.words.strip():
        raise BadLine("`words` is blank: say in a few words what is wrong.")
    return report


def read_verdict(body: bytes) -> Verdict:
    """A verdict; BadLine with a sentence."""
    return _decoded(_VERDICT, body)


def _decoded(decoder: "msgspec.json.Decoder[T]", body: bytes) -> T:
    try:
        return decoder.decode(body)
    except UnicodeDecodeError as error:
        raise BadLine(f"Byte {error.start} is not UTF-8: send the text as UTF-8.") from error
    except msgspec.ValidationError as error:
        raise BadLine(f"{error}.") from error
    except msgspec.DecodeError as error:
        raise BadLine(f"{error}: send one JSON object a line.") from error


def read_lines(body: bytes) -> Iterator[tuple[int, Report | Refused]]:
    """Each line of newline JSON with its number from 1; blank lines are passed over."""
    for number, line in enumerate(re.split(rb"\r?\n", body), start=1):
        if not line.strip():
            continue
        try:
            yield number, read_report(line)
        except BadLine as error:
            yield number, Refused(number, str(error))
