"""Conditions that are written into a statement word for word.

SQLite uses an index with a condition only where a statement says that very condition; a value
that is bound to it later does not count.
"""

from typing import Any

from django.db import models

from gongbi.cases import states


@models.CharField.register_lookup
class LiveIn(models.Lookup):
    """``state__live_in``: one of some states in which a case is not over."""

    lookup_name = "live_in"

    def get_prep_lookup(self) -> tuple[str, ...]:
        """The states, in the order of the table, so that the words are those of the index."""
        assert set(self.rhs) <= set(states.LIVE), self.rhs
        return tuple(state for state in states.LIVE if state in self.rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """It knows by itself that whatever is open is not over."""
        sql, params = self.process_lhs(compiler, connection)
        return _among(sql, self.rhs), params

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Not over, and then which."""
        sql, params = self.process_lhs(compiler, connection)
        if self.rhs == states.LIVE:
            return _among(sql, self.rhs), params
        return f"({_among(sql, states.LIVE)} AND {_among(sql, self.rhs)})", [*params, *params]


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
