"""The web's front door: readings go to the ingest process, entities to things, all else to Django.

A newcomer needs one address; the one writer of the log stays one process. Big senders speak to
the ingest port itself.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongbi.config.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 - only after Django is set up

from gongbi.config.handling import InOneTurn  # noqa: E402
from gongbi.things import public as things  # noqa: E402

django_application = InOneTurn()

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
SENSING = ("/ingest/",)
INFLUX = ("/write", "/api/v2/write")
PASSED_ON = (
    *(b"authorization", b"content-type", b"content-encoding"),
    *(b"gongbi-sender", b"gongbi-sequence"),
)
PASSED_BACK = ("content-type", "retry-after", "www-authenticate")

_client: httpx.AsyncClient | None = None


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """One ASGI callable for the main address."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and _is_sensing(scope["path"]):
        await _pass_on(scope, receive, send)
    elif scope["type"] == "http" and things.is_ours(scope["path"]):
        await things.application(scope, receive, send)
    else:
        await django_application(scope, receive, send)  # type: ignore[arg-type]


def _is_sensing(path: str) -> bool:
    return path.startswith(SENSING) or path in INFLUX


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown" and _client is not None:
            await _client.aclose()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _pass_on(scope: Message, receive: Receive, send: Send) -> None:
    global _client  # noqa: PLW0603 - one pool of connections a process
    _client = _client or httpx.AsyncClient(base_url=settings.GONGBI_INGEST_URL, timeout=60)
    headers = [(name, value) for name, value in scope["headers"] if name in PASSED_ON]
    try:
        answer = await _client.request(
            scope["method"],
            scope["path"]
            + ("?" + scope["query_string"].decode() if scope["query_string"] else ""),
            headers=headers,
            content=_body(receive),
        )
        status, body = answer.status_code, answer.content
        back = [
            (name.encode(), answer.headers[name].encode())
            for name in PASSED_BACK
            if name in answer.headers
        ]
    except httpx.TransportError:
        status, back = 503, [(b"content-type", b"application/json")]
        body = b'{"error": "The ingest process does not answer; nothing was stored, send again."}'
    await send({"type": "http.response.start", "status": status, "headers": back})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise httpx.WriteError("The sender hung up in the middle of its body.")
        yield message.get("body", b"")
        more = message.get("more_body", False)
