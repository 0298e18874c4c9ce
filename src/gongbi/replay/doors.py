"""The product's doors as a sender sees them: send again until taken, with patience."""

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from gongbi.feeds.public import Observation, Report

Told = Callable[[str], None]
LONGEST_WAIT_SECONDS = 15.0
WORTH_ANOTHER_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
REFUSED_BEFORE = "refused when it first came, before the pack knew it: play into a new data folder"
LATER = "What was sent is kept; play the same again and nothing is doubled."
REMEDIES = {
    401: "Run the replay with the GONGBI_DATA of the running city: its keys lie there.",
    403: "Give the key the scope it needs: gongbi key NAME --scope report.",
    404: "Check GONGBI_PUBLIC_URL and GONGBI_INGEST_URL: another program may listen there.",
    409: "If the file, the mapping or the span is not that of an earlier replay of the same name, "
    "play it into a new data folder.",
    413: "Raise GONGBI_INGEST_MAX_BYTES of the city.",
}


class Stopped(Exception):
    """The doors did not answer for too long, or refuse the sender; nothing sent is lost."""


class NotTaken(Stopped):
    """The door answered and refuses; ``said`` is the city's own sentence."""

    def __init__(self, url: str, status: int, said: str) -> None:
        remedy = REMEDIES.get(status, "Check the address.")
        super().__init__(f"{url} refuses ({status}): {said} {remedy}")
        self.status, self.said = status, said


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door said of one batch; reasons may be fewer than the rows refused."""

    stored: int
    repeated: int
    refused: int
    reasons: tuple[str, ...] = ()


class Doors:
    """One sender's connection to a city."""

    def __init__(
        self,
        base_url: str,
        ingest_url: str,
        keys: dict[str, str],
        *,
        told: Told,
        patience_seconds: float = 180.0,
    ) -> None:
        self._base, self._ingest, self._keys = base_url.rstrip("/"), ingest_url.rstrip("/"), keys
        self.tell, self._patience = told, patience_seconds
        # trust_env=False: a proxy of the environment must not carry a city's keys away.
        self._client = httpx.Client(timeout=60, trust_env=False)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def observations(self, rows: Sequence[Observation], *, sender: str, sequence: int) -> Answer:
        """Send readings; a batch taken before is told as repeated."""
        lines = [
            json.dumps(
                {"datastream": row.datastream, "time": _millis(row.at), "value": row.value},
                ensure_ascii=False,
            )
            for row in rows
        ]
        headers = {"Gongbi-Sender": sender, "Gongbi-Sequence": str(sequence)}
        url = f"{self._ingest}/ingest/observations"
        said = self._post(url, "ingest", "\n".join(lines), headers)
        stored = _number(url, said, "stored")
        if said.get("repeated"):
            refused = len(rows) - stored  # as it was when the batch first came
            return Answer(0, stored, refused, _reasons(said) or (REFUSED_BEFORE,) * refused)
        refused = int(said.get("refused_in_all", len(said.get("refused", ()))))
        return Answer(stored, 0, refused, _reasons(said))

    def reports(self, rows: Sequence[Report]) -> Answer:
        """Send reports; those whose reference is known are told as repeated."""
        lines = "\n".join(json.dumps(_as_sent(row), ensure_ascii=False) for row in rows)
        headers = {"Content-Type": "application/x-ndjson"}
        url = f"{self._base}/api/reports"
        said = self._post(url, "report", lines, headers)
        stored, repeated = (_number(url, said, key) for key in ("stored", "repeated"))
        return Answer(stored, repeated, len(said.get("refused", ())), _reasons(said))

    def tick(self, at: datetime) -> None:
        """Move the city's clock; a moment it has passed already is no fault."""
        url, body = f"{self._ingest}/ingest/tick", json.dumps({"time": _millis(at)})
        said = self._post(url, "ingest", body, {}, passed=(409,))
        why = str(said.get("error", ""))
        if "GONGBI_CLOCK=played" in why:
            raise Stopped(f"{why} Start the city with GONGBI_CLOCK=played in a new data folder.")

    def clock(self) -> datetime | None:
        """How far the city's clock has come; None before its first tick, or when not told."""
        try:
            text = self._client.get(f"{self._ingest}/metrics").text
        except httpx.HTTPError:
            return None
        found = re.search(r"^gongbi_ingest_tick_seconds (\S+)$", text, re.MULTILINE)
        seconds = float(found[1]) if found else 0.0
        return datetime.fromtimestamp(seconds, UTC) if seconds else None

    def _post(
        self, url: str, key: str, body: str, headers: dict[str, str], passed: Iterable[int] = ()
    ) -> dict[str, Any]:
        if key not in self._keys:
            raise Stopped(f"There is no key named {key!r} among the player's keys.")
        sent = headers | {"Authorization": f"Bearer {self._keys[key]}"}
        wait, until = 0.2, time.monotonic() + self._patience
        while True:
            try:
                answer = self._client.post(url, content=body.encode(), headers=sent)
                if answer.status_code in (200, 201) or answer.status_code in passed:
                    return _json(answer)
                trouble = f"{answer.status_code}: {_sentence(answer)}"
                if answer.status_code not in WORTH_ANOTHER_TRY:
                    raise NotTaken(url, answer.status_code, _sentence(answer))
            except httpx.TransportError as error:
                trouble = _in_words(error)
            if time.monotonic() + wait > until:
                raise Stopped(
                    f"{url} has not taken it for {self._patience:g} s ({trouble}). Start the city "
                    f"with: gongbi up, or check its address and its doctor. {LATER}"
                )
            self.tell(f"{url} does not take it ({trouble}); trying again in {wait:g} s.")
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)


def _in_words(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return "nobody listens there"
    if isinstance(error, httpx.TimeoutException):
        return "no answer within a minute"
    return f"the line broke, {type(error).__name__}"


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _sentence(answer: httpx.Response) -> str:
    return str(_json(answer).get("error") or answer.text[:200].strip() or "without a word")


def _number(url: str, said: dict[str, Any], key: str) -> int:
    if not isinstance(said.get(key), int):
        raise Stopped(f"{url} answers, but not as a city's door does. {REMEDIES[404]}")
    return int(said[key])


def _reasons(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(one["reason"]) for one in said.get("refused", ()))


def _millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _as_sent(row: Report) -> dict[str, Any]:
    said = {
        "source": row.source,
        "reference": row.reference,
        "words": row.words,
        "type": row.type,
        "lon": row.lon,
        "lat": row.lat,
        "place": row.place,
        "place_words": row.place_words,
        "at": row.at.isoformat(),
        "language": row.language,
        "contact": row.contact,
    }
    return {key: value for key, value in said.items() if value not in (None, "")}
