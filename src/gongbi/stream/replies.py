"""What the door answers: status, kind of content, body; each failure has its sentence."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from gongbi.stream.ingest import Answer, Refused

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Reply = tuple[int, bytes, bytes]
MOST_REFUSALS_SHOWN = 1000


def in_json(status: int, said: Message) -> Reply:
    """An answer in JSON."""
    return status, b"application/json", orjson.dumps(said)


def of_batch(status: int, answer: Answer) -> Reply:
    """What became of a batch: rows stored, and those refused with line and reason."""
    return in_json(status, _told(answer))


def of_influx(answer: Answer) -> Reply:
    """As InfluxDB's senders read it: 204, or 400 where a part of the batch was refused."""
    if not answer.refused:
        return 204, b"", b""
    first = answer.refused[0]
    why = (
        f"partial write: line {first.line}: {first.reason} "
        f"(stored={answer.stored} dropped={len(answer.refused)})"
    )
    words = {"code": "invalid", "message": why, "error": why}
    return in_json(400, _told(answer) | words)


def _told(answer: Answer) -> Message:
    shown = answer.refused[:MOST_REFUSALS_SHOWN]
    said: Message = {
        "stored": answer.stored,
        "refused": [{"line": r.line, "reason": r.reason} for r in shown],
        "repeated": answer.repeated,
    }
    if len(shown) < len(answer.refused):
        said["refused_in_all"] = len(answer.refused)
    return said


def failed(status: int, sentence: str) -> Reply:
    """Nothing of the request was carried out."""
    return in_json(status, {"stored": 0, "refused": [], "repeated": False, "error": sentence})


async def send_reply(send: Send, reply: Reply, refusal: Refused | None) -> None:
    """Send an answer, with the headers its status asks for."""
    status, kind, body = reply
    headers = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    if kind:
        headers.append((b"content-type", kind))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 413:
        headers.append((b"connection", b"close"))
    if refusal is not None and refusal.wait:
        headers.append((b"retry-after", str(refusal.wait).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
