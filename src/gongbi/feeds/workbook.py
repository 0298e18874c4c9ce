"""Workbooks as offices keep them: merged cells, formulas, and files that are not whole."""

import io
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from gongbi.feeds.cells import Formula
from gongbi.feeds.records import FileRefused

MOST_UNPACKED_BYTES = 300 * 2**20
MOST_CELLS = 12_000_000
FORMULA = re.compile(rb"<f[ >/]")
# What openpyxl lets out of a damaged file: it checks little of what it reads.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, KeyError, IndexError, ValueError),
    *(TypeError, AttributeError, RuntimeError, NotImplementedError, OSError),
)


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's sheets, and its formulas by (sheet, row, column) from 1."""

    sheets: list[Any]
    formulas: dict[tuple[str, int, int], str]

    def named(self, name: str) -> Any:
        """The sheet of that name, or the first."""
        if not name:
            return self.sheets[0]
        found = next((sheet for sheet in self.sheets if sheet.title == name), None)
        if found is None:
            there = ", ".join(sheet.title for sheet in self.sheets)
            raise FileRefused(
                f"There is no sheet {name!r}; there are {there}.",
                "Name one of them in the mapping: [file] sheet.",
            )
        return found

    def grid(self, sheet: Any) -> list[list[Any]]:
        """All cells: each of a merged range says what the range says; no result: a Formula."""
        grid = [list(row) for row in sheet.iter_rows(values_only=True)]
        for (title, row, column), text in self.formulas.items():
            if title == sheet.title and grid[row - 1][column - 1] is None:
                grid[row - 1][column - 1] = Formula(text)
        for merged in sheet.merged_cells.ranges:
            value = grid[merged.min_row - 1][merged.min_col - 1]
            for row in range(merged.min_row - 1, min(merged.max_row, len(grid))):
                for column in range(merged.min_col - 1, min(merged.max_col, len(grid[row]))):
                    grid[row][column] = value
        return grid


def open_book(content: bytes) -> Book:
    """The workbook; FileRefused when it is none, not whole, or too large."""
    try:
        _refuse_bombs(content)
        sheets = _load(content, data_only=True)
        formulas = _formulas(_load(content, data_only=False)) if _has_formulas(content) else {}
    except DAMAGE as error:
        raise FileRefused(
            f"This is not a whole .xlsx file ({str(error) or type(error).__name__}).",
            "Export or copy it again.",
        ) from error
    if not sheets:
        raise FileRefused("The workbook has no sheet with cells.", "Export it again.")
    return Book(sheets, formulas)


def _load(content: bytes, *, data_only: bool) -> list[Any]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # It warns of styles and extensions it leaves out; no cell's value hangs on them.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), data_only=data_only)
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise FileRefused(
                f"The sheet {sheet.title!r} reaches to row {sheet.max_row:,} and column "
                f"{sheet.max_column:,}, more than can be read.",
                "Delete the empty rows and columns beside the table, or export it as CSV.",
            )
    return list(book.worksheets)


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
        names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise FileRefused(
            "The file is a zip archive, but no .xlsx workbook.", "Unpack it, or export .xlsx."
        )
    if size > MOST_UNPACKED_BYTES:
        raise FileRefused(
            f"Unpacked the file has {size / 2**20:,.0f} MiB, more than can be read.",
            "Split it, or export it as CSV.",
        )


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(FORMULA.search(archive.read(name)) for name in sheets)


def _formulas(sheets: list[Any]) -> dict[tuple[str, int, int], str]:
    return {
        (sheet.title, cell.row, cell.column): str(cell.value)
        for sheet in sheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
