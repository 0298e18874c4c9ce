"""Many observations into their table at once; their ids come back in order."""

import json
from collections.abc import Sequence
from datetime import datetime
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


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row's columns as SQLite keeps them; written out, for this is done half a million times."""
    get, start, end = row.get, row["phenomenon_start"], row["phenomenon_end"]
    begins = _as_kept(start)
    return (
        row["datastream_id"],
        row["feature_id"],
        begins,
        begins if end is start else _as_kept(end),
        row["is_interval"],
        _as_kept(get("result_time")),
        _as_kept(get("valid_start")),
        _as_kept(get("valid_end")),
        json.dumps(get("result")),  # JSON's null is a result too
        get("number"),
        get("text"),
        get("boolean"),
        _as_json(get("result_quality")),
        _as_json(get("parameters")),
        get("copied", False),
        row["owed"],
    )


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _as_kept(moment: datetime | None) -> str | None:
    """As Django keeps a moment in SQLite; all of ours are in UTC already."""
    return None if moment is None else moment.replace(tzinfo=None).isoformat(" ")
