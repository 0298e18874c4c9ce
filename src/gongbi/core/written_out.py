"""For statements that are written out: instants as either database knows them."""

from datetime import UTC, datetime


def instant(said: datetime | str | None) -> datetime | None:
    """An instant of a row: SQLite gives words or an instant, in UTC without saying so."""
    if said is None:
        return None
    at = datetime.fromisoformat(said) if isinstance(said, str) else said
    return at if at.tzinfo else at.replace(tzinfo=UTC)
