"""Answers that are sent piece by piece: static files, read off the event loop.

Django's file answers iterate without awaiting. Under ASGI it would read such an answer whole into
memory before the first byte leaves, and warn of it on every static file.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from typing import cast

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

PIECES = 16
"""Of 4 KiB each, read in one turn of a thread."""


def send_in_pieces(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: what is streamed to an ASGI server is read in threads, never on its loop."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if (
            isinstance(request, ASGIRequest)
            and isinstance(response, StreamingHttpResponse)
            and not response.is_async
        ):
            pieces = cast("Iterator[bytes]", response.streaming_content)
            response.streaming_content = _read(iter(pieces))
        return response

    return answer


async def _read(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(_some, pieces):
        yield piece


def _some(pieces: Iterator[bytes]) -> bytes:
    return b"".join(islice(pieces, PIECES))
