"""The city's doors as the played people use them."""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gongbi.doors.public import Door
from gongbi.kernel.simulation.effects import Readings

MOST_ROWS_A_BATCH = 20_000
BATCHES_A_SLOT = 1_000
NDJSON = {"Content-Type": "application/x-ndjson"}
TAKEN_BEFORE = 409


@dataclass(frozen=True, slots=True)
class Doors:
    """One connection for each of the roles that the simulator plays."""

    ingest: Door
    report: Door
    work: Door
    dispatch: Door
    follow: Door

    def readings(self, rows: Readings, ids: Any, *, sender: str, slot: int) -> int:
        """Send readings of one slot; sent again under the same number they are stored once."""
        for number, first in enumerate(range(0, len(rows.rows), MOST_ROWS_A_BATCH)):
            piece = slice(first, first + MOST_ROWS_A_BATCH)
            lines = (
                f'{{"datastream":{who},"time":{at * 1000},"value":{value!r}}}'
                for who, at, value in zip(
                    ids[rows.rows[piece]].tolist(),
                    rows.seconds[piece].tolist(),
                    rows.values[piece].tolist(),
                    strict=True,
                )
            )
            sequence = {"Gongbi-Sequence": str(slot * BATCHES_A_SLOT + number)}
            headers = {"Gongbi-Sender": sender} | sequence
            self.ingest.send("/ingest/observations", "\n".join(lines).encode(), headers)
        return len(rows.rows)

    def tick(self, seconds: int) -> bool:
        """Move the city's clock; False when it is past that moment already."""
        said = self.ingest.send(
            "/ingest/tick", json.dumps({"time": seconds * 1000}).encode(), passed=(TAKEN_BEFORE,)
        )
        return not said.get("error")

    def reports(self, lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Send reports; the answer holds a receipt for each."""
        body = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
        said: dict[str, Any] = self.report.send("/api/reports", body.encode(), NDJSON)
        return said

    def do(self, door: Door, path: str, **said: Any) -> Any:
        """One verb with its words."""
        body = json.dumps(said, ensure_ascii=False).encode()
        return door.send(path, body, {"Content-Type": "application/json"})


def open_doors(
    base_url: str,
    ingest_url: str,
    keys: dict[str, str],
    *,
    told: Callable[[str], None],
    stop: threading.Event,
) -> Doors:
    """A door for each key; following needs none, the token is the secret."""

    def door(url: str, key: str) -> Door:
        return Door(url, key, told=told, stop=stop)

    return Doors(
        ingest=door(ingest_url, keys["ingest"]),
        report=door(base_url, keys["report"]),
        work=door(base_url, keys["work"]),
        dispatch=door(base_url, keys["dispatch"]),
        follow=door(base_url, ""),
    )
