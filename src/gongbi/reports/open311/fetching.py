"""Asking another city's system, within bounds of time and of memory, each fault with its name.

Whole answers only: an answer that breaks off, that comes too slowly or that never ends is a fault
of its own, so that half a list is never taken for a whole one.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0
MOST_BYTES = 8 * 2**20
LONGEST_WAIT_SECONDS = 86_400
HEADERS = {
    "accept": "application/json, text/xml",
    # What is packed may unpack to more than this machine holds.
    "accept-encoding": "identity",
    "user-agent": "Gongbi",
}


class CannotRead(Exception):
    """Why another system was not read: a code that pages have words for, and what it said."""

    def __init__(self, code: str, said: str = "", wait_seconds: int = 0) -> None:
        super().__init__(f"{code} {said}".strip())
        self.code, self.said, self.wait_seconds = code, said, wait_seconds


class TooLong(Exception):
    """The answer holds more bytes than are taken at once."""


def asking() -> httpx.Client:
    """A client for one turn. Redirects are not followed: an address is what somebody trusts."""
    return httpx.Client(
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
        headers=HEADERS,
    )


def fetch(
    client: httpx.Client,
    url: str,
    params: Mapping[str, str],
    *,
    ends_at: float,
    most_bytes: int = MOST_BYTES,
) -> bytes:
    """The whole answer; CannotRead with the reason, TooLong when it is too much at once.

    ``ends_at`` is a time of the monotonic clock: a system that sends a byte now and then must not
    hold up the turn.
    """
    try:
        with client.stream("GET", url, params=params) as answer:
            _check(answer)
            body = bytearray()
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > most_bytes:
                    raise TooLong
                if time.monotonic() > ends_at:
                    raise CannotRead("slow")
            return bytes(body)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise CannotRead("nobody", type(error).__name__) from error
    except httpx.TimeoutException as error:
        raise CannotRead("slow", type(error).__name__) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CannotRead("broken", type(error).__name__) from error


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        raise CannotRead("busy", str(status), _wait(answer.headers.get("retry-after", "")))
    if status >= 500:
        raise CannotRead("failing", str(status))
    if 300 <= status < 400:
        raise CannotRead("moved", answer.headers.get("location", "")[:160])
    if status != 200:
        raise CannotRead("refuses", str(status))
    packed = answer.headers.get("content-encoding", "identity")
    if packed != "identity":
        raise CannotRead("unreadable", f"content-encoding: {packed[:40]}")


def _wait(said: str) -> int:
    """Seconds of a Retry-After, which is a number or a day and time; at most a day."""
    try:
        seconds = int(said) if said.isdecimal() else _until(parsedate_to_datetime(said))
    except (ValueError, TypeError, OverflowError):
        return 0
    return max(0, min(seconds, LONGEST_WAIT_SECONDS))


def _until(at: datetime) -> int:
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int((at - datetime.now(UTC)).total_seconds())
