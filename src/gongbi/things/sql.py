"""Pieces of SQL that Django lacks, for SQLite and PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    Expression,
    FloatField,
    Func,
    JSONField,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.functions import Collate

BYTEWISE = {"sqlite": "BINARY", "postgresql": "C"}


class _JsonAs(Func):
    """A place in a JSON column as one type; NULL where it holds another."""

    lite = pg = ""

    def __init__(self, column: Any, steps: Sequence[str], **extra: Any) -> None:
        super().__init__(column, **extra)
        self.steps = tuple(steps)

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """``JSON_TYPE`` tells what stands there."""
        sql, params = compiler.compile(self.source_expressions[0])
        path = "$" + "".join(f"[{s}]" if s.isdecimal() else f'."{s}"' for s in self.steps)
        count = self.lite.count("{at}")
        return self.lite.format(at=f"{sql}, %s"), [*params, path] * count

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        """``jsonb_typeof`` tells what stands there."""
        sql, params = compiler.compile(self.source_expressions[0])
        # A list of texts, also an empty one: then the whole column is meant.
        count = self.pg.count("{col}")
        filled = self.pg.replace("{col}", sql).replace("{path}", "%s::text[]")
        return filled, [*params, list(self.steps)] * count


class JsonNumber(_JsonAs):
    """A number in a JSON column."""

    output_field = FloatField()
    lite = "(CASE WHEN JSON_TYPE({at}) IN ('integer','real') THEN JSON_EXTRACT({at}) END)"
    pg = (
        "(CASE WHEN jsonb_typeof({col} #> {path}) = 'number' "
        "THEN ({col} #>> {path})::double precision END)"
    )


class JsonText(_JsonAs):
    """A text in a JSON column."""

    output_field = TextField()
    lite = "(CASE WHEN JSON_TYPE({at}) = 'text' THEN JSON_EXTRACT({at}) END)"
    pg = "(CASE WHEN jsonb_typeof({col} #> {path}) = 'string' THEN {col} #>> {path} END)"


class JsonBoolean(_JsonAs):
    """True or false in a JSON column."""

    output_field = BooleanField()
    lite = "(CASE JSON_TYPE({at}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)"
    pg = (
        "(CASE WHEN jsonb_typeof({col} #> {path}) = 'boolean' "
        "THEN ({col} #>> {path})::boolean END)"
    )


class JsonThere(_JsonAs):
    """Whether something other than null stands there."""

    output_field = BooleanField()
    lite = "(COALESCE(JSON_TYPE({at}), 'null') <> 'null')"
    pg = "(COALESCE(jsonb_typeof({col} #> {path}), 'null') <> 'null')"


class JsonWords(Func):
    """A JSON column as the text it is written as, for an order that both databases share."""

    output_field = TextField()
    template = "CAST(%(expressions)s AS TEXT)"


class Fraction(Func):
    """The part of a moment's seconds behind the point."""

    output_field = FloatField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """From the text SQLite keeps."""
        sql, params = compiler.compile(self.source_expressions[0])
        text = (
            "(CASE WHEN INSTR({0}, '.') > 0 THEN CAST('0' || SUBSTR({0}, INSTR({0}, '.')) AS REAL)"
        )
        return (text + " ELSE 0.0 END)").format(sql), list(params) * 3

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:
        """Seconds less whole seconds."""
        sql, params = compiler.compile(self.source_expressions[0])
        part = f"EXTRACT(SECOND FROM {sql})"
        return f"({part} - FLOOR({part}))::double precision", list(params) * 2


class OneOf(Func):
    """Whether an id is one of many; one parameter however many they are."""

    output_field = BooleanField()

    def __init__(self, key: Any, ids: Sequence[int], **extra: Any) -> None:
        super().__init__(key, **extra)
        self.ids = tuple(ids)

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """As a JSON list."""
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.ids)]

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        """As an array."""
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} = ANY(%s::bigint[])", [*params, list(self.ids)]


class Ids(Subquery):
    """The ids a subquery gives, in its order, as one JSON list or array."""

    def __init__(self, rows: "QuerySet[Any, Any]") -> None:
        lite = connection.vendor == "sqlite"
        self.template = (
            '(SELECT json_group_array("gx") FROM (%(subquery)s))'
            if lite
            else "ARRAY(%(subquery)s)"
        )
        super().__init__(rows, output_field=CharField() if lite else JSONField())

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        """The template alone."""
        return super().as_sql(compiler, connection, *args, **extra)

    @property
    def convert_value(self) -> Any:
        """A list of whole numbers."""

        def read(value: Any, expression: Any, connection: Any) -> list[int]:
            return json.loads(value) if isinstance(value, str) else list(value or ())

        return read

    def get_db_converters(self, connection: Any) -> list[Any]:
        """Ours only: the array is not JSON to the driver."""
        return [self.convert_value]


def bytewise(words: Any) -> Expression:
    """Text in an order by bytes, the same in every database and locale."""
    return Collate(words, BYTEWISE[connection.vendor])
