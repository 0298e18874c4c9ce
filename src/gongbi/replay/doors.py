"""The product's doors as a sender sees them: send again until taken, with patience."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from gongbi.feeds.public import Observation, Report

Told = Callable[[str], None]
LONGEST_WAIT_SECONDS = 15.0


class Stopped(Exception):
    """The doors did not answer for too long, or refuse the sender; nothing sent is lost."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door said of one batch."""

    stored: int
    repeated: int
    refused: tuple[str, ...]


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
        self._told, self._patience = told, patience_seconds
        self._client = httpx.Client(timeout=60)

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
        if said.get("repeated"):
            return Answer(0, len(rows), ())
        return Answer(int(said["stored"]), 0, _reasons(said))

    def reports(self, rows: Sequence[Report]) -> Answer:
        """Send reports; those whose reference is known are told as repeated."""
        lines = "\n".join(json.dumps(_as_sent(row), ensure_ascii=False) for row in rows)
        headers = {"Content-Type": "application/x-ndjson"}
        said = self._post(f"{self._base}/api/reports", "report", lines, headers)
        return Answer(int(said["stored"]), int(said["repeated"]), _reasons(said))

    def tick(self, at: datetime) -> None:
        """Move the city's clock; a moment it has passed already is no fault."""
        body = json.dumps({"time": _millis(at)})
        self._post(f"{self._ingest}/ingest/tick", "ingest", body, {}, passed=(409,))

    def _post(
        self, url: str, key: str, body: str, headers: dict[str, str], passed: Iterable[int] = ()
    ) -> dict[str, Any]:
        sent = headers | {"Authorization": f"Bearer {self._keys[key]}"}
        wait, until = 0.2, time.monotonic() + self._patience
        while True:
            trouble = ""
            try:
                answer = self._client.post(url, content=body.encode(), headers=sent)
                if answer.status_code in (200, 201) or answer.status_code in passed:
                    return _json(answer)
                trouble = f"{answer.status_code} {answer.text[:200]}"
                if answer.status_code not in (429, 500, 502, 503, 504):
                    raise Stopped(f"{url} refuses: {trouble}")
            except httpx.TransportError as error:
                trouble = type(error).__name__
            if time.monotonic() > until:
                raise Stopped(f"{url} did not take it for {self._patience:g} s: {trouble}")
            self._told(f"{url} does not answer ({trouble}); trying again in {wait:g} s.")
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said: dict[str, Any] = answer.json()
    except ValueError:
        return {}
    return said


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
