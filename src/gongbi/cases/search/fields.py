"""A column of marks: an array with an inverted index on PostgreSQL, words for FTS5 on SQLite."""

from typing import Any

from django.db import models

TABLE = "cases_marks_found"  # the FTS5 table that migration 0004 makes on SQLite


class MarksField(models.Field):
    """Numbers of 32 bits, written once and only ever asked for by ``has_all_of_one``."""

    def db_type(self, connection: Any) -> str:
        """An array where there are arrays; text elsewhere."""
        return "integer[]" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """The type said aloud, because a list alone does not say how wide its numbers are."""
        return "%s::integer[]" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """A list, or words in letters only, which every tokenizer leaves whole."""
        marks = sorted(value)
        return marks if connection.vendor == "postgresql" else " ".join(map(as_word, marks))


def as_word(mark: int) -> str:
    """A mark as eight letters from a to p."""
    return "".join(chr(97 + ((mark >> shift) & 15)) for shift in range(28, -4, -4))


@MarksField.register_lookup
class HasAll(models.Lookup):
    """Rows that have every mark of one of several sets (one a month)."""

    lookup_name = "has_all_of_one"
    beside = ""

    def get_prep_lookup(self) -> list[list[int]]:
        """The sets asked for, each mark once."""
        return [sorted(set(marks)) for marks in self.rhs]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Array containment, by the inverted index."""
        sql, params = self.process_lhs(compiler, connection)
        each = " OR ".join([f"{sql}{self.beside} @> %s::integer[]"] * len(self.rhs))
        return f"({each})", [one for marks in self.rhs for one in (*params, marks)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """By FTS5, whose rows have the signal's id."""
        owner = f"{connection.ops.quote_name(self.lhs.alias)}.signal_id"
        words = " OR ".join(f"({' AND '.join(map(as_word, marks))})" for marks in self.rhs)
        return f"{owner} IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s)", [words]


@MarksField.register_lookup
class FewHaveAll(HasAll):
    """The same of a few rows that are known already: an empty array beside the marks keeps
    PostgreSQL from its index, which would first find every row of the city that has them."""

    lookup_name = "has_all_of_one_here"
    beside = " || '{}'::integer[]"
