"""Opening a file: whatever its format, rows of named cells with their row numbers."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from gongbi.feeds.mapping import Mapping
from gongbi.feeds.records import FileRefused

Cells = dict[str, Any]
Row = tuple[int, Cells | str]
LONGEST_FIELD = 100_000
MOST_UNPACKED_BYTES = 300 * 2**20
csv.field_size_limit(50 * 2**20)  # longer cells are refused with their place, not by an exception


def rows_of(mapping: Mapping, content: bytes) -> Iterator[Row]:
    """(row number, cells by column), or (row number, why the row has no cells)."""
    opener = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet}
    yield from opener[mapping.file.format](mapping, content)


def need_columns(mapping: Mapping, heading: Iterable[str]) -> None:
    """FileRefused when the heading lacks a column the mapping names."""
    there = list(heading)
    missing = [name for name in mapping.columns if name not in there]
    if missing:
        raise FileRefused(
            f"The heading lacks the column {', '.join(map(repr, missing))}; "
            f"it has {', '.join(map(repr, there[:30]))}.",
            "Change the mapping's column names, or its heading_row.",
            row=mapping.file.heading_row,
        )


def decoded(content: bytes, encoding: str) -> str:
    """The text, or FileRefused with the row where it stops being in that encoding."""
    name = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        other = next((one for one in ENCODINGS if one != name and _decodes(content, one)), "")
        hint = f"It reads as {other}; set encoding to that." if other else "Save it as UTF-8."
        raise FileRefused(f"From row {row} on the file is not {encoding}.", hint, row) from error


ENCODINGS = ("utf-8-sig", "gb18030", "big5", "cp950", "utf-16")


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeError:
        return False
    return True


def _csv(mapping: Mapping, content: bytes) -> Iterator[Row]:
    text = decoded(content, mapping.file.encoding)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=mapping.file.delimiter, strict=True
    )
    heading: list[str] = []
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield first, f"The row cannot be taken apart ({error}); a quotation mark is left open."
            return
        if reader.line_num < mapping.file.heading_row + mapping.file.heading_rows - 1:
            heading = _joined(heading, cells) if first >= mapping.file.heading_row else []
        elif not heading or first < mapping.file.heading_row + mapping.file.heading_rows:
            heading = [name.strip() for name in _joined(heading, cells)]
            need_columns(mapping, heading)
        elif any(cells):
            yield first, _named(heading, cells)


def _joined(above: list[str], below: list[str]) -> list[str]:
    """Two heading rows as one: 位置/经度 where they differ."""
    if not above:
        return below
    pairs = zip(above, below, strict=False)
    return [low if up in ("", low) else f"{up}/{low}" if low else up for up, low in pairs]


def _named(heading: list[str], cells: list[Any]) -> Cells | str:
    if len(cells) < len(heading) and len(cells) != 1:
        return f"The row has {len(cells)} of {len(heading)} cells; the file seems cut off here."
    if len(cells) < len(heading):
        return f"The row has 1 of {len(heading)} cells; the file seems cut off here."
    return dict(zip(heading, cells, strict=False))


def _xlsx(mapping: Mapping, content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        refuse_bombs(content)
        book = load_workbook(io.BytesIO(content), data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, EOFError, ValueError) as error:
        raise FileRefused(
            f"This is not a whole .xlsx file ({error}).", "Export or copy it again."
        ) from error
    name = mapping.file.sheet
    if name and name not in book.sheetnames:
        raise FileRefused(
            f"There is no sheet {name!r}; there are {', '.join(book.sheetnames)}.",
            "Name one of them in the mapping.",
        )
    sheet = book[name] if name else book.worksheets[0]
    grid = grid_of_sheet(sheet)
    first = mapping.file.heading_row - 1
    last = first + mapping.file.heading_rows
    heading: list[str] = []
    for cells in grid[first:last]:
        heading = _joined(
            heading, [str(cell if cell is not None else "").strip() for cell in cells]
        )
    need_columns(mapping, heading)
    for number, cells in enumerate(grid[last:], last + 1):
        if any(cell not in (None, "") for cell in cells):
            yield number, dict(zip(heading, cells, strict=False))


def refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    if size > MOST_UNPACKED_BYTES:
        raise FileRefused(
            f"Unpacked the file has {size / 2**20:.0f} MiB, more than can be read.",
            "Split it, or export it as CSV.",
        )


def grid_of_sheet(sheet: Any) -> list[list[Any]]:
    """All cells; each cell of a merged range says what the range says."""
    grid = [list(row) for row in sheet.iter_rows(values_only=True)]
    for merged in sheet.merged_cells.ranges:
        value = grid[merged.min_row - 1][merged.min_col - 1]
        for row in range(merged.min_row - 1, min(merged.max_row, len(grid))):
            for column in range(merged.min_col - 1, min(merged.max_col, len(grid[row]))):
                grid[row][column] = value
    return grid


def _jsonl(mapping: Mapping, content: bytes) -> Iterator[Row]:
    text = decoded(content, mapping.file.encoding)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except ValueError as error:
            yield number, f"This line is not JSON ({error})."
            continue
        if not isinstance(said, dict):
            yield number, "This line is not a JSON object."
            continue
        yield number, {name: "" for name in mapping.columns} | said


def _parquet(mapping: Mapping, content: bytes) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(content))
        need_columns(mapping, table.schema_arrow.names)
        number = 0
        for batch in table.iter_batches():
            for cells in batch.to_pylist():
                number += 1
                yield number, cells
    except pa.ArrowException as error:
        reason = str(error).splitlines()[0]
        raise FileRefused(
            f"This is not a whole Parquet file ({reason}).", "Export or copy it again."
        ) from error
