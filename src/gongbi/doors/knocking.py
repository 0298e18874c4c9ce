"""Sending again until it is taken: the doors are safe to repeat, so patience loses nothing."""

import threading
import time
from collections.abc import Callable, Collection
from typing import Any

import httpx

Told = Callable[[str], None]
LONGEST_WAIT_SECONDS = 15.0
WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})


class DoorShut(Exception):
    """The door did not answer for longer than the sender's patience; nothing sent is lost."""


class Stopped(DoorShut):
    """Whoever runs the sender asked it to end while it waited."""


class NotTaken(Exception):
    """The door answered and refuses; ``said`` is its own sentence."""

    def __init__(self, url: str, status: int, said: str) -> None:
        super().__init__(f"{url} refuses ({status}): {said}")
        self.url, self.status, self.said = url, status, said


class Door:
    """One address of a city, with one key.

    Parameters
    ----------
    patience_seconds
        How long to go on when nobody answers or the answer is "later".
    stop
        Set by whoever wants the sender to end; waiting ends at once with ``Stopped``.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        told: Told = lambda _: None,
        patience_seconds: float = 180.0,
        stop: threading.Event | None = None,
    ) -> None:
        self._url, self._told, self._patience = url.rstrip("/"), told, patience_seconds
        self._stop = stop or threading.Event()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # trust_env=False: a proxy of the environment must not carry a city's keys away.
        self._client = httpx.Client(timeout=60, headers=headers, trust_env=False)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def glance(self, path: str) -> str:
        """GET once, without patience; the text said, "" when nobody answers."""
        try:
            return self._client.get(self._url + path).text
        except httpx.HTTPError:
            return ""

    def ask(self, path: str) -> Any:
        """GET; the JSON said."""
        return self._knock("GET", path, b"", {}, ())

    def send(
        self,
        path: str,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        passed: Collection[int] = (),
    ) -> Any:
        """POST; the JSON said. Statuses in ``passed`` count as taken."""
        return self._knock("POST", path, body, headers or {}, passed)

    def _knock(
        self, verb: str, path: str, body: bytes, headers: dict[str, str], passed: Collection[int]
    ) -> Any:
        url, wait, until = self._url + path, 0.2, time.monotonic() + self._patience
        while True:
            try:
                answer = self._client.request(verb, url, content=body, headers=headers)
                if answer.is_success or answer.status_code in passed:
                    return _json(answer)
                trouble = f"{answer.status_code}: {_sentence(answer)}"
                if answer.status_code not in WORTH_ANOTHER_TRY:
                    raise NotTaken(url, answer.status_code, _sentence(answer))
            except httpx.TransportError as error:
                trouble = _in_words(error)
            if time.monotonic() + wait > until:
                raise DoorShut(f"{url} has not taken it for {self._patience:g} s ({trouble}).")
            self._told(f"{url} does not take it ({trouble}); trying again in {wait:g} s.")
            if self._stop.wait(wait):
                raise Stopped(f"Asked to end while {url} did not take it.")
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)


def _in_words(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return "nobody listens there"
    if isinstance(error, httpx.TimeoutException):
        return "no answer within a minute"
    return f"the line broke, {type(error).__name__}"


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {}


def _sentence(answer: httpx.Response) -> str:
    said = _json(answer)
    if isinstance(said, dict):
        for key in ("error", "reason", "detail"):
            if said.get(key):
                return str(said[key])
    return answer.text[:200].strip() or "without a word"
