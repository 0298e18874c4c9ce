"""Many observations into their table at once; their ids come back in order."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from gongbi.things.models import Observation

COLUMNS = (
    "datastream_id",
    "feature_id",
    "phenomenon_start",
    "phenomenon_end",
    "is_interval",
    "result_time",
    "valid_start",
    "valid_end",
    "result",
    "number",
    "text",
    "boolean",
    "result_quality",
    "parameters",
    "copied",
    "owed",
)
TIMES = frozenset(
    {"phenomenon_start", "phenomenon_end", "result_time", "valid_start", "valid_end"}
)
JSON = frozenset({"result", "result_quality", "parameters"})
FEW = 20


def insert(rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows, each by its columns. Inside a transaction; ids grow in the order given."""
    if len(rows) <= FEW or connection.vendor != "sqlite":
        made = Observation.objects.bulk_create(
            (Observation(**row) for row in rows), batch_size=2000
        )
        return [int(one.pk) for one in made]
    return _insert_plainly(rows)


def _insert_plainly(rows: Sequence[dict[str, Any]]) -> list[int]:
    """Without a model for each row, which costs five times what SQLite itself does.

    The writer holds the database alone (BEGIN IMMEDIATE), so ids can be given out here; the
    sequence that SQLite keeps goes on behind the highest one, also when rows were deleted.
    """
    with connection.cursor() as cursor:
        table = Observation._meta.db_table
        cursor.execute(
            f"SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0), "
            f"COALESCE((SELECT MAX(id) FROM {table}), 0))",
            [table],
        )
        first = int(cursor.fetchone()[0]) + 1
        names = ", ".join(("id", *COLUMNS))
        marks = ", ".join(["%s"] * (len(COLUMNS) + 1))
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",
            [(first + at, *_cells(row)) for at, row in enumerate(rows)],
        )
    return list(range(first, first + len(rows)))


def _cells(row: dict[str, Any]) -> list[Any]:
    return [_cell(name, row.get(name)) for name in COLUMNS]


def _cell(name: str, value: Any) -> Any:
    if value is None:
        # JSON's null is a result too; a column that is not given is empty.
        return "null" if name == "result" else False if name == "copied" else None
    if name in TIMES:
        return _as_kept(value)
    return json.dumps(value) if name in JSON else value


def _as_kept(moment: datetime) -> str:
    """As Django keeps a moment in SQLite."""
    return str(moment.astimezone(UTC).replace(tzinfo=None))
