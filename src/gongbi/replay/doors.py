"""The product's doors as a sender sees them: send again until taken, with patience."""

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gongbi.doors import public as knocking
from gongbi.feeds.public import Observation, Report

Told = Callable[[str], None]
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

    def __init__(self, refused: knocking.NotTaken) -> None:
        super().__init__(f"{refused} {REMEDIES.get(refused.status, 'Check the address.')}")
        self.status, self.said = refused.status, refused.said


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
        self.tell = told
        self._urls = {"ingest": ingest_url, "report": base_url}
        self._doors = {
            name: knocking.Door(
                self._urls[name], key, told=told, patience_seconds=patience_seconds
            )
            for name, key in keys.items()
            if name in self._urls
        }

    def close(self) -> None:
        """Let the connections go."""
        for door in self._doors.values():
            door.close()

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
        said = self._send("ingest", "/ingest/observations", "\n".join(lines), headers)
        stored = self._number("ingest", said, "stored")
        if said.get("repeated"):
            refused = len(rows) - stored  # as it was when the batch first came
            return Answer(0, stored, refused, _reasons(said) or (REFUSED_BEFORE,) * refused)
        refused = int(said.get("refused_in_all", len(said.get("refused", ()))))
        return Answer(stored, 0, refused, _reasons(said))

    def reports(self, rows: Sequence[Report]) -> Answer:
        """Send reports; those whose reference is known are told as repeated."""
        lines = "\n".join(json.dumps(_as_sent(row), ensure_ascii=False) for row in rows)
        headers = {"Content-Type": "application/x-ndjson"}
        said = self._send("report", "/api/reports", lines, headers)
        stored, repeated = (self._number("report", said, key) for key in ("stored", "repeated"))
        return Answer(stored, repeated, len(said.get("refused", ())), _reasons(said))

    def tick(self, at: datetime) -> None:
        """Move the city's clock; a moment it has passed already is no fault."""
        body = json.dumps({"time": _millis(at)})
        said = self._send("ingest", "/ingest/tick", body, {}, passed=(409,))
        why = str(said.get("error", ""))
        if "GONGBI_CLOCK=played" in why:
            raise Stopped(f"{why} Start the city with GONGBI_CLOCK=played in a new data folder.")

    def clock(self) -> datetime | None:
        """How far the city's clock has come; None before its first tick, or when not told."""
        text = self._door("ingest").glance("/metrics")
        found = re.search(r"^gongbi_ingest_tick_seconds (\S+)$", text, re.MULTILINE)
        seconds = float(found[1]) if found else 0.0
        return datetime.fromtimestamp(seconds, UTC) if seconds else None

    def _send(
        self,
        name: str,
        path: str,
        body: str,
        headers: dict[str, str],
        passed: Collection[int] = (),
    ) -> dict[str, Any]:
        try:
            said = self._door(name).send(path, body.encode(), headers, passed=passed)
        except knocking.NotTaken as refused:
            raise NotTaken(refused) from refused
        except knocking.DoorShut as shut:
            raise Stopped(
                f"{shut} Start the city with: gongbi up, or check its address and its doctor. "
                f"{LATER}"
            ) from shut
        return said if isinstance(said, dict) else {}

    def _door(self, name: str) -> knocking.Door:
        if name not in self._doors:
            raise Stopped(f"There is no key named {name!r} among the player's keys.")
        return self._doors[name]

    def _number(self, name: str, said: dict[str, Any], key: str) -> int:
        if not isinstance(said.get(key), int):
            url = self._urls[name]
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
