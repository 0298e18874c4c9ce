"""The door of SensorThings: an ASGI callable that stands before Django's middleware.

A request through Django costs about three milliseconds of processor time whatever the view does.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from gongbi.things.answering import HOME, READING, answer
from gongbi.things.requests import Reply, Request, problem
from gongbi.things.scribe import Scribe

__all__ = ["HOME", "application", "is_ours"]
said = logging.getLogger("gongbi.things")
MOST_BYTES = 16 << 20
READERS = 4
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_scribe: Scribe | None = None
_readers = ThreadPoolExecutor(READERS, thread_name_prefix="things-reader")


def is_ours(path: str) -> bool:
    """Whether an address belongs to this door."""
    return path == HOME or path.startswith(f"{HOME}/")


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Answer one HTTP request."""
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    body = await _body(headers, receive)
    if body is None:
        return
    reply = body if isinstance(body, Reply) else await _answer(scope, headers, body)
    await _send(send, reply, scope["method"] == "HEAD")


async def _answer(scope: Message, headers: dict[str, str], body: bytes) -> Reply:
    request = Request(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
        base=base_of(headers),
    )
    if request.method in READING:
        return await asyncio.get_running_loop().run_in_executor(_readers, _read, request)
    global _scribe  # noqa: PLW0603 - one thread a process writes
    _scribe = _scribe or Scribe(answer)
    return await asyncio.wrap_future(_scribe.take(request))


def _read(request: Request) -> Reply:
    try:
        if connection.settings_dict["CONN_MAX_AGE"]:
            connection.close_if_unusable_or_obsolete()
        return answer(request)
    except (InterfaceError, OperationalError):
        connection.close()
        return problem(503, "The database does not answer; try again.")
    except Exception:  # said to the log whole, and to the asker that it was our fault
        said.exception("a fault while reading")
        return problem(500, "Something went wrong here; it is in the log.")


def base_of(headers: dict[str, str]) -> str:
    """Scheme and host as the asker wrote them, where the host is one of ours."""
    host = headers.get("host", "")
    bare = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if bare not in settings.ALLOWED_HOSTS:
        return str(settings.GONGBI_PUBLIC_URL)
    return f"{'https' if settings.SECURE else 'http'}://{host}"


async def _body(headers: dict[str, str], receive: Receive) -> bytes | Reply | None:
    """The whole body; a refusal where it is too large; None where the sender hung up."""
    if headers.get("content-encoding", "identity") != "identity":
        return problem(415, "The body is compressed; send it as it is.")
    length = headers.get("content-length", "0")
    parts, size, more = list[bytes](), int(length) if length.isdigit() else 0, True
    got = 0
    while more and max(size, got) <= MOST_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        got += len(parts[-1])
        more = message.get("more_body", False)
    if max(size, got) > MOST_BYTES:
        return problem(413, f"The body is larger than {MOST_BYTES} bytes; send it in several.")
    return b"".join(parts)


async def _send(send: Send, reply: Reply, no_body: bool) -> None:
    packed = reply.packed()
    headers = [
        (b"content-type", reply.kind.encode("latin-1")),
        (b"content-length", str(len(packed)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if reply.location:
        headers.append((b"location", reply.location.encode("latin-1", "replace")))
    if reply.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if no_body else packed})
