"""Ids of cases taken before the rows are written, because a case's number is made of its id.

Writing a row and then its number would touch every index of the table twice.
"""

from django.db import connection

from gongbi.cases.models import Case
from gongbi.core.public import city

_TABLE = Case._meta.db_table


def take_ids(many: int) -> list[int]:
    """The next ids of cases, nobody else's; inside the transaction that writes the rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [_TABLE, many],
            )
            return sorted(row[0] for row in cursor.fetchall())
        # The transaction took SQLite's one write lock at its start: no other writer is between.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [_TABLE])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return list(range(last + 1, last + many + 1))


def number_of(case_id: int) -> str:
    """A case's number as people say it: the city's code and at least six digits."""
    return f"{city().code.upper()}-{case_id:06d}"
