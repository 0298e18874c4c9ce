"""From CSV to columns: a header names them, a line is a row; RFC 4180 where lines are quoted."""

import csv
import re
from collections.abc import Iterator

import numpy as np

from gongbi.kernel.stream import comma
from gongbi.stream.decode import cut
from gongbi.stream.known import Known
from gongbi.stream.rows import BodyRefused, Columns, Decoded, Rows, checked, merged

ROLES = {
    "datastream": comma.DATASTREAM,
    "time": comma.TIME,
    "value": comma.VALUE,
    "unit": comma.UNIT,
}
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_HEADER = "begin with a line of names: datastream,time,value and, if you like, unit"
MOST_COLUMNS = 256


def decode_csv(body: bytes, known: Known) -> Decoded:
    """Rows of CSV; lines are those of the body, the header being line 1."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise BodyRefused(f"The body is empty; {_HEADER}.")
    header, _, _ = body.partition(b"\n")
    roles = _roles(header)
    rows = Rows(known)
    if b'"' in body[len(header) :]:
        for line, cells in _quoted(body.decode(errors="replace"), rows):
            _take(line, cells, roles, rows)
        return checked(rows.columns(), rows)
    return checked(merged(_plain(body, len(header) + 1, roles, rows), rows), rows)


def _roles(header: bytes) -> list[int]:
    """What each column means; BodyRefused when one that is needed is missing."""
    names = [
        name.strip().strip('"').lower() for name in header.decode(errors="replace").split(",")
    ]
    absent = [name for name in ("datastream", "time", "value") if names.count(name) != 1]
    if absent or names.count("unit") > 1 or len(names) > MOST_COLUMNS:
        lacks = f"lacks {', '.join(absent)}" if absent else "names too many columns"
        raise BodyRefused(f"The first line {lacks}: {cut(header.strip())}; {_HEADER}.")
    return [ROLES.get(name, comma.OTHER) for name in names]


def _plain(body: bytes, begin: int, roles: list[int], rows: Rows) -> Columns:
    """Lines without quotes: at speed, and those left over one by one."""
    most = body.count(b"\n") + 1
    ids, times, lines = (np.empty(most, np.int64) for _ in range(3))
    values, left = np.empty(most), np.empty((most, 3), np.int64)
    text, meant, names = comma.pad(body), comma.roles_of(roles), rows.known.roster.names
    count, others = comma.read_rows(
        text, begin, len(body), 2, meant, names, ids, times, values, lines, left
    )
    for line, start, end in left[:others].tolist():
        _take_line(line, body[start:end], roles, rows)
    return ids[:count], times[:count], values[:count], lines[:count]


def _take_line(line: int, text: bytes, roles: list[int], rows: Rows) -> None:
    try:
        said = text.decode()
    except UnicodeDecodeError:
        rows.refuse(line, f"not UTF-8: {cut(text)}; send the body as UTF-8")
        return
    _take(line, said.split(","), roles, rows)


def _quoted(text: str, rows: Rows) -> Iterator[tuple[int, list[str]]]:
    """(first line, cells) of each row; a row that cannot be read is refused, the rest goes on."""
    reader = csv.reader(text.split("\n"), strict=True)
    next(reader)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rows.refuse(line, f"not CSV ({error}); a quote inside quotes is written twice")
            continue
        if cells:
            yield line, cells


def _take(line: int, cells: list[str], roles: list[int], rows: Rows) -> None:
    if len(cells) != len(roles):
        rows.refuse(line, f"has {len(cells)} columns where the first line names {len(roles)}")
        return
    said = {role: cell.strip() for role, cell in zip(roles, cells, strict=True)}
    rows.add(
        line,
        whole_or_words(said[comma.DATASTREAM]),
        whole_or_words(said[comma.TIME]),
        number_or_words(said[comma.VALUE]),
        said.get(comma.UNIT) or None,
    )


def whole_or_words(text: str) -> int | str | None:
    """A whole number where the text is one; None where there is none."""
    return int(text) if text.isascii() and _WHOLE.fullmatch(text) else text or None


def number_or_words(text: str) -> float | str | None:
    """A number where the text is one (an id of many digits counts as written)."""
    return float(text) if text.isascii() and _NUMBER.fullmatch(text) else text or None
