"""The index in which marks are found: an inverted index on PostgreSQL, FTS5 on SQLite.

No model can say it, so a migration asks for it here: the one that first made it, and the one
that makes all tables of a new database at once.
"""

from typing import Any

ON_POSTGRESQL = "CREATE INDEX cases_marks_found ON cases_marks USING gin (marks)"
ON_SQLITE = (
    "CREATE VIRTUAL TABLE cases_marks_found USING fts5("
    "marks, content='cases_marks', content_rowid='signal_id', tokenize='ascii', columnsize=0)",
    "CREATE TRIGGER cases_marks_come AFTER INSERT ON cases_marks BEGIN "
    "INSERT INTO cases_marks_found(rowid, marks) VALUES (new.signal_id, new.marks); END",
    "CREATE TRIGGER cases_marks_go AFTER DELETE ON cases_marks BEGIN "
    "INSERT INTO cases_marks_found(cases_marks_found, rowid, marks) "
    "VALUES ('delete', old.signal_id, old.marks); END",
)


def index_marks(apps: Any, editor: Any) -> None:
    """Make it, and on SQLite what keeps it in step with its table."""
    if editor.connection.vendor == "postgresql":
        editor.execute(ON_POSTGRESQL)
        return
    for statement in ON_SQLITE:
        editor.execute(statement)


def drop_marks(apps: Any, editor: Any) -> None:
    """Take it away."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX IF EXISTS cases_marks_found")
    else:
        editor.execute("DROP TABLE IF EXISTS cases_marks_found")
