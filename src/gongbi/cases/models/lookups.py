"""Conditions that are written into a statement word for word.

SQLite uses an index with a condition only where a statement says that very condition; a value
that is bound to it later does not count.
"""

from typing import Any

from django.db import models

from gongbi.cases import states


class _Spelt(models.Lookup):
    """One of some states, all of them of one kind."""

    kind: tuple[str, ...]

    def get_prep_lookup(self) -> tuple[str, ...]:
        """The states, in the order of the table, so that the words are those of the index."""
        assert set(self.rhs) <= set(self.kind), self.rhs
        return tuple(state for state in self.kind if state in self.rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """It knows by itself that whatever is open is not over."""
        sql, params = self.process_lhs(compiler, connection)
        return _among(sql, self.rhs), params

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Of that kind, and then which."""
        sql, params = self.process_lhs(compiler, connection)
        if self.rhs == self.kind:
            return _among(sql, self.rhs), params
        return f"({_among(sql, self.kind)} AND {_among(sql, self.rhs)})", [*params, *params]


@models.CharField.register_lookup
class LiveIn(_Spelt):
    """``state__live_in``: one of some states in which a case is not over."""

    lookup_name, kind = "live_in", states.LIVE


@models.CharField.register_lookup
class OverIn(_Spelt):
    """``state__over_in``: one of some states in which nothing is owed any more."""

    lookup_name, kind = "over_in", states.OVER


def _among(sql: str, chosen: tuple[str, ...]) -> str:
    return f"{sql} IN ({', '.join(repr(state) for state in chosen)})"


@models.IntegerField.register_lookup
class Above(models.Lookup):
    """``number__above``: greater than a number of our own."""

    lookup_name = "above"

    def get_prep_lookup(self) -> int:
        """A number and nothing else."""
        return int(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The number as it stands in the index."""
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} > {self.rhs}", params


@models.IntegerField.register_lookup
class Marked(Above):
    """``number__marked``: at least one of the marks of a number of our own is in it."""

    lookup_name = "marked"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """By its bits."""
        sql, params = self.process_lhs(compiler, connection)
        return f"({sql} & {self.rhs}) > 0", params


@models.CharField.register_lookup
class Blank(models.Lookup):
    """``text__blank=True``: nothing is said yet, as an index on what waits has it."""

    lookup_name, prepare_rhs = "blank", False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Empty, word for word."""
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} {'=' if self.rhs else '<>'} ''", params
