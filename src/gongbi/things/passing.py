"""Numbers on their way to the log: each once, also when the ingest process is away for hours.

In one transaction an observation ceases to be owed and a numbered batch holds its row. The batch
is sent until it is acknowledged, always the same bytes under the same number, and then deleted.
"""

import logging
import os
import secrets
from pathlib import Path

import httpx
import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import F

from gongbi.stream.public import keep_ingest_key
from gongbi.things.models import Datastream, Observation, Passing
from gongbi.things.sql import OneOf
from gongbi.things.times import say_instant

log = logging.getLogger("gongbi.things")
KEY_FILE = "things_key"
SENDER = "things"
MOST_ROWS = 5_000
MOST_BATCHES = 20
TIMEOUT_SECONDS = 30.0


def pass_on() -> int:
    """Batch what is owed and send what is batched; returns the rows acknowledged."""
    gather()
    batches = Passing.objects.order_by("pk")[:MOST_BATCHES]
    if not batches:
        return 0
    taken = 0
    with client() as ingest:
        for one in batches:
            rows = _send(ingest, one)
            if rows is None:
                break
            taken += rows
    return taken


@transaction.atomic
def gather() -> int:
    """Put observations that are owed, and whose datastream the log knows, into a batch."""
    # Locked in one order, so that two workers share the work and neither takes a row twice.
    owed = Observation.objects.select_for_update(of=("self",)).filter(
        owed=True, datastream__engine_id__isnull=False
    )
    columns = ("pk", "datastream__engine_id", "phenomenon_start", "number")
    rows = list(owed.order_by("pk").values_list(*columns)[:MOST_ROWS])
    if not rows:
        return 0
    lines = [
        orjson.dumps({"datastream": stream, "time": say_instant(moment), "value": number})
        for _, stream, moment, number in rows
    ]
    Passing.objects.create(body=b"\n".join(lines) + b"\n", rows=len(rows))
    Observation.objects.filter(OneOf(F("pk"), [row[0] for row in rows])).update(owed=False)
    return len(rows)


def client() -> httpx.Client:
    """A client of the ingest process, with this part's own key."""
    return httpx.Client(
        base_url=settings.GONGBI_INGEST_URL,
        timeout=TIMEOUT_SECONDS,
        headers={"Authorization": f"Bearer {own_key(Path(settings.GONGBI_DATA))}"},
        trust_env=False,
    )


def own_key(data: Path) -> str:
    """The key under which this part sends; made the first time, and readable by us only."""
    file = data / KEY_FILE
    if not file.exists():
        key = secrets.token_urlsafe(32)
        keep_ingest_key(data, SENDER, key)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(key)
    return file.read_text().strip()


def _send(ingest: httpx.Client, one: Passing) -> int | None:
    """Rows taken, or None where nobody answers: then all that follows waits too."""
    headers = {"Gongbi-Sender": SENDER, "Gongbi-Sequence": str(one.pk)}
    try:
        answer = ingest.post("/ingest/observations", content=bytes(one.body), headers=headers)
    except httpx.TransportError as error:
        log.info("the ingest process is away: %s", error)
        return None
    if answer.status_code != 200:
        # No plan yet, a full disk, a key taken back: it stays, and is tried at the next turn.
        log.warning("the log did not take batch %d: %s", one.pk, answer.text[:300])
        return None
    _note_refused(one, answer.json().get("refused", []))
    one.delete()
    return one.rows


def _note_refused(one: Passing, refused: list[dict[str, object]]) -> None:
    """A row the log will never take is kept here, and its datastream says why."""
    lines = bytes(one.body).splitlines()
    for row in refused[:100]:
        stream = orjson.loads(lines[int(str(row["line"])) - 1])["datastream"]
        why = f"The log refused a row: {row['reason']}"[:300]
        Datastream.objects.filter(engine_id=stream).update(sensing_why=why)
    if refused:
        log.warning("the log refused %d of %d rows of batch %d", len(refused), one.rows, one.pk)
