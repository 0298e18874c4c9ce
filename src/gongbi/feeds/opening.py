"""Opening a file: whatever its format, rows of named cells with their row numbers."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from gongbi.feeds.looking import ENCODINGS, decoded, need_columns, refuse_other_kinds
from gongbi.feeds.records import FileRefused
from gongbi.feeds.rules import Mapping
from gongbi.feeds.workbook import open_book

Cells = dict[str, Any]
Row = tuple[int, Cells | str]
LOOK_AT_ROWS = 20
csv.field_size_limit(50 * 2**20)  # longer cells are refused with their place, not by an exception


def rows_of(mapping: Mapping, content: bytes) -> Iterator[Row]:
    """(row number, cells by column), or (row number, why the row has no cells)."""
    refuse_other_kinds(content, mapping.file.format)
    opener = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet}
    yield from opener[mapping.file.format](mapping, content)


def _csv(mapping: Mapping, content: bytes) -> Iterator[Row]:
    rule = mapping.file
    text = decoded(content, rule.encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=rule.delimiter, strict=True)
    last = rule.heading_row + rule.heading_rows - 1
    heading: list[str] = []
    known = False
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield first, f"The row cannot be taken apart ({error}); a quotation mark is left open."
            return
        if not known and reader.line_num < last:
            heading = _joined(heading, cells) if first >= rule.heading_row else []
        elif not known:
            heading, known = [name.strip() for name in _joined(heading, cells)], True
            hint = _hint(mapping, content, text, heading)
            need_columns(mapping.columns, heading, rule.heading_row, hint)
        elif any(cells):
            yield first, _named(heading, cells)
    if not known:
        raise FileRefused(
            f"The file ends before its heading, which the mapping expects in row {last}.",
            "Export it again, or change [file] heading_row.",
        )


def _hint(mapping: Mapping, content: bytes, text: str, heading: list[str]) -> str:
    """Which other encoding, delimiter or row would give the columns, when these do not."""
    needed, head = set(mapping.columns), content[:20_000]
    if needed <= set(heading):
        return ""
    for encoding in () if all(name in text for name in needed) else ENCODINGS:
        other = head.decode(encoding, errors="ignore")
        if all(name in other for name in needed):
            return f'Read as {encoding} it has them: write encoding = "{encoding}".'
    for delimiter in ",;\t|":
        lines = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        hint = _hint_of_rows(mapping, islice(lines, LOOK_AT_ROWS), delimiter)
        if hint:
            return hint
    return ""


def _hint_of_rows(mapping: Mapping, rows: Iterator[list[Any]], delimiter: str) -> str:
    for number, cells in enumerate(rows, 1):
        if set(mapping.columns) <= {_name(cell) for cell in cells}:
            if delimiter != mapping.file.delimiter:
                shown = delimiter.replace("\t", "\\t")
                return f'Parted by {delimiter!r} it has them: write delimiter = "{shown}".'
            return f"Row {number} has them: write heading_row = {number}."
    return ""


def _name(cell: Any) -> str:
    return str(cell if cell is not None else "").strip()


def _joined(above: list[str], below: list[str]) -> list[str]:
    """Two heading rows as one: 位置/经度 where they differ."""
    if not above:
        return below
    pairs = zip(above, below, strict=False)
    return [low if up in ("", low) else f"{up}/{low}" if low else up for up, low in pairs]


def _named(heading: list[str], cells: list[Any]) -> Cells | str:
    if len(cells) < len(heading):
        return f"The row has {len(cells)} of {len(heading)} cells; the file seems cut off here."
    return dict(zip(heading, cells, strict=False))


def _xlsx(mapping: Mapping, content: bytes) -> Iterator[Row]:
    book = open_book(content)
    grid = book.grid(book.named(mapping.file.sheet))
    first = mapping.file.heading_row - 1
    last = first + mapping.file.heading_rows
    heading: list[str] = []
    for cells in grid[first:last]:
        heading = _joined(heading, [_name(cell) for cell in cells])
    hint = ""
    if not set(mapping.columns) <= set(heading):
        rows = (row for row in grid[:LOOK_AT_ROWS])
        hint = _hint_of_rows(mapping, rows, mapping.file.delimiter)
    need_columns(mapping.columns, heading, mapping.file.heading_row, hint)
    for number, cells in enumerate(grid[last:], last + 1):
        if any(cell not in (None, "") for cell in cells):
            yield number, dict(zip(heading, cells, strict=False))


def _jsonl(mapping: Mapping, content: bytes) -> Iterator[Row]:
    lines = decoded(content, mapping.file.encoding).split("\n")
    names = _names_of(lines)
    if names:  # a name in no line at all is a slip of the mapping, not of every row
        need_columns(mapping.columns, names, 1, "Change the mapping's column names.")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"This line is not JSON ({error})."
            continue
        if not isinstance(said, dict):
            yield number, "This line is not a JSON object."
            continue
        yield number, {name: "" for name in mapping.columns} | said


def _names_of(lines: list[str]) -> list[str]:
    """Every name that an object of the first thousand lines has."""
    names: dict[str, None] = {}
    for line in lines[:1000]:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            names.update(dict.fromkeys(said))
    return list(names)


def _parquet(mapping: Mapping, content: bytes) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(content))
        need_columns(mapping.columns, table.schema_arrow.names, 0)
        number = 0
        for batch in table.iter_batches():
            for cells in batch.to_pylist():
                number += 1
                yield number, cells
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise FileRefused(
            f"This is not a whole Parquet file ({reason}).", "Export or copy it again."
        ) from error
