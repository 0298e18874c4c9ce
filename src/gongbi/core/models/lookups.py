"""``path__under``: rows at or below a node of a tree, by an index on both databases."""

from typing import Any

from django.db import models

LAST = "\U0010ffff"


@models.CharField.register_lookup
class Under(models.Lookup):
    """A path begins with another. SQLite's LIKE cannot use an index; a span of text can."""

    lookup_name = "under"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """LIKE with a fixed beginning: served by an index with ``varchar_pattern_ops``."""
        sql, params = self.process_lhs(compiler, connection)
        begins = connection.ops.prep_for_like_query(self.rhs) + "%"
        return f"{sql}::text LIKE %s", [*params, begins]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """From the path itself to the last text that begins with it, by their bytes."""
        sql, params = self.process_lhs(compiler, connection)
        return f"({sql} >= %s AND {sql} < %s)", [*params, self.rhs, *params, self.rhs + LAST]


@models.CharField.register_lookup
class UnderWide(Under):
    """``path__under_wide``: a node so wide that a list in order of time soon has enough of it.

    SQLite would rather read all that ever was there and then put it in order; PostgreSQL counts.
    """

    lookup_name = "under_wide"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A sign before a column keeps SQLite from an index on it, and changes nothing else."""
        sql, params = self.process_lhs(compiler, connection)
        return f"(+{sql} >= %s AND +{sql} < %s)", [*params, self.rhs, *params, self.rhs + LAST]
