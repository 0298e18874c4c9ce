"""Reading a town's spreadsheet: rows by heading, and every fault with its cell and remedy."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from gongbi.generator.sheet_words import match, nearest, plain, vocabulary

MOST_ROWS = 20_000
HEADING_DEPTH = 12


@dataclass(frozen=True)
class SheetFault:
    """One thing wrong: where (row 0 or column "" = the whole), why, and what to do."""

    sheet: str
    row: int
    column: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        cell = f"{self.column}{self.row}" if self.column and self.row else ""
        where = " ".join(
            part for part in (self.sheet, cell or (self.row and f"row {self.row}")) if part
        )
        return f"{where}: {self.reason} {self.remedy}"


class SheetRefused(ValueError):
    """The sheet cannot be taken; `faults` has everything that is wrong, in order."""

    def __init__(self, faults: Iterable[SheetFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass
class Row:
    """One row of a sheet: cells by column name."""

    sheet: str
    number: int
    cells: dict[str, str]
    letters: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass
class Faults:
    """A list that knows how to write a fault about a row."""

    found: list[SheetFault] = field(default_factory=list)

    def add(self, row: Row, column: str, reason: str, remedy: str) -> None:
        letter = row.letters.get(column, "")
        self.found.append(SheetFault(row.sheet, row.number, letter, reason, remedy))

    def whole(self, sheet: str, reason: str, remedy: str, row: int = 0) -> None:
        self.found.append(SheetFault(sheet, row, "", reason, remedy))


def read_book(path: Path, faults: Faults) -> dict[str, list[Row]]:
    """Rows of every sheet that is known, by sheet key (units, people, types, …)."""
    try:
        book = openpyxl.load_workbook(path, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as problem:
        faults.whole(
            "",
            f"{path.name} cannot be opened as a spreadsheet ({problem}).",
            "Save it from the spreadsheet program as .xlsx and try again.",
        )
        return {}
    rows: dict[str, list[Row]] = {}
    for sheet in book.worksheets:
        key = match(sheet.title, vocabulary()["sheets"])
        if key and key not in rows:
            rows[key] = _read_sheet(sheet, key, faults)
    for key in ("units", "people", "types"):
        if key not in rows:
            names = " / ".join(vocabulary()["sheets"][key][:3])
            faults.whole("", f"There is no sheet of {key}.", f"Name one sheet: {names}.")
    return rows


def _read_sheet(sheet: Worksheet, key: str, faults: Faults) -> list[Row]:
    if sheet.max_row > MOST_ROWS:
        faults.whole(
            sheet.title,
            f"{sheet.max_row} rows are too many (at most {MOST_ROWS}).",
            "Delete the empty rows below the table, or draw a city instead.",
        )
        return []
    cells = _spread_merged(sheet)
    terms = vocabulary()["columns"][key]
    heading, columns = _find_heading(cells, terms)
    if not columns:
        wanted = ", ".join(words[0] for words in terms.values())
        faults.whole(
            sheet.title,
            "No row of headings was recognised.",
            f"Give it a row with these headings: {wanted}.",
        )
        return []
    letters = {name: get_column_letter(place + 1) for place, name in columns.items()}
    for name, words in terms.items():
        if words[0].endswith("*") and name not in letters:
            said = " / ".join(word.rstrip("*") for word in words[:3])
            faults.whole(
                sheet.title,
                f"The column {said} is missing.",
                f"Add a column headed {said}.",
                heading + 1,
            )
    return list(_rows_below(sheet.title, cells, heading, columns, letters))


def _spread_merged(sheet: Worksheet) -> list[list[str]]:
    """All cells as text; a merged range says the same in each of its cells."""
    cells = [[plain(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    for merged in sheet.merged_cells.ranges:
        said = cells[merged.min_row - 1][merged.min_col - 1]
        for row in range(merged.min_row - 1, min(merged.max_row, len(cells))):
            for column in range(merged.min_col - 1, min(merged.max_col, len(cells[row]))):
                cells[row][column] = said
    return cells


def _find_heading(
    cells: list[list[str]], terms: dict[str, list[str]]
) -> tuple[int, dict[int, str]]:
    """The row that names most columns; of a heading two rows deep, the lower one."""
    best, columns = 0, dict[int, str]()
    for number, row in enumerate(cells[:HEADING_DEPTH]):
        found: dict[int, str] = {}
        for place, text in enumerate(row):
            name = match(text, terms) if text else None
            if name and name not in found.values():
                found[place] = name
        if len(found) > 1 and len(found) >= len(columns):
            best, columns = number, found
    return best, columns


def _rows_below(
    title: str,
    cells: list[list[str]],
    heading: int,
    columns: dict[int, str],
    letters: dict[str, str],
) -> Iterable[Row]:
    for number, row in enumerate(cells[heading + 1 :], start=heading + 2):
        said = {name: row[place] for place, name in columns.items() if place < len(row)}
        if any(said.values()):
            yield Row(title, number, said, letters)


def need(row: Row, column: str, faults: Faults, what: str) -> str:
    """The cell's text, or a fault where it is empty or holds a formula's error."""
    text = row[column]
    if column not in row.letters:
        return ""
    if not text:
        faults.add(row, column, f"The {what} is empty.", f"Write the {what}, or delete the row.")
    elif text.startswith("#"):
        faults.add(row, column, f"The cell shows the error {text}.", "Mend the formula.")
        return ""
    return text


def choose(row: Row, column: str, words: str, default: str, faults: Faults, what: str) -> str:
    """The key of `words` that the cell names; `default` where it is empty."""
    text = row[column]
    terms = vocabulary()[words]
    if not text:
        return default
    key = match(text, terms)
    if key is None:
        known = [str(said[-1]) for said in terms.values()]
        faults.add(row, column, f"“{text}” is no known {what}.", nearest(text, known))
        return default
    return key
