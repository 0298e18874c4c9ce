"""What a reader asks for: ids, codes, statuses and spans of time, each fault named."""

from datetime import UTC, datetime, timedelta

from django.http import QueryDict

from gongbi.cases.public import PublicFilter
from gongbi.core.public import city, now
from gongbi.reports.open311 import access
from gongbi.reports.open311.forms import clean
from gongbi.reports.open311.wire import OpenError

LONGEST_SPAN = timedelta(days=90)
MOST_ROWS = 1000


def wanted(said: QueryDict) -> PublicFilter:
    """The filter of ``GET requests``; OpenError(400) names what cannot be read."""
    limit, offset = page(said)
    ids = many(said, "service_request_id")
    if ids:
        if len(ids) > MOST_ROWS:
            raise OpenError(400, f"More than {MOST_ROWS} service_request_id: ask in parts.")
        return PublicFilter(
            numbers=tuple(one.upper()[:48] for one in ids), limit=limit, offset=offset
        )
    since, until = span(said, "start_date", "end_date")
    changed_since = moment(said, "updated_after")
    return PublicFilter(
        types=tuple(access.service(code).code for code in many(said, "service_code")),
        # Whoever asks for what changed wants old requests too.
        since=None if changed_since and not said.get("start_date") else since,
        until=until,
        changed_since=changed_since,
        changed_until=moment(said, "updated_before"),
        over=_over(many(said, "status")),
        limit=limit,
        offset=offset,
    )


def span(said: QueryDict, first: str, last: str) -> tuple[datetime, datetime]:
    """Both ends, at most 90 days apart; of two that are missing the last 90 days, of one the
    90 days after or before the other."""
    since, until = moment(said, first), moment(said, last)
    if since is None:
        until = until or now()
        return _earlier(until), until
    until = until or _later(since)
    if until - since > LONGEST_SPAN:
        raise OpenError(400, f"{first} and {last} are more than 90 days apart: ask in parts.")
    return since, until


def _earlier(at: datetime) -> datetime:
    return at - LONGEST_SPAN if at.year > 1 else at


def _later(at: datetime) -> datetime:
    return at + LONGEST_SPAN if at.year < 9999 else at


def moment(said: QueryDict, name: str) -> datetime | None:
    """A W3C date and time; without a zone the city's, without a time the day's beginning."""
    text = said.get(name, "").strip().replace(" ", "+" if "T" in said.get(name, "") else "T")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=city().zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise OpenError(
            400, f"{name} is {text[:40]!r}; write it as 2026-11-24T08:00:00+08:00."
        ) from error


def page(said: QueryDict) -> tuple[int, int]:
    """(rows, rows before) of ``page_size`` and ``page``, which the standard leaves open."""
    size = _number(said, "page_size", MOST_ROWS, MOST_ROWS)
    return size, (_number(said, "page", 1, 10_000) - 1) * size


def _number(said: QueryDict, name: str, usual: int, most: int) -> int:
    text = said.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text)):
        raise OpenError(400, f"{name} is {text[:20]!r}; write a whole number from 1.")
    return min(int(text), most)


def many(said: QueryDict, name: str) -> list[str]:
    """Values parted by commas, or given several times."""
    found = (one.strip() for text in said.getlist(name) for one in clean(text).split(","))
    return [one for one in found if one]


def _over(said: list[str]) -> bool | None:
    states = {one.lower() for one in said}
    for bad in sorted(states - {"open", "closed"}):
        raise OpenError(400, f"status is {bad[:20]!r}; it is open, closed, or both.")
    return None if len(states) != 1 else states == {"closed"}
