"""Writing the files of a small city pack."""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

CALENDARS = """[calendar.office]
weekdays = [1, 2, 3, 4, 5]
hours = ["08:00-12:00", "13:30-17:30"]
holidays = "{holidays}"

[calendar.always]
weekdays = [1, 2, 3, 4, 5, 6, 7]
hours = ["00:00-24:00"]
"""
PLACE_COLUMNS = (
    *("code", "parent", "kind", "name_zh", "name_en", "lon", "lat", "population"),
    *("valid_from", "valid_to"),
)
UNIT_COLUMNS = ("code", "parent", "kind", "name_zh", "name_en", "place", "calendar", "phone")


def write_csv(file: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """A CSV with these columns; what a row lacks is empty."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_tables(file: Path, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """A TOML file of [[name]] tables; JSON's strings, numbers, lists are TOML's too."""
    blocks = [
        "\n".join([f"[[{name}]]", *(f"{key} = {_toml(value)}" for key, value in row.items())])
        for row in rows
    ]
    file.write_text("\n\n".join(blocks) + "\n", "utf-8")


def write_table(file: Path, said: dict[str, Any]) -> None:
    """A TOML file of plain keys."""
    lines = [f"{key} = {_toml(value)}" for key, value in said.items()]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
